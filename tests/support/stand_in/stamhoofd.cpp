#include "tests/support/stand_in/stamhoofd.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "engine/core/date.hpp"
#include "engine/core/error.hpp"
#include "engine/core/zone.hpp"
#include "tests/support/stand_in/mongo_query.hpp"

namespace brugwacht::stand_in {

using namespace cloud;

namespace {

constexpr std::int64_t kMost = 100;

const std::set<std::string>& sortable() {
    static const std::set<std::string> kNames = {"id", "memberNumber", "firstName", "lastName", "birthDay", "createdAt"};
    return kNames;
}

const std::set<std::string>& filterable() {
    static const std::set<std::string> kNames = {"id",       "memberNumber", "firstName", "lastName", "name",
                                                 "birthDay", "createdAt",    "gender",    "email",    "phone"};
    return kNames;
}

/// What follows the version: "members" of "/v398/members"; "" for another address.
std::string resource_of(const std::string& path) {
    const auto slash = path.find('/', 1);
    return starts_with(path, "/v") && slash != std::string::npos ? path.substr(slash + 1) : std::string();
}

/// {"$": "$date", "value": 1764261041000} is a moment.
Literal literal_of(const Node& value) {
    const Node* moment = value.find("value");
    return value.is(Node::Kind::Table) && moment != nullptr ? node_literal(*moment) : node_literal(value);
}

Condition filter_of(const Call& call, const std::string& parameter) {
    const std::string text = call.parameter(parameter).value_or("");
    if (text.empty()) return {};
    Condition condition = parse_mongo_filter(parse_json(text, parameter), literal_of);
    for (const std::string& field : fields_in(condition))
        if (filterable().count(field) == 0) throw QueryFault("Unknown filter " + field);
    return condition;
}

std::vector<Order> orders_of(const std::string& sort) {
    std::vector<Order> orders;
    bool by_id = false;
    for (const std::string& part : split(sort, ',')) {
        const std::vector<std::string> words = split(part, ' ');
        if (words.empty() || words.size() > 2 || sortable().count(words.front()) == 0) throw QueryFault("Unknown sort key " + part);
        orders.push_back({words.front(), words.back() == "DESC"});
        by_id = by_id || words.front() == "id";
    }
    if (!by_id) orders.push_back({"id", false});
    return orders;
}

std::string sort_text(const std::vector<Order>& orders) {
    std::string text;
    for (const Order& order : orders) text += (text.empty() ? "" : ",") + order.field + (order.descending ? " DESC" : " ASC");
    return text;
}

}  // namespace

Answer Stamhoofd::operator()(const Call& call) {
    const std::string header = call.header("authorization");
    if (header.empty()) return fault(401, "not_authenticated", "Missing required authorization header");
    if (!starts_with(header, "Bearer "))
        return fault(401, "not_supported_authentication", "Authentication method not supported. Please authenticate with OAuth2");
    if (credential(call, "Bearer") != system_.secret) return fault(401, "invalid_access_token", "The access token is invalid");
    if (!rate.allows(system_.now_us)) return fault(429, "rate_limit", "Too many requests");
    const std::string resource = resource_of(call.path);
    if (resource != "members" && resource != "members/count") return fault(404, "not_found", "Endpoint not found");
    if (!may_read(system_, "members")) return fault(403, "permission_denied", "You do not have permissions for this action");
    try {
        return resource == "members" ? members(call) : count(call);
    } catch (const QueryFault& query) {
        return fault(400, "invalid_field", query.what());
    } catch (const Error&) {
        return fault(400, "invalid_field", "Expected JSON at filter");
    }
}

Answer Stamhoofd::members(const Call& call) const {
    if (!call.parameter("sort")) return fault(400, "missing_field", "Expected value at sort");
    const auto limit = number_parameter(call, "limit");
    if (!limit) return fault(400, "missing_field", "Expected value at limit");
    if (*limit < 1 || *limit > kMost) return fault(400, "invalid_field", "Limit can not be more than " + std::to_string(kMost));
    const std::vector<Order> orders = orders_of(*call.parameter("sort"));
    std::vector<const Record*> records = matching(call, orders, true);
    records.resize(std::min(records.size(), static_cast<std::size_t>(*limit)));

    JsonWriter json;
    json.begin_object().key("results").begin_object().key("members").begin_array();
    for (const Record* record : records) write_member(json, *record);
    json.end_array().key("organizations").begin_array().begin_object().member("id", organization).end_object().end_array().end_object();
    if (records.size() == static_cast<std::size_t>(*limit)) {
        json.key("next").begin_object();
        if (const auto filter = call.parameter("filter")) json.member("filter", *filter);
        json.member("pageFilter", page_filter(*records.back(), orders))
            .member("sort", sort_text(orders))
            .member("limit", *limit)
            .end_object();
    }
    json.end_object();
    return json_answer(system_, 200, json.take());
}

Answer Stamhoofd::count(const Call& call) const {
    JsonWriter json;
    json.begin_object().member("count", static_cast<std::uint64_t>(matching(call, {}, false).size())).end_object();
    return json_answer(system_, 200, json.take());
}

std::vector<const Record*> Stamhoofd::matching(const Call& call, const std::vector<Order>& orders, bool paged) const {
    std::vector<Condition> parts = {filter_of(call, "filter")};
    if (paged) parts.push_back(filter_of(call, "pageFilter"));
    const std::string search = call.parameter("search").value_or("");
    if (!search.empty()) parts.push_back(comparison("name", Condition::Operator::Contains, text_literal(search)));
    return arranged(records_in(system_, "members", {State::Live}), all_of(std::move(parts)), orders,
                    [this](const Record& record, const std::string& name) { return value_of(record, name); });
}

Node Stamhoofd::value_of(const Record& record, const std::string& name) const {
    if (name == "id") return text_node(record.id);
    if (name == "createdAt") return record.fields.count(name) == 0 ? number_node(record.modified_us / 1000) : field_of(record, name);
    const Node details = field_of(record, "details");
    if (name == "name") return text_node(plain_text(*details.find("firstName")) + " " + plain_text(*details.find("lastName")));
    const Node* value = details.find(name);
    if (value == nullptr) return {};
    if (name != "birthDay" || !value->is(Node::Kind::Integer)) return *value;
    const std::int64_t civil = Zone::brussels().to_civil(value->integer / 1000);
    return text_node(format_time(civil * 1'000'000, "%Y-%m-%d"));
}

void Stamhoofd::write_member(JsonWriter& json, const Record& record) const {
    json.begin_object().member("id", record.id).member("organizationId", organization);
    json.member("createdAt", value_of(record, "createdAt").integer).member("updatedAt", record.modified_us / 1000);
    for (const auto& [name, text] : record.fields) {
        if (name == "createdAt") continue;
        json.key(name);
        write(json, field_of(record, name));
    }
    json.end_object();
}

std::string Stamhoofd::page_filter(const Record& last, const std::vector<Order>& orders) const {
    JsonWriter json;
    write_page_filter(json, last, orders, 0);
    return json.take();
}

/// Beyond the last record by the first key, or equal to it there and beyond it by the others.
void Stamhoofd::write_page_filter(JsonWriter& json, const Record& last, const std::vector<Order>& orders, std::size_t from) const {
    const Order& order = orders[from];
    const auto write_value = [&] {
        const Node value = value_of(last, order.field);
        if (order.field != "createdAt") return write(json, value);
        json.begin_object().member("$", "$date").member("value", value.integer).end_object();
    };
    const auto write_beyond = [&] {
        json.begin_object().key(order.field).begin_object().key(order.descending ? "$lt" : "$gt");
        write_value();
        json.end_object().end_object();
    };
    if (from + 1 == orders.size()) return write_beyond();
    json.begin_object().key("$or").begin_array();
    write_beyond();
    json.begin_object().key("$and").begin_array().begin_object().key(order.field);
    write_value();
    json.end_object();
    write_page_filter(json, last, orders, from + 1);
    json.end_array().end_object().end_array().end_object();
}

Answer Stamhoofd::fault(int status, const std::string& code, const std::string& message) const {
    JsonWriter json;
    json.begin_object().key("errors").begin_array().begin_object().member("code", code).member("message", message).end_object();
    json.end_array().end_object();
    return json_answer(system_, status, json.take());
}

}  // namespace brugwacht::stand_in
