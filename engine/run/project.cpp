#include "engine/run/project.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>

#include "engine/audit/actions.hpp"
#include "engine/audit/ledger.hpp"
#include "engine/core/resources.hpp"
#include "engine/core/text.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/node.hpp"
#include "engine/policy/lawfulness.hpp"
#include "engine/vault/keys.hpp"

namespace brugwacht {

namespace fs = std::filesystem;

namespace {

/// dates, decimal and two_digit_years_to: of a source, or of one of its columns.
ColumnRules read_column_rules(TableReader& reader) {
    const std::string orders = "dd/mm/yyyy, mm/dd/yyyy";
    ColumnRules rules;
    if (const Node* node = reader.node("dates")) {
        // A year in front is always read; exactly one order of day and month is left to say.
        for (const std::string& pattern : reader.texts("dates")) {
            const auto order = date_order(pattern);
            if (order == DateOrder::YearFirst) continue;
            if (!order || rules.date_order) reader.fault("MAP-006", {{"pattern", pattern}, {"known", orders}}, node);
            rules.date_order = order;
        }
        if (!rules.date_order) reader.fault("MAP-006", {{"pattern", std::string("yyyy-mm-dd")}, {"known", orders}}, node);
    }
    if (reader.node("decimal") != nullptr) rules.decimal = reader.choice("decimal", {"comma", "point"}, "comma") == "comma" ? ',' : '.';
    if (reader.node("two_digit_years_to") != nullptr)
        rules.two_digit_years_to = static_cast<int>(std::clamp<std::int64_t>(reader.integer("two_digit_years_to", 2039), 1999, 2099));
    return rules;
}

std::map<std::string, ColumnRules> read_columns(const Node& table, const std::string& file, std::vector<Fault>& faults) {
    std::map<std::string, ColumnRules> columns;
    TableReader reader(table, file, "source.columns", faults);
    for (const std::string& header : table.keys) {
        const Node* node = reader.node(header);
        if (node == nullptr || !node->is(Node::Kind::Table)) {
            reader.fault("CFG-003", {{"key", header}, {"expected", std::string("table")}}, node);
            continue;
        }
        TableReader column(*node, file, "source.columns." + header, faults);
        columns[fold(header)] = read_column_rules(column);
        column.finish();
    }
    return columns;
}

void read_limits(TableReader& reader, ImportLimits& limits) {
    for (const auto& [name, limit] : {std::pair{"max_rejected_share", &limits.max_rejected_share},
                                      {"max_row_drop", &limits.max_row_drop},
                                      {"max_column_drop", &limits.max_column_drop},
                                      {"max_vanished_share", &limits.max_vanished_share}}) {
        *limit = reader.real(name, *limit);
        if (*limit < 0 || *limit > 1) reader.fault("PRJ-008", {{"key", std::string(name)}}, reader.node(name));
    }
}

/// The one secret place that a table names; a fault when it names none, or more.
std::optional<SecretSource> read_secret_source(const Node& table, const std::string& name, const std::string& file,
                                               std::vector<Fault>& faults) {
    TableReader reader(table, file, "source.connection." + name, faults);
    SecretSource secret;
    secret.file = reader.text("file");
    secret.credential = reader.text("credential");
    secret.prompt = reader.boolean("prompt", false);
    reader.finish();
    const int places = (secret.file.empty() ? 0 : 1) + (secret.credential.empty() ? 0 : 1) + (secret.prompt ? 1 : 0);
    if (places == 1) return secret;
    reader.fault("PRJ-009", {{"key", name}}, &table);
    return std::nullopt;
}

void read_connection(const Node& table, const std::string& file, SourceSettings& source, std::vector<Fault>& faults) {
    for (std::size_t i = 0; i < table.items.size(); ++i) {
        const Node& node = table.items[i];
        ConnectionValue value;
        switch (node.kind) {
            case Node::Kind::Text:
                value.text = node.text;
                break;
            case Node::Kind::Integer:
                value.text = std::to_string(node.integer);
                break;
            case Node::Kind::Boolean:
                value.text = node.boolean ? "true" : "false";
                break;
            case Node::Kind::Table:
                value.secret = read_secret_source(node, table.keys[i], file, faults);
                break;
            default:
                faults.push_back(
                    {"CFG-003", {{"key", "source.connection." + table.keys[i]}, {"expected", std::string("text")}}, file, node.position()});
        }
        if (table.keys[i] == "ca_file") {
            source.ca_file = value.text;
        } else {
            source.connection[table.keys[i]] = std::move(value);
        }
    }
}

std::map<std::string, std::string> read_fields_of(TableReader& reader, const char* key) {
    std::map<std::string, std::string> fields;
    const Node* node = reader.node(key);
    if (node == nullptr) return fields;
    for (std::size_t i = 0; i < node->items.size(); ++i)
        if (node->items[i].is(Node::Kind::Text)) fields[node->keys[i]] = node->items[i].text;
    if (fields.size() != node->items.size()) reader.fault("CFG-003", {{"key", std::string(key)}, {"expected", std::string("table")}}, node);
    return fields;
}

/// One field can hold one thing.
WriteBackSettings read_write_back(const Node& table, const std::string& file, std::vector<Fault>& faults) {
    TableReader reader(table, file, "source.write_back", faults);
    WriteBackSettings settings;
    settings.status_fields = read_fields_of(reader, "status");
    settings.decided_fields = read_fields_of(reader, "decided_on");
    settings.automatic = reader.boolean("automatic", false);
    reader.finish();
    if (settings.status_fields.empty() && settings.decided_fields.empty()) reader.fault("PRJ-012", {}, &table);
    std::set<std::string> seen;
    for (const auto* fields : {&settings.status_fields, &settings.decided_fields})
        for (const auto& [definition, field] : *fields)
            if (field.empty() || !seen.insert(field).second)
                reader.fault("PRJ-013", {{"field", field}, {"definition", definition}}, &table);
    return settings;
}

/// A code of one of the closed lists, written as the code or as one of its words; "" when it is not given, or unknown.
template <class Entry>
std::string read_legal_code(TableReader& reader, const char* key, const std::vector<Entry>& list,
                            const Entry* (LegalRules::*find)(std::string_view) const) {
    const std::string word = reader.text(key);
    if (word.empty()) return {};
    if (const Entry* entry = (legal_rules().*find)(word)) return entry->code;
    std::string known;
    for (const Entry& entry : list) known += (known.empty() ? "" : ", ") + entry.code;
    reader.fault("CFG-004", {{"key", "source." + std::string(key)}, {"value", word}, {"allowed", known}}, reader.node(key));
    return {};
}

SourceSettings read_source(const Node& table, const std::string& file, const ImportLimits& limits, std::vector<Fault>& faults) {
    TableReader reader(table, file, "source", faults);
    SourceSettings source;
    source.name = reader.required_text("name");
    source.files = reader.texts("files");
    source.preset = reader.text("preset");
    if (const Node* connection = reader.node("connection")) read_connection(*connection, file, source, faults);
    if (source.preset.empty() && reader.node("connection") != nullptr)
        reader.fault("PRJ-010", {{"name", source.name}}, reader.node("connection"));
    if (const Node* write_back = reader.node("write_back")) {
        source.write_back = read_write_back(*write_back, file, faults);
        if (source.preset.empty()) reader.fault("PRJ-011", {{"name", source.name}}, write_back);
    }
    source.mapping = reader.text("mapping");
    source.role = reader.choice("role", {"caseload", "evidence"}, "");
    source.legal_basis = read_legal_code(reader, "legal_basis", legal_rules().bases(), &LegalRules::basis);
    source.purpose = read_legal_code(reader, "purpose", legal_rules().purposes(), &LegalRules::purpose);
    source.controller = reader.text("controller");
    source.protocol_ref = reader.text("protocol_ref");
    source.link_authorisation = reader.text("link_authorisation");
    source.valid_until = reader.date("valid_until");
    source.secrecy = reader.boolean("secrecy", false);
    source.nameable = reader.boolean("nameable", true);
    source.complete = reader.boolean("complete", false);
    source.limits = limits;
    read_limits(reader, source.limits);
    if (table.find("encoding") != nullptr) source.encoding = reader.text("encoding");
    if (table.find("delimiter") != nullptr) source.delimiter = reader.text("delimiter");
    if (table.find("quote") != nullptr) source.quote = reader.text("quote");
    for (const char* optional : {"encoding", "delimiter", "quote"}) reader.node(optional);
    source.columns = read_column_rules(reader);
    if (const Node* columns = reader.node("columns")) source.column_rules = read_columns(*columns, file, faults);
    reader.finish();
    const bool plain = !source.name.empty() && std::all_of(source.name.begin(), source.name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    if (!plain) reader.fault("PRJ-003", {{"name", source.name}}, table.find("name"));
    return source;
}

ProjectSettings read_settings(const Node& root, const std::string& file, std::vector<Fault>& faults) {
    ProjectSettings settings;
    TableReader reader(root, file, "", faults);
    const std::string schema = reader.required_text("schema");
    if (!schema.empty() && schema != "brugwacht/1") reader.fault("PRJ-004", {{"schema", schema}}, root.find("schema"));
    settings.language = reader.choice("language", {"nl", "fr", "en"}, "nl");

    const Node nothing;
    const auto section = [&](const char* name) -> const Node& {
        const Node* found = reader.node(name);
        if (found == nullptr || found->is(Node::Kind::Table)) return found != nullptr ? *found : nothing;
        reader.fault("CFG-003", {{"key", std::string(name)}, {"expected", std::string("table")}}, found);
        return nothing;
    };
    {
        TableReader part(section("organisation"), file, "organisation", faults);
        settings.organisation = part.text("name");
        settings.municipality = part.text("municipality");
        settings.contact = part.text("contact");
        settings.controller = part.text("controller");
        settings.processor = part.text("processor");
        settings.dpo = part.text("dpo");
        std::vector<std::string> kinds;
        for (const LegalOrganisation& kind : legal_rules().organisations()) kinds.push_back(kind.kind);
        settings.organisation_kind = part.choice("kind", kinds, "other");
        settings.authority = part.text("authority");
        if (settings.authority.empty())
            if (const LegalOrganisation* kind = legal_rules().organisation(settings.organisation_kind))
                settings.authority = kind->authority;
        part.finish();
    }
    {
        TableReader part(section("import"), file, "import", faults);
        read_limits(part, settings.limits);
        part.finish();
    }
    std::set<std::string> names;
    for (const Node* table : reader.tables("source")) {
        settings.sources.push_back(read_source(*table, file, settings.limits, faults));
        const std::string& name = settings.sources.back().name;
        if (!name.empty() && !names.insert(name).second) reader.fault("PRJ-005", {{"name", name}}, table);
    }
    {
        TableReader part(section("link"), file, "link", faults);
        settings.link_method = part.choice("method", {"weighed", "exact"}, "weighed");  // "exact" stands in older projects
        part.finish();
    }
    {
        TableReader part(section("privacy"), file, "privacy", faults);
        settings.store_gender = part.boolean("gender", false);
        settings.area = part.choice("area", {"municipality", "none"}, "municipality");
        settings.keep_exports_days = static_cast<int>(std::clamp<std::int64_t>(part.integer("keep_exports_days", 7), 0, 3650));
        settings.keep_undo_days = static_cast<int>(std::clamp<std::int64_t>(part.integer("keep_undo_days", 30), 0, 365));
        settings.keep_tombstones_years = static_cast<int>(std::clamp<std::int64_t>(part.integer("keep_tombstones_years", 10), 1, 100));
        settings.keep_tombstones_after_majority_years =
            static_cast<int>(std::clamp<std::int64_t>(part.integer("keep_tombstones_after_majority_years", 0), 0, 100));
        settings.look_ups_a_day = static_cast<int>(std::clamp<std::int64_t>(part.integer("look_ups_a_day", 20), 0, 100000));
        part.finish();
    }
    settings.minimisation = read_tightenings(section("minimisation"), file, faults);
    {
        TableReader part(section("report"), file, "report", faults);
        settings.agreements = part.texts("agreements");
        part.finish();
    }
    {
        TableReader part(section("schedule"), file, "schedule", faults);
        settings.schedule_at = part.text("at");
        part.finish();
    }
    section("retention");  // read by who keeps to the terms (retention.hpp)
    reader.finish();
    return settings;
}

/// Puts a text into the first line `key = "..."` of a template, so that the comments around it stay.
void set_value(std::string& toml, const std::string& key, const std::string& value) {
    if (value.empty()) return;
    std::string quoted = "\"";
    for (const char c : value) {
        if (static_cast<unsigned char>(c) < 0x20) continue;
        if (c == '"' || c == '\\') quoted.push_back('\\');
        quoted.push_back(c);
    }
    quoted.push_back('"');
    const std::string start = "\n" + key + " = \"";
    const auto at = toml.find(start);
    if (at == std::string::npos) return;
    const auto from = at + start.size() - 1;
    const auto to = toml.find('"', from + 1);
    if (to != std::string::npos) toml.replace(from, to - from + 1, quoted);
}

}  // namespace

void make_private_folder(const fs::path& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error || ::chmod(path.c_str(), 0700) != 0) throw Error(Exit::CannotCreate, "FIL-005", {{"file", path.string()}}, path.string());
}

Project Project::load(const fs::path& dir, const Files& files) {
    Project project;
    project.dir_ = dir;
    const std::string file = project.config_file().string();
    std::error_code ignored;
    if (!fs::exists(project.config_file(), ignored)) throw Error(Exit::NoInput, "PRJ-001", {{"dir", dir.string()}}, dir.string());
    const Node root = parse_toml(files.read(project.config_file()), file);
    std::vector<Fault> faults;
    project.settings_ = read_settings(root, file, faults);
    if (!faults.empty()) throw Error(Exit::Config, std::move(faults));
    return project;
}

std::vector<fs::path> Project::agreement_files() const {
    std::vector<fs::path> found;
    if (!settings_.agreements.empty()) {
        for (const std::string& name : settings_.agreements) found.push_back(dir_ / name);
        return found;
    }
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(dir_, ignored)) {
        const std::string name = entry.path().filename().string();
        if (name == "agreement.toml" || matches_pattern("agreement-*.toml", name)) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

const SourceSettings* Project::source_for_file(const std::string& file_name) const {
    for (const SourceSettings& source : settings_.sources)
        for (const std::string& pattern : source.files)
            if (matches_pattern(pattern, file_name)) return &source;
    return nullptr;
}

const SourceSettings* Project::source_named(const std::string& name) const {
    for (const SourceSettings& source : settings_.sources)
        if (source.name == name) return &source;
    return nullptr;
}

bool matches_pattern(const std::string& pattern, const std::string& name) {
    const auto same = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    };
    std::size_t p = 0, n = 0, star = std::string::npos, resume = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = n;
        } else if (p < pattern.size() && (pattern[p] == '?' || same(pattern[p], name[n]))) {
            ++p;
            ++n;
        } else if (star != std::string::npos) {
            p = star + 1;
            n = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

void create_project(const fs::path& dir, const std::string& language, const ProjectAnswers& answers, Ports& ports) {
    std::error_code ignored;
    if (fs::exists(dir / "brugwacht.toml", ignored)) throw Error(Exit::CannotCreate, "PRJ-002", {{"dir", dir.string()}}, dir.string());
    make_private_folder(dir);
    for (const char* name :
         {"inbox", "processed", "rejected", "keys", "reports", "worklists", "requests", "review", "log", "mappings", ".tmp"})
        make_private_folder(dir / name);
    create_master_key(ports.secrets);
    const Secret anchor = audit_anchor(ports.secrets);
    Ledger::create(dir / "ledger.db", ports.secrets, &anchor);
    Ledger::open(dir / "ledger.db")
        .append({.role = "data_officer", .action = std::string(audit_action::kInit), .object = "project"}, ports.secrets, ports.clock);

    const auto put = [&](const char* from, const char* to, bool personal) {
        std::string text(resource(std::string("config/") + from).value_or(""));
        if (personal) {
            set_value(text, "language", language);
            set_value(text, "name", answers.organisation);
            set_value(text, "municipality", answers.municipality);
            set_value(text, "contact", answers.contact);
        }
        if (!fs::exists(dir / to, ignored)) ports.files.write(dir / to, text, 0600);
    };
    put("agreements/init.toml", "agreement.toml", false);
    put("project/context.toml", "context.toml", false);
    put("project/brugwacht.toml", "brugwacht.toml", true);  // last: its presence makes the folder a project
}

Secret audit_anchor(const Secrets& secrets) { return std::move(load_keys_to_rekey(secrets).audit_anchor); }

ProjectLock::ProjectLock(const Project& project) {
    const fs::path path = project.dir() / ".lock";
    fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd_ < 0) throw Error(Exit::CannotCreate, "FIL-005", {{"file", path.string()}}, path.string());
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
        std::array<char, 32> holder{};
        const ssize_t n = ::pread(fd_, holder.data(), holder.size() - 1, 0);
        ::close(fd_);
        fd_ = -1;
        throw Error(Exit::TryLater, "RUN-001", {{"process", std::string(holder.data(), n > 0 ? static_cast<std::size_t>(n) : 0)}});
    }
    const std::string mine = std::to_string(::getpid());
    // The number only helps the reader of a message; the lock itself is the kernel's.
    if (::ftruncate(fd_, 0) != 0 || ::pwrite(fd_, mine.data(), mine.size(), 0) < 0) errno = 0;
}

ProjectLock::~ProjectLock() {
    if (fd_ >= 0) ::close(fd_);
}

namespace {
void empty_folder(const fs::path& path) {
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(path, ignored)) fs::remove_all(entry.path(), ignored);
}
}  // namespace

TemporaryFolder::TemporaryFolder(const Project& project) : path_(project.temporary()) {
    make_private_folder(path_);
    empty_folder(path_);
}

TemporaryFolder::~TemporaryFolder() { empty_folder(path_); }

}  // namespace brugwacht
