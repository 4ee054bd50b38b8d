#include "tests/support/stand_in/jsonapi.hpp"

#include <algorithm>
#include <utility>

#include "tests/support/stand_in/conditions.hpp"

namespace brugwacht::stand_in {

using namespace cloud;

namespace {

/// filter[a]=b, filter[a]=>b, filter[a]=<b; all of them hold.
Condition filter_of(const Call& call) {
    std::vector<Condition> parts;
    for (const auto& [name, value] : call.query) {
        if (!starts_with(name, "filter[") || !ends_with(name, "]") || value.empty()) continue;
        const std::string field = name.substr(7, name.size() - 8);
        const auto op = value.front() == '>' ? Condition::Operator::Greater
                                             : (value.front() == '<' ? Condition::Operator::Less : Condition::Operator::Equal);
        const std::string bound = op == Condition::Operator::Equal ? value : value.substr(1);
        const auto moment = parse_moment(bound);
        parts.push_back(comparison(field, op, moment ? moment_literal(*moment) : text_literal(bound)));
    }
    return parts.empty() ? Condition() : all_of(std::move(parts));
}

std::vector<Order> orders_of(const Call& call) {
    std::vector<Order> orders;
    for (const std::string& name : split(call.parameter("sort").value_or(""), ',')) {
        const bool descending = starts_with(name, "-");
        orders.push_back({name.substr(descending ? 1 : 0), descending});
    }
    orders.push_back({"id", false});
    return orders;
}

}  // namespace

Answer JsonApi::operator()(const Call& call) const {
    if (credential(call, "Bearer") != system_.secret) return fault(401, "UNAUTHORIZED", "Authentication is required.");
    const std::string type = starts_with(call.path, root) ? call.path.substr(root.size()) : std::string();
    if (system_.tables.count(type) == 0) return fault(404, "NOT_FOUND", "Requested resource does not exist.");
    if (!may_read(system_, type)) return fault(403, "FORBIDDEN", "You may not read this resource.");
    return list(call, type);
}

Answer JsonApi::list(const Call& call, const std::string& type) const {
    const std::vector<const Record*> records = matching(call, type);
    const auto limit = static_cast<std::size_t>(number_parameter(call, "page[limit]").value_or(static_cast<std::int64_t>(page_size)));
    const auto offset = static_cast<std::size_t>(number_parameter(call, "page[offset]").value_or(0));
    if (limit == 0 || limit > most) return fault(400, "BAD_REQUEST", "page[limit] is out of range.");
    JsonWriter json;
    json.begin_object().key("jsonapi").begin_object().member("version", "1.0").end_object();
    json.key("meta").begin_object().key("page").begin_object();
    json.member("limit", static_cast<std::uint64_t>(limit)).member("offset", static_cast<std::uint64_t>(offset));
    json.member("total", static_cast<std::uint64_t>(records.size())).end_object().end_object();
    json.key("links").begin_object().member("self", link(call, limit, offset));
    if (offset + limit < records.size()) json.member("next", link(call, limit, offset + limit));
    json.end_object().key("data").begin_array();
    for (std::size_t i = offset; i < std::min(offset + limit, records.size()); ++i) write_record(json, call, type, *records[i]);
    json.end_array().end_object();
    return answer(200, json.take());
}

std::vector<const Record*> JsonApi::matching(const Call& call, const std::string& type) const {
    return arranged(records_in(system_, type, {State::Live}), filter_of(call), orders_of(call),
                    [this](const Record& record, const std::string& name) { return value_of(record, name); });
}

std::string JsonApi::link(const Call& call, std::size_t limit, std::size_t offset) const {
    const std::string server = origin(call) + raw_path(call);
    std::string query;
    for (const auto& [name, value] : call.query)
        if (!starts_with(name, "page[")) query += encode(name) + "=" + encode(value) + "&";
    query += "page%5Blimit%5D=" + std::to_string(limit) + "&page%5Boffset%5D=" + std::to_string(offset);
    return (links_without_scheme ? server.substr(std::string("http://").size()) : server) + "?" + query;
}

void JsonApi::write_record(JsonWriter& json, const Call& call, const std::string& type, const Record& record) const {
    json.begin_object().member("type", type).member("id", record.id).key("attributes").begin_object();
    json.member(changed, value_of(record, changed).text);
    for (const auto& [name, text] : record.fields) {
        json.key(name);
        write(json, value_of(record, name));
    }
    json.end_object().key("links").begin_object().member("self", origin(call) + root + type + "/" + record.id).end_object().end_object();
}

Node JsonApi::value_of(const Record& record, const std::string& name) const {
    if (name == "id") return text_node(record.id);
    if (name == changed) return text_node(format_time(record.modified_us, "%Y-%m-%dT%H:%M:%S+00:00"));
    return field_of(record, name);
}

Answer JsonApi::fault(int status, const std::string& code, const std::string& detail) const {
    JsonWriter json;
    json.begin_object().key("errors").begin_array().begin_object();
    json.member("status", std::to_string(status)).member("code", code).member("title", code).member("detail", detail);
    json.end_object().end_array().end_object();
    return answer(status, json.take());
}

Answer JsonApi::answer(int status, std::string body) const {
    Answer answer = json_answer(system_, status, std::move(body));
    answer.headers.front().second = "application/vnd.api+json";
    return answer;
}

}  // namespace brugwacht::stand_in
