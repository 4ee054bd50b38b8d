#include "tests/support/stand_in/espocrm.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"
#include "tests/support/stand_in/web.hpp"

namespace brugwacht::stand_in {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;
constexpr std::size_t kMostDeniedLogins = 10;
constexpr std::int64_t kDeniedPeriod = 60 * kSecond;

using Names = std::vector<std::string>;

/// Own attributes of the usual entity types; links to many ("contactsIds") are not among them.
const std::map<std::string, Names>& core_attributes() {
    static const std::map<std::string, Names> kAttributes{
        {"Contact",
         {"salutationName", "firstName", "middleName", "lastName", "name", "emailAddress", "phoneNumber", "doNotCall", "addressStreet",
          "addressCity", "addressState", "addressCountry", "addressPostalCode", "accountId", "accountName", "accountRole", "description",
          "campaignId"}},
        {"Account",
         {"name", "type", "industry", "website", "emailAddress", "phoneNumber", "billingAddressStreet", "billingAddressCity",
          "billingAddressPostalCode", "description"}},
        {"Meeting",
         {"name", "status", "dateStart", "dateEnd", "dateStartDate", "dateEndDate", "isAllDay", "duration", "parentType", "parentId",
          "accountId", "description"}},
        {"Call", {"name", "status", "dateStart", "dateEnd", "duration", "direction", "parentType", "parentId", "accountId", "description"}},
        {"Task", {"name", "status", "priority", "dateStart", "dateEnd", "dateCompleted", "parentType", "parentId", "contactId"}},
        {"Case", {"number", "name", "status", "type", "priority", "accountId", "contactId", "leadId", "description"}},
        {"Lead", {"firstName", "lastName", "name", "status", "emailAddress", "phoneNumber"}},
        {"Campaign", {"name", "status", "startDate", "endDate"}},
        {"TargetList", {"name", "description"}},
        {"ActionHistoryRecord", {"number", "action", "targetType", "targetId"}}};
    return kAttributes;
}

/// What every row brings along, asked for or not, because access is decided by it.
constexpr std::array kAccessAttributes{"createdById", "assignedUserId"};

bool date_time(const std::string& attribute) {
    static const std::set<std::string> kDateTimes{"modifiedAt", "createdAt", "dateStart", "dateEnd", "dateCompleted"};
    return kDateTimes.count(attribute) != 0;
}

bool link_to_many(const std::string& attribute) {
    return attribute.ends_with("sIds") || attribute.ends_with("sNames") || attribute.ends_with("sColumns");
}

std::string stored(const Record& record, const std::string& field) {
    const auto found = record.fields.find(field);
    return found == record.fields.end() ? "null" : found->second;
}

std::string moment_text(std::int64_t us) { return format_time(us, "%Y-%m-%d %H:%M:%S"); }

/// "meetings" -> "Meeting".
std::string entity_of_link(std::string link) {
    if (!link.empty() && link.back() == 's') link.pop_back();
    if (!link.empty() && link[0] >= 'a') link[0] = static_cast<char>(link[0] - 'a' + 'A');
    return link;
}

/// "Contact" -> "contacts".
std::string link_of_entity(std::string entity) {
    if (!entity.empty()) entity[0] = static_cast<char>(entity[0] - 'A' + 'a');
    return entity + "s";
}

[[noreturn]] void refuse(int status, std::string reason, std::string body = {}) {
    throw EspoRefusal{status, std::move(reason), std::move(body)};
}

/// The value of a condition; times are brought into the form the database has.
Scalar wanted_scalar(const std::string& attribute, const Node* value) {
    if (value == nullptr) return {};
    if (!date_time(attribute) || !value->is(Node::Kind::Text)) return scalar_of(*value);
    const auto moment = parse_moment(value->text);
    if (!moment) refuse(500, "");
    return text_scalar(moment_text(moment->us));
}

std::size_t whole_of(const Node& params, const char* name, std::size_t otherwise) {
    const Node* given = params.find(name);
    if (given == nullptr) return otherwise;
    const auto number = parse_whole(scalar_of(*given).text);
    if (!number) refuse(400, std::string("Bad ") + name + ".");
    return *number;
}

bool shares(const std::string& json, const std::vector<Scalar>& wanted) {
    const auto own = elements_of(json);
    return std::any_of(own.begin(), own.end(), [&](const Scalar& e) {
        return std::any_of(wanted.begin(), wanted.end(), [&](const Scalar& w) { return holds(e, "=", w); });
    });
}

const std::map<std::string, std::string>& comparison_signs() {
    static const std::map<std::string, std::string> kSigns{{"equals", "="},
                                                           {"notEquals", "!="},
                                                           {"greaterThan", ">"},
                                                           {"lessThan", "<"},
                                                           {"greaterThanOrEquals", ">="},
                                                           {"lessThanOrEquals", "<="},
                                                           {"after", ">"},
                                                           {"before", "<"},
                                                           {"on", "="}};
    return kSigns;
}

/// Comparisons with a list; empty for another type.
Predicate list_comparison(const std::string& attribute, const std::function<std::string(const Record&)>& own, const std::string& type,
                          const Node* given) {
    const auto list = given == nullptr ? std::vector<Scalar>() : elements_of(*given);
    if (type == "between" && list.size() == 2) {
        const Scalar low = wanted_scalar(attribute, &given->items[0]);
        const Scalar high = wanted_scalar(attribute, &given->items[1]);
        return [own, low, high](const Record& r) { return holds(scalar_of(own(r)), ">=", low) && holds(scalar_of(own(r)), "<=", high); };
    }
    if (type == "in" || type == "arrayAnyOf" || type == "linkedWith") return [own, list](const Record& r) { return shares(own(r), list); };
    if (type == "notIn") return [own, list](const Record& r) { return own(r) != "null" && !shares(own(r), list); };
    return {};
}

/// Comparisons without a value; empty for another type.
Predicate state_comparison(const std::function<std::string(const Record&)>& own, const std::string& type) {
    if (type == "isNull") return [own](const Record& r) { return own(r) == "null"; };
    if (type == "isNotNull") return [own](const Record& r) { return own(r) != "null"; };
    if (type == "isLinked") return [own](const Record& r) { return !elements_of(own(r)).empty(); };
    if (type == "isTrue") return [own](const Record& r) { return own(r) == "true"; };
    if (type == "isFalse") return [own](const Record& r) { return own(r) != "true"; };
    return {};
}

}  // namespace

EspoCrm::EspoCrm(System& system) : system_(system) {}

Answer EspoCrm::operator()(const Call& call) {
    Answer answer;
    try {
        answer = respond(call);
    } catch (const EspoRefusal& refusal) {
        answer = refusal.status == 401 ? html_answer(401, "") : json_answer(refusal.status, refusal.body);
        if (refusal.status == 401) answer.body.clear();
        if (!refusal.reason.empty()) answer.headers.emplace_back("X-Status-Reason", refusal.reason);
    } catch (const Error&) {
        answer = json_answer(500, "");  // what came was no JSON
    }
    return dated(std::move(answer), system_.now_us);
}

Answer EspoCrm::respond(const Call& call) {
    const std::string prefix = "/api/v1/";
    const std::size_t at = call.path.find(prefix);
    if (at == std::string::npos) return html_answer(404, "Not Found");
    const std::string path = call.path.substr(at + prefix.size());
    authenticate(call, path);
    if (path.empty() || path.back() == '/') refuse(404, "");
    const Names steps = split(path, '/');
    const bool no_total = call.header("x-no-total") == "true";
    if (path == "Metadata") return json_answer(200, metadata(call.parameter("key").value_or("")));
    if (path == "App/user") return json_answer(200, R"({"user":{"id":"6b04b34e000000001","userName":"brugwacht","type":"api"}})");
    if (system_.tables.count(steps[0]) == 0 && core_attributes().count(steps[0]) == 0) refuse(404, "");
    check_readable(steps[0]);
    if (steps.size() == 1 && call.method == "GET") return json_answer(200, list(steps[0], parameters(call), {}, no_total));
    if (steps.size() == 2 && call.method == "GET") return json_answer(200, one(steps[0], steps[1]));
    if (steps.size() == 2 && call.method == "PUT") return json_answer(200, update(steps[0], steps[1], call.body));
    if (steps.size() == 3 && call.method == "GET")
        return json_answer(200, related(steps[0], steps[1], steps[2], parameters(call), no_total));
    refuse(404, "");
}

/// After too many denied logins everybody is refused, also who has a good key, until they are a minute old.
void EspoCrm::authenticate(const Call& call, const std::string& path) {
    while (!denied_logins_us_.empty() && denied_logins_us_.front() <= system_.now_us - kDeniedPeriod) denied_logins_us_.pop_front();
    if (denied_logins_us_.size() > kMostDeniedLogins) refuse(403, "");
    if (known_key(call, path)) return;
    denied_logins_us_.push_back(system_.now_us);
    refuse(401, "");
}

bool EspoCrm::known_key(const Call& call, const std::string& path) const {
    const std::string signature = from_base64(call.header("x-hmac-authorization"));
    if (signature.empty()) return call.header("x-api-key") == system_.secret;
    const std::string digest = Hmac(hmac_key)(call.method + " /" + path);
    return signature == system_.secret + ":" + to_hex(digest) || signature == system_.secret + ":" + digest;
}

void EspoCrm::check_readable(const std::string& entity) const {
    const bool denied = std::find(system_.denied.begin(), system_.denied.end(), entity) != system_.denied.end();
    if (!system_.reads_allowed || denied || (entity == "ActionHistoryRecord" && !admin)) refuse(403, "No read access.");
}

Node EspoCrm::parameters(const Call& call) const {
    const auto params = call.parameter("searchParams");
    Node node = params ? parse_json(*params, "searchParams") : php_parameters(call.query);
    for (std::string& key : node.keys) {
        if (version < 9) break;
        if (key == "whereGroup") key = "where";
        if (key == "attributeSelect") key = "select";
    }
    return node;
}

EspoCrm::Value EspoCrm::value(const std::string& entity, const std::string& attribute) const {
    if (attribute == "id") return [](const Record& r) { return json_text(r.id); };
    if (attribute == "modifiedAt") return [](const Record& r) { return json_text(moment_text(r.modified_us)); };
    if (attribute == "deleted") return [](const Record&) { return std::string("false"); };
    if (attribute == "createdAt") {
        return [](const Record& r) {
            return r.fields.count("createdAt") != 0 ? stored(r, "createdAt") : json_text(moment_text(r.modified_us));
        };
    }
    if (!known(entity, attribute)) return {};
    return [attribute](const Record& r) { return stored(r, attribute); };
}

bool EspoCrm::known(const std::string& entity, const std::string& attribute) const {
    if (attribute == "createdById" || attribute == "modifiedById" || attribute == "assignedUserId") return true;
    const auto core = core_attributes().find(entity);
    if (core != core_attributes().end() && std::find(core->second.begin(), core->second.end(), attribute) != core->second.end())
        return true;
    const auto table = system_.tables.find(entity);
    return table != system_.tables.end() && Rows::has_field(table->second, attribute);
}

Names EspoCrm::attributes(const std::string& entity) const {
    std::set<std::string> names{"createdAt", "modifiedAt"};
    if (const auto core = core_attributes().find(entity); core != core_attributes().end())
        names.insert(core->second.begin(), core->second.end());
    if (const auto table = system_.tables.find(entity); table != system_.tables.end()) {
        for (const Record& record : table->second.records)
            for (const auto& [name, json] : record.fields) names.insert(name);
        if (table->second.made && !table->second.made->modified_us.empty())
            for (const auto& [name, json] : table->second.made->make(0).fields) names.insert(name);
    }
    Names shown;
    std::copy_if(names.begin(), names.end(), std::back_inserter(shown), [](const std::string& name) { return !link_to_many(name); });
    return shown;
}

std::vector<EspoCrm::Column> EspoCrm::columns(const std::string& entity, const Names& select) const {
    std::vector<Column> columns;
    std::set<std::string> shown{"id"};
    const auto show = [&](const std::string& name) {
        Value own = hidden(entity, name) ? Value() : value(entity, name);
        if (own && shown.insert(name).second) columns.push_back({name, std::move(own)});
    };
    for (const std::string& name : select) show(name);
    for (const char* name : kAccessAttributes) show(name);
    return columns;
}

std::string EspoCrm::row(const Record& record, const std::vector<Column>& columns) {
    JsonWriter out;
    out.begin_object().member("id", record.id);
    for (const Column& column : columns) {
        out.key(column.name);
        write_json(out, column.value(record));
    }
    return out.end_object().take();
}

Query EspoCrm::query_of(const std::string& entity, const Node& params, Names& select) const {
    Query query;
    query.limit = whole_of(params, "maxSize", max_size);
    query.offset = whole_of(params, "offset", 0);
    if (*query.limit > max_size) refuse(403, "Max size should not exceed " + std::to_string(max_size) + ". Use offset and limit.");

    std::vector<Predicate> parts;
    if (row_seen) parts.push_back([this, entity](const Record& r) { return row_seen(entity, r); });
    parts.push_back([](const Record& r) { return r.state == State::Live; });
    if (const Node* where = params.find("where"))
        for (const Node& item : where->items) parts.push_back(condition(entity, item, &query));
    query.fits = all_of(std::move(parts));

    const std::string order = params.find("orderBy") != nullptr ? text_of(params, "orderBy") : "createdAt";
    const std::string direction = text_of(params, "order");
    const bool descending = params.find("orderBy") == nullptr ? direction != "asc" : direction == "desc";
    const Value key = value(entity, order);
    if (!key) refuse(400, "Order by field '" + order + "' is not allowed.");
    if (hidden(entity, order)) refuse(403, "");
    if (order != "id" || descending) {
        const auto ties = [descending](const Record& a, const Record& b) { return descending ? b.id < a.id : a.id < b.id; };
        query.before = order_by({{[key](const Record& r) { return scalar_of(key(r)); }, descending}}, ties);
    }
    if (const Node* names = params.find("select")) {
        for (const Scalar& name : elements_of(*names))
            for (std::string& part : split(name.text, ',')) select.push_back(std::move(part));
    } else {
        select = attributes(entity);
    }
    return query;
}

std::string EspoCrm::list(const std::string& entity, const Node& params, const Predicate& among, bool no_total) {
    Names select;
    Query query = query_of(entity, params, select);
    if (among) query.fits = all_of({among, query.fits});
    query.count = true;
    const Result result = rows_.select(system_.tables[entity], query, system_.now_us);
    const bool more = result.matched > query.offset + result.rows.size();
    const bool counted = !no_total && without_total.count(entity) == 0;
    const std::vector<Column> shown = columns(entity, select);
    std::string rows;
    for (const Row& record : result.rows) rows += (rows.empty() ? "" : ",") + row(*record, shown);
    return "{\"total\":" + (counted ? std::to_string(result.matched) : more ? "-1" : "-2") + ",\"list\":[" + rows + "]}";
}

std::string EspoCrm::one(const std::string& entity, const std::string& id) {
    const Row record = rows_.get(system_.tables[entity], id, system_.now_us);
    if (!record || record->state != State::Live) refuse(404, "");
    if (row_seen && !row_seen(entity, *record)) refuse(403, "No read access.");
    return row(*record, columns(entity, attributes(entity)));
}

std::string EspoCrm::related(const std::string& entity, const std::string& id, const std::string& link, const Node& params, bool no_total) {
    const Row owner = rows_.get(system_.tables[entity], id, system_.now_us);
    if (!owner || owner->state != State::Live) refuse(404, "");
    const std::string other = entity_of_link(link);
    if (system_.tables.count(other) == 0 && core_attributes().count(other) == 0) refuse(404, "");
    check_readable(other);
    return list(other, params, linked_to(*owner, entity, link), no_total);
}

/// A link may be kept on either side.
Predicate EspoCrm::linked_to(const Record& owner, const std::string& entity, const std::string& link) const {
    const std::vector<Scalar> own = elements_of(stored(owner, link + "Ids"));
    const std::string back = link_of_entity(entity) + "Ids";
    return [own, back, id = owner.id](const Record& r) {
        const bool named = std::any_of(own.begin(), own.end(), [&](const Scalar& e) { return e.text == r.id; });
        return named || shares(stored(r, back), {text_scalar(id)});
    };
}

std::string EspoCrm::update(const std::string& entity, const std::string& id, const std::string& body) {
    const Node values = parse_json(body, "body");
    Record* record = system_.tables[entity].find(id);
    if (record == nullptr || record->state != State::Live) refuse(404, "");
    std::string shown = "\"id\":" + json_text(id);
    for (std::size_t i = 0; i < values.keys.size(); ++i) {
        JsonWriter out;
        write_node(out, values.items[i]);
        const std::string json = out.take();
        shown += "," + json_text(values.keys[i]) + ":" + json;
        if (!known(entity, values.keys[i])) continue;  // shown as if it had been kept
        record->fields[values.keys[i]] = json;
        if (!link_to_many(values.keys[i])) record->modified_us = system_.now_us;
    }
    return "{" + shown + "}";
}

void EspoCrm::remove(const std::string& entity, const std::string& id) {
    Record* record = system_.tables[entity].find(id);
    if (record == nullptr) return;
    record->state = State::Trashed;
    record->modified_us = system_.now_us;
    Table& history = system_.tables["ActionHistoryRecord"];
    const std::size_t number = history.records.size() + 1;
    Record action{"h" + std::to_string(number), system_.now_us, 0, State::Live, {}};
    action.fields = {
        {"number", std::to_string(number)}, {"action", "\"delete\""}, {"targetType", json_text(entity)}, {"targetId", json_text(id)}};
    history.add(std::move(action));
}

std::string EspoCrm::metadata(const std::string& key) {
    const Names steps = split(key, '.');
    if (steps.size() < 2 || steps[0] != "entityDefs") return "{}";
    JsonWriter out;
    out.begin_object().key("fields").begin_object();
    for (const std::string& name : attributes(steps[1])) {
        const auto core = core_attributes().find(steps[1]);
        const bool usual =
            core != core_attributes().end() && std::find(core->second.begin(), core->second.end(), name) != core->second.end();
        out.key(name).begin_object().member("type", date_time(name) ? "datetime" : "varchar");
        if (!usual && !date_time(name)) out.member("isCustom", true);
        out.end_object();
    }
    return out.end_object().end_object().take();
}

Predicate EspoCrm::condition(const std::string& entity, const Node& item, Query* bounds) const {
    const std::string type = text_of(item, "type");
    if (type == "and" || type == "or" || type == "not") return junction(entity, item, type, bounds);
    return comparison(entity, item, type, bounds);
}

Predicate EspoCrm::junction(const std::string& entity, const Node& item, const std::string& type, Query* bounds) const {
    const Node* inner = item.find("value");
    if (inner == nullptr) refuse(400, "Bad where item.");
    std::vector<Predicate> parts;
    for (const Node& part : inner->items) parts.push_back(condition(entity, part, type == "and" ? bounds : nullptr));
    if (type == "or") return any_of(std::move(parts));
    return type == "and" ? all_of(std::move(parts)) : none_of({all_of(std::move(parts))});
}

Predicate EspoCrm::comparison(const std::string& entity, const Node& item, const std::string& type, Query* bounds) const {
    std::string attribute = text_of(item, "attribute");
    if (attribute.empty()) attribute = text_of(item, "field");
    const Node* given = item.find("value");
    if (type == "linkedWith" || type == "isLinked") attribute += "Ids";
    const Value own = value(entity, attribute);
    if (!own) refuse(400, "Not existing attribute '" + attribute + "' in where.");
    if (hidden(entity, attribute)) refuse(403, "");

    if (const auto sign = comparison_signs().find(type); sign != comparison_signs().end()) {
        const Scalar right = wanted_scalar(attribute, given);
        if (bounds != nullptr && attribute == "modifiedAt" && parse_moment(right.text))
            bounds->narrow_stamp(sign->second, parse_moment(right.text)->us, kSecond);
        if (bounds != nullptr && attribute == "id" && sign->second == ">") bounds->after_id = right.text;
        return [own, sign = sign->second, right](const Record& r) { return holds(scalar_of(own(r)), sign, right); };
    }
    if (const Predicate one_of = list_comparison(attribute, own, type, given)) return one_of;
    if (const Predicate state = state_comparison(own, type)) return state;
    const std::string text = given == nullptr ? std::string() : scalar_of(*given).text;
    if (type == "like" || type == "startsWith" || type == "contains") {
        const std::string pattern = type == "like" ? text : type == "startsWith" ? text + "%" : "%" + text + "%";
        return [own, pattern](const Record& r) { return like(scalar_of(own(r)).text, pattern); };
    }
    return relative_days(own, type, given);
}

Predicate EspoCrm::relative_days(const Value& own, const std::string& type, const Node* given) const {
    const std::int64_t today = system_.now_us - system_.now_us % kDay;
    std::int64_t from = today;
    std::int64_t until = today + kDay;
    const auto days = given == nullptr ? std::nullopt : parse_whole(scalar_of(*given).text);
    if (type == "lastXDays" && days) {
        from = today - static_cast<std::int64_t>(*days) * kDay;
    } else if (type == "past") {
        from = std::numeric_limits<std::int64_t>::min();
        until = system_.now_us;
    } else if (type == "future") {
        from = system_.now_us;
        until = std::numeric_limits<std::int64_t>::max();
    } else if (type != "today") {
        refuse(400, "Not allowed where type '" + type + "'.");
    }
    return [own, from, until](const Record& r) {
        const auto moment = parse_moment(scalar_of(own(r)).text);
        return moment && moment->us >= from && moment->us < until;
    };
}

}  // namespace brugwacht::stand_in
