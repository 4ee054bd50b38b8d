// The people of people.hpp, in the tables and fields of cloud systems.
#pragma once

#include "tests/support/stand_in/people.hpp"

namespace brugwacht::stand_in {

/// systemusers, contacts, accounts, incidents, incidentresolutions, activitypointers.
Layout dataverse_layout(const People& people);
/// User, Contact, Account, npe4__Relationship__c, npe5__Affiliation__c, CampaignMember, Case, Task, Event. Ids have 15 characters.
Layout salesforce_layout(const People& people);
/// contacts, companies, tickets, meetings, calls.
Layout hubspot_layout(const People& people);
/// One form "aKinderen", a submission for each person, with questions in groups ("kind/voornaam").
Layout kobo_layout(const People& people);
/// One form "kinderen", a submission for each person, with questions in groups (kind.voornaam).
Layout odk_layout(const People& people);
/// One table "Kinderen", a record for each person: for services without a data model of their own.
Layout plain_layout(const People& people);

}  // namespace brugwacht::stand_in
