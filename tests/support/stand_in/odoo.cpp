#include "tests/support/stand_in/odoo.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "engine/core/error.hpp"
#include "tests/support/stand_in/web.hpp"

namespace brugwacht::stand_in {

/// What a method was called with, by name, whatever the protocol.
struct Odoo::Arguments {
    Node named;  // a table

    const Node* find(std::string_view name) const { return named.find(name); }
    Node domain() const { return find("domain") != nullptr ? *find("domain") : Node(); }
    std::vector<std::string> names(std::string_view name) const {
        std::vector<std::string> list;
        if (find(name) != nullptr)
            for (const Scalar& item : elements_of(*find(name))) list.push_back(item.text);
        return list;
    }
    std::size_t whole(std::string_view name) const {
        return find(name) != nullptr ? static_cast<std::size_t>(std::max(0.0, scalar_of(*find(name)).number)) : 0;
    }
    /// From the context: false when archived rows are wanted too.
    bool active_test() const {
        const Node* context = find("context");
        const Node* test = context != nullptr ? context->find("active_test") : nullptr;
        return test == nullptr || test->boolean;
    }
};

namespace {

using Names = std::vector<std::string>;

/// Names of positional arguments under execute_kw.
Names positions(const std::string& method) {
    if (method == "search_read") return {"domain", "fields", "offset", "limit", "order"};
    if (method == "search") return {"domain", "offset", "limit", "order"};
    if (method == "search_count") return {"domain", "limit"};
    if (method == "read") return {"ids", "fields"};
    if (method == "write") return {"ids", "vals"};
    if (method == "fields_get") return {"allfields", "attributes"};
    return {"ids"};
}

Node named_arguments(const std::string& method, const Node& positional, const Node* keywords) {
    Node named;
    named.kind = Node::Kind::Table;
    if (keywords != nullptr && keywords->is(Node::Kind::Table)) named = *keywords;
    const Names names = positions(method);
    for (std::size_t i = 0; i < positional.items.size() && i < names.size(); ++i) {
        named.keys.push_back(names[i]);
        named.items.push_back(positional.items[i]);
    }
    return named;
}

/// The traceback shows values of the request: what a log must never take over.
void write_error(JsonWriter& out, const OdooError& error, const std::string& secret) {
    out.member("name", error.name).member("message", error.message).key("arguments").begin_array().value(error.message).end_array();
    out.key("context").begin_object().end_object();
    out.member("debug", "Traceback (most recent call last):\n  File \"odoo/http.py\", line 1788\n    key = '" + secret + "'\n" +
                            error.name + ": " + error.message);
}

Answer rpc_error(int code, const std::string& id, const OdooError& error, const std::string& secret) {
    JsonWriter out;
    out.begin_object().member("jsonrpc", "2.0").key("id");
    write_json(out, id);
    out.key("error").begin_object().member("code", code).member("message", "Odoo Server Error").key("data").begin_object();
    write_error(out, error, secret);
    return json_answer(200, out.end_object().end_object().end_object().take());
}

Answer plain_error(const OdooError& error, const std::string& secret) {
    JsonWriter out;
    out.begin_object();
    write_error(out, error, secret);
    Answer answer = json_answer(error.status, out.end_object().take());
    if (error.status == 401) answer.headers.emplace_back("WWW-Authenticate", "Bearer");
    return answer;
}

RowOrder order_of(const std::string& order, const OdooModel& model, std::uint64_t salt) {
    std::vector<SortKey> keys;
    for (const std::string& part : split(order, ',')) {
        const Names words = split(part, ' ');
        if (words.empty()) continue;
        const OdooModel::Value value = model.value(words[0]);
        if (!value) throw OdooError{"builtins.ValueError", "Invalid field " + words[0] + " on model " + model.name(), 500};
        const bool stamp = words[0] == "write_date";
        const bool descending = words.size() > 1 && like(words[1], "desc");
        if (keys.empty() && words[0] == "id" && !descending) return {};
        keys.push_back(
            {[value, stamp](const Record& r) { return stamp ? number_scalar(r.modified_us) : scalar_of(value(r)); }, descending});
    }
    return keys.empty() ? shuffled(salt) : order_by(std::move(keys), shuffled(salt));
}

/// A many2one as the bare id.
std::string bare_id(const std::string& json) {
    if (json.empty() || json.front() != '[') return json;
    const std::vector<Scalar> parts = elements_of(json);
    return parts.size() == 2 && parts[1].kind == Scalar::Kind::Text ? parts[0].text : json;
}

}  // namespace

Answer Odoo::operator()(const Call& call) {
    ++calls_;
    return dated(respond(call), system_.now_us);
}

Answer Odoo::respond(const Call& call) {
    std::string path = call.path;
    if (path.size() > 1 && path.back() == '/') path.pop_back();
    if (path.ends_with("/jsonrpc")) return call.method == "POST" ? json_rpc(call) : html_answer(400, "Bad Request");
    const std::size_t at = path.find("/json/2/");
    if (version >= 19 && path.ends_with("/web/version")) return json_answer(200, version_json());
    if (version < 19 || at == std::string::npos) return html_answer(404, "Not Found");
    if (call.method != "POST") return html_answer(405, "Method Not Allowed");
    if (!call.header("content-type").starts_with("application/json")) return html_answer(415, "Unsupported Media Type");
    try {
        return json2(call, path.substr(at + 8));
    } catch (const OdooError& error) {
        return plain_error(error, system_.secret);
    } catch (const Error&) {
        return plain_error({"werkzeug.exceptions.BadRequest", "The body is no JSON", 400}, system_.secret);
    }
}

std::string Odoo::version_json() const {
    const std::string number = std::to_string(version);
    return "{\"version\":\"" + number + ".0\",\"version_info\":[" + number + ",0,0,\"final\",0,\"\"]}";
}

Answer Odoo::json_rpc(const Call& call) {
    Node request;
    try {
        request = parse_json(call.body, "body");
    } catch (const Error&) {
        return text_answer(400, "Invalid JSON data");
    }
    std::string id = "null";
    if (const Node* given = request.find("id")) {
        JsonWriter out;
        write_node(out, *given);
        id = out.take();
    }
    try {
        const Node* params = request.find("params");
        if (params == nullptr) throw OdooError{"builtins.KeyError", "params", 500};
        return json_answer(200, "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + rpc_result(*params) + "}");
    } catch (const OdooError& error) {
        return rpc_error(200, id, error, system_.secret);
    }
}

std::string Odoo::rpc_result(const Node& params) {
    const std::string method = text_of(params, "method");
    const Node* given = params.find("args");
    const Node args = given != nullptr ? *given : Node();
    if (text_of(params, "service") == "common") return common(method, args);
    if (text_of(params, "service") != "object" || method != "execute_kw") throw OdooError{"builtins.NameError", "Method not found", 500};
    if (args.items.size() < 5) throw OdooError{"builtins.TypeError", "missing arguments", 500};
    if (args.items[0].text != database)
        throw OdooError{"psycopg2.OperationalError", "database \"" + args.items[0].text + "\" does not exist", 500};
    if (args.items[1].integer != 2 || args.items[2].text != system_.secret)
        throw OdooError{"odoo.exceptions.AccessDenied", "Access Denied", 403};
    const std::string& called = args.items[4].text;
    const Node none;
    const Node& positional = args.items.size() > 5 ? args.items[5] : none;
    return run(args.items[3].text, called, {named_arguments(called, positional, args.items.size() > 6 ? &args.items[6] : nullptr)});
}

std::string Odoo::common(const std::string& method, const Node& args) {
    const std::string number = std::to_string(version);
    if (method == "version")
        return "{\"server_version\":\"" + number + ".0\",\"server_version_info\":[" + number +
               ",0,0,\"final\",0,\"\"],\"server_serie\":\"" + number + ".0\",\"protocol_version\":1}";
    if (method != "authenticate" && method != "login") throw OdooError{"builtins.NameError", "Method not found", 500};
    if (args.items.size() < 3) throw OdooError{"builtins.TypeError", "missing arguments", 500};
    if (args.items[0].text != database)
        throw OdooError{"psycopg2.OperationalError", "database \"" + args.items[0].text + "\" does not exist", 500};
    return args.items[1].text == login && args.items[2].text == system_.secret ? "2" : "false";
}

Answer Odoo::json2(const Call& call, const std::string& path) {
    const std::string scheme = call.header("authorization").substr(0, 7);
    if (!like(scheme, "bearer ") || call.header("authorization").substr(7) != system_.secret)
        throw OdooError{"werkzeug.exceptions.Unauthorized", "Invalid apikey", 401};
    const std::string wanted = call.header("x-odoo-database");
    if ((many_databases && wanted.empty()) || (!wanted.empty() && wanted != database)) return html_answer(404, "Not Found");
    const Names steps = split(path, '/');
    if (steps.size() != 2) return html_answer(404, "Not Found");
    const Node body = parse_json(call.body, "body");
    if (!body.is(Node::Kind::Table)) throw OdooError{"werkzeug.exceptions.UnprocessableEntity", "expected named arguments", 422};
    return json_answer(200, run(steps[0], steps[1], {body}));
}

std::string Odoo::run(const std::string& name, const std::string& method, const Arguments& arguments) {
    const OdooModel model(system_, version, name);
    if (!model.exists()) throw OdooError{"builtins.KeyError", "the model '" + name + "' does not exist", 404};
    if (std::find(system_.denied.begin(), system_.denied.end(), name) != system_.denied.end())
        throw OdooError{"odoo.exceptions.AccessError", "You are not allowed to access '" + name + "' records.", 403};
    if (method == "search" || method == "search_read" || method == "search_count") return search(model, method, arguments);
    if (method == "read") return read(model, arguments);
    if (method == "write") return write(model, arguments);
    if (method == "fields_get") return fields_get(model);
    if (method == "unlink") {
        for (const std::string& id : arguments.names("ids")) unlink(name, id);
        return "true";
    }
    if ((method == "exists" && version >= 19) || method.starts_with('_'))
        throw OdooError{"odoo.exceptions.AccessError", "Private methods (such as '" + name + "." + method + "') cannot be called remotely.",
                        403};
    throw OdooError{"builtins.AttributeError", "The method '" + name + "." + method + "' does not exist", 404};
}

Predicate Odoo::seen(const OdooModel& model) const {
    if (!system_.reads_allowed) return [](const Record&) { return false; };
    if (!row_seen) return {};
    return [this, name = model.name()](const Record& r) { return row_seen(name, r); };
}

std::string Odoo::search(const OdooModel& model, const std::string& method, const Arguments& arguments) {
    static const std::set<std::string> kKnown{"domain", "fields", "offset", "limit", "order", "load", "context"};
    for (const std::string& name : arguments.named.keys)
        if (kKnown.count(name) == 0)
            throw OdooError{"builtins.TypeError", method + "() got an unexpected keyword argument '" + name + "'", 500};
    Query query;
    const Node domain = arguments.domain();
    model.restrict(query, domain);
    std::vector<Predicate> parts{query.fits};
    if (arguments.active_test() && !OdooModel::names_active(domain))
        parts.push_back([](const Record& r) { return r.state == State::Live; });
    if (const Predicate allowed = seen(model)) parts.push_back(allowed);
    query.fits = all_of(parts);
    if (method == "search_count") {
        query.count = true;
        query.limit = 0;
        return std::to_string(rows_.select(model.table(), query, system_.now_us).matched);
    }
    const Node* order = arguments.find("order");
    query.before = order_of(order != nullptr ? order->text : "", model, calls_);
    query.offset = arguments.whole("offset");
    if (const std::size_t limit = arguments.whole("limit"); limit > 0) query.limit = limit;
    const std::vector<Row> rows = rows_.select(model.table(), query, system_.now_us).rows;
    if (method == "search_read") return rows_json(model, rows, arguments);
    std::string ids;
    for (const Row& row : rows) ids += (ids.empty() ? "" : ",") + row->id;
    return "[" + ids + "]";
}

/// Records that are gone are left out without a word.
std::string Odoo::read(const OdooModel& model, const Arguments& arguments) {
    std::vector<Row> rows;
    const Predicate allowed = seen(model);
    for (const std::string& id : arguments.names("ids")) {
        const Row row = rows_.get(model.table(), id, system_.now_us);
        if (row && (!allowed || allowed(*row))) rows.push_back(row);
    }
    return rows_json(model, rows, arguments);
}

std::string Odoo::rows_json(const OdooModel& model, const std::vector<Row>& rows, const Arguments& arguments) const {
    const bool bare = arguments.find("load") != nullptr && !arguments.find("load")->is(Node::Kind::Text);
    Names names = arguments.names("fields");
    if (names.empty()) names = model.fields();
    std::vector<std::pair<std::string, OdooModel::Value>> columns;
    for (const std::string& name : names) {
        if (name == "id") continue;
        const OdooModel::Value value = model.value(name);
        if (!value) throw OdooError{"builtins.ValueError", "Invalid field '" + name + "' on model '" + model.name() + "'", 500};
        columns.emplace_back(name, value);
    }
    JsonWriter out;
    out.begin_array();
    for (const Row& row : rows) {
        out.begin_object().key("id");
        write_json(out, row->id);
        for (const auto& [name, value] : columns) {
            out.key(name);
            write_json(out, bare ? bare_id(value(*row)) : value(*row));
        }
        out.end_object();
    }
    return out.end_array().take();
}

std::string Odoo::write(const OdooModel& model, const Arguments& arguments) {
    const Node* values = arguments.find("vals");
    if (values == nullptr) throw OdooError{"werkzeug.exceptions.UnprocessableEntity", "missing a required argument: 'vals'", 422};
    for (const std::string& id : arguments.names("ids")) {
        Record* record = system_.tables[model.name()].find(id);
        if (record == nullptr || record->state == State::Gone)
            throw OdooError{"odoo.exceptions.MissingError", "Record does not exist or has been deleted.", 404};
        for (std::size_t i = 0; i < values->keys.size(); ++i) {
            if (!model.value(values->keys[i])) throw OdooError{"builtins.ValueError", "Invalid field '" + values->keys[i] + "'", 500};
            JsonWriter out;
            write_node(out, values->items[i]);
            if (values->keys[i] == "active")
                record->state = values->items[i].boolean ? State::Live : State::Trashed;
            else
                record->fields[values->keys[i]] = out.take();
        }
        record->modified_us = system_.now_us;
    }
    return "true";
}

std::string Odoo::fields_get(const OdooModel& model) const {
    JsonWriter out;
    out.begin_object();
    for (const std::string& name : model.fields()) {
        out.key(name).begin_object().member("type", model.type(name)).member("string", name);
        out.member("store", name != "display_name").member("manual", name.starts_with("x_")).end_object();
    }
    return out.end_object().take();
}

void Odoo::unlink(const std::string& model, const std::string& id) {
    if (Record* record = system_.tables[model].find(id)) record->state = State::Gone;
}

void Odoo::archive(const std::string& model, const std::string& id) {
    Record* record = system_.tables[model].find(id);
    if (record == nullptr) return;
    record->state = State::Trashed;
    record->modified_us = system_.now_us;
}

}  // namespace brugwacht::stand_in
