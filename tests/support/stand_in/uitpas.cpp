#include "tests/support/stand_in/uitpas.hpp"

#include <algorithm>
#include <utility>

#include "tests/support/stand_in/conditions.hpp"

namespace brugwacht::stand_in {

using namespace cloud;

namespace {

constexpr std::int64_t kDefaultLimit = 20;
constexpr std::int64_t kMost = 500;

void write_passholder(JsonWriter& json, const Record& record) {
    json.begin_object().member("id", record.id);
    for (const auto& [name, text] : record.fields) {
        json.key(name);
        write(json, field_of(record, name));
    }
    json.end_object();
}

/// Names without their capitals; the rest as it is.
Node searched_value(const Record& record, const std::string& name) {
    const Node value = field_of(record, name);
    return value.is(Node::Kind::Text) && ends_with(to_lower(name), "name") ? text_node(to_lower(value.text)) : value;
}

}  // namespace

Answer UiTPas::operator()(const Call& call) {
    if (call.method == "POST" && ends_with(call.path, "/protocol/openid-connect/token"))
        return keycloak_token(system_, office, call, token_lifetime_s);
    if (!office.knows(call)) return problem(401, "auth/unauthorized", "Unauthorized");
    if (!may_read(system_, "passholders")) return problem(403, "auth/forbidden", "Forbidden");
    const std::string root = "/passholders";
    if (call.path == root) return search(call);
    if (!starts_with(call.path, root + "/")) return problem(404, "url/not-found", "Not Found");
    const Record* found = system_.tables["passholders"].find(call.path.substr(root.size() + 1));
    if (found == nullptr || found->state != State::Live || found->visible_us > system_.now_us)
        return problem(404, "url/not-found", "Not Found");
    JsonWriter json;
    write_passholder(json, *found);
    return json_answer(system_, 200, json.take());
}

Answer UiTPas::search(const Call& call) const {
    const std::int64_t limit = number_parameter(call, "limit").value_or(kDefaultLimit);
    if (limit > kMost) return problem(400, "url/query-limit-exceeded", "limit can be at most 500");
    const std::vector<const Record*> records = matching(call);
    const auto start = static_cast<std::size_t>(number_parameter(call, "start").value_or(0));
    const std::size_t end = std::min(records.size(), start + static_cast<std::size_t>(limit));
    JsonWriter json;
    json.begin_object().member("totalItems", static_cast<std::uint64_t>(records.size())).key("member").begin_array();
    for (std::size_t i = start; i < end; ++i) write_passholder(json, *records[i]);
    json.end_array().end_object();
    return json_answer(system_, 200, json.take());
}

std::vector<const Record*> UiTPas::matching(const Call& call) const {
    using Op = Condition::Operator;
    std::vector<Condition> parts;
    const auto add = [&](const std::string& parameter, const std::string& field, Op op) {
        const auto value = call.parameter(parameter);
        if (!value) return;
        const auto day = parse_moment(*value);
        parts.push_back(comparison(field, op, day ? moment_literal(*day) : text_literal(op == Op::Contains ? to_lower(*value) : *value)));
    };
    add("name", "name", Op::Contains);
    add("firstName", "firstName", Op::Contains);
    add("uitpasNumber", "uitpasNumber", Op::Equal);
    add("dateOfBirthFrom", "dateOfBirth", Op::GreaterOrEqual);
    add("dateOfBirthTo", "dateOfBirth", Op::LessOrEqual);
    return arranged(records_in(system_, "passholders", {State::Live}), parts.empty() ? Condition() : all_of(std::move(parts)),
                    {{"name", call.parameter("sortName") == "desc"}}, searched_value);
}

Answer UiTPas::problem(int status, const std::string& type, const std::string& title) const {
    JsonWriter json;
    json.begin_object().member("type", "https://api.publiq.be/probs/" + type).member("title", title).member("status", status).end_object();
    Answer answer = json_answer(system_, status, json.take());
    answer.headers.front().second = "application/problem+json";
    return answer;
}

}  // namespace brugwacht::stand_in
