#include "tests/support/stand_in/cloud_people.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include "tests/support/stand_in/salesforce.hpp"
#include "tests/support/stand_in/scalar.hpp"

namespace brugwacht::stand_in {
namespace {

using Fields = std::map<std::string, std::string>;

constexpr std::int64_t kMinute = 60'000'000;

std::string quoted(std::string_view text) { return json_text(text); }
std::string day(Date date) { return quoted(date.iso()); }
std::string moment(std::int64_t us) { return quoted(format_time(us, "%Y-%m-%dT%H:%M:%SZ")); }
std::string midnight(Date date) { return moment(std::int64_t{date.days()} * 86'400'000'000); }

/// A fixed beginning and end, with the number of the record, from 1, in `width` digits between them; 0: in as many as it has.
Layout with_ids(const std::string& begin, std::size_t width, const std::string& end) {
    Layout layout;
    layout.id = [=](std::size_t n) {
        const std::string digits = std::to_string(n + 1);
        return begin + std::string(width > digits.size() ? width - digits.size() : 0, '0') + digits + end;
    };
    layout.number = [=](const std::string& id) -> std::optional<std::size_t> {
        if (id.size() <= begin.size() + end.size() || !id.starts_with(begin) || !id.ends_with(end)) return std::nullopt;
        const std::size_t number = std::strtoull(id.c_str() + begin.size(), nullptr, 10);
        return number > 0 ? std::optional(number - 1) : std::nullopt;
    };
    return layout;
}

// ---------------------------------------------------------------- Dataverse

const std::string kLookup = "@Microsoft.Dynamics.CRM.lookuplogicalname";

Fields dataverse_contact(const People& people, std::size_t n) {
    const Person person = people.person(n);
    return {{"firstname", quoted(person.given)},       {"lastname", quoted(person.family)},
            {"birthdate", day(person.birth)},          {"gendercode", person.gender == "f" ? "2" : "1"},
            {"address1_line1", quoted(person.street)}, {"address1_postalcode", quoted(person.postcode)},
            {"address1_city", quoted(person.town)},    {"mobilephone", quoted(person.phone)},
            {"emailaddress1", quoted(person.email)},   {"merged", "false"}};
}

Fields dataverse_activity(const People& people, const Layout& ids, std::size_t n) {
    const Activity activity = people.activity(n);
    return {{"activitytypecode", quoted(activity.kind == 1 ? "phonecall" : "appointment")},
            {"actualstart", moment(activity.start_us)},
            {"actualend", moment(activity.start_us + activity.minutes * kMinute)},
            {"scheduledstart", moment(activity.start_us)},
            {"actualdurationminutes", std::to_string(activity.minutes)},
            {"scheduleddurationminutes", std::to_string(activity.minutes)},
            {"statecode", "1"},
            {"_regardingobjectid_value", quoted(ids.id(activity.person / 5))},
            {"_regardingobjectid_value" + kLookup, "\"incident\""},
            {"_ownerid_value", quoted(ids.id(n % 2))}};
}

// ---------------------------------------------------------------- Salesforce

Fields salesforce_contact(const People& people, const Layout& ids, std::size_t n) {
    const Person person = people.person(n);
    return {{"FirstName", quoted(person.given)},
            {"LastName", quoted(person.family)},
            {"Birthdate", day(person.birth)},
            {"MailingStreet", quoted(person.street)},
            {"MailingPostalCode", quoted(person.postcode)},
            {"MailingCity", quoted(person.town)},
            {"MobilePhone", quoted(person.phone)},
            {"Email", quoted(person.email)},
            {"AccountId", quoted(ids.id(person.household))},
            {"Account.npe01__SYSTEM_AccountType__c", "\"Household Account\""}};
}

Fields salesforce_event(const People& people, const Layout& ids, std::size_t n) {
    const Activity activity = people.activity(n);
    return {{"StartDateTime", moment(activity.start_us)},
            {"EndDateTime", moment(activity.start_us + activity.minutes * kMinute)},
            {"DurationInMinutes", std::to_string(activity.minutes)},
            {"IsAllDayEvent", "false"},
            {"IsChild", "false"},
            {"WhatId", quoted(ids.id(activity.person / 5))},
            {"What.Type", "\"Case\""},
            {"OwnerId", quoted(ids.id(n % 2))}};
}

/// Who looks after person `n * 3 + 1`.
Fields salesforce_relationship(const Layout& ids, std::size_t n) {
    return {{"npe4__Contact__c", quoted(salesforce_id(ids.id(n * 3 + 1)))},
            {"npe4__Type__c", "\"Parent\""},
            {"npe4__Status__c", "\"Current\""},
            {"npe4__RelatedContact__r.FirstName", "\"Mia\""},
            {"npe4__RelatedContact__r.LastName", quoted("Voorbeeld " + std::to_string(n + 1))},
            {"npe4__RelatedContact__r.MobilePhone", "null"},
            {"npe4__RelatedContact__r.Phone", "null"},
            {"npe4__RelatedContact__r.Email", quoted("mia" + std::to_string(n + 1) + "@voorbeeld.invalid")}};
}

Fields salesforce_member(const People& people, const Layout& ids, std::size_t n) {
    static constexpr std::array kStatus{"\"Invited\"", "\"Attended\"", "\"No Show\""};
    const Registration registration = people.registration(n);
    return {{"ContactId", quoted(ids.id(registration.person))},
            {"Status", kStatus.at(registration.status)},
            {"Campaign.StartDate", "\"2025-07-07\""},
            {"Campaign.Status", "\"Completed\""}};
}

Fields salesforce_task(const People& people, const Layout& ids, std::size_t n) {
    const Activity activity = people.activity(n);
    return {{"TaskSubtype", "\"Call\""},
            {"IsClosed", n % 4 == 0 ? "false" : "true"},
            {"ActivityDate", quoted(format_time(activity.start_us, "%Y-%m-%d"))},
            {"CompletedDateTime", n % 4 == 0 ? "null" : moment(activity.start_us)},
            {"CallDurationInSeconds", std::to_string(activity.minutes * 60)},
            {"WhatId", quoted(ids.id(activity.person / 5))},
            {"What.Type", "\"Case\""},
            {"OwnerId", quoted(ids.id(n % 2))}};
}

// ---------------------------------------------------------------- HubSpot

Fields hubspot_contact(const People& people, std::size_t n) {
    const Person person = people.person(n);
    return {{"firstname", quoted(person.given)},  {"lastname", quoted(person.family)},
            {"date_of_birth", day(person.birth)}, {"gender", quoted(person.gender == "f" ? "female" : "male")},
            {"address", quoted(person.street)},   {"zip", quoted(person.postcode)},
            {"city", quoted(person.town)},        {"mobilephone", quoted(person.phone)},
            {"email", quoted(person.email)}};
}

Fields hubspot_ticket(const People& people, const Layout& ids, std::size_t n) {
    const Course course = people.course(n);
    return {{"subject", quoted("Traject " + std::to_string(n + 1))},
            {"hs_pipeline", "\"0\""},
            {"createdate", midnight(course.start)},
            {"closed_date", course.closed ? midnight(course.end) : "null"},
            {"associations.contacts", "[" + quoted(ids.id(course.person)) + "]"}};
}

// ---------------------------------------------------------------- forms and lists

/// One record that tells all of one child, with a name for each answer.
Fields answers(const People& people, std::size_t n) {
    const Person person = people.person(n);
    Fields fields{{"nummer", quoted("K" + std::to_string(n + 1))},
                  {"voornaam", quoted(person.given)},
                  {"naam", quoted(person.family)},
                  {"geboren", day(person.birth)},
                  {"geslacht", quoted(person.gender)},
                  {"postcode", quoted(person.postcode)},
                  {"gemeente", quoted(person.town)},
                  {"club", quoted(people.organisation(person.organisation).name)}};
    if (n % 5 == 0) fields["start"] = day(people.course(n / 5).start);
    if (n % 2 == 0) {
        const std::int64_t enrolled = people.registration(n / 2).moment_us;
        fields["ingeschreven"] = quoted(format_time(enrolled, "%Y-%m-%d"));
    }
    return fields;
}

}  // namespace

// The functions of a sheet hold people by value: it is only options, and a table outlives whoever filled it.

Layout dataverse_layout(const People& p) {
    Layout layout = with_ids("8f3c1d00-0000-4000-8000-", 12, "");
    const Layout ids = layout;
    const std::size_t closed = std::min<std::size_t>(p.courses(), 5);
    layout.sheets = {
        {"systemusers", 2,
         [](std::size_t n) {
             return Fields{{"fullname", quoted(n == 0 ? "An Peeters" : "Bram Claes")}, {"applicationid", "null"}, {"isdisabled", "false"}};
         }},
        {"contacts", p.persons(), [p](std::size_t n) { return dataverse_contact(p, n); }},
        {"accounts", p.organisations(),
         [p](std::size_t n) {
             const Organisation club = p.organisation(n);
             return Fields{{"name", quoted(club.name)}, {"address1_city", quoted(club.town)}, {"customertypecode", "null"}};
         }},
        {"incidents", p.courses(),
         [p, ids](std::size_t n) {
             const Course course = p.course(n);
             return Fields{{"_customerid_value", quoted(ids.id(course.person))},
                           {"_customerid_value" + kLookup, "\"contact\""},
                           {"_ownerid_value", quoted(ids.id(n % 2))},
                           {"createdon", midnight(course.start)}};
         }},
        {"incidentresolutions", closed,
         [p, ids](std::size_t n) {
             return Fields{{"_incidentid_value", quoted(ids.id(n))},
                           {"actualend", midnight(p.course(n).end)},
                           {"createdon", midnight(p.course(n).end)},
                           {"statecode", "1"}};
         }},
        {"activitypointers", p.activities(), [p, ids](std::size_t n) { return dataverse_activity(p, ids, n); }}};
    return layout;
}

Layout salesforce_layout(const People& p) {
    Layout layout = with_ids("a0B0000", 8, "");
    const Layout ids = layout;
    layout.sheets = {{"User", 2,
                      [](std::size_t n) {
                          return Fields{{"Name", quoted(n == 0 ? "An Peeters" : "Bram Claes")}, {"UserType", "\"Standard\""}};
                      }},
                     {"Contact", p.persons(), [p, ids](std::size_t n) { return salesforce_contact(p, ids, n); }},
                     {"Account", p.organisations(),
                      [p](std::size_t n) {
                          const Organisation club = p.organisation(n);
                          return Fields{{"Name", quoted(club.name)}, {"BillingCity", quoted(club.town)}};
                      }},
                     {"npe5__Affiliation__c", p.registrations(),
                      [p, ids](std::size_t n) {
                          const Registration registration = p.registration(n);
                          return Fields{
                              {"npe5__Contact__c", quoted(salesforce_id(ids.id(registration.person)))},
                              {"npe5__Organization__c", quoted(salesforce_id(ids.id(p.person(registration.person).organisation)))},
                              {"npe5__Role__c", "\"Lid\""},
                              {"npe5__Status__c", "\"Current\""},
                              {"npe5__StartDate__c", quoted(format_time(registration.moment_us, "%Y-%m-%d"))}};
                      }},
                     {"Case", p.courses(),
                      [p, ids](std::size_t n) {
                          const Course course = p.course(n);
                          return Fields{{"ContactId", quoted(ids.id(course.person))},
                                        {"OwnerId", quoted(ids.id(n % 2))},
                                        {"CreatedDate", midnight(course.start)},
                                        {"ClosedDate", course.closed ? midnight(course.end) : "null"}};
                      }},
                     {"npe4__Relationship__c", p.persons() / 3, [ids](std::size_t n) { return salesforce_relationship(ids, n); }},
                     {"CampaignMember", p.registrations(), [p, ids](std::size_t n) { return salesforce_member(p, ids, n); }},
                     {"Task", p.activities() / 4, [p, ids](std::size_t n) { return salesforce_task(p, ids, n); }},
                     {"Event", p.activities(), [p, ids](std::size_t n) { return salesforce_event(p, ids, n); }}};
    return layout;
}

Layout hubspot_layout(const People& p) {
    Layout layout = with_ids("", 0, "");
    const Layout ids = layout;
    layout.sheets = {{"contacts", p.persons(), [p](std::size_t n) { return hubspot_contact(p, n); }},
                     {"companies", p.organisations(),
                      [p](std::size_t n) {
                          const Organisation club = p.organisation(n);
                          return Fields{{"name", quoted(club.name)}, {"city", quoted(club.town)}, {"type", "null"}};
                      }},
                     {"tickets", p.courses(), [p, ids](std::size_t n) { return hubspot_ticket(p, ids, n); }},
                     {"meetings", p.activities(), [p](std::size_t n) {
                          const Activity activity = p.activity(n);
                          return Fields{{"hs_meeting_start_time", moment(activity.start_us)},
                                        {"hs_meeting_end_time", moment(activity.start_us + activity.minutes * kMinute)},
                                        {"hs_meeting_outcome", "\"COMPLETED\""}};
                      }}};
    return layout;
}

Layout kobo_layout(const People& p) {
    Layout layout = with_ids("", 0, "");
    layout.sheets = {{"aKinderen", p.persons(), [p](std::size_t n) {
                          Fields grouped;
                          for (const auto& [name, value] : answers(p, n)) grouped["kind/" + name] = value;
                          return grouped;
                      }}};
    return layout;
}

Layout odk_layout(const People& p) {
    Layout layout = with_ids("uuid:", 6, "");
    layout.sheets = {{"kinderen", p.persons(), [p](std::size_t n) {
                          std::string group;
                          for (const auto& [name, value] : answers(p, n)) group += (group.empty() ? "" : ",") + quoted(name) + ":" + value;
                          return Fields{{"kind", "{" + group + "}"}};
                      }}};
    return layout;
}

Layout plain_layout(const People& p) {
    Layout layout = with_ids("L", 4, "");
    layout.sheets = {{"Kinderen", p.persons(), [p](std::size_t n) { return answers(p, n); }}};
    return layout;
}

}  // namespace brugwacht::stand_in
