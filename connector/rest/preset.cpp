#include "connector/rest/preset.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "connector/rest/http.hpp"
#include "connector/rest/placeholders.hpp"
#include "connector/rest/preset_words.hpp"
#include "engine/core/error.hpp"
#include "engine/core/zone.hpp"

namespace brugwacht {
namespace {

const std::set<std::string>& request_placeholders() {
    static const std::set<std::string> kNames{"since",  "until", "last_id",    "page_size", "page", "offset",    "token",
                                              "fields", "now",   "auth.token", "method",    "path", "person.id", "values"};
    return kNames;
}

/// As answers have it: in lower case.
std::string header_name(std::string name) {
    for (char& c : name)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return name;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

/// "PT15M", "PT90S", "PT2H", "P7D", "P1W" in seconds.
std::optional<std::int64_t> duration_seconds(std::string_view text) {
    if (text.size() < 3 || text.front() != 'P') return std::nullopt;
    text.remove_prefix(1);
    const bool time = text.front() == 'T';
    if (time) text.remove_prefix(1);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number < 0 || number > 100'000 || end + 1 != text.data() + text.size()) return std::nullopt;
    if (time) {
        if (*end == 'S') return number;
        if (*end == 'M') return number * 60;
        if (*end == 'H') return number * 3600;
        return std::nullopt;
    }
    if (*end == 'D') return number * 86400;
    if (*end == 'W') return number * 7 * 86400;
    return std::nullopt;
}

/// `parent_id.0` is asked for as `parent_id`.
std::string asked_name(std::string path) {
    for (;;) {
        const std::size_t dot = path.rfind('.');
        if (dot == std::string::npos || dot + 1 == path.size()) return path;
        if (!std::all_of(path.begin() + static_cast<std::ptrdiff_t>(dot) + 1, path.end(), [](char c) { return c >= '0' && c <= '9'; }))
            return path;
        path.resize(dot);
    }
}

void add_once(std::vector<std::string>& list, const std::string& text) {
    if (!text.empty() && std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
}

/// Reads the tree of a preset whose parameters are filled in.
class Reader {
  public:
    Reader(const std::string& file, std::vector<Fault>& faults) : file_(file), faults_(faults) {}

    void run(const Node& root, Preset& preset) {
        TableReader top(root, file_, "", faults_);
        preset.name = top.required_text("preset");
        preset.label = top.text("label", preset.name);
        preset.version = static_cast<int>(top.integer("version", 1));
        top.node("params");
        top.node("map");
        if (const Node* connection = table(top, "connection")) {
            read_connection(*connection, preset.connection);
        } else if (top.node("connection") == nullptr) {
            top.fault("CFG-002", {{"key", std::string("connection")}}, nullptr);
        }
        for (const Node* stream : top.tables("stream")) preset.streams.push_back(read_stream(*stream));
        if (preset.streams.empty()) top.fault("PST-001", {}, nullptr);
        if (const Node* check = table(top, "check")) {
            TableReader reader(*check, file_, "check", faults_);
            preset.version_probe = read_probe(reader, "version");
            preset.user_probe = read_probe(reader, "user");
            reader.finish();
        }
        if (const Node* write_back = table(top, "write_back")) preset.write_back = read_write_back(*write_back, preset);
        top.finish();
        check_streams(preset, root);
    }

  private:
    const Node* table(TableReader& reader, const char* key) {
        const Node* node = reader.node(key);
        if (node == nullptr || node->is(Node::Kind::Table)) return node;
        reader.fault("CFG-003", {{"key", std::string(key)}, {"expected", std::string("table")}}, node);
        return nullptr;
    }
    Node table_or_empty(TableReader& reader, const char* key) {
        const Node* node = table(reader, key);
        if (node != nullptr) return *node;
        Node empty;
        empty.kind = Node::Kind::Table;
        return empty;
    }

    std::int64_t read_duration(TableReader& reader, const char* key, std::int64_t fallback) {
        const std::string text = reader.text(key);
        if (text.empty()) return fallback;
        const auto seconds = duration_seconds(text);
        if (!seconds) reader.fault("PST-002", {{"key", std::string(key)}, {"value", text}}, reader.node(key));
        return seconds.value_or(fallback);
    }

    /// A whole number, also when a parameter gave it as text.
    int read_number(TableReader& reader, const char* key, int fallback, int lowest, int highest) {
        const Node* node = reader.node(key);
        if (node == nullptr) return fallback;
        std::int64_t number = node->integer;
        if (node->is(Node::Kind::Text)) {
            const auto [end, error] = std::from_chars(node->text.data(), node->text.data() + node->text.size(), number);
            if (error != std::errc() || end != node->text.data() + node->text.size()) number = -1;
        } else if (!node->is(Node::Kind::Integer)) {
            number = -1;
        }
        if (number >= lowest && number <= highest) return static_cast<int>(number);
        reader.fault("PST-003", {{"key", std::string(key)}, {"lowest", std::int64_t{lowest}}, {"highest", std::int64_t{highest}}}, node);
        return fallback;
    }

    /// Everything in a request but what only streams have; {…} that nobody knows is a fault.
    RequestPlan read_request(TableReader& reader, const char* method) {
        RequestPlan request;
        request.method = reader.choice("method", {"GET", "POST", "PUT", "PATCH", "DELETE"}, method);
        request.path = reader.text("path");
        request.query = table_or_empty(reader, "query");
        request.form = table_or_empty(reader, "form");
        request.headers = table_or_empty(reader, "headers");
        if (const Node* json = reader.node("json")) request.json = *json;
        check_placeholders(reader, request);
        return request;
    }

    void check_placeholders(TableReader& reader, const RequestPlan& request) {
        Node path;
        path.kind = Node::Kind::Text;
        path.text = request.path;
        for (const auto& [key, part] : {std::pair<const char*, const Node*>{"path", &path},
                                        {"query", &request.query},
                                        {"form", &request.form},
                                        {"headers", &request.headers},
                                        {"json", &request.json}}) {
            std::vector<std::string> names;
            collect_placeholders(*part, names);
            for (const std::string& name : names)
                if (!request_placeholders().contains(name) && !name.starts_with("parent."))
                    reader.fault("PST-004", {{"name", name}}, reader.node(key));
        }
    }

    WriteBackPlan read_write_back(const Node& node, const Preset& preset) {
        TableReader reader(node, file_, "write_back", faults_);
        WriteBackPlan plan;
        plan.request = read_request(reader, "PATCH");
        plan.stream = reader.required_text("stream");
        if (!plan.stream.empty() && preset.stream(plan.stream) == nullptr)
            reader.fault("PST-018", {{"stream", plan.stream}}, reader.node("stream"));
        plan.empties_with_null = reader.choice("empty", {"null", "text"}, "null") == "null";
        plan.gone = reader.texts("gone");
        plan.fields = read_metadata(reader, "fields");
        if (const StreamPlan* stream = preset.stream(plan.stream); stream != nullptr && !plan.fields) plan.fields = stream->metadata;
        if (const Node* done = table(reader, "done")) {
            TableReader part(*done, file_, "write_back.done", faults_);
            plan.done = AnswerCondition{part.text("path"), part.required_text("equals")};
            part.finish();
        }
        reader.finish();
        return plan;
    }

    std::optional<ProbePlan> read_probe(TableReader& parent, const char* key) {
        const Node* node = table(parent, key);
        if (node == nullptr) return std::nullopt;
        TableReader reader(*node, file_, key, faults_);
        ProbePlan probe;
        probe.request = read_request(reader, "GET");
        probe.value = reader.text("value");
        reader.finish();
        return probe;
    }

    std::optional<MetadataPlan> read_metadata(TableReader& parent, const char* key) {
        const Node* node = table(parent, key);
        if (node == nullptr) return std::nullopt;
        TableReader reader(*node, file_, parent.path() + "." + key, faults_);
        MetadataPlan metadata;
        metadata.request = read_request(reader, "GET");
        metadata.records = reader.text("records");
        metadata.field = reader.required_text("field");
        metadata.type = reader.text("type");
        metadata.label = reader.text("label");
        metadata.custom = reader.text("custom");
        reader.finish();
        return metadata;
    }

    void read_connection(const Node& node, ConnectionPlan& connection) {
        TableReader reader(node, file_, "connection", faults_);
        connection.base_url = reader.required_text("base_url");
        if (!connection.base_url.empty() && !is_safe_address(connection.base_url))
            reader.fault("PST-005", {{"key", std::string("base_url")}}, reader.node("base_url"));
        connection.headers = table_or_empty(reader, "headers");
        connection.zone = reader.text("zone", "UTC");
        if (!Zone::find(connection.zone)) reader.fault("PST-006", {{"zone", connection.zone}}, reader.node("zone"));
        connection.false_is_empty = reader.boolean("false_is_empty", false);
        connection.empty = reader.texts("empty");
        connection.page_size = read_number(reader, "page_size", 200, 1, 100'000);
        connection.reason_header = reader.text("reason_header");
        connection.max_answer = static_cast<std::size_t>(read_number(reader, "max_answer_mb", 16, 1, 256)) << 20;
        connection.timeout_s = read_number(reader, "timeout_s", 120, 1, 3600);
        if (const Node* budget = table(reader, "budget")) {
            TableReader part(*budget, file_, "connection.budget", faults_);
            connection.budget.per_second = part.real("per_second", 0);
            connection.budget.per_run = static_cast<std::uint64_t>(read_number(part, "per_run", 0, 0, 1'000'000'000));
            connection.budget.quota_header = part.text("quota_header");
            connection.budget.max_share = part.real("max_share", 0.8);
            part.finish();
        }
        if (const Node* auth = table(reader, "auth")) read_auth(*auth, connection.auth);
        for (const Node* rule : reader.tables("error")) connection.errors.push_back(read_error_rule(*rule));
        reader.finish();
    }

    void read_auth(const Node& node, AuthPlan& auth) {
        TableReader reader(node, file_, "connection.auth", faults_);
        static const std::map<std::string, std::vector<const char*>> kNeeds{
            {"none", {}},
            {"basic", {"user", "password"}},
            {"bearer", {"token"}},
            {"header", {"header", "value"}},
            {"oauth2_client_credentials", {"token_url", "client_id", "client_secret"}},
            {"oauth2_jwt_bearer", {"token_url", "issuer", "subject", "audience", "private_key"}},
            {"hmac_sha256", {"header", "user", "key", "message"}},
            {"login", {"token"}}};
        std::vector<std::string> known;
        known.reserve(kNeeds.size());
        for (const auto& [type, needs] : kNeeds) known.push_back(type);
        auth.type = reader.choice("type", known, "none");
        for (const char* need : kNeeds.at(auth.type)) reader.required_text(need);
        for (const char* key : {"user", "password", "token", "header", "value", "prefix", "token_url", "client_id", "client_secret",
                                "scope", "send", "issuer", "subject", "audience", "private_key", "key", "message"}) {
            if (reader.node(key) == nullptr) continue;
            // Parameters had their braces doubled; only a message has placeholders of its own.
            const std::string text = reader.text(key);
            auth.texts[key] = std::string(key) == "message" ? text : Placeholders().text(text).value_or(text);
        }
        if (auth.texts.contains("token_url") && !is_safe_address(auth.texts.at("token_url")))
            reader.fault("PST-005", {{"key", std::string("token_url")}}, reader.node("token_url"));
        reader.choice("send", {"form", "json", "basic"}, "form");
        auth.extra = table_or_empty(reader, "extra");
        auth.lifetime_s = read_number(reader, "lifetime_s", 180, 10, 3600);
        if (auth.type == "login") {
            auth.login = read_request(reader, "POST");
        } else {
            auth.headers = table_or_empty(reader, "headers");
        }
        reader.finish();
    }

    void read_statuses(TableReader& reader, ErrorRulePlan& rule) {
        const Node* node = reader.node("status");
        if (node == nullptr) return;
        const std::vector<Node> one{*node};
        for (const Node& status : node->is(Node::Kind::Array) ? node->items : one) {
            if (status.is(Node::Kind::Integer)) {
                rule.statuses.push_back(static_cast<int>(status.integer));
            } else if (status.is(Node::Kind::Text) && (status.text == "4xx" || status.text == "5xx")) {
                rule.status_from = (status.text.front() - '0') * 100;
                rule.status_to = rule.status_from + 99;
            } else {
                reader.fault("CFG-003", {{"key", std::string("connection.error.status")}, {"expected", std::string("integer")}}, &status);
            }
        }
    }

    ErrorRulePlan read_error_rule(const Node& node) {
        static const std::vector<std::string> kActions{"retry",          "wait",        "refresh", "resync",
                                                       "restart_window", "skip_stream", "stop",    "fail"};
        TableReader reader(node, file_, "connection.error", faults_);
        ErrorRulePlan rule;
        read_statuses(reader, rule);
        rule.path = reader.text("path");
        rule.present = reader.boolean("present", false);
        rule.equals = reader.texts("equals");
        const std::vector<std::string> contains = reader.texts("contains");
        rule.header = reader.text("header");
        (rule.header.empty() ? rule.contains : rule.header_contains) = contains;
        const std::string action = reader.choice("action", kActions, "fail");
        rule.action = static_cast<ErrorAction>(std::find(kActions.begin(), kActions.end(), action) - kActions.begin());
        rule.max = read_number(reader, "max", 6, 0, 100);
        rule.wait_s = read_number(reader, "wait_s", 0, 0, 86'400);
        rule.max_wait_s = read_number(reader, "max_wait_s", 900, 0, 86'400);
        rule.code = reader.text("code");
        reader.finish();
        return rule;
    }

    std::vector<RemoteField> read_fields(TableReader& parent) {
        std::vector<RemoteField> fields;
        const Node* list = parent.node("fields");
        if (list == nullptr) return fields;
        if (!list->is(Node::Kind::Array)) {
            parent.fault("CFG-003", {{"key", std::string("fields")}, {"expected", std::string("list")}}, list);
            return fields;
        }
        std::set<std::string> names;
        for (const Node& item : list->items) {
            if (item.is(Node::Kind::Text)) {
                fields.push_back({item.text, FieldFrom::Path, FieldAs::Text, {item.text}, {asked_name(item.text)}});
            } else {
                fields.push_back(read_field(item));
            }
            if (!names.insert(fields.back().name).second) parent.fault("PST-007", {{"name", fields.back().name}}, &item);
        }
        return fields;
    }

    RemoteField read_field(const Node& node) {
        static const std::vector<std::string> kAs{"text", "instant", "civil", "date", "boolean"};
        TableReader reader(node, file_, "fields", faults_);
        RemoteField field;
        field.name = reader.required_text("name");
        const std::string as = reader.choice("as", kAs, "text");
        field.as = static_cast<FieldAs>(std::find(kAs.begin(), kAs.end(), as) - kAs.begin());
        int sources = 0;
        const auto take = [&](const char* key, FieldFrom from) {
            if (reader.node(key) == nullptr) return;
            ++sources;
            field.from = from;
            field.paths = reader.texts(key);
        };
        take("path", FieldFrom::Path);
        take("between", FieldFrom::Between);
        take("count", FieldFrom::Count);
        take("join", FieldFrom::Join);
        if (const Node* minutes = table(reader, "minutes")) {
            ++sources;
            field.from = FieldFrom::Minutes;
            TableReader part(*minutes, file_, "fields.minutes", faults_);
            for (const char* unit : {"hours", "minutes", "seconds", "milliseconds"}) field.paths.push_back(part.text(unit));
            part.finish();
        }
        if (sources != 1 || (field.from == FieldFrom::Between && field.paths.size() != 2) ||
            ((field.from == FieldFrom::Path || field.from == FieldFrom::Count) && field.paths.size() != 1))
            reader.fault("PST-008", {{"name", field.name}}, &node);
        if (reader.node("ask") != nullptr) {
            for (const std::string& ask : reader.texts("ask")) add_once(field.ask, ask);
        } else {
            for (const std::string& path : field.paths) add_once(field.ask, asked_name(path));
        }
        reader.finish();
        return field;
    }

    PagingPlan read_paging(const Node& node) {
        static const std::vector<std::string> kTypes{"none", "window_id", "next_link", "token", "offset", "page"};
        TableReader reader(node, file_, "paging", faults_);
        PagingPlan paging;
        const std::string type = reader.choice("type", kTypes, "none");
        paging.type = static_cast<PagingType>(std::find(kTypes.begin(), kTypes.end(), type) - kTypes.begin());
        paging.path = reader.text("path");
        paging.header = header_name(reader.text("header"));
        paging.strip = reader.texts("strip");
        paging.id_start = reader.text("id_start", "0");
        paging.ends_short = reader.choice("end", {"empty", "short"}, "empty") == "short";
        paging.first_page = read_number(reader, "first_page", 1, 0, 1);
        paging.pages = reader.text("pages");
        const bool needs_path = paging.type == PagingType::Token || (paging.type == PagingType::NextLink && paging.header.empty());
        if (needs_path && paging.path.empty()) reader.fault("CFG-002", {{"key", std::string("paging.path")}}, &node);
        reader.finish();
        return paging;
    }

    IncrementalPlan read_incremental(const Node& node) {
        static const std::vector<std::string> kFormats{"iso_z", "iso_ms_z", "space", "epoch_ms", "epoch_s", "date"};
        TableReader reader(node, file_, "stream.incremental", faults_);
        IncrementalPlan plan;
        plan.mode =
            reader.choice("mode", {"window", "delta_link"}, "window") == "window" ? IncrementalMode::Window : IncrementalMode::DeltaLink;
        plan.field = reader.text("field");
        const std::string format = reader.choice("format", kFormats, "iso_z");
        plan.format = static_cast<TimeFormat>(std::find(kFormats.begin(), kFormats.end(), format) - kFormats.begin());
        plan.zone = reader.text("zone");
        if (!plan.zone.empty() && !Zone::find(plan.zone)) reader.fault("PST-006", {{"zone", plan.zone}}, reader.node("zone"));
        plan.overlap = read_duration(reader, "overlap", 900);
        if (const auto start = reader.date("start")) plan.start = std::int64_t{start->days()} * 86400;
        plan.query = table_or_empty(reader, "query");
        plan.headers = table_or_empty(reader, "headers");
        plan.path = reader.text("path");
        plan.ack_header = header_name(reader.text("ack_header"));
        if (const Node* tombstone = table(reader, "tombstone")) {
            TableReader part(*tombstone, file_, "tombstone", faults_);
            plan.tombstone = TombstonePlan{part.required_text("path"), part.text("equals"), part.required_text("id")};
            part.finish();
        }
        if (plan.mode == IncrementalMode::DeltaLink && plan.path.empty())
            reader.fault("CFG-002", {{"key", std::string("incremental.path")}}, &node);
        reader.finish();
        return plan;
    }

    DeletesPlan read_deletes(const Node& node, const StreamPlan& stream) {
        static const std::vector<std::string> kModes{"flag", "list", "ids", "absence"};
        TableReader reader(node, file_, "stream.deletes", faults_);
        DeletesPlan plan;
        const std::string mode = reader.choice("mode", kModes, "flag");
        plan.mode = static_cast<DeletesMode>(std::find(kModes.begin(), kModes.end(), mode) - kModes.begin());
        plan.field = reader.text("field");
        plan.equals = reader.texts("equals");
        if (plan.mode == DeletesMode::Flag && (plan.field.empty() || plan.equals.empty()))
            reader.fault("PST-009", {{"stream", stream.name}}, &node);
        plan.every = read_duration(reader, "every", plan.mode == DeletesMode::List ? 0 : 7 * 86400);
        plan.max_share = reader.real("max_share", 0.1);
        plan.request = read_request(reader, stream.request.method.c_str());
        if (plan.request.path.empty()) plan.request.path = stream.request.path;
        if (plan.request.headers.items.empty()) plan.request.headers = stream.request.headers;
        plan.records = reader.text("records", stream.records);
        plan.id = reader.text("id", stream.id);
        const Node* paging = table(reader, "paging");
        plan.paging = paging != nullptr ? read_paging(*paging) : stream.paging;
        reader.finish();
        return plan;
    }

    StreamPlan read_stream(const Node& node) {
        TableReader reader(node, file_, "stream", faults_);
        StreamPlan stream;
        stream.name = reader.required_text("name");
        stream.request = read_request(reader, "GET");
        stream.response = reader.choice("response", {"json", "file"}, "json") == "file" ? AnswerKind::File : AnswerKind::Json;
        stream.file_name = reader.text("file_name");
        stream.records = reader.text("records");
        stream.id = stream.response == AnswerKind::Json ? reader.required_text("id") : reader.text("id");
        stream.total = reader.text("total");
        stream.parent = reader.text("parent");
        stream.optional = reader.boolean("optional", false);
        reader.text("only_with");  // an empty parameter has left out the whole stream by now
        stream.fields = read_fields(reader);
        if (const Node* paging = table(reader, "paging")) stream.paging = read_paging(*paging);
        for (const Node* way : reader.tables("incremental")) stream.incremental.push_back(read_incremental(*way));
        for (const Node* deletes : reader.tables("deletes")) stream.deletes.push_back(read_deletes(*deletes, stream));
        for (const Node* detail : reader.tables("detail")) {
            TableReader part(*detail, file_, "stream.detail", faults_);
            stream.details.push_back({part.required_text("name"), part.required_text("each"), read_fields(part)});
            part.finish();
        }
        if (const Node* count = table(reader, "count")) {
            TableReader part(*count, file_, "stream.count", faults_);
            stream.count = ProbePlan{read_request(part, stream.request.method.c_str()), part.text("value")};
            if (stream.count->request.path.empty()) stream.count->request.path = stream.request.path;
            part.finish();
        }
        stream.metadata = read_metadata(reader, "metadata");
        reader.finish();
        if (stream.response == AnswerKind::File && stream.file_name.empty())
            reader.fault("CFG-002", {{"key", std::string("stream.file_name")}}, &node);
        return stream;
    }

    /// What only shows when all streams are known.
    void check_streams(const Preset& preset, const Node& root) {
        std::set<std::string> names, sheets;
        const auto fault = [&](const char* code, TextArgs args) { faults_.push_back({code, std::move(args), file_, root.position()}); };
        for (const StreamPlan& stream : preset.streams) {
            // A parent stands before its children, so that there is no circle.
            if (!stream.parent.empty() && !names.contains(stream.parent))
                fault("PST-010", {{"stream", stream.name}, {"parent", stream.parent}});
            if (!names.insert(stream.name).second || !sheets.insert(stream.name).second) fault("PST-007", {{"name", stream.name}});
            for (const DetailPlan& detail : stream.details)
                if (!sheets.insert(detail.name).second) fault("PST-007", {{"name", detail.name}});
            if (!stream.parent.empty() && (!stream.incremental.empty() || !stream.deletes.empty()))
                fault("PST-011", {{"stream", stream.name}});
            const bool window =
                stream.incremental.empty() || std::any_of(stream.incremental.begin(), stream.incremental.end(),
                                                          [](const IncrementalPlan& way) { return way.mode == IncrementalMode::Window; });
            if (stream.paging.type == PagingType::WindowId && !window) fault("PST-012", {{"stream", stream.name}});
        }
    }

    const std::string& file_;
    std::vector<Fault>& faults_;
};

std::vector<ParameterDef> read_parameters(const Node& root, const std::string& file, std::vector<Fault>& faults) {
    std::vector<ParameterDef> parameters;
    const Node* params = root.find("params");
    if (params == nullptr) return parameters;
    for (std::size_t i = 0; i < params->items.size(); ++i) {
        TableReader reader(params->items[i], file, "params." + params->keys[i], faults);
        ParameterDef def;
        def.name = params->keys[i];
        def.required = reader.boolean("required", false);
        def.secret = reader.boolean("secret", false);
        def.url = reader.boolean("url", false);
        if (const Node* fallback = reader.node("default"))
            def.fallback = fallback->is(Node::Kind::Integer) ? std::to_string(fallback->integer) : reader.text("default");
        def.choices = reader.texts("choices");
        reader.text("about");
        reader.finish();
        parameters.push_back(std::move(def));
    }
    return parameters;
}

}  // namespace

std::vector<std::string> StreamPlan::asked() const {
    std::vector<std::string> names;
    for (const RemoteField& field : fields)
        for (const std::string& ask : field.ask)
            if (parent.empty() || !ask.starts_with("parent.")) add_once(names, ask);
    for (const DetailPlan& detail : details) {
        add_once(names, asked_name(detail.each));
        for (const RemoteField& field : detail.fields)
            for (const std::string& ask : field.ask)
                if (ask != "item" && !ask.starts_with("item.")) add_once(names, ask);
    }
    return names;
}

const StreamPlan* Preset::stream(std::string_view wanted) const {
    for (const StreamPlan& one : streams)
        if (one.name == wanted) return &one;
    return nullptr;
}

PresetFile PresetFile::parse(std::string_view text, const std::string& file) {
    PresetFile preset;
    preset.file_ = file;
    preset.root_ = in_our_words(parse_toml(text, file));
    std::vector<Fault> faults;
    preset.parameters_ = read_parameters(preset.root_, file, faults);
    TableReader top(preset.root_, file, "", faults);
    preset.name_ = top.required_text("preset");
    preset.label_ = top.text("label", preset.name_);
    if (!faults.empty()) throw Error(Exit::Config, std::move(faults));
    return preset;
}

Preset PresetFile::build(const std::map<std::string, std::string>& values) const {
    std::vector<Fault> faults;
    std::map<std::string, std::string> all;
    std::vector<std::string> known;
    for (const ParameterDef& def : parameters_) {
        known.push_back(def.name);
        const auto given = values.find(def.name);
        std::string value = given != values.end() ? given->second : def.fallback;
        if (value.empty() && def.required) faults.push_back({"PST-013", {{"name", def.name}, {"preset", label_}}, "", ""});
        if (def.url) {
            while (value.ends_with('/')) value.pop_back();
            if (!value.empty() && !is_safe_address(value)) faults.push_back({"PST-005", {{"key", def.name}}, "", ""});
        }
        if (!def.choices.empty() && !value.empty() && std::find(def.choices.begin(), def.choices.end(), value) == def.choices.end())
            faults.push_back({"CFG-004", {{"key", def.name}, {"value", value}, {"allowed", joined(def.choices)}}, "", ""});
        all[def.name] = std::move(value);
    }
    for (const auto& [name, value] : values)
        if (!all.contains(name)) faults.push_back({"PST-014", {{"name", name}, {"preset", label_}, {"known", joined(known)}}, "", ""});
    // One fault at a time of what the user gave: the rest of the file cannot be judged without it.
    if (!faults.empty()) throw Error(Exit::Config, std::move(faults));

    std::vector<std::string> unknown;
    Node tree = root_;
    for (std::size_t i = 0; i < tree.keys.size(); ++i)
        if (tree.keys[i] != "map" && tree.keys[i] != "params") tree.items[i] = with_parameters(tree.items[i], all, unknown);
    for (const std::string& name : unknown) faults.push_back({"PST-015", {{"name", name}, {"known", joined(known)}}, file_, ""});
    Preset preset;
    Reader(file_, faults).run(tree, preset);
    if (!faults.empty()) throw Error(Exit::Config, std::move(faults));
    return preset;
}

}  // namespace brugwacht
