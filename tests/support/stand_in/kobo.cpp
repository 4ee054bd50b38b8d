#include "tests/support/stand_in/kobo.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "engine/core/error.hpp"
#include "tests/support/stand_in/mongo_query.hpp"

namespace brugwacht::stand_in {

using namespace cloud;

namespace {
constexpr const char* kAssets = "/api/v2/assets/";
}  // namespace

Answer Kobo::operator()(const Call& call) {
    if (credential(call, "Token") != system_.secret) return detail(401, "Invalid token.");
    if (!starts_with(call.path, kAssets)) return detail(404, "Not found.");
    const std::string rest = call.path.substr(std::string(kAssets).size());
    const std::string uid = rest.substr(0, rest.find('/'));
    if (system_.tables.count(uid) == 0 || !may_read(system_, uid)) return detail(404, "Not found.");
    if (rest == uid + "/") return asset(uid);
    if (rest != uid + "/data/" && rest != uid + "/data.json") return detail(404, "Not found.");
    try {
        return data(call, uid);
    } catch (const QueryFault& fault) {
        return detail(400, fault.what());
    } catch (const Error&) {
        return detail(400, "Value error. Query should be valid JSON.");
    }
}

Answer Kobo::data(const Call& call, const std::string& asset) {
    const std::vector<const Record*> records = matching(call, asset);
    const auto asked = static_cast<std::size_t>(number_parameter(call, "limit").value_or(static_cast<std::int64_t>(page_size)));
    const std::size_t limit = std::min(asked, most);
    const auto start = static_cast<std::size_t>(number_parameter(call, "start").value_or(0));
    const std::size_t end = std::min(start + limit, records.size());
    JsonWriter json;
    json.begin_object().member("count", static_cast<std::uint64_t>(records.size() + overstated)).key("next");
    if (end < records.size()) {
        json.value(next_link(call, limit, end));
    } else {
        json.null();
    }
    json.key("previous").null().key("results").begin_array();
    for (std::size_t i = start; i < end; ++i) {
        json.begin_object();
        for (const char* name : {"_id", "_submission_time", "_uuid"}) {
            json.key(name);
            write(json, value_of(*records[i], asset, name));
        }
        for (const auto& [name, text] : records[i]->fields) {
            json.key(name);
            write(json, field_of(*records[i], name));
        }
        json.end_object();
    }
    json.end_array().end_object();
    return json_answer(system_, 200, json.take());
}

Answer Kobo::asset(const std::string& uid) const {
    JsonWriter json;
    json.begin_object().member("uid", uid).member("asset_type", "survey").key("content").begin_object().key("survey").begin_array();
    std::map<std::string, bool> questions;
    for (const Record& record : system_.tables.at(uid).records)
        for (const auto& [name, text] : record.fields) questions[name] = true;
    for (const auto& [name, used] : questions) {
        const auto slash = name.rfind('/');
        json.begin_object().member("type", "text").member("name", slash == std::string::npos ? name : name.substr(slash + 1));
        json.member("$xpath", name).key("label").begin_array().value(name).end_array().end_object();
    }
    json.end_array().end_object().end_object();
    return json_answer(system_, 200, json.take());
}

std::vector<const Record*> Kobo::matching(const Call& call, const std::string& asset) {
    Condition filter;
    if (const auto query = call.parameter("query")) filter = parse_mongo_filter(parse_json(*query, "query"));
    std::vector<Order> orders;
    if (const auto sort = call.parameter("sort")) {
        const Node order = parse_json(*sort, "sort");
        for (std::size_t i = 0; i < order.items.size(); ++i) orders.push_back({order.keys[i], order.items[i].integer < 0});
    }
    std::vector<const Record*> records = records_in(system_, asset, {State::Live});
    for (const Record* record : records) submitted_.emplace(asset + "/" + record->id, record->modified_us);
    return arranged(std::move(records), filter, orders,
                    [&](const Record& record, const std::string& name) { return value_of(record, asset, name); });
}

Node Kobo::value_of(const Record& record, const std::string& asset, const std::string& name) {
    if (name == "_id") return number_node(std::strtoll(record.id.c_str(), nullptr, 10));
    if (name == "_uuid") return text_node("uuid-" + record.id);
    if (name == "_submission_time") return text_node(format_time(submitted_.at(asset + "/" + record.id), "%Y-%m-%dT%H:%M:%S"));
    return field_of(record, name);
}

std::string Kobo::next_link(const Call& call, std::size_t limit, std::size_t start) const {
    std::string query;
    for (const auto& [name, value] : call.query)
        if (name != "limit" && name != "start") query += "&" + encode(name) + "=" + encode(value);
    return origin(call) + raw_path(call) + "?limit=" + std::to_string(limit) + "&start=" + std::to_string(start) + query;
}

Answer Kobo::detail(int status, const std::string& text) const {
    JsonWriter json;
    json.begin_object().member("detail", text).end_object();
    return json_answer(system_, status, json.take());
}

}  // namespace brugwacht::stand_in
