#include "tests/support/stand_in/hubspot.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include "engine/core/error.hpp"
#include "tests/support/stand_in/conditions.hpp"
#include "tests/support/stand_in/scanner.hpp"

namespace brugwacht::stand_in {

using namespace cloud;

namespace {

constexpr std::size_t kMostListed = 100;
constexpr std::size_t kMostFound = 200;
constexpr std::int64_t kDefaultLimit = 10;
constexpr const char* kCorrelation = "aeb5f871-7f07-4993-9211-075dc63e7cbf";

std::string changed_property(const std::string& type) { return type == "contacts" ? "lastmodifieddate" : "hs_lastmodifieddate"; }

bool is_moment(const std::string& property) {
    return ends_with(property, "date") || ends_with(property, "_time") || property == "hs_timestamp";
}

std::vector<std::string> usual_properties(const std::string& type) {
    std::vector<std::string> properties = {"createdate", "hs_object_id", changed_property(type)};
    if (type == "contacts") properties.insert(properties.end(), {"email", "firstname", "lastname"});
    if (type == "companies") properties.insert(properties.end(), {"domain", "name"});
    return properties;
}

std::string iso_ms(std::int64_t us) {
    return format_time(us, "%Y-%m-%dT%H:%M:%S.") + std::to_string(1000 + us / 1000 % 1000).substr(1) + "Z";
}

/// Every value is a text: several of them "a;b".
Node as_text(const Node& value) {
    if (value.is(Node::Kind::Null)) return value;
    if (!value.is(Node::Kind::Array)) return text_node(plain_text(value));
    std::string joined;
    for (const Node& item : value.items) joined += (joined.empty() ? "" : ";") + plain_text(item);
    return text_node(joined);
}

/// "contacts" and what follows in "/crm/v3/objects/contacts/search" or "/crm/objects/2026-03/contacts/search".
std::vector<std::string> parts_below(const std::string& path, const std::string& kind) {
    for (const std::string& root : {"/crm/v3/" + kind + "/", "/crm/" + kind + "/2026-03/"})
        if (starts_with(path, root)) return split(path.substr(root.size()), '/');
    return {};
}

const Node& member_of(const Node& node, const std::string& name) {
    static const Node kNull;
    const Node* found = node.find(name);
    return found == nullptr ? kNull : *found;
}

std::vector<std::string> texts_in(const Node& list) {
    std::vector<std::string> texts;
    for (const Node& item : list.items) texts.push_back(item.text);
    return texts;
}

/// Ids are compared as texts, moments are given in milliseconds since 1970 (or as ISO 8601), all in quotes.
Literal literal_of(const std::string& property, const Node& value) {
    const std::string text = plain_text(value);
    if (!is_moment(property)) return text_literal(text);
    if (const auto moment = parse_moment(text)) return moment_literal(*moment);
    return moment_literal(std::strtoll(text.c_str(), nullptr, 10) * 1000);
}

Condition one_filter(const Node& filter) {
    using Op = Condition::Operator;
    static const std::map<std::string, Op> kOperators = {
        {"EQ", Op::Equal},           {"NEQ", Op::NotEqual},           {"LT", Op::Less}, {"LTE", Op::LessOrEqual}, {"GT", Op::Greater},
        {"GTE", Op::GreaterOrEqual}, {"CONTAINS_TOKEN", Op::Contains}};
    const std::string property = member_of(filter, "propertyName").text;
    const std::string op = member_of(filter, "operator").text;
    const auto value = [&](const std::string& name) { return literal_of(property, member_of(filter, name)); };
    if (op == "HAS_PROPERTY") return comparison(property, Op::NotEqual, Literal());
    if (op == "NOT_HAS_PROPERTY") return comparison(property, Op::Equal, Literal());
    if (op == "BETWEEN")
        return all_of(
            {comparison(property, Op::GreaterOrEqual, value("value")), comparison(property, Op::LessOrEqual, value("highValue"))});
    if (op == "IN" || op == "NOT_IN") {
        Condition condition = comparison(property, op == "IN" ? Op::In : Op::NotIn, Literal());
        condition.literals.clear();
        for (const Node& item : member_of(filter, "values").items) condition.literals.push_back(literal_of(property, item));
        return condition;
    }
    const auto known = kOperators.find(op);
    if (known == kOperators.end()) throw QueryFault("unknown operator " + op);
    return comparison(property, known->second, value("value"));
}

/// One of the groups must hold, with all of its filters.
Condition filter_of(const Node& body) {
    std::vector<Condition> groups;
    std::size_t filters = 0;
    for (const Node& group : member_of(body, "filterGroups").items) {
        std::vector<Condition> parts;
        for (const Node& filter : member_of(group, "filters").items) parts.push_back(one_filter(filter));
        filters += parts.size();
        if (parts.empty() || parts.size() > 10) throw QueryFault("a filter group has 1 to 10 filters");
        groups.push_back(all_of(std::move(parts)));
    }
    if (groups.size() > 5 || filters > 25) throw QueryFault("too many filter groups or filters");
    return groups.empty() ? Condition() : any_of(std::move(groups));
}

}  // namespace

Answer HubSpot::operator()(const Call& call) {
    const std::string token = credential(call, "Bearer");
    if (token.find_first_of(" \t,\"") != std::string::npos) return problem(530, "INVALID_AUTHENTICATION", "The access token is malformed.");
    if (token != system_.secret) return problem(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.");
    if (per_day > 0 && used_today >= per_day) return limited("DAILY");
    if (!rolling.allows(system_.now_us)) return limited("TEN_SECONDLY_ROLLING");
    ++used_today;
    const auto object = parts_below(call.path, "objects");
    const auto property = parts_below(call.path, "properties");
    const std::string type = !object.empty() ? object.front() : (!property.empty() ? property.front() : "");
    if (type.empty() || system_.tables.count(type) == 0)
        return problem(404, "OBJECT_NOT_FOUND", "Unable to infer object type from: " + type);
    if (!may_read(system_, type))
        return problem(403, "MISSING_SCOPES", "This app hasn't been granted all required scopes to make this call.");
    const bool searching = object.size() > 1 && object[1] == "search";
    if (searching && !searches.allows(system_.now_us)) return limited("SECONDLY");
    try {
        Answer answer = !property.empty() ? properties(type) : (searching ? search(call, type) : objects(call, type));
        if (rolling.most == 0) return answer;
        answer.headers.emplace_back("X-HubSpot-RateLimit-Max", std::to_string(rolling.most));
        answer.headers.emplace_back("X-HubSpot-RateLimit-Remaining", std::to_string(rolling.most - rolling.taken.size()));
        answer.headers.emplace_back("X-HubSpot-RateLimit-Interval-Milliseconds", "10000");
        return answer;
    } catch (const QueryFault& fault) {
        return problem(400, "VALIDATION_ERROR", fault.what());
    } catch (const Error&) {
        return problem(400, "VALIDATION_ERROR", "Invalid input JSON");
    }
}

Answer HubSpot::objects(const Call& call, const std::string& type) {
    const auto limit = static_cast<std::size_t>(number_parameter(call, "limit").value_or(kDefaultLimit));
    if (limit == 0 || limit > kMostListed) throw QueryFault("limit must be between 1 and 100");
    const bool archived = call.parameter("archived") == "true";
    std::vector<const Record*> records = records_in(system_, type, {archived ? State::Trashed : State::Live});
    const auto number = [](const std::string& id) { return std::strtoll(id.c_str(), nullptr, 10); };
    std::sort(records.begin(), records.end(), [&](const Record* a, const Record* b) { return number(a->id) < number(b->id); });
    if (const auto after = call.parameter("after"))
        records.erase(records.begin(), std::find_if(records.begin(), records.end(),
                                                    [&](const Record* record) { return number(record->id) > number(*after); }));
    const bool more = records.size() > limit;
    records.resize(std::min(records.size(), limit));

    std::vector<std::string> wanted = usual_properties(type);
    if (const auto asked = call.parameter("properties"))
        for (std::string& name : split(*asked, ',')) wanted.push_back(std::move(name));
    JsonWriter json;
    json.begin_object().key("results").begin_array();
    for (const Record* record : records)
        if (concealed.count(record->id) == 0)
            write_record(json, type, *record, wanted, split(call.parameter("associations").value_or(""), ','));
    json.end_array();
    if (more) {
        json.key("paging").begin_object().key("next").begin_object().member("after", records.back()->id);
        json.member("link", origin(call) + raw_path(call) + "?after=" + records.back()->id).end_object().end_object();
    }
    json.end_object();
    return json_answer(system_, 200, json.take());
}

Answer HubSpot::search(const Call& call, const std::string& type) {
    const Node body = parse_json(call.body, "body");
    const Node& limit_node = member_of(body, "limit");
    const auto limit = static_cast<std::size_t>(limit_node.is(Node::Kind::Null) ? kDefaultLimit : limit_node.integer);
    if (limit == 0 || limit > kMostFound) throw QueryFault("limit must be between 1 and 200");
    const std::size_t after = std::strtoull(plain_text(member_of(body, "after")).c_str(), nullptr, 10);
    if (after + limit > result_cap) throw QueryFault("A search can return no more than " + std::to_string(result_cap) + " results.");
    std::vector<Order> orders;
    for (const Node& sort : member_of(body, "sorts").items) {
        const Node& property = member_of(sort, "propertyName");
        orders.push_back({sort.is(Node::Kind::Text) ? sort.text : property.text, member_of(sort, "direction").text == "DESCENDING"});
    }
    std::vector<const Record*> records = records_in(system_, type, {State::Live});
    records.erase(std::remove_if(records.begin(), records.end(),
                                 [&](const Record* record) { return record->modified_us > system_.now_us - index_lag_us; }),
                  records.end());
    records = arranged(std::move(records), filter_of(body), orders,
                       [&](const Record& record, const std::string& name) { return value_of(type, record, name); });

    std::vector<std::string> wanted = usual_properties(type);
    for (std::string& name : texts_in(member_of(body, "properties"))) wanted.push_back(std::move(name));
    const std::size_t end = std::min(after + limit, records.size());
    JsonWriter json;
    json.begin_object().member("total", static_cast<std::uint64_t>(records.size())).key("results").begin_array();
    for (std::size_t i = after; i < end; ++i)
        if (concealed.count(records[i]->id) == 0) write_record(json, type, *records[i], wanted, {});
    json.end_array();
    if (end < records.size())
        json.key("paging").begin_object().key("next").begin_object().member("after", std::to_string(end)).end_object().end_object();
    json.end_object();
    return json_answer(system_, 200, json.take());
}

Answer HubSpot::properties(const std::string& type) const {
    JsonWriter json;
    json.begin_object().key("results").begin_array();
    for (const std::string& name : properties_of(type)) {
        json.begin_object().member("name", name).member("label", name).member("type", is_moment(name) ? "datetime" : "string");
        json.member("fieldType", is_moment(name) ? "date" : "text").member("groupName", "informatie");
        json.member("hubspotDefined", name.rfind("eigen_", 0) != 0).end_object();
    }
    json.end_array().end_object();
    return json_answer(system_, 200, json.take());
}

std::set<std::string> HubSpot::properties_of(const std::string& type) const {
    std::set<std::string> names;
    for (const std::string& name : usual_properties(type)) names.insert(name);
    for (const Record& record : system_.tables.at(type).records)
        for (const auto& [name, value] : record.fields)
            if (!starts_with(name, "associations.")) names.insert(name);
    return names;
}

Node HubSpot::value_of(const std::string& type, const Record& record, const std::string& property) const {
    if (property == "hs_object_id") return text_node(record.id);
    if (property == changed_property(type)) return text_node(iso_ms(record.modified_us));
    if (property == "createdate" && record.fields.count(property) == 0) return text_node(iso_ms(record.modified_us));
    return as_text(field_of(record, property));
}

void HubSpot::write_record(JsonWriter& json, const std::string& type, const Record& record, const std::vector<std::string>& properties,
                           const std::vector<std::string>& associations) const {
    const std::set<std::string> known = properties_of(type);
    json.begin_object().member("id", record.id).key("properties").begin_object();
    for (const std::string& name : std::set<std::string>(properties.begin(), properties.end())) {
        if (known.count(name) == 0) continue;
        json.key(name);
        write(json, value_of(type, record, name));
    }
    json.end_object().member("createdAt", value_of(type, record, "createdate").text).member("updatedAt", iso_ms(record.modified_us));
    json.member("archived", record.state == State::Trashed);
    if (record.state == State::Trashed) json.member("archivedAt", iso_ms(record.modified_us));
    write_associations(json, record, associations);
    json.end_object();
}

void HubSpot::write_associations(JsonWriter& json, const Record& record, const std::vector<std::string>& types) const {
    if (types.empty()) return;
    json.key("associations").begin_object();
    for (const std::string& type : types) {
        const Node ids = field_of(record, "associations." + type);
        if (ids.items.empty()) continue;
        const std::size_t end = std::min(ids.items.size(), association_page);
        json.key(type).begin_object().key("results").begin_array();
        for (std::size_t i = 0; i < end; ++i) json.begin_object().member("id", plain_text(ids.items[i])).member("type", type).end_object();
        json.end_array();
        if (end < ids.items.size())
            json.key("paging")
                .begin_object()
                .key("next")
                .begin_object()
                .member("after", plain_text(ids.items[end]))
                .end_object()
                .end_object();
        json.end_object();
    }
    json.end_object();
}

Answer HubSpot::limited(const std::string& policy) const {
    JsonWriter json;
    json.begin_object().member("status", "error").member("message", "You have reached your " + policy + " limit.");
    json.member("errorType", "RATE_LIMIT")
        .member("correlationId", kCorrelation)
        .member("policyName", policy)
        .member("category", "RATE_LIMITS");
    json.end_object();
    Answer answer = json_answer(system_, 429, json.take());
    const Rate& rate = policy == "SECONDLY" ? searches : rolling;
    if (tells_when_to_come_back && policy != "DAILY")
        answer.headers.emplace_back("Retry-After", std::to_string(rate.wait_s(system_.now_us)));
    return answer;
}

Answer HubSpot::problem(int status, const std::string& category, const std::string& message) const {
    JsonWriter json;
    json.begin_object()
        .member("status", "error")
        .member("message", message)
        .member("correlationId", kCorrelation)
        .member("category", category);
    json.end_object();
    return json_answer(system_, status, json.take());
}

}  // namespace brugwacht::stand_in
