// jsonapi-server: the collection /api/members. It pages by page[limit] and refuses parameters that it does not know.
'use strict';

const api = require('jsonapi-server');
const { people } = require('./people');
const { inside, key_guard, serve, succeed } = require('./peer');

const NAMES = { given: 'given_name', family: 'family_name', born: 'born_on', start: 'intake_on', club: 'club', enrolled: 'member_since' };

const attributes = (one) =>
    Object.fromEntries(Object.entries(NAMES).flatMap(([ours, theirs]) => (one[ours] ? [[theirs, one[ours]]] : [])));

const peer = serve(
    {
        guard: key_guard(process.argv[2]),
        change: (id, members) =>
            succeed(
                inside(peer.address, 'PATCH', `/api/members/${id}`, 'application/vnd.api+json', {
                    data: { type: 'members', id, attributes: attributes(members) },
                }),
            ),
        remove: (id) => succeed(inside(peer.address, 'DELETE', `/api/members/${id}`)),
    },
    (address) => {
        const { hostname, port } = new URL(address);
        // A router of ours keeps it from listening by itself; its links begin with this address.
        api.setConfig({ protocol: 'http', hostname, port, base: 'api', graphiql: false, router: require('express')() });
        api.define({
            resource: 'members',
            handlers: new api.MemoryHandler(),
            attributes: Object.fromEntries(Object.values(NAMES).map((name) => [name, api.Joi.string()])),
            examples: people.map((one) => ({ id: String(one.number), type: 'members', ...attributes(one) })),
        });
        api.start();
        return api.getExpressServer();
    },
);
