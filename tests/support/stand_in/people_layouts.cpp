#include <array>
#include <charconv>

#include "tests/support/stand_in/people.hpp"
#include "tests/support/stand_in/scalar.hpp"

namespace brugwacht::stand_in {
namespace {

using Fields = std::map<std::string, std::string>;

std::string quoted(std::string_view text) { return json_text(text); }
std::string number(std::size_t value) { return std::to_string(value); }
std::string day(Date date) { return "\"" + date.iso() + "\""; }
std::string moment(std::int64_t us) { return "\"" + format_time(us, "%Y-%m-%d %H:%M:%S") + "\""; }

std::optional<std::size_t> parsed(std::string_view digits, int base) {
    std::size_t value = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (fault != std::errc() || end != digits.data() + digits.size() || digits.empty()) return std::nullopt;
    return value;
}

std::string hex(std::size_t value, std::size_t width) {
    std::array<char, 16> digits{};
    char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    const std::string text(digits.data(), end);
    return std::string(width - text.size(), '0') + text;
}

/// 1, 2, 3 ...
Layout with_whole_ids() {
    Layout layout;
    layout.id = [](std::size_t n) { return number(n + 1); };
    layout.number = [](const std::string& id) -> std::optional<std::size_t> {
        const auto value = parsed(id, 10);
        return value && *value > 0 ? std::optional(*value - 1) : std::nullopt;
    };
    return layout;
}

/// A fixed beginning, digits in hexadecimal, a fixed end.
Layout with_hex_ids(const std::string& begin, std::size_t width, const std::string& end) {
    Layout layout;
    layout.id = [=](std::size_t n) { return begin + hex(n, width) + end; };
    layout.number = [=](const std::string& id) -> std::optional<std::size_t> {
        if (id.size() != begin.size() + width + end.size() || !id.starts_with(begin) || !id.ends_with(end)) return std::nullopt;
        return parsed(std::string_view(id).substr(begin.size(), width), 16);
    };
    return layout;
}

std::string list_of(const std::vector<std::string>& ids) {
    std::string list;
    for (const std::string& id : ids) list += (list.empty() ? "" : ",") + quoted(id);
    return "[" + list + "]";
}

// In CiviCRM persons, organisations and households are contacts, in this order, with ids of one series.

Fields civi_contact(const People& people, std::size_t n) {
    if (n >= people.persons() + people.organisations()) {
        const std::string name = people.household(n - people.persons() - people.organisations()).name;
        return {{"contact_type", "\"Household\""}, {"household_name", quoted(name)}, {"display_name", quoted(name)}};
    }
    if (n >= people.persons()) {
        const Organisation club = people.organisation(n - people.persons());
        return {{"contact_type", "\"Organization\""},
                {"organization_name", quoted(club.name)},
                {"display_name", quoted(club.name)},
                {"address_primary.postal_code", quoted(club.postcode)}};
    }
    const Person person = people.person(n);
    return {{"contact_type", "\"Individual\""},
            {"first_name", quoted(person.given)},
            {"last_name", quoted(person.family)},
            {"display_name", quoted(person.given + " " + person.family)},
            {"birth_date", day(person.birth)},
            {"gender_id", person.gender == "f" ? "1" : "2"},
            {"preferred_language", "\"nl_NL\""},
            {"Kindgegevens.Thuistaal", quoted(person.language)},
            {"employer_id", number(people.persons() + person.organisation + 1)},
            {"email_primary.email", quoted(person.email)},
            {"phone_primary.phone", quoted(person.phone)},
            {"address_primary.street_address", quoted(person.street)},
            {"address_primary.postal_code", quoted(person.postcode)},
            {"address_primary.city", quoted(person.town)}};
}

Fields civi_relationship(const People& people, std::size_t n) {
    const std::size_t household = people.persons() + people.organisations() + people.person(n).household;
    return {{"contact_id_a", number(n + 1)},
            {"contact_id_b", number(household + 1)},
            {"relationship_type_id:name", "\"Household Member of\""},
            {"is_active", "true"}};
}

Fields civi_activity(const People& people, std::size_t n) {
    const Activity activity = people.activity(n);
    return {{"activity_type_id", number(activity.kind + 1)},
            {"subject", quoted(activity.subject)},
            {"activity_date_time", moment(activity.start_us)},
            {"duration", std::to_string(activity.minutes)},
            {"status_id:name", "\"Completed\""},
            {"target_contact_id", list_of({number(activity.person + 1), number(activity.second_person + 1)})}};
}

/// Three for each activity: who did it, and two it was about.
Fields civi_activity_contact(const People& people, std::size_t n) {
    const Activity activity = people.activity(n / 3);
    const std::size_t person = n % 3 == 0 ? 0 : n % 3 == 1 ? activity.person : activity.second_person;
    return {{"activity_id", number(n / 3 + 1)}, {"contact_id", number(person + 1)}, {"record_type_id", n % 3 == 0 ? "2" : "3"}};
}

Fields civi_case(const People& people, std::size_t n) {
    const Course course = people.course(n);
    return {{"case_type_id:name", "\"toeleiding\""},
            {"subject", quoted("Traject " + number(n + 1))},
            {"start_date", day(course.start)},
            {"end_date", course.closed ? day(course.end) : "null"},
            {"status_id:name", course.closed ? "\"Closed\"" : "\"Open\""}};
}

Fields civi_participant(const People& people, std::size_t n) {
    static constexpr std::array kStatus{"\"Registered\"", "\"Attended\"", "\"Cancelled\""};
    const Registration registration = people.registration(n);
    return {{"contact_id", number(registration.person + 1)},
            {"event_id", number(registration.event + 1)},
            {"status_id:name", kStatus.at(registration.status)},
            {"role_id", "[\"1\"]"},
            {"register_date", moment(registration.moment_us)}};
}

Fields espo_contact(const People& people, const Layout& layout, std::size_t n) {
    const Person person = people.person(n);
    return {{"firstName", quoted(person.given)},
            {"lastName", quoted(person.family)},
            {"name", quoted(person.given + " " + person.family)},
            {"cBirthDate", day(person.birth)},
            {"cGender", quoted(person.gender)},
            {"cLanguage", quoted(person.language)},
            {"cHouseholdId", quoted(layout.id(person.household))},
            {"emailAddress", quoted(person.email)},
            {"phoneNumber", quoted(person.phone)},
            {"addressStreet", quoted(person.street)},
            {"addressPostalCode", quoted(person.postcode)},
            {"addressCity", quoted(person.town)},
            {"accountId", quoted(layout.id(person.organisation))}};
}

Fields suite_contact(const People& people, const Layout& layout, std::size_t n) {
    const Person person = people.person(n);
    return {{"first_name", quoted(person.given)},
            {"last_name", quoted(person.family)},
            {"birthdate", day(person.birth)},
            {"geslacht_c", quoted(person.gender)},
            {"thuistaal_c", quoted(person.language)},
            {"gezin_c", quoted(people.household(person.household).name)},
            {"email1", quoted(person.email)},
            {"phone_mobile", quoted(person.phone)},
            {"primary_address_street", quoted(person.street)},
            {"primary_address_postalcode", quoted(person.postcode)},
            {"primary_address_city", quoted(person.town)},
            {"account_id", quoted(layout.id(person.organisation))}};
}

/// In Odoo persons and organisations are partners, in this order.
Fields odoo_partner(const People& people, std::size_t n) {
    if (n >= people.persons()) {
        const Organisation club = people.organisation(n - people.persons());
        return {{"name", quoted(club.name)}, {"is_company", "true"}, {"zip", quoted(club.postcode)}, {"city", quoted(club.town)}};
    }
    const Person person = people.person(n);
    const std::string parent =
        "[" + number(people.persons() + person.organisation + 1) + "," + quoted(people.organisation(person.organisation).name) + "]";
    return {{"name", quoted(person.given + " " + person.family)},
            {"is_company", "false"},
            {"type", "\"contact\""},
            {"parent_id", parent},
            {"birthdate_date", day(person.birth)},
            {"gender", person.gender == "f" ? "\"female\"" : "\"male\""},
            {"x_thuistaal", quoted(person.language)},
            {"x_gezin", quoted(people.household(person.household).name)},
            {"email", quoted(person.email)},
            {"phone", quoted(person.phone)},
            {"street", quoted(person.street)},
            {"zip", quoted(person.postcode)},
            {"city", quoted(person.town)},
            {"lang", "\"nl_NL\""},
            {"category_id", "[3,9]"}};
}

std::string partner_reference(const People& people, std::size_t n) {
    const Person person = people.person(n);
    return "[" + number(n + 1) + "," + quoted(person.given + " " + person.family) + "]";
}

Fields odoo_event(const People& people, std::size_t n) {
    const Activity activity = people.activity(n);
    return {{"name", quoted(activity.subject)},
            {"start", moment(activity.start_us)},
            {"stop", moment(activity.start_us + activity.minutes * 60'000'000LL)},
            {"duration", JsonWriter().value(activity.minutes / 60.0).take()},
            {"allday", "false"},
            {"partner_ids", "[" + number(activity.person + 1) + "," + number(activity.second_person + 1) + "]"}};
}

Fields odoo_registration(const People& people, std::size_t n) {
    static constexpr std::array kState{"\"open\"", "\"done\"", "\"cancel\""};
    const Registration registration = people.registration(n);
    return {{"event_id", "[" + number(registration.event + 1) + "," + quoted(people.event_title(registration.event)) + "]"},
            {"partner_id", partner_reference(people, registration.person)},
            {"state", kState.at(registration.status)},
            {"event_begin_date", "\"2025-07-07 07:00:00\""},
            {"create_date", moment(registration.moment_us)}};
}

}  // namespace

// The functions of a sheet hold people by value: it is only options, and a table outlives whoever filled it.

Layout civicrm_layout(const People& p) {
    Layout layout = with_whole_ids();
    const std::size_t contacts = p.persons() + p.organisations() + p.households();
    layout.sheets = {
        {"Contact", contacts, [p](std::size_t n) { return civi_contact(p, n); }},
        {"Relationship", p.persons(), [p](std::size_t n) { return civi_relationship(p, n); }},
        {"Activity", p.activities(), [p](std::size_t n) { return civi_activity(p, n); }},
        {"ActivityContact", p.activities() * 3, [p](std::size_t n) { return civi_activity_contact(p, n); }},
        {"Case", p.courses(), [p](std::size_t n) { return civi_case(p, n); }},
        {"CaseContact", p.courses(),
         [p](std::size_t n) {
             return Fields{{"case_id", number(n + 1)}, {"contact_id", number(p.course(n).person + 1)}};
         }},
        {"Event", p.events(),
         [p](std::size_t n) {
             return Fields{{"title", quoted(p.event_title(n))}, {"is_template", "false"}, {"start_date", "\"2025-07-07 09:00:00\""}};
         }},
        {"Participant", p.registrations(), [p](std::size_t n) { return civi_participant(p, n); }},
        {"Membership", p.courses(),
         [p](std::size_t n) {
             const Course course = p.course(n);
             return Fields{{"contact_id", number(course.person + 1)},
                           {"membership_type_id:name", "\"Lid\""},
                           {"status_id:name", "\"Current\""},
                           {"start_date", day(course.start)}};
         }},
        {"Tag", 1,
         [](std::size_t) {
             return Fields{{"name", "\"toeleiding\""}};
         }},
        {"EntityTag", p.courses(), [p](std::size_t n) {
             return Fields{{"entity_table", "\"civicrm_contact\""}, {"entity_id", number(p.course(n).person + 1)}, {"tag_id", "1"}};
         }}};
    return layout;
}

Layout espocrm_layout(const People& p) {
    Layout layout = with_hex_ids("6b04b34e", 9, "");
    const Layout ids = layout;
    layout.sheets = {{"Contact", p.persons(), [p, ids](std::size_t n) { return espo_contact(p, ids, n); }},
                     {"Account", p.organisations(),
                      [p](std::size_t n) {
                          const Organisation club = p.organisation(n);
                          return Fields{{"name", quoted(club.name)}, {"billingAddressPostalCode", quoted(club.postcode)}};
                      }},
                     {"CHousehold", p.households(),
                      [p](std::size_t n) {
                          return Fields{{"name", quoted(p.household(n).name)}};
                      }},
                     {"Meeting", p.activities(),
                      [p, ids](std::size_t n) {
                          const Activity activity = p.activity(n);
                          return Fields{{"name", quoted(activity.subject)},
                                        {"status", "\"Held\""},
                                        {"dateStart", moment(activity.start_us)},
                                        {"dateEnd", moment(activity.start_us + activity.minutes * 60'000'000LL)},
                                        {"duration", "0"},
                                        {"contactsIds", list_of({ids.id(activity.person), ids.id(activity.second_person)})}};
                      }},
                     {"Case", p.courses(),
                      [p, ids](std::size_t n) {
                          const Course course = p.course(n);
                          return Fields{{"number", number(n + 1)},
                                        {"name", quoted("Traject " + number(n + 1))},
                                        {"status", course.closed ? "\"Closed\"" : "\"Assigned\""},
                                        {"contactId", quoted(ids.id(course.person))},
                                        {"cStart", day(course.start)},
                                        {"cEnd", course.closed ? day(course.end) : "null"}};
                      }},
                     {"CInschrijving", p.registrations(), [p, ids](std::size_t n) {
                          static constexpr std::array kStatus{"\"Ingeschreven\"", "\"Aanwezig\"", "\"Geannuleerd\""};
                          const Registration registration = p.registration(n);
                          return Fields{{"name", quoted(p.event_title(registration.event))},
                                        {"contactId", quoted(ids.id(registration.person))},
                                        {"status", kStatus.at(registration.status)},
                                        {"createdAt", moment(registration.moment_us)}};
                      }}};
    return layout;
}

Layout suitecrm_layout(const People& p) {
    Layout layout = with_hex_ids("", 8, "-1111-4111-8111-111111111111");
    const Layout ids = layout;
    layout.sheets = {{"Contacts", p.persons(), [p, ids](std::size_t n) { return suite_contact(p, ids, n); }},
                     {"Accounts", p.organisations(),
                      [p](std::size_t n) {
                          const Organisation club = p.organisation(n);
                          return Fields{{"name", quoted(club.name)}, {"billing_address_postalcode", quoted(club.postcode)}};
                      }},
                     {"Meetings", p.activities(),
                      [p, ids](std::size_t n) {
                          const Activity activity = p.activity(n);
                          return Fields{{"name", quoted(activity.subject)},
                                        {"status", "\"Held\""},
                                        {"date_start", moment(activity.start_us)},
                                        {"duration_hours", std::to_string(activity.minutes / 60)},
                                        {"duration_minutes", std::to_string(activity.minutes % 60)},
                                        {"link:contacts", list_of({ids.id(activity.person), ids.id(activity.second_person)})}};
                      }},
                     {"Cases", p.courses(),
                      [p, ids](std::size_t n) {
                          const Course course = p.course(n);
                          return Fields{{"case_number", number(n + 1)},
                                        {"name", quoted("Traject " + number(n + 1))},
                                        {"state", course.closed ? "\"Closed\"" : "\"Open\""},
                                        {"start_c", day(course.start)},
                                        {"einde_c", course.closed ? day(course.end) : "null"},
                                        {"link:contacts", list_of({ids.id(course.person)})}};
                      }},
                     {"FP_events", p.events(),
                      [p](std::size_t n) {
                          return Fields{{"name", quoted(p.event_title(n))}};
                      }},
                     {"stic_Registrations", p.registrations(), [p, ids](std::size_t n) {
                          static constexpr std::array kStatus{"\"confirmed\"", "\"participates\"", "\"rejected\""};
                          const Registration registration = p.registration(n);
                          return Fields{{"contact_id", quoted(ids.id(registration.person))},
                                        {"event_id", quoted(ids.id(registration.event))},
                                        {"status", kStatus.at(registration.status)},
                                        {"registration_date", moment(registration.moment_us)}};
                      }}};
    return layout;
}

Layout odoo_layout(const People& p) {
    Layout layout = with_whole_ids();
    layout.sheets = {{"res.partner", p.persons() + p.organisations(), [p](std::size_t n) { return odoo_partner(p, n); }},
                     {"calendar.event", p.activities(), [p](std::size_t n) { return odoo_event(p, n); }},
                     {"project.task", p.courses(),
                      [p](std::size_t n) {
                          const Course course = p.course(n);
                          return Fields{{"name", quoted("Traject " + number(n + 1))},
                                        {"partner_id", partner_reference(p, course.person)},
                                        {"stage_id", course.closed ? "[4,\"Gesloten\"]" : "[1,\"Lopend\"]"},
                                        {"create_date", moment(course.start.days() * 86'400'000'000LL)},
                                        {"date_end", course.closed ? moment(course.end.days() * 86'400'000'000LL) : "null"}};
                      }},
                     {"event.event", p.events(),
                      [p](std::size_t n) {
                          return Fields{{"name", quoted(p.event_title(n))}, {"date_begin", "\"2025-07-07 07:00:00\""}};
                      }},
                     {"event.registration", p.registrations(), [p](std::size_t n) { return odoo_registration(p, n); }}};
    return layout;
}

}  // namespace brugwacht::stand_in
