#include "tests/support/stand_in/suitecrm.hpp"

#include <algorithm>
#include <set>

#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"
#include "tests/support/stand_in/web.hpp"

namespace brugwacht::stand_in {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr const char* kLinks[] = {
    "accounts",           "bugs",  "calls",     "campaigns", "cases",         "contacts", "contracts",      "documents", "emails",
    "fp_events_contacts", "leads", "meetings",  "notes",     "opportunities", "project",  "prospect_lists", "quotes",    "reports_to_link",
    "SecurityGroups",     "tasks", "templates", "users"};

using Names = std::vector<std::string>;

Answer oauth_error(int status, const std::string& error, const std::string& member, const std::string& text) {
    JsonWriter out;
    out.begin_object().member("error", error).member(member, text).member("message", text).end_object();
    return json_answer(status, out.take());
}

Answer errors_object(const SuiteRefusal& refusal) {
    JsonWriter out;
    out.begin_object().key("errors").begin_object().member("status", refusal.status).key("title").null();
    out.member("detail", refusal.detail).end_object().end_object();
    Answer answer = json_answer(refusal.status, out.take());
    answer.headers = {{"Content-Type", "application/vnd.api+json"}};
    return answer;
}

[[noreturn]] void refuse(const std::string& detail) { throw SuiteRefusal{400, detail}; }

std::string as_text(const Scalar& value) { return value.kind == Scalar::Kind::Boolean ? (value.number != 0 ? "1" : "0") : value.text; }

/// "2026-11-23 22:04:43" -> "2026-11-23T22:04:00+00:00"; anything else stays.
std::string shown_time(const std::string& text, const std::string& offset) {
    const auto moment = text.size() == 19 ? parse_moment(text) : std::nullopt;
    return moment ? format_time(moment->us, "%Y-%m-%dT%H:%M:00") + offset : text;
}

const std::map<std::string, std::string>& signs() {
    static const std::map<std::string, std::string> kSigns{{"eq", "="},   {"neq", "!="}, {"gt", ">"},
                                                           {"gte", ">="}, {"lt", "<"},   {"lte", "<="}};
    return kSigns;
}

/// Module of a link: "meetings" -> "Meetings".
std::string module_of_link(std::string link) {
    if (!link.empty() && link[0] >= 'a' && link[0] <= 'z') link[0] = static_cast<char>(link[0] - 'a' + 'A');
    return link;
}

std::string link_of_module(std::string module) {
    if (!module.empty() && module[0] >= 'A' && module[0] <= 'Z') module[0] = static_cast<char>(module[0] - 'A' + 'a');
    return module;
}

std::vector<Scalar> linked_ids(const Record& record, const std::string& link) {
    const auto found = record.fields.find("link:" + link);
    return found == record.fields.end() ? std::vector<Scalar>() : elements_of(found->second);
}

/// What is asked for one by one: "fields[Contacts]=a,b".
Names fields_of(const Node& params, const SuiteModule& module) {
    const Node* fields = params.find("fields");
    if (fields == nullptr) return module.columns();
    Names names = split(text_of(*fields, module.name()), ',');
    for (const std::string& name : names)
        if (!module.value(name)) refuse("The following field in " + module.name() + " module is not found: " + name);
    return names;
}

std::vector<SuiteColumn> columns_of(const SuiteModule& module, const Names& names) {
    std::vector<SuiteColumn> columns;
    for (const std::string& name : names)
        if (SuiteModule::Value value = module.value(name)) columns.push_back({name, std::move(value)});
    return columns;
}

struct Page {
    std::size_t size = 20;
    std::size_t number = 1;
    bool size_given = false;
    bool number_given = false;
};

Page page_of(const Node& params) {
    Page page;
    const Node* given = params.find("page");
    if (given == nullptr) return page;
    const auto whole = [&](const char* name, bool& is_given, std::size_t otherwise) {
        is_given = given->find(name) != nullptr;
        const auto number = parse_whole(text_of(*given, name));
        if (is_given && (!number || *number == 0)) refuse(std::string("Page ") + name + " is invalid");
        return number.value_or(otherwise);
    };
    page.size = whole("size", page.size_given, page.size);
    page.number = whole("number", page.number_given, page.number);
    return page;
}

/// Relative and not encoded. Without a number the server counts from 0, so that the next page is the first one again.
std::string links(const SuiteModule& module, const Page& page, std::size_t pages) {
    const auto link = [&](std::size_t number) {
        return json_text("V8/module/" + module.name() + "?page[size]=" + std::to_string(page.size) +
                         "&page[number]=" + std::to_string(number));
    };
    const std::string next = page.number < pages ? link(page.number_given ? page.number + 1 : 1) : "null";
    const std::string first = page.number > 1 ? link(1) : "null";
    const std::string previous = page.number > 1 ? link(page.number - 1) : "null";
    return "{\"first\":" + first + ",\"prev\":" + previous + ",\"next\":" + next + ",\"last\":" + link(pages) + "}";
}

/// One key, "-" before it for descending; there is no second one: rows that are equal come in another order for each request.
RowOrder order_of(const std::string& sort, const SuiteModule& module, std::uint64_t salt) {
    if (sort.empty()) return shuffled(salt);
    const bool descending = sort.starts_with('-');
    const std::string column = descending ? sort.substr(1) : sort;
    const SuiteModule::Value key = module.value(column);
    if (!key) refuse("Sort field in " + module.name() + " module is not found: " + column);
    return column == "id" && !descending ? RowOrder() : order_by({{key, descending}}, shuffled(salt));
}

/// Members of rest_data come by name, or in the order of the method's parameters.
const Node* argument(const Node& data, std::string_view name, std::size_t place) {
    if (data.is(Node::Kind::Table)) return data.find(name);
    return place < data.items.size() ? &data.items[place] : nullptr;
}

std::string argument_text(const Node& data, std::string_view name, std::size_t place) {
    const Node* node = argument(data, name, place);
    return node == nullptr ? std::string() : scalar_of(*node).text;
}

/// "date_modified DESC, id" of SQL.
std::vector<SortKey> sort_keys(const std::string& order, const SuiteModule& module) {
    std::vector<SortKey> keys;
    for (const std::string& part : split(order, ',')) {
        const Names words = split(part, ' ');
        if (words.empty()) continue;
        const std::size_t dot = words[0].find('.');
        const SuiteModule::Value value = module.value(dot == std::string::npos ? words[0] : words[0].substr(dot + 1));
        if (!value) throw SuiteRefusal{500, "Database failure"};
        keys.push_back({value, words.size() > 1 && like(words[1], "desc")});
    }
    return keys;
}

}  // namespace

SuiteCrm::SuiteCrm(System& system) : system_(system) {}

Answer SuiteCrm::operator()(const Call& call) {
    ++calls_;
    Answer answer;
    try {
        answer = respond(call);
    } catch (const SuiteRefusal& refusal) {
        answer = errors_object(refusal);
    } catch (const Error&) {
        answer = errors_object({400, "Json is not valid"});
    }
    return dated(std::move(answer), system_.now_us);
}

Answer SuiteCrm::respond(const Call& call) {
    if (call.path == prefix + "/Api/access_token" && call.method == "POST") return access_token(call);
    if (call.path == prefix + "/service/v4_1/rest.php" && legacy_service) return v4(call);
    const std::string v8_prefix = prefix + "/Api/V8/";
    if (!call.path.starts_with(v8_prefix)) return html_answer(404, "Not Found");
    if (!signed_in(call)) return oauth_error(401, "access_denied", "hint", "The access token is missing, invalid or expired");
    return v8(call, call.path.substr(v8_prefix.size()));
}

Answer SuiteCrm::access_token(const Call& call) {
    const bool json = call.header("content-type").find("json") != std::string::npos;
    const Node fields = json ? parse_json(call.body, "body") : php_parameters(call.form());
    const std::string grant = text_of(fields, "grant_type");
    if (text_of(fields, "client_id") != client_id || text_of(fields, "client_secret") != system_.secret)
        return oauth_error(401, "invalid_client", "error_description", "Client authentication failed");
    if (grant == "client_credentials") return new_token(false);
    if (grant == "password") {
        const std::string given = text_of(fields, "password");
        if (text_of(fields, "username") == user && given == password) return new_token(true);
        return oauth_error(500, "unknown_error", "error_description", "The password is invalid: " + given);
    }
    const std::string refresh = text_of(fields, "refresh_token");
    const auto known = std::find(refresh_tokens_.begin(), refresh_tokens_.end(), refresh);
    if (grant != "refresh_token") return oauth_error(400, "unsupported_grant_type", "error_description", "The grant type is not supported");
    if (known == refresh_tokens_.end()) return oauth_error(401, "invalid_request", "error_description", "The refresh token is invalid");
    refresh_tokens_.erase(known);
    return new_token(true);
}

Answer SuiteCrm::new_token(bool with_refresh) {
    const std::string serial = std::to_string(tokens_.size() + 1);
    const std::string token = "eyJ0eXAiOiJKV1QifQ." + to_hex(sha256(system_.secret + serial)) + "." + serial;
    tokens_[token] = system_.now_us + token_life_s * kSecond;
    JsonWriter out;
    out.begin_object().member("token_type", "Bearer").member("expires_in", token_life_s).member("access_token", token);
    if (with_refresh) {
        refresh_tokens_.push_back("def50200" + to_hex(sha256("refresh" + serial)));
        out.member("refresh_token", refresh_tokens_.back());
    }
    return json_answer(200, out.end_object().take());
}

bool SuiteCrm::signed_in(const Call& call) const {
    const std::string header = call.header("authorization");
    if (!header.starts_with("Bearer ")) return false;
    const auto token = tokens_.find(header.substr(7));
    return token != tokens_.end() && token->second > system_.now_us;
}

Answer SuiteCrm::v8(const Call& call, const std::string& path) {
    const Names steps = split(path, '/');
    std::string body;
    if (path == "current-user") {
        body = R"({"data":{"type":"User","id":"1","attributes":{"user_name":)" + json_text(user) + "}}}";
    } else if (!steps.empty() && steps[0] == "meta") {
        body = meta(steps);
    } else if (steps.size() >= 2 && steps[0] == "module") {
        const SuiteModule module(system_, steps[1]);
        if (!module.exists()) refuse("Module with name " + steps[1] + " is not found");
        if (call.method == "DELETE" && steps.size() == 3) {
            one(module, steps[2]);
            remove(module.name(), steps[2]);
            body = R"({"meta":{"message":"Record with id )" + steps[2] + R"( is deleted"},"data":[]})";
        } else if (steps.size() == 2) {
            body = list(call, module, {}, false);
        } else if (steps.size() == 3) {
            body = one(module, steps[2]);
        } else if (steps.size() == 5 && steps[3] == "relationships") {
            body = related(call, module, steps[2], steps[4]);
        }
    }
    if (body.empty()) return html_answer(404, "Not Found");
    Answer answer = json_answer(200, std::move(body));
    answer.headers = {{"Content-Type", "application/vnd.api+json"}};
    return answer;
}

Predicate SuiteCrm::readable(const SuiteModule& module) const {
    const bool denied = std::find(system_.denied.begin(), system_.denied.end(), module.name()) != system_.denied.end();
    if (!system_.reads_allowed || denied) return [](const Record&) { return false; };
    if (!row_seen) return {};
    return [this, name = module.name()](const Record& r) { return row_seen(name, r); };
}

/// Deleted rows are found by the database but not by what loads them, and that ends the request.
void SuiteCrm::refuse_deleted(const Node& conditions, const SuiteModule& module) {
    if (text_of(conditions, "eq") != "1") return;
    for (const Record& record : module.table().records)
        if (record.state == State::Trashed) refuse("Record with id " + record.id + " is not found");
}

Predicate SuiteCrm::filter(const Node& filter, const SuiteModule& module, Query* bounds) {
    const std::string word = text_of(filter, "operator");
    if (!word.empty() && word != "and" && word != "or") refuse("Filter operator " + word + " is invalid");
    if (word == "or") bounds = nullptr;
    std::vector<Predicate> parts;
    for (std::size_t i = 0; i < filter.keys.size(); ++i) {
        const std::string& field = filter.keys[i];
        const Node& conditions = filter.items[i];
        if (field == "operator") continue;
        const SuiteModule::Value own = module.value(field);
        if (!own) refuse("Filter field " + field + " in " + module.name() + " module is not found");
        if (field == "deleted") refuse_deleted(conditions, module);
        for (std::size_t k = 0; k < conditions.keys.size(); ++k) {
            const Scalar right = scalar_of(conditions.items[k]);
            if (conditions.keys[k] == "like") {
                parts.push_back([own, right](const Record& r) { return like(own(r).text, right.text); });
                continue;
            }
            const auto sign = signs().find(conditions.keys[k]);
            if (sign == signs().end()) refuse("Filter operator " + conditions.keys[k] + " is invalid");
            if (bounds != nullptr && field == "id" && sign->second == ">") bounds->after_id = right.text;
            if (const auto moment = parse_moment(right.text); moment && bounds != nullptr && field == "date_modified")
                bounds->narrow_stamp(sign->second, moment->us, kSecond);
            parts.push_back([own, sign = sign->second, right](const Record& r) { return holds(own(r), sign, right); });
        }
    }
    return word == "or" ? any_of(std::move(parts)) : all_of(std::move(parts));
}

std::string SuiteCrm::list(const Call& call, const SuiteModule& module, const Predicate& among, bool related) {
    const Node params = php_parameters(call.query);
    for (const std::string& key : params.keys)
        if (key != "filter" && key != "page" && key != "sort" && (related || key != "fields"))
            refuse("The option \"" + key + "\" does not exist.");
    const std::vector<SuiteColumn> fields = columns_of(module, fields_of(params, module));
    const Page page = page_of(params);

    Query query;
    std::vector<Predicate> parts{[](const Record& r) { return r.state == State::Live; }};
    if (among) parts.push_back(among);
    const Predicate all_rows = all_of(parts);
    if (const Node* wanted = params.find("filter")) parts.push_back(filter(*wanted, module, &query));
    const Predicate fitting = all_of(parts);
    if (const Predicate seen = readable(module)) parts.push_back(seen);
    query.fits = all_of(std::move(parts));
    query.before = order_of(text_of(params, "sort"), module, calls_);
    query.limit = page.size;
    query.offset = page.size * (page.number - 1);
    const Result result = rows_.select(module.table(), query, system_.now_us);
    if (result.rows.empty()) return R"({"meta":{"message":"Request was successful, but there is no result"},"data":[]})";

    std::string data;
    for (const Row& row : result.rows) data += (data.empty() ? "" : ",") + resource(module, *row, fields);
    if (!page.size_given) return "{\"data\":[" + data + "]}";
    Query count;
    count.fits = pages_ignore_filter ? all_rows : fitting;
    count.count = true;
    const std::size_t rows = rows_.select(module.table(), count, system_.now_us).matched;
    const std::string total = related ? "\"total-records\":" + json_text(std::to_string(rows)) + "," : "";
    const std::size_t pages = (rows + page.size - 1) / page.size;
    return "{\"meta\":{" + total + "\"total-pages\":" + std::to_string(pages) +
           ",\"records-on-this-page\":" + std::to_string(result.rows.size()) + "},\"data\":[" + data +
           "],\"links\":" + links(module, page, pages) + "}";
}

std::string SuiteCrm::resource(const SuiteModule& module, const Record& record, const std::vector<SuiteColumn>& fields) const {
    JsonWriter out;
    out.begin_object().member("type", module.object_name()).member("id", record.id).key("attributes").begin_object();
    for (const SuiteColumn& field : fields)
        if (field.name != "id") out.member(field.name, shown_time(as_text(field.value(record)), shown_offset));
    out.end_object().key("relationships").begin_object();
    for (const char* link : kLinks) {  // cannot be switched off
        out.key(link).begin_object().key("links").begin_object();
        out.member("related", "/V8/module/" + module.name() + "/" + record.id + "/relationships/" + link).end_object().end_object();
    }
    return out.end_object().end_object().take();
}

std::string SuiteCrm::one(const SuiteModule& module, const std::string& id) {
    const Row row = rows_.get(module.table(), id, system_.now_us);
    const Predicate seen = readable(module);
    if (!row || row->state != State::Live || (seen && !seen(*row))) refuse(module.object_name() + " with id " + id + " is not found");
    return "{\"data\":" + resource(module, *row, columns_of(module, module.columns())) + "}";
}

std::string SuiteCrm::related(const Call& call, const SuiteModule& module, const std::string& id, const std::string& link) {
    one(module, id);
    const Row owner = rows_.get(module.table(), id, system_.now_us);
    const SuiteModule other(system_, module_of_link(link));
    if (!other.exists()) refuse("Cannot load relationship " + link + " for module " + module.name());
    const std::vector<Scalar> own = linked_ids(*owner, link);
    const std::string back = link_of_module(module.name());
    const auto names = [](const std::vector<Scalar>& list, const std::string& wanted) {
        return std::any_of(list.begin(), list.end(), [&](const Scalar& e) { return e.text == wanted; });
    };
    return list(
        call, other, [=](const Record& r) { return names(own, r.id) || names(linked_ids(r, back), id); }, true);
}

std::string SuiteCrm::meta(const Names& steps) {
    JsonWriter out;
    out.begin_object().key("data").begin_object();
    if (steps.size() == 2 && steps[1] == "modules") {
        out.member("type", "modules").key("attributes").begin_object();
        for (const auto& [name, table] : system_.tables) out.key(name).begin_object().member("label", name).end_object();
    } else if (steps.size() == 3 && steps[1] == "fields") {
        const SuiteModule module(system_, steps[2]);
        if (!module.exists()) refuse("Module with name " + steps[2] + " is not found");
        out.member("type", "fields").key("attributes").begin_object();
        for (const std::string& name : module.columns()) {
            const char* type = name.starts_with("date_") ? "datetime" : name == "birthdate" ? "date" : "varchar";
            out.key(name).begin_object().member("type", type).member("dbType", type).end_object();
        }
    } else {
        refuse("Not found");
    }
    return out.end_object().end_object().end_object().take();
}

void SuiteCrm::remove(const std::string& module, const std::string& id) {
    Record* record = system_.tables[module].find(id);
    if (record == nullptr) return;
    record->state = State::Trashed;
    record->modified_us = system_.now_us;
}

Answer SuiteCrm::v4(const Call& call) {
    const Node form = php_parameters(call.form());
    const std::string method = text_of(form, "method");
    const std::string data_text = text_of(form, "rest_data");
    const Node data = parse_json(data_text.empty() ? "{}" : data_text, "rest_data");
    if (method == "login") return json_answer(200, login(data));
    const std::string session = argument_text(data, "session", 0);
    if (std::find(sessions_.begin(), sessions_.end(), session) == sessions_.end())
        return json_answer(200, R"({"name":"Invalid Session ID","number":11,"description":"The session ID is invalid"})");
    if (method == "get_entry_list") return json_answer(200, entry_list(data));
    return json_answer(200, R"({"name":"Unknown Method","number":1,"description":"There is no such method"})");
}

std::string SuiteCrm::login(const Node& data) {
    const Node* given = argument(data, "user_auth", 0);
    const bool known = given != nullptr && text_of(*given, "user_name") == user && text_of(*given, "password") == to_hex(md5(password));
    if (!known)
        return R"({"name":"Invalid Login","number":10,"description":"Login attempt failed please check the username and password"})";
    sessions_.push_back("s" + to_hex(sha256(password + std::to_string(sessions_.size()))).substr(0, 25));
    return "{\"id\":" + json_text(sessions_.back()) + ",\"module_name\":\"Users\",\"name_value_list\":{}}";
}

/// With deleted=1 the deleted rows come together with the others, times with their seconds.
std::string SuiteCrm::entry_list(const Node& data) {
    const SuiteModule module(system_, argument_text(data, "module_name", 1));
    if (!module.exists())
        return R"({"name":"Module Does Not Exist","number":20,"description":"This module is not available on this server"})";
    const bool deleted_too = argument_text(data, "deleted", 8) == "1";
    std::vector<Predicate> parts{[deleted_too](const Record& r) { return r.state == State::Live || deleted_too; }};
    parts.push_back(sql_condition(argument_text(data, "query", 2), module));
    if (const Predicate seen = readable(module)) parts.push_back(seen);
    Query query;
    query.fits = all_of(parts);
    query.before = order_by(sort_keys(argument_text(data, "order_by", 3), module), shuffled(calls_));
    const std::string offset = argument_text(data, "offset", 4);
    const std::string most = argument_text(data, "max_results", 7);
    query.offset = parse_whole(offset).value_or(0);
    query.limit = parse_whole(most).value_or(20);
    const Result result = rows_.select(module.table(), query, system_.now_us);
    const Node* wanted = argument(data, "select_fields", 5);
    Names fields;
    if (wanted != nullptr)
        for (const Scalar& name : elements_of(*wanted)) fields.push_back(name.text);
    const std::vector<SuiteColumn> columns = columns_of(module, fields.empty() ? module.columns() : fields);

    JsonWriter out;
    out.begin_object()
        .member("result_count", static_cast<std::uint64_t>(result.rows.size()))
        .member("total_count", std::to_string(result.matched));
    out.member("next_offset", static_cast<std::uint64_t>(query.offset + result.rows.size())).key("entry_list").begin_array();
    for (const Row& row : result.rows) {
        out.begin_object().member("id", row->id).member("module_name", module.name()).key("name_value_list").begin_object();
        for (const SuiteColumn& column : columns)
            out.key(column.name).begin_object().member("name", column.name).member("value", as_text(column.value(*row))).end_object();
        out.end_object().end_object();
    }
    return out.end_array().key("relationship_list").begin_array().end_array().end_object().take();
}

}  // namespace brugwacht::stand_in
