#include <algorithm>
#include <cctype>
#include <set>

#include "tests/support/stand_in/odoo.hpp"

namespace brugwacht::stand_in {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

using Names = std::vector<std::string>;

const std::map<std::string, Names>& core_fields() {
    static const std::map<std::string, Names> kFields{
        {"res.partner",
         {"name", "is_company", "parent_id", "type", "function", "email", "phone", "street", "zip", "city", "country_id", "lang", "ref",
          "vat", "category_id", "comment", "user_id", "company_id"}},
        {"res.partner.category", {"name", "color", "parent_id"}},
        {"calendar.event",
         {"name", "start", "stop", "allday", "start_date", "stop_date", "duration", "partner_ids", "categ_ids", "user_id", "res_model",
          "res_id", "recurrency"}},
        {"crm.lead", {"name", "type", "stage_id", "partner_id", "user_id", "tag_ids", "date_open", "date_closed"}},
        {"project.task", {"name", "project_id", "stage_id", "partner_id", "user_ids", "tag_ids", "date_deadline", "date_end", "parent_id"}},
        {"event.event", {"name", "date_begin", "date_end", "date_tz", "stage_id", "seats_max", "address_id", "tag_ids"}},
        {"event.registration", {"event_id", "event_ticket_id", "partner_id", "name", "email", "phone", "state", "date_closed"}},
        {"membership.membership_line", {"partner", "membership_id", "date_from", "date_to", "date_cancel", "date", "state"}}};
    return kFields;
}

const Table& table_of(const System& system, const std::string& name) {
    static const Table kNone;
    const auto found = system.tables.find(name);
    return found == system.tables.end() ? kNone : found->second;
}

bool many(const std::string& field) { return field.ends_with("_ids") || field == "category_id"; }

std::string stored(const Record& record, const std::string& field) {
    const auto found = record.fields.find(field);
    if (found != record.fields.end() && found->second != "null") return found->second;
    return many(field) ? "[]" : "false";  // there is no null
}

std::string seconds_text(std::int64_t us) { return "\"" + format_time(us, "%Y-%m-%d %H:%M:%S") + "\""; }

/// A many2one counts as its id, a many2many as its ids, anything else as itself; what is false is nothing.
std::vector<Scalar> compared(const std::string& json) {
    std::vector<Scalar> values = elements_of(json);
    const bool reference = !json.empty() && json.front() == '[' && values.size() == 2 && values[1].kind == Scalar::Kind::Text;
    if (reference) values.pop_back();
    if (json == "false") values = {};
    return values;
}

bool any_holds(const std::vector<Scalar>& values, const std::string& sign, const Scalar& right) {
    return std::any_of(values.begin(), values.end(), [&](const Scalar& value) { return holds(value, sign, right); });
}

bool is_nothing(const Node& wanted) { return wanted.is(Node::Kind::Null) || (wanted.is(Node::Kind::Boolean) && !wanted.boolean); }

[[noreturn]] void invalid(const std::string& what) { throw OdooError{"builtins.ValueError", what, 500}; }

/// "=" and "!=": flags compare as flags; false otherwise asks for what is empty.
Predicate equality(const OdooModel::Value& own, const Node& wanted, bool equal) {
    if (is_nothing(wanted)) return [own, equal](const Record& r) { return (own(r) == "false" || own(r) == "[]") == equal; };
    return [own, right = scalar_of(wanted), equal](const Record& r) { return any_holds(compared(own(r)), "=", right) == equal; };
}

Predicate membership(const OdooModel::Value& own, const Node& wanted, bool inside) {
    const bool nothing_too = std::any_of(wanted.items.begin(), wanted.items.end(), is_nothing);
    return [own, list = elements_of(wanted), nothing_too, inside](const Record& r) {
        const std::vector<Scalar> values = compared(own(r));
        const bool found = std::any_of(list.begin(), list.end(), [&](const Scalar& item) { return any_holds(values, "=", item); });
        return (found || (values.empty() && nothing_too)) == inside;
    };
}

}  // namespace

OdooModel::OdooModel(const System& system, int version, std::string name)
    : version_(version),
      name_(std::move(name)),
      exists_(core_fields().count(name_) != 0 || system.tables.count(name_) != 0),
      table_(table_of(system, name_)) {}

OdooModel::Value OdooModel::value(const std::string& field) const {
    if (field == "id") return [](const Record& r) { return r.id; };
    if (field == "write_date") return [](const Record& r) { return seconds_text(r.modified_us); };
    if (field == "active") return [](const Record& r) { return std::string(r.state == State::Trashed ? "false" : "true"); };
    if (field == "create_date") {
        return [](const Record& r) {
            const auto moment = parse_moment(scalar_of(stored(r, "create_date")).text);
            return seconds_text(moment ? moment->us : r.modified_us);
        };
    }
    if (field == "image_1920") return [](const Record&) { return "\"" + std::string(50'000, 'A') + "\""; };
    if (field == "display_name") return [](const Record& r) { return stored(r, "name"); };
    const auto core = core_fields().find(name_);
    const bool usual = core != core_fields().end() && std::find(core->second.begin(), core->second.end(), field) != core->second.end();
    if (!usual && !Rows::has_field(table_, field)) return {};
    return [field](const Record& r) { return stored(r, field); };
}

Names OdooModel::fields() const {
    std::set<std::string> names{"id", "create_date", "write_date", "active", "display_name"};
    if (name_ == "res.partner") names.insert("image_1920");
    if (const auto core = core_fields().find(name_); core != core_fields().end()) names.insert(core->second.begin(), core->second.end());
    const auto add = [&](const Record& r) {
        for (const auto& [name, json] : r.fields) names.insert(name);
    };
    if (!table_.records.empty()) add(table_.records.front());
    if (table_.made && !table_.made->modified_us.empty()) add(table_.made->make(0));
    return {names.begin(), names.end()};
}

std::string OdooModel::type(const std::string& field) const {
    static const std::set<std::string> kMoments{"write_date", "create_date", "start",     "stop",
                                                "date_begin", "date_end",    "date_open", "date_closed"};
    if (kMoments.count(field) != 0) return "datetime";
    if (field == "id") return "integer";
    if (many(field)) return "many2many";
    if (field.ends_with("_id")) return "many2one";
    return field == "active" || field == "is_company" || field == "allday" ? "boolean" : "char";
}

bool OdooModel::names_active(const Node& domain) {
    return std::any_of(domain.items.begin(), domain.items.end(), [](const Node& item) {
        return item.is(Node::Kind::Array) && !item.items.empty() && item.items[0].text == "active";
    });
}

void OdooModel::restrict(Query& query, const Node& domain) const {
    const bool only_and =
        std::none_of(domain.items.begin(), domain.items.end(), [](const Node& item) { return item.text == "|" || item.text == "!"; });
    std::vector<Predicate> parts;
    for (std::size_t at = 0; at < domain.items.size();) parts.push_back(term(domain.items, at, only_and ? &query : nullptr));
    query.fits = all_of(std::move(parts));
}

Predicate OdooModel::term(const std::vector<Node>& terms, std::size_t& at, Query* bounds) const {
    if (at >= terms.size()) invalid("Domain with too few terms");
    const Node& first = terms[at++];
    if (first.is(Node::Kind::Array)) return leaf(first, bounds);
    if (first.text == "!") return none_of({term(terms, at, bounds)});
    if (first.text != "&" && first.text != "|") invalid("Invalid operator in domain: " + first.text);
    Predicate left = term(terms, at, bounds);
    Predicate right = term(terms, at, bounds);
    std::vector<Predicate> both{std::move(left), std::move(right)};
    return first.text == "|" ? any_of(std::move(both)) : all_of(std::move(both));
}

Predicate OdooModel::leaf(const Node& leaf, Query* bounds) const {
    if (leaf.items.size() != 3) invalid("Invalid leaf in domain");
    const std::string& field = leaf.items[0].text;
    const std::string& sign = leaf.items[1].text;
    const Node& wanted = leaf.items[2];
    const Value own = value(field);
    if (!own) invalid("Invalid field " + name_ + "." + field + " in leaf");
    if (sign == "in" || sign == "not in") {
        if (field == "active")
            return [list = elements_of(wanted), own, sign](const Record& r) {
                return (sign == "in") == any_holds(list, "=", scalar_of(own(r)));
            };
        return membership(own, wanted, sign == "in");
    }
    if (type(field) == "datetime" && is_comparison(sign) && wanted.is(Node::Kind::Text)) return moment_leaf(field, sign, wanted, bounds);
    if (type(field) == "boolean" && is_comparison(sign)) {
        return [own, sign, right = scalar_of(wanted)](const Record& r) { return holds(scalar_of(own(r)), sign, right); };
    }
    if (sign == "=" || sign == "!=" || sign == "<>") return equality(own, wanted, sign == "=");
    if (sign == "=?") return is_nothing(wanted) ? Predicate([](const Record&) { return true; }) : equality(own, wanted, true);
    const Scalar right = scalar_of(wanted);
    if (bounds != nullptr && field == "id" && sign == ">") bounds->after_id = right.text;
    if (is_comparison(sign)) return [own, sign, right](const Record& r) { return any_holds(compared(own(r)), sign, right); };
    if (sign == "=like" || sign == "=ilike") return [own, right](const Record& r) { return like(scalar_of(own(r)).text, right.text); };
    if (sign == "like" || sign == "ilike" || sign == "not like" || sign == "not ilike") {
        const bool wanted_match = !sign.starts_with("not");
        return [own, pattern = "%" + right.text + "%", wanted_match](const Record& r) {
            return (own(r) != "false" && like(scalar_of(own(r)).text, pattern)) == wanted_match;
        };
    }
    invalid("Invalid operator in leaf: " + sign);
}

/// Before 19 any text goes to the database; from 19 on a zone is refused.
std::int64_t OdooModel::moment_of(const std::string& text) const {
    const auto moment = parse_moment(text);
    if (!moment) invalid("invalid input syntax for type timestamp");
    if (moment->zoned && version_ >= 19) invalid("expecting only datetimes with no timezone");
    return moment->us;
}

Predicate OdooModel::moment_leaf(const std::string& field, const std::string& sign, const Node& wanted, Query* bounds) const {
    const std::int64_t unit = version_ >= 19 ? kSecond : 1;
    const std::int64_t right = moment_of(wanted.text) / unit;
    if (bounds != nullptr && field == "write_date") bounds->narrow_stamp(sign, right * unit, unit);
    return [field, sign, right, unit](const Record& r) {
        const auto moment = parse_moment(scalar_of(stored(r, field)).text);
        const bool given = field == "write_date" || (field == "create_date" && !moment) || moment;
        const std::int64_t us = moment && field != "write_date" ? moment->us : r.modified_us;
        return given && holds(number_scalar(us / unit), sign, number_scalar(right));
    };
}

}  // namespace brugwacht::stand_in
