#include "tests/support/stand_in/odata.hpp"

#include <algorithm>

#include "tests/support/stand_in/cloud.hpp"
#include "tests/support/stand_in/odata_query.hpp"

namespace brugwacht::stand_in {

using namespace cloud;

Answer OData::operator()(const Call& call) const {
    if (credential(call, "Basic") != base64(user + ":" + system_.secret)) return fault(401, "Unauthorized");
    if (!starts_with(call.path, root)) return fault(404, "Not Found");
    const std::string table = call.path.substr(root.size());
    if (system_.tables.count(table) == 0) return fault(404, "Invalid resource path \"" + table + "\"");
    if (!may_read(system_, table)) return fault(403, "Forbidden");
    if (raw_query(call).find('+') != std::string::npos)
        return fault(400, "Parsing URL failed at position " + std::to_string(raw_query(call).find('+')));
    try {
        return list(call, table);
    } catch (const QueryFault& query) {
        return fault(400, query.what());
    }
}

Answer OData::list(const Call& call, const std::string& table) const {
    const std::vector<const Record*> records = matching(call, table);
    const std::size_t most = static_cast<std::size_t>(number_parameter(call, "$top").value_or(static_cast<std::int64_t>(records.size())));
    const std::size_t from =
        static_cast<std::size_t>(number_parameter(call, "$skiptoken").value_or(number_parameter(call, "$skip").value_or(0)));
    const std::size_t all = std::min(records.size(), most);
    const std::size_t end = page_size == 0 ? all : std::min(all, from + page_size);

    JsonWriter json;
    json.begin_object().member("@odata.context", "$metadata#" + table);
    if (call.parameter("$count") == "true") json.member("@odata.count", static_cast<std::uint64_t>(records.size()));
    json.key("value").begin_array();
    for (std::size_t i = from; i < end; ++i) write_row(json, *records[i], split(call.parameter("$select").value_or(""), ','));
    json.end_array();
    if (end < all) {
        std::string link = table + "?";
        for (const auto& [name, value] : call.query)
            if (name != "$skiptoken") link += encode(name) + "=" + encode(value) + "&";
        json.member("@odata.nextLink", link + "%24skiptoken=" + std::to_string(end));
    }
    json.end_object();
    return json_answer(system_, 200, json.take());
}

std::vector<const Record*> OData::matching(const Call& call, const std::string& table) const {
    Condition filter;
    if (const auto text = call.parameter("$filter")) filter = parse_odata_filter(*text);
    std::vector<Order> orders;
    if (const auto text = call.parameter("$orderby")) orders = parse_odata_order(*text);
    orders.push_back({key, false});
    return arranged(records_in(system_, table, {State::Live}), filter, orders,
                    [this](const Record& record, const std::string& name) { return value_of(record, name); });
}

Node OData::value_of(const Record& record, const std::string& name) const {
    if (name == key) return text_node(record.id);
    if (name == changed) return text_node(format_time(record.modified_us, "%Y-%m-%dT%H:%M:%SZ"));
    return field_of(record, name);
}

void OData::write_row(JsonWriter& json, const Record& record, const std::vector<std::string>& select) const {
    const auto wanted = [&](const std::string& name) {
        return select.empty() || name == key || std::find(select.begin(), select.end(), name) != select.end();
    };
    json.begin_object().member(key, record.id);
    if (wanted(changed)) json.member(changed, value_of(record, changed).text);
    for (const auto& [name, text] : record.fields) {
        if (!wanted(name)) continue;
        json.key(name);
        write(json, value_of(record, name));
    }
    json.end_object();
}

Answer OData::fault(int status, const std::string& message) const {
    JsonWriter json;
    json.begin_object().key("error").begin_object().member("message", message).member("code", status).end_object().end_object();
    return json_answer(system_, status, json.take());
}

}  // namespace brugwacht::stand_in
