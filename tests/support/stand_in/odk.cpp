#include "tests/support/stand_in/odk.hpp"

#include <algorithm>
#include <utility>

#include "tests/support/stand_in/odata_query.hpp"

namespace brugwacht::stand_in {

using namespace cloud;

namespace {

/// What the service does not do, with its own number for it.
struct Unsupported {
    std::string code;
    std::string message;
};

constexpr const char* kDeleted = "__system/deletedAt";

const std::set<std::string>& filterable() {
    static const std::set<std::string> kFields = {
        "__id", "__system/submitterId", "__system/submissionDate", "__system/updatedAt", "__system/reviewState", kDeleted};
    return kFields;
}

void check_fields(const std::vector<std::string>& fields) {
    for (const std::string& field : fields)
        if (filterable().count(field) == 0)
            throw Unsupported{"501.5", "The given OData filter or order uses a field that is not supported: " + field};
}

/// The form in "/v1/projects/1/forms/kinderen.svc/Submissions"; "" for another path.
std::string form_of(const std::string& path) {
    const std::string before = "/forms/";
    const std::string after = ".svc/Submissions";
    const auto start = path.find(before);
    if (!starts_with(path, "/v1/projects/") || start == std::string::npos || !ends_with(path, after)) return {};
    const auto first = start + before.size();
    return path.substr(first, path.size() - after.size() - first);
}

std::string moment(std::int64_t us) {
    return format_time(us, "%Y-%m-%dT%H:%M:%S.") + std::to_string(1000 + us / 1000 % 1000).substr(1) + "Z";
}

bool is_repeat(const Node& value) {
    return value.is(Node::Kind::Array) && !value.items.empty() && value.items.front().is(Node::Kind::Table);
}

}  // namespace

Answer Odk::operator()(const Call& call) {
    if (call.method == "POST" && call.path == "/v1/sessions") return session(call);
    const bool known = credential(call, "Basic") == base64(user + ":" + system_.secret) || office.knows(call);
    if (!known) return problem(401, "401.2", "Could not authenticate with the provided credentials.");
    const std::string form = form_of(call.path);
    if (form.empty() || system_.tables.count(form) == 0) return problem(404, "404.1", "Could not find the resource you were looking for.");
    if (!may_read(system_, form)) return problem(403, "403.1", "The authenticated actor does not have rights to perform that action.");
    try {
        return submissions(call, form);
    } catch (const Unsupported& unsupported) {
        return problem(501, unsupported.code, unsupported.message);
    } catch (const QueryFault& fault) {
        return problem(400, "400.18", fault.what());
    }
}

Answer Odk::session(const Call& call) {
    const Node body = parse_json(call.body, "body");
    const Node* email = body.find("email");
    const Node* password = body.find("password");
    if (email == nullptr || password == nullptr || email->text != user || password->text != system_.secret)
        return problem(401, "401.2", "Could not authenticate with the provided credentials.");
    JsonWriter json;
    json.begin_object().member("token", office.issue(86'400)).member("expiresAt", moment(system_.now_us + 86'400'000'000)).end_object();
    return json_answer(system_, 200, json.take());
}

Answer Odk::submissions(const Call& call, const std::string& form) {
    const bool expand = call.parameter("$expand") == "*";
    if (expand && call.parameter("$select")) throw Unsupported{"501.12", "The use of $select with $expand is not supported."};
    for (const char* option : {"$search", "$apply", "$compute"})
        if (call.parameter(option))
            throw Unsupported{"501.1", std::string("The requested feature ") + option + " is not supported by this server."};
    const std::vector<const Record*> records = matching(call, form);
    const auto top = number_parameter(call, "$top");
    std::size_t from = static_cast<std::size_t>(number_parameter(call, "$skip").value_or(0));
    if (const auto token = call.parameter("$skiptoken")) {
        const std::string last = from_base64(*token);
        const auto found = std::find_if(records.begin(), records.end(), [&](const Record* record) { return record->id == last; });
        if (found == records.end()) return problem(400, "400.34", "The record associated with the provided $skiptoken was not found.");
        from = static_cast<std::size_t>(found - records.begin()) + 1;
    }
    const std::size_t end = top ? std::min(records.size(), from + static_cast<std::size_t>(*top)) : records.size();
    JsonWriter json;
    json.begin_object().member("@odata.context", origin(call) + "/v1/$metadata#Submissions").key("value").begin_array();
    for (std::size_t i = from; i < end; ++i) write_row(json, form, *records[i], expand);
    json.end_array();
    if (call.parameter("$count") == "true") json.member("@odata.count", static_cast<std::uint64_t>(records.size()));
    if (top && end > from && end < records.size()) {
        std::string link = origin(call) + raw_path(call) + "?";
        for (const auto& [name, value] : call.query)
            if (name != "$skiptoken" && name != "$skip") link += encode(name) + "=" + encode(value) + "&";
        json.member("@odata.nextLink", link + "%24skiptoken=" + encode(base64(records[end - 1]->id)));
    }
    json.end_object();
    return json_answer(system_, 200, json.take());
}

std::vector<const Record*> Odk::matching(const Call& call, const std::string& form) {
    Condition filter;
    if (const auto text = call.parameter("$filter")) filter = parse_odata_filter(*text);
    const std::vector<std::string> asked = fields_in(filter);
    check_fields(asked);
    std::vector<Order> orders = {{"__system/submissionDate", true}};
    if (const auto text = call.parameter("$orderby")) orders = parse_odata_order(*text);
    for (const Order& order : orders) check_fields({order.field});
    orders.push_back({"__id", false});

    const bool with_deleted = std::find(asked.begin(), asked.end(), kDeleted) != asked.end();
    std::vector<const Record*> records = records_in(system_, form, {State::Live, State::Trashed});
    for (const Record* record : records) submitted_.emplace(form + "/" + record->id, record->modified_us);
    if (!with_deleted) filter = all_of({filter, comparison(kDeleted, Condition::Operator::Equal, Literal())});
    return arranged(std::move(records), filter, orders,
                    [&](const Record& record, const std::string& name) { return value_of(form, record, name); });
}

Node Odk::value_of(const std::string& form, const Record& record, const std::string& name) const {
    const std::int64_t submitted = submitted_.at(form + "/" + record.id);
    if (name == "__id") return text_node(record.id);
    if (name == "__system/submissionDate") return text_node(moment(submitted));
    if (name == "__system/updatedAt") return record.modified_us == submitted ? Node() : text_node(moment(record.modified_us));
    if (name == kDeleted) return record.state == State::Trashed ? text_node(moment(record.modified_us)) : Node();
    if (name == "__system/submitterId") return text_node("22");
    return field_of(record, name);
}

void Odk::write_row(JsonWriter& json, const std::string& form, const Record& record, bool expand) const {
    json.begin_object().member("__id", record.id).key("__system").begin_object();
    for (const char* name : {"submissionDate", "updatedAt", "deletedAt", "submitterId", "reviewState"}) {
        json.key(name);
        write(json, value_of(form, record, std::string("__system/") + name));
    }
    json.end_object();
    for (const auto& [name, text] : record.fields) {
        if (starts_with(name, "__system/")) continue;
        const Node value = field_of(record, name);
        if (is_repeat(value) && !expand) {
            json.member(name + "@odata.navigationLink", "Submissions('" + record.id + "')/" + name);
        } else {
            json.key(name);
            write(json, value);
        }
    }
    json.end_object();
}

Answer Odk::problem(int status, const std::string& code, const std::string& message) const {
    JsonWriter json;
    json.begin_object().member("code", code).member("message", message).end_object();
    return json_answer(system_, status, json.take());
}

}  // namespace brugwacht::stand_in
