#include "tests/support/stand_in/civicrm.hpp"

#include <algorithm>
#include <set>

#include "engine/core/error.hpp"
#include "tests/support/stand_in/web.hpp"

namespace brugwacht::stand_in {
namespace {

std::string parameter_of(const Call& call, const std::string& name) {
    for (const auto& [key, value] : call.form())
        if (key == name) return value;
    return call.parameter(name).value_or("");
}

bool is_form(const Call& call) { return call.header("content-type").starts_with("application/x-www-form-urlencoded"); }

/// What a parameter of JSON holds; a body of JSON is no form and is not looked at.
Node json_parameter(const Call& call, const std::string& name) {
    std::string text;
    if (is_form(call)) {
        text = parameter_of(call, name);
    } else {
        text = call.parameter(name).value_or("");
    }
    return parse_json(text.empty() ? "{}" : text, "params");
}

std::string refusal4(const CiviRefusal& refusal) {
    JsonWriter out;
    out.begin_object().member("error_code", 0).member("error_message", refusal.message).member("status", refusal.status).end_object();
    return out.take();
}

std::string refusal3(const std::string& message) {
    JsonWriter out;
    out.begin_object().member("error_code", "error").member("error_message", message).member("is_error", 1).end_object();
    return out.take();
}

void check_parameters(const Node& params, const std::set<std::string>& allowed) {
    for (std::string key : params.keys) {
        if (allowed.count(key) != 0) continue;
        if (!key.empty() && key[0] >= 'a' && key[0] <= 'z') key[0] = static_cast<char>(key[0] - 'a' + 'A');
        throw CiviRefusal{500, "Unknown api parameter: set" + key};
    }
}

std::size_t whole(const Node* node) { return node != nullptr ? static_cast<std::size_t>(std::max(0.0, scalar_of(*node).number)) : 0; }

using Order = std::vector<std::pair<std::string, bool>>;  // field, descending

struct Column {
    std::string name;
    CiviEntity::Value value;
};

/// Unknown names are passed over without a word.
std::vector<Column> columns_of(const CiviEntity& entity, const std::vector<std::string>& names) {
    std::vector<std::string> wanted{"id"};
    for (const std::string& name : names) {
        std::vector<std::string> meant{name};
        if (name == "*") meant = entity.columns();
        if (name == "custom.*") meant = entity.custom_columns();
        for (std::string& one : meant)
            if (std::find(wanted.begin(), wanted.end(), one) == wanted.end()) wanted.push_back(std::move(one));
    }
    std::vector<Column> columns;
    for (const std::string& name : wanted)
        if (CiviEntity::Value value = entity.value(name)) columns.push_back({name, std::move(value)});
    return columns;
}

std::vector<std::string> selected(const Node& params) {
    std::vector<std::string> names;
    if (const Node* select = params.find("select"))
        for (const Scalar& name : elements_of(*select)) names.push_back(name.text);
    return names;
}

void sort_by(Query& query, const CiviEntity& entity, const Order& keys, std::uint64_t salt) {
    if (!keys.empty() && keys[0].first == "id" && !keys[0].second) return;  // by id is how rows come anyway
    std::vector<SortKey> sort;
    for (const auto& [field, descending] : keys) {
        const CiviEntity::Value value = entity.value(field);
        if (!value) throw CiviRefusal{500, "Invalid field '" + field + "'"};
        sort.push_back({[value](const Record& r) { return scalar_of(value(r)); }, descending});
    }
    query.before = order_by(std::move(sort), shuffled(salt));
}

Order order_of(const Node& params) {
    Order keys;
    if (const Node* order = params.find("orderBy"))
        for (std::size_t i = 0; i < order->keys.size(); ++i) keys.emplace_back(order->keys[i], order->items[i].text == "DESC");
    return keys;
}

/// What answers to create and update show for a value that get shows otherwise.
std::string written_value(const Node& value) {
    if (value.is(Node::Kind::Null)) return "\"NULL\"";
    const auto moment = value.is(Node::Kind::Text) && value.text.size() == 19 ? parse_moment(value.text) : std::nullopt;
    if (moment) return json_text(format_time(moment->us, "%Y%m%d%H%M%S"));
    JsonWriter out;
    write_node(out, value);
    return out.take();
}

std::string envelope4(const std::string& entity, const std::string& action, const std::string& values, std::size_t count,
                      std::size_t fetched, const std::optional<std::size_t>& matched) {
    std::string body = "{\"values\":" + values + ",\"entity\":" + json_text(entity) + ",\"action\":" + json_text(action) +
                       ",\"debug\":null,\"version\":4,\"count\":" + std::to_string(count) + ",\"countFetched\":" + std::to_string(fetched);
    if (matched) body += ",\"countMatched\":" + std::to_string(*matched);
    return body + "}";
}

/// APIv3 has conditions as members of the parameters: {"contact_type":"Individual","id":{">":5}}. Translated to those of APIv4.
Node where_of3(const Node& params) {
    static const std::set<std::string> kReserved{"options", "return", "sequential", "version", "check_permissions", "debug"};
    JsonWriter where;
    where.begin_array();
    for (std::size_t i = 0; i < params.keys.size(); ++i) {
        if (kReserved.count(params.keys[i]) != 0) continue;
        const Node& wanted = params.items[i];
        const bool with_signs = wanted.is(Node::Kind::Table);
        for (std::size_t k = 0; k < (with_signs ? wanted.keys.size() : 1); ++k) {
            where.begin_array().value(params.keys[i]).value(with_signs ? wanted.keys[k] : "=");
            write_node(where, with_signs ? wanted.items[k] : wanted);
            where.end_array();
        }
    }
    return parse_json(where.end_array().take(), "where");
}

Order order_of3(const Node& settings) {
    Order keys;
    for (const std::string& key : split(text_of(settings, "sort"), ',')) {
        const std::vector<std::string> words = split(key, ' ');
        if (!words.empty()) keys.emplace_back(words[0], words.size() > 1 && like(words[1], "desc"));
    }
    return keys;
}

/// By id, or as a list when that was asked for. Numbers and flags are texts, and null is the empty one.
std::string envelope3(const std::vector<Row>& rows, const std::vector<Column>& columns, bool sequential) {
    const bool list = sequential || rows.empty();
    JsonWriter out;
    out.begin_object().member("is_error", 0).member("version", 3).member("count", static_cast<std::uint64_t>(rows.size())).key("values");
    list ? out.begin_array() : out.begin_object();
    for (const Row& row : rows) {
        if (!list) out.key(row->id);
        out.begin_object();
        for (const Column& column : columns) {
            const Scalar value = scalar_of(column.value(*row));
            out.member(column.name, value.kind == Scalar::Kind::Boolean ? (value.number != 0 ? "1" : "0") : value.text);
        }
        out.end_object();
    }
    list ? out.end_array() : out.end_object();
    return out.end_object().take();
}

/// What getFields tells of one field. `options` is a flag unless they are wanted themselves.
Record field_record(const CiviEntity& entity, const std::string& name, const char* type, const CiviEntity::Options& options,
                    bool with_options) {
    Record record{name, 0, 0, State::Live, {}};
    record.fields = {{"name", json_text(name)},
                     {"label", json_text(name.substr(name.find('.') + 1))},
                     {"data_type", json_text(entity.data_type(name))},
                     {"type", json_text(type)},
                     {"options", "false"}};
    const auto names = options.find(name);
    if (names == options.end()) return record;
    JsonWriter list;
    list.begin_object();
    for (std::size_t i = 0; i < names->second.size(); ++i) list.member(std::to_string(i + 1), names->second[i]);
    record.fields["options"] = with_options ? list.end_object().take() : "true";
    return record;
}

}  // namespace

CiviCrm::CiviCrm(System& system) : system_(system) {
    options = {{"gender_id", {"Female", "Male", "Other"}},
               {"activity_type_id", {"Meeting", "Phone Call", "Email", "Open Case", "Home Visit"}},
               {"record_type_id", {"Activity Assignees", "Activity Source", "Activity Targets"}}};
}

CiviEntity CiviCrm::entity(const std::string& name) { return {system_, rows_, zone, options, name}; }

Answer CiviCrm::operator()(const Call& call) {
    ++calls_;
    return dated(respond(call), system_.now_us);
}

Answer CiviCrm::respond(const Call& call) {
    if (call.path.find("/wp-admin/admin.php") != std::string::npos) {
        Answer away = html_answer(302, "Log In");
        away.headers.emplace_back("Location", "/wp-login.php");
        return away;
    }
    const std::string where = route(call);
    if (where.empty()) return html_answer(404, "Page not found");

    std::string credential = call.header("x-civi-auth");
    if (credential.empty()) credential = call.header("authorization");
    if (credential.empty()) credential = parameter_of(call, "_authx");
    const bool wrapper = where == "wp-json";
    if (wrapper) credential = "Bearer " + parameter_of(call, "api_key");
    if (!credential.empty()) {
        std::string key = wrapper ? parameter_of(call, "key") : call.header("x-civi-key");
        if (key.empty()) key = parameter_of(call, "_authxSiteKey");
        if (credential != "Bearer " + system_.secret) return text_answer(401, "HTTP 401 Invalid credential");
        if (!may_use_key && key != site_key) return text_answer(401, "HTTP 401 Login not permitted. Must satisfy guard (site_key, perm).");
    } else if (call.header("x-requested-with") != "XMLHttpRequest") {
        return answer(400, refusal4({400, "SECURITY ALERT: Ajax requests can only be issued by javascript clients"}));
    }
    const Caller caller = credential.empty() ? Caller::Anonymous : Caller::User;
    try {
        return where == "rest" || wrapper ? api3(call, caller, wrapper) : api4(call, where, caller);
    } catch (const Error&) {
        return html_answer(500, "Internal Server Error");  // what came was no JSON
    }
}

/// "rest" and "wp-json" for APIv3; "/Contact/get", "/" and the like for APIv4; "" for no page.
std::string CiviCrm::route(const Call& call) const {
    std::string path = call.path;
    const auto page = call.parameter("q");
    if (call.parameter("civiwp") == "CiviCRM" && page) {
        path = "/" + *page;
    } else if (cms == Cms::WordPress && path.find("/wp-json/civicrm/v3/rest") != std::string::npos) {
        return "wp-json";
    } else if (cms == Cms::WordPress && !permalinks) {
        return "";
    }
    if (path.size() > 1 && path.back() == '/') path.pop_back();
    if (path.ends_with("/civicrm/ajax/rest")) return "rest";
    const std::string prefix = "/civicrm/ajax/api4";
    const std::size_t at = path.find(prefix);
    if (at == std::string::npos) return "";
    const std::string rest = path.substr(at + prefix.size());
    return rest.empty() ? "/" : rest;
}

Answer CiviCrm::answer(int status, std::string body) const { return json_answer(cms == Cms::WordPress ? 200 : status, std::move(body)); }

Answer CiviCrm::api4(const Call& call, const std::string& rest, Caller caller) {
    try {
        const std::vector<std::string> names = split(rest, '/');
        if (names.empty()) return json_answer(200, calls4(json_parameter(call, "calls"), caller));
        if (names.size() != 2) return html_answer(404, "Page not found");
        const bool reading = names[1].starts_with("get") || names[1] == "autocomplete";
        if (call.method == "GET" && !reading) throw CiviRefusal{405, "Use POST for " + names[1]};
        return json_answer(200, action4(names[0], names[1], json_parameter(call, "params"), caller));
    } catch (const CiviRefusal& refusal) {
        return answer(refusal.status, refusal4(refusal));
    }
}

std::string CiviCrm::calls4(const Node& calls, Caller caller) {
    std::string body;
    const Node none = parse_json("{}", "params");
    for (std::size_t i = 0; i < calls.items.size(); ++i) {
        const std::vector<Node>& parts = calls.items[i].items;
        if (parts.size() < 2) throw CiviRefusal{500, "Invalid call"};
        std::string result;
        try {
            result = action4(parts[0].text, parts[1].text, parts.size() > 2 ? parts[2] : none, caller);
        } catch (const CiviRefusal& refusal) {
            result = refusal4(refusal);
        }
        body += (body.empty() ? "" : ",") + json_text(i < calls.keys.size() ? calls.keys[i] : std::to_string(i)) + ":" + result;
    }
    return "{" + body + "}";
}

bool CiviCrm::may_read(const std::string& name, Caller caller) const {
    const bool denied = std::find(system_.denied.begin(), system_.denied.end(), name) != system_.denied.end();
    if (caller == Caller::User && system_.reads_allowed && !denied) return true;
    if (name == "Contact" || name == "Activity") return false;
    throw CiviRefusal{403, "The request could not be completed. (Error ID: 5d41402a)"};
}

Predicate CiviCrm::permitted(const CiviEntity& entity) const {
    if (entity.name() != "Contact" || sees_trash) return {};
    return [](const Record& r) { return r.state != State::Trashed; };
}

std::string CiviCrm::action4(const std::string& name, const std::string& action, const Node& params, Caller caller) {
    const CiviEntity known(system_, rows_, zone, options, name);
    if (known.columns().size() == 1 && known.table().records.empty() && !known.table().made) {
        system_.tables.erase(name);
        throw CiviRefusal{404, "API (" + name + ", " + action + ") does not exist"};
    }
    if (action == "getFields") return fields4(known, params);
    const bool readable = may_read(name, caller);
    if (action == "get") return get4(known, params, !readable);
    if (!readable) throw CiviRefusal{403, "The request could not be completed. (Error ID: 7d793037)"};
    if (action == "update") return update4(known, params);
    if (action == "delete") return delete4(known, params);
    throw CiviRefusal{404, "API (" + name + ", " + action + ") does not exist"};
}

std::string CiviCrm::get4(const CiviEntity& entity, const Node& params, bool empty) {
    check_parameters(params, {"select", "where", "orderBy", "limit", "offset", "checkPermissions", "debug", "language"});
    std::vector<std::string> names = selected(params);
    const auto total = std::find(names.begin(), names.end(), "row_count");
    Query query;
    query.count = total != names.end();
    if (query.count) names.erase(total);
    const bool only_count = query.count && names.empty();
    const Node* where = params.find("where");
    entity.restrict(query, where != nullptr ? *where : Node());
    if (const Predicate allowed = permitted(entity)) query.fits = all_of({allowed, query.fits});
    sort_by(query, entity, order_of(params), calls_);
    query.offset = whole(params.find("offset"));
    if (const std::size_t limit = whole(params.find("limit")); limit > 0) query.limit = limit;
    if (only_count) query.limit = 0;

    const Result result = empty ? Result() : rows_.select(entity.table(), query, system_.now_us);
    const std::vector<Column> columns = columns_of(entity, names.empty() ? std::vector<std::string>{"*"} : names);
    JsonWriter out;
    out.begin_array();
    for (const Row& row : result.rows) {
        out.begin_object();
        for (const Column& column : columns) {
            out.key(column.name);
            write_json(out, column.value(*row));
        }
        out.end_object();
    }
    out.end_array();
    const std::size_t count = query.count ? result.matched : result.rows.size();
    return envelope4(entity.name(), "get", out.take(), count, result.rows.size(),
                     query.count ? std::optional(result.matched) : std::nullopt);
}

std::string CiviCrm::fields4(const CiviEntity& entity, const Node& params) {
    check_parameters(params, {"select", "where", "loadOptions", "includeCustom", "action", "limit", "offset", "orderBy"});
    System about;  // fields are rows of an entity of their own
    Table& table = about.tables["Field"];
    const bool with_options = whole(params.find("loadOptions")) != 0;
    for (const std::string& name : entity.columns()) table.add(field_record(entity, name, "Field", options, with_options));
    for (const std::string& name : entity.custom_columns()) table.add(field_record(entity, name, "Custom", options, with_options));

    Rows rows(IdOrder::Text);
    const CiviEntity fields(about, rows, zone, options, "Field");
    Query query;
    const Node* where = params.find("where");
    fields.restrict(query, where != nullptr ? *where : Node());
    if (!order_of(params).empty()) sort_by(query, fields, order_of(params), calls_);
    query.offset = whole(params.find("offset"));
    if (const std::size_t limit = whole(params.find("limit")); limit > 0) query.limit = limit;
    std::vector<std::string> names = selected(params);
    if (names.empty()) names = {"name", "data_type", "type", "label", "options"};
    const Result result = rows.select(table, query, 0);
    JsonWriter out;
    out.begin_array();
    for (const Row& row : result.rows) {
        out.begin_object();
        for (const std::string& name : names) {
            const auto value = row->fields.find(name);
            if (value == row->fields.end()) continue;
            out.key(name);
            write_json(out, value->second);
        }
        out.end_object();
    }
    out.end_array();
    return envelope4(entity.name(), "getFields", out.take(), result.rows.size(), result.rows.size(), std::nullopt);
}

std::string CiviCrm::update4(const CiviEntity& entity, const Node& params) {
    check_parameters(params, {"where", "values", "reload", "limit", "checkPermissions"});
    const Node* where = params.find("where");
    const Node* values = params.find("values");
    if (where == nullptr || where->items.empty()) throw CiviRefusal{500, "Parameter \"where\" is required."};
    if (values == nullptr) throw CiviRefusal{500, "Parameter \"values\" is required."};
    Query query;
    entity.restrict(query, *where);
    std::string rows;
    std::size_t count = 0;
    for (const Row& row : rows_.select(entity.table(), query, system_.now_us).rows) {
        Record& record = *system_.tables[entity.name()].find(row->id);
        std::string shown = "\"id\":" + record.id;
        for (std::size_t i = 0; i < values->keys.size(); ++i) {
            const std::string& name = values->keys[i];
            if (!entity.value(name)) throw CiviRefusal{500, "Invalid field '" + name + "'"};
            JsonWriter out;
            write_node(out, values->items[i]);
            if (name == "is_deleted") {
                record.state = scalar_of(values->items[i]).number != 0 ? State::Trashed : State::Live;
            } else {
                record.fields[name] = out.take();
            }
            if (std::find(untracked.begin(), untracked.end(), name) == untracked.end()) record.modified_us = system_.now_us;
            shown += "," + json_text(name) + ":" + written_value(values->items[i]);
        }
        rows += (rows.empty() ? "{" : ",{") + shown + "}";
        ++count;
    }
    return envelope4(entity.name(), "update", "[" + rows + "]", count, count, std::nullopt);
}

std::string CiviCrm::delete4(const CiviEntity& entity, const Node& params) {
    check_parameters(params, {"where", "useTrash", "checkPermissions"});
    const Node* where = params.find("where");
    if (where == nullptr || where->items.empty()) throw CiviRefusal{500, "Parameter \"where\" is required."};
    Query query;
    entity.restrict(query, *where);
    const Node* trash = params.find("useTrash");
    std::string rows;
    std::size_t count = 0;
    for (const Row& row : rows_.select(entity.table(), query, system_.now_us).rows) {
        const std::string id = row->id;
        remove(entity.name(), id);
        if (trash != nullptr && !trash->boolean) system_.tables[entity.name()].find(id)->state = State::Gone;
        rows += (rows.empty() ? "{\"id\":" : ",{\"id\":") + id + "}";
        ++count;
    }
    return envelope4(entity.name(), "delete", "[" + rows + "]", count, count, std::nullopt);
}

void CiviCrm::remove(const std::string& name, const std::string& id) {
    Record* record = system_.tables[name].find(id);
    if (record == nullptr) return;
    const bool to_the_bin = name == "Contact" || name == "Case";
    record->state = to_the_bin ? State::Trashed : State::Gone;
    if (to_the_bin && trash_moves_modified) record->modified_us = system_.now_us;
}

Answer CiviCrm::api3(const Call& call, Caller caller, bool wordpress_wrapper) {
    const auto failed = [&](const std::string& message) {
        if (!wordpress_wrapper) return json_answer(200, refusal3(message));
        JsonWriter out;
        out.begin_object().member("code", "civicrm_rest_api_error").member("message", message).end_object();
        return json_answer(500, out.take());
    };
    const std::string name = parameter_of(call, "entity");
    if (parameter_of(call, "action") != "get") return failed("API (" + name + ", " + parameter_of(call, "action") + ") does not exist");
    try {
        return json_answer(200, get3(entity(name), json_parameter(call, "json"), !may_read(name, caller)));
    } catch (const CiviRefusal& refusal) {
        return failed(refusal.message);
    }
}

std::string CiviCrm::get3(const CiviEntity& entity, const Node& params, bool empty) {
    Query query;
    entity.restrict(query, where_of3(params));
    if (const Predicate allowed = permitted(entity)) query.fits = all_of({allowed, query.fits});
    const Node* settings = params.find("options");
    const Node* limit = settings != nullptr ? settings->find("limit") : nullptr;
    query.limit = limit != nullptr ? whole(limit) : 25;
    if (*query.limit == 0) query.limit.reset();
    if (settings != nullptr) query.offset = whole(settings->find("offset"));
    sort_by(query, entity, settings != nullptr ? order_of3(*settings) : Order(), calls_);
    std::vector<std::string> names;
    if (const Node* wanted = params.find("return")) {
        for (const Scalar& name : elements_of(*wanted))
            for (std::string& part : split(name.text, ',')) names.push_back(std::move(part));
    }
    const std::vector<Column> columns = columns_of(entity, names.empty() ? std::vector<std::string>{"*"} : names);
    const Result result = empty ? Result() : rows_.select(entity.table(), query, system_.now_us);
    return envelope3(result.rows, columns, whole(params.find("sequential")) != 0);
}

}  // namespace brugwacht::stand_in
