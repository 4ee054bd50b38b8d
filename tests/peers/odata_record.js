// A child as a row of the entity set.
'use strict';

const NAMES = {
    given: 'FirstName',
    family: 'LastName',
    born: 'BirthDate',
    start: 'IntakeOn',
    club: 'ClubName',
    enrolled: 'MemberSince',
    changed: 'ModifiedOn',
};

exports.record = (one) => ({
    ...(one.number && { MemberId: `M-${one.number}` }),
    ...Object.fromEntries(Object.entries(NAMES).flatMap(([ours, theirs]) => (one[ours] ? [[theirs, one[ours]]] : []))),
});
