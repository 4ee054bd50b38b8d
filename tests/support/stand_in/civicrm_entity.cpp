#include <algorithm>
#include <regex>
#include <set>

#include "tests/support/stand_in/civicrm.hpp"
#include "tests/support/stand_in/web.hpp"

namespace brugwacht::stand_in {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

using Names = std::vector<std::string>;

const std::map<std::string, Names>& core_fields() {
    static const std::map<std::string, Names> kFields{
        {"Contact",
         {"contact_type",       "contact_sub_type",    "first_name",    "middle_name", "last_name",   "prefix_id",      "suffix_id",
          "nick_name",          "display_name",        "sort_name",     "birth_date",  "gender_id",   "is_deceased",    "deceased_date",
          "preferred_language", "external_identifier", "source",        "job_title",   "employer_id", "household_name", "organization_name",
          "legal_name",         "do_not_email",        "do_not_phone",  "do_not_mail", "do_not_sms",  "do_not_trade",   "is_opt_out",
          "is_deleted",         "created_date",        "modified_date", "hash"}},
        {"Email", {"contact_id", "email", "is_primary", "on_hold", "location_type_id"}},
        {"Phone", {"contact_id", "phone", "phone_ext", "phone_numeric", "phone_type_id", "is_primary"}},
        {"Address",
         {"contact_id", "street_address", "city", "postal_code", "country_id", "state_province_id", "is_primary", "geo_code_1",
          "geo_code_2"}},
        {"Relationship",
         {"contact_id_a", "contact_id_b", "relationship_type_id", "start_date", "end_date", "is_active", "case_id", "description",
          "created_date", "modified_date"}},
        {"RelationshipCache", {"near_contact_id", "far_contact_id", "near_relation", "far_relation", "is_current"}},
        {"Activity", {"activity_type_id", "subject",       "activity_date_time",  "duration",          "status_id",
                      "location",         "details",       "campaign_id",         "engagement_level",  "medium_id",
                      "parent_id",        "original_id",   "is_current_revision", "is_test",           "is_deleted",
                      "created_date",     "modified_date", "source_contact_id",   "target_contact_id", "assignee_contact_id",
                      "case_id"}},
        {"ActivityContact", {"activity_id", "contact_id", "record_type_id"}},
        {"Case",
         {"case_type_id", "subject", "start_date", "end_date", "status_id", "details", "is_deleted", "created_date", "modified_date"}},
        {"CaseContact", {"case_id", "contact_id"}},
        {"CaseType", {"name", "title", "is_active"}},
        {"Event",
         {"title", "event_type_id", "start_date", "end_date", "max_participants", "is_active", "is_template", "campaign_id",
          "created_date"}},
        {"Participant",
         {"contact_id", "event_id", "status_id", "role_id", "register_date", "source", "is_test", "is_pay_later", "fee_level", "fee_amount",
          "registered_by_id", "campaign_id", "transferred_to_contact_id"}},
        {"Membership",
         {"contact_id", "membership_type_id", "status_id", "join_date", "start_date", "end_date", "source", "owner_membership_id",
          "is_override", "is_test", "campaign_id"}},
        {"Note", {"entity_table", "entity_id", "note", "contact_id", "subject", "created_date", "modified_date"}},
        {"Tag", {"name", "description"}},
        {"EntityTag", {"entity_table", "entity_id", "tag_id"}},
        {"Group", {"name", "title", "group_type", "saved_search_id"}},
        {"GroupContact", {"group_id", "contact_id", "status"}},
        {"SubscriptionHistory", {"contact_id", "group_id", "date", "method", "status"}},
        {"Campaign", {"name", "title", "status_id", "start_date", "end_date", "last_modified_date"}},
        {"Domain", {"name", "version"}}};
    return kFields;
}

/// The entity behind an id, for FIELD.OTHER.
const std::map<std::string, std::string>& foreign_keys() {
    static const std::map<std::string, std::string> kKeys{{"contact_id", "Contact"},
                                                          {"contact_id_a", "Contact"},
                                                          {"contact_id_b", "Contact"},
                                                          {"near_contact_id", "Contact"},
                                                          {"far_contact_id", "Contact"},
                                                          {"employer_id", "Contact"},
                                                          {"source_contact_id", "Contact"},
                                                          {"event_id", "Event"},
                                                          {"activity_id", "Activity"},
                                                          {"case_id", "Case"},
                                                          {"tag_id", "Tag"},
                                                          {"group_id", "Group"},
                                                          {"campaign_id", "Campaign"}};
    return kKeys;
}

/// Fields of an activity that the API computes: not part of "all columns".
bool computed(const std::string& field) {
    static const std::set<std::string> kComputed{"source_contact_id", "target_contact_id", "assignee_contact_id", "case_id"};
    return kComputed.count(field) != 0;
}

bool joined(const std::string& field) {
    return field.starts_with("email_primary.") || field.starts_with("phone_primary.") || field.starts_with("address_primary.");
}

std::string default_json(const std::string& field) {
    if (field == "is_current_revision" || field == "is_active") return "true";
    return field.starts_with("is_") || field.starts_with("do_not_") ? "false" : "null";
}

std::string stored(const Record& record, const std::string& field) {
    const auto found = record.fields.find(field);
    return found == record.fields.end() ? default_json(field) : found->second;
}

std::string site_time(const Zone& zone, std::int64_t us) {
    return "\"" + format_time(zone.to_civil(us / kSecond) * kSecond, "%Y-%m-%d %H:%M:%S") + "\"";
}

std::string number_json(const std::string& id) {
    return !id.empty() && id.find_first_not_of("0123456789") == std::string::npos ? id : json_text(id);
}

[[noreturn]] void refuse(const std::string& message) { throw CiviRefusal{500, message}; }

bool contains(const std::string& json, const Scalar& wanted) {
    if (!json.empty() && json.front() == '[') {
        const auto elements = elements_of(json);
        return std::any_of(elements.begin(), elements.end(), [&](const Scalar& e) { return holds(e, "=", wanted); });
    }
    return like(scalar_of(json).text, "%" + wanted.text + "%");
}

Predicate one_of(const CiviEntity::Value& value, const Node* wanted, bool inside) {
    if (wanted == nullptr || !wanted->is(Node::Kind::Array)) refuse("IN expects a list");
    return [value, list = elements_of(*wanted), inside](const Record& r) {
        const Scalar own = scalar_of(value(r));
        if (own.null()) return false;
        return inside == std::any_of(list.begin(), list.end(), [&](const Scalar& item) { return holds(own, "=", item); });
    };
}

Predicate between(const CiviEntity::Value& value, const Node* wanted) {
    const auto ends = wanted == nullptr ? std::vector<Scalar>() : elements_of(*wanted);
    if (ends.size() != 2) refuse("BETWEEN expects two values");
    return [value, ends](const Record& r) {
        const Scalar own = scalar_of(value(r));
        return holds(own, ">=", ends[0]) && holds(own, "<=", ends[1]);
    };
}

Predicate emptiness(const CiviEntity::Value& value, const std::string& sign) {
    const bool text_too = sign.ends_with("EMPTY");
    const bool wanted = sign.find("NOT") == std::string::npos;
    return [value, text_too, wanted](const Record& r) {
        const std::string json = value(r);
        const bool empty = json == "null" || (text_too && (json == "\"\"" || json == "[]" || json == "0" || json == "false"));
        return empty == wanted;
    };
}

}  // namespace

CiviEntity::CiviEntity(System& system, Rows& rows, const Zone& zone, const Options& options, std::string name)
    : system_(system), rows_(rows), zone_(zone), options_(options), name_(std::move(name)), table_(system.tables[name_]) {}

bool CiviEntity::stamped() const {
    static const std::set<std::string> kStamped{"Contact", "Activity", "Case", "Relationship", "Note"};
    return kStamped.count(name_) != 0;
}

bool CiviEntity::has_trash() const { return name_ == "Contact" || name_ == "Activity" || name_ == "Case"; }

std::string CiviEntity::data_type(const std::string& field) const {
    static const std::set<std::string> kDateTimes{"activity_date_time", "register_date", "created_date", "date"};
    if (stamped() && (field == "modified_date" || field == "created_date")) return "Timestamp";
    if (kDateTimes.count(field) != 0 || (name_ == "Event" && field.ends_with("_date"))) return "Datetime";
    if (field.ends_with("_date")) return "Date";
    if (field == "id" || field.ends_with("_id") || field.find("contact_id_") != std::string::npos || field == "duration") return "Integer";
    if (field.starts_with("is_") || field.starts_with("do_not_")) return "Boolean";
    return "String";
}

bool CiviEntity::known(const std::string& field) const {
    const auto core = core_fields().find(name_);
    const bool listed = core != core_fields().end() && std::find(core->second.begin(), core->second.end(), field) != core->second.end();
    return listed || (name_ == "Contact" && joined(field)) || Rows::has_field(table_, field);
}

CiviEntity::Value CiviEntity::value(const std::string& field) const {
    if (field == "id") return [](const Record& r) { return number_json(r.id); };
    if (stamped() && field == "modified_date") return [zone = zone_](const Record& r) { return site_time(zone, r.modified_us); };
    if (data_type(field) == "Timestamp") {
        return [zone = zone_, field](const Record& r) {
            const auto moment = parse_moment(scalar_of(stored(r, field)).text);
            return moment ? site_time(zone, moment->us) : std::string("null");
        };
    }
    if (has_trash() && field == "is_deleted")
        return [](const Record& r) { return std::string(r.state == State::Trashed ? "true" : "false"); };
    if (known(field)) return [field](const Record& r) { return stored(r, field); };

    if (const std::size_t colon = field.find(':'); colon != std::string::npos) {
        const std::string base = field.substr(0, colon);
        const auto names = options_.find(base);
        if (!known(base)) return {};
        return [base, names = names == options_.end() ? Names() : names->second](const Record& r) {
            const auto number = static_cast<std::size_t>(scalar_of(stored(r, base)).number);
            return number >= 1 && number <= names.size() ? json_text(names[number - 1]) : std::string("null");
        };
    }
    const std::size_t dot = field.find('.');
    const auto key = dot == std::string::npos ? foreign_keys().end() : foreign_keys().find(field.substr(0, dot));
    if (key == foreign_keys().end() || !known(key->first)) return {};
    const CiviEntity other(system_, rows_, zone_, options_, key->second);
    const Value there = other.value(field.substr(dot + 1));
    if (!there) return {};
    return [this_rows = &rows_, now = system_.now_us, &table = other.table_, link = key->first, there](const Record& r) {
        const Row row = this_rows->get(table, scalar_of(stored(r, link)).text, now);
        return row ? there(*row) : std::string("null");
    };
}

std::vector<std::string> CiviEntity::columns() const {
    Names columns{"id"};
    const auto core = core_fields().find(name_);
    if (core != core_fields().end())
        std::copy_if(core->second.begin(), core->second.end(), std::back_inserter(columns),
                     [&](const std::string& f) { return name_ != "Activity" || !computed(f); });
    return columns;
}

std::vector<std::string> CiviEntity::custom_columns() const {
    std::set<std::string> names;
    const auto collect = [&](const Record& r) {
        for (const auto& [name, value] : r.fields)
            if (name.find('.') != std::string::npos && name.find(':') == std::string::npos && !joined(name)) names.insert(name);
    };
    for (const Record& record : table_.records) collect(record);
    if (table_.made && !table_.made->modified_us.empty()) collect(table_.made->make(0));
    return {names.begin(), names.end()};
}

void CiviEntity::restrict(Query& query, const Node& where) const {
    std::vector<Predicate> parts;
    for (const Node& item : where.items) parts.push_back(condition(item, &query));
    query.fits = all_of(std::move(parts));
}

Predicate CiviEntity::condition(const Node& item, Query* bounds) const {
    if (!item.is(Node::Kind::Array) || item.items.empty() || !item.items[0].is(Node::Kind::Text)) refuse("Invalid where clause");
    const std::string& first = item.items[0].text;
    if (first == "AND" || first == "OR" || first == "NOT") return junction(item, first, bounds);
    if (item.items.size() < 2) refuse("Invalid where clause");
    const Node* wanted = item.items.size() > 2 ? &item.items[2] : nullptr;
    return comparison(first, item.items[1].text, wanted, bounds);
}

Predicate CiviEntity::junction(const Node& item, const std::string& word, Query* bounds) const {
    if (item.items.size() != 2 || !item.items[1].is(Node::Kind::Array)) refuse("Invalid where clause");
    const Node& inner = item.items[1];
    std::vector<Predicate> parts;
    if (!inner.items.empty() && inner.items[0].is(Node::Kind::Text)) {  // ["NOT", [field, sign, value]]
        parts.push_back(condition(inner, nullptr));
    } else {
        for (const Node& part : inner.items) parts.push_back(condition(part, word == "AND" ? bounds : nullptr));
    }
    if (word == "OR") return any_of(std::move(parts));
    return word == "AND" ? all_of(std::move(parts)) : none_of({all_of(std::move(parts))});
}

Predicate CiviEntity::comparison(const std::string& field, const std::string& sign, const Node* wanted, Query* bounds) const {
    const Value own = value(field);
    if (!own) refuse("Invalid field '" + field + "'");
    if (sign == "IS NULL" || sign == "IS NOT NULL" || sign == "IS EMPTY" || sign == "IS NOT EMPTY") return emptiness(own, sign);
    if (sign == "IN" || sign == "NOT IN") return one_of(own, wanted, sign == "IN");
    if (wanted == nullptr) refuse("Invalid where clause");
    const std::string type = data_type(field);
    if (is_comparison(sign) && (type == "Timestamp" || type == "Datetime")) return time_comparison(field, sign, wanted, bounds);
    if (sign == "BETWEEN") return between(own, wanted);

    const Scalar right = scalar_of(*wanted);
    if (field == "id" && bounds != nullptr && sign == ">" && bounds->after_id.empty()) bounds->after_id = right.text;
    if (is_comparison(sign)) return [own, sign, right](const Record& r) { return holds(scalar_of(own(r)), sign, right); };
    if (sign == "LIKE") return [own, right](const Record& r) { return like(scalar_of(own(r)).text, right.text); };
    if (sign == "NOT LIKE") return [own, right](const Record& r) { return !like(scalar_of(own(r)).text, right.text); };
    if (sign == "CONTAINS") return [own, right](const Record& r) { return contains(own(r), right); };
    if (sign == "REGEXP") {
        return [own, pattern = std::regex(right.text)](const Record& r) { return std::regex_search(scalar_of(own(r)).text, pattern); };
    }
    refuse("Illegal operator: " + sign);
}

Scalar CiviEntity::time_scalar(const std::string& field, const Node& wanted) const {
    const auto moment = wanted.is(Node::Kind::Text) ? parse_moment(wanted.text) : std::nullopt;
    if (!moment) refuse("Invalid date for " + field);
    const std::int64_t seconds = moment->us / kSecond;
    const bool timestamp = data_type(field) == "Timestamp";
    if (timestamp) return number_scalar(moment->zoned ? seconds : zone_.to_moment(seconds));
    return text_scalar(format_time((moment->zoned ? zone_.to_civil(seconds) : seconds) * kSecond, "%Y-%m-%d %H:%M:%S"));
}

Predicate CiviEntity::time_comparison(const std::string& field, const std::string& sign, const Node* wanted, Query* bounds) const {
    const Scalar right = time_scalar(field, *wanted);
    if (field == "modified_date" && stamped()) {
        if (bounds != nullptr) bounds->narrow_stamp(sign, static_cast<std::int64_t>(right.number) * kSecond, kSecond);
        return [sign, right](const Record& r) { return holds(number_scalar(r.modified_us / kSecond), sign, right); };
    }
    if (data_type(field) == "Timestamp") {
        return [field, sign, right](const Record& r) {
            const auto moment = parse_moment(scalar_of(stored(r, field)).text);
            return moment && holds(number_scalar(moment->us / kSecond), sign, right);
        };
    }
    return [own = value(field), sign, right](const Record& r) { return holds(scalar_of(own(r)), sign, right); };
}

}  // namespace brugwacht::stand_in
