// Mapping files: TOML to Plan, with every fault at once.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "engine/core/hash.hpp"
#include "engine/core/resources.hpp"
#include "engine/core/text.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/node.hpp"
#include "engine/mapping/plan.hpp"
#include "engine/policy/policy.hpp"

namespace brugwacht {
namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

std::vector<std::string> folded_all(const std::vector<std::string>& words) {
    std::vector<std::string> out;
    for (const std::string& word : words) out.push_back(fold(word));
    return out;
}

TextArgs unknown_args(const std::string& name, const std::vector<std::string>& known) {
    const auto guess = nearest(name, known);
    return {{"name", name}, {"suggested", std::string(guess ? "yes" : "no")}, {"nearest", guess.value_or("")}, {"known", joined(known)}};
}

std::vector<std::string> entity_names() {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < kEntities; ++i) names.emplace_back(entity_def(static_cast<Entity>(i)).name);
    return names;
}

std::vector<std::string> field_names(Entity entity) {
    std::vector<std::string> names;
    for (const FieldDef& field : entity_def(entity).fields.subspan(1)) names.emplace_back(field.name);
    return names;
}

struct Defaults {
    DateRules dates;
    char decimal = ',';
    bool decimal_declared = false;
};

class Parser {
  public:
    Parser(const std::string& name, const std::string& file, const CodeLists& lists)
        : plan_(std::make_unique<Mapping::Plan>()), file_(file) {
        plan_->name = name;
        plan_->file = file;
        plan_->lists = lists;
    }

    std::unique_ptr<Mapping::Plan> run(std::string_view text) {
        const Node root = parse_toml(text, file_);
        TableReader top(root, file_, "", faults_);
        if (const std::string schema = top.required_text("schema"); !schema.empty() && schema != "mapping/1")
            top.fault("MAP-002", {{"schema", schema}}, root.find("schema"));
        return run(root, top, std::string(text));
    }

    /// The table [map] of a preset: the same without a schema of its own. Its other parts do not change what becomes of a row.
    std::unique_ptr<Mapping::Plan> run_map(std::string_view text) {
        const Node root = parse_toml(text, file_);
        const Node* map = root.find("map");
        const Node none;
        TableReader top(map != nullptr ? *map : none, file_, "map", faults_);
        const std::size_t begin = std::min(text.find("\n[map"), text.find("\n[[map"));
        return run(map != nullptr ? *map : none, top, std::string(begin == std::string_view::npos ? text : text.substr(begin)));
    }

  private:
    std::unique_ptr<Mapping::Plan> run(const Node& root, TableReader& top, const std::string& text) {
        plan_->label = top.text("label", plan_->name);
        plan_->role = top.choice("role", {"caseload", "evidence"}, "caseload");
        defaults_ = read_defaults(top, Defaults{});
        if (const Node* lists = top.node("list")) plan_->lists.add(*lists, file_, faults_);
        if (const Node* values = top.node("values")) read_values(*values);
        if (const Node* read = top.node("read")) read_hints(*read);
        if (const Node* recognise = top.node("recognise")) read_recognise(*recognise);
        for (const Node* sheet : top.tables("sheet")) plan_->sheets.push_back(read_sheet(*sheet));
        if (plan_->sheets.empty() && root.find("sheet") == nullptr) top.fault("MAP-010", {}, nullptr);
        top.finish();
        if (!faults_.empty()) throw Error(Exit::Config, std::move(faults_));
        plan_->digest = to_hex(sha256(text + '\0' + lists_text()));
        return std::move(plan_);
    }

    std::string lists_text() const {
        std::string out;
        for (const CodeList& list : plan_->lists.all()) {
            out += list.name + (list.open ? "+" : "-") + '\0';
            for (const Code& code : list.codes)
                out += code.code + '\0' + code.nl + '\0' + code.fr + '\0' + code.en + '\0' + joined(code.aliases) + '\0';
        }
        return out;
    }

    Defaults read_defaults(TableReader& reader, Defaults defaults) {
        if (const Node* node = reader.node("dates")) {
            defaults.dates.orders.clear();
            defaults.dates.excel_serial = false;
            for (const std::string& pattern : reader.texts("dates")) {
                if (pattern == "excel") {
                    defaults.dates.excel_serial = true;
                } else if (const auto order = date_order(pattern)) {
                    defaults.dates.orders.push_back(*order);
                } else {
                    reader.fault("MAP-006", {{"pattern", pattern}, {"known", joined(date_patterns())}}, node);
                }
            }
        }
        if (reader.node("dates") != nullptr) {
            const auto& orders = defaults.dates.orders;
            const auto has = [&](DateOrder order) { return std::find(orders.begin(), orders.end(), order) != orders.end(); };
            defaults.dates.declared = !(has(DateOrder::DayFirst) && has(DateOrder::MonthFirst));
        }
        defaults.dates.pivot_declared = defaults.dates.pivot_declared || reader.node("two_digit_years_to") != nullptr;
        defaults.decimal_declared = defaults.decimal_declared || reader.node("decimal") != nullptr;
        const std::int64_t pivot = reader.integer("two_digit_years_to", defaults.dates.two_digit_years_to);
        defaults.dates.two_digit_years_to = static_cast<int>(std::clamp<std::int64_t>(pivot, 1999, 2099));
        defaults.decimal = reader.choice("decimal", {"comma", "point"}, defaults.decimal == ',' ? "comma" : "point") == "comma" ? ',' : '.';
        return defaults;
    }

    void read_values(const Node& values) {
        for (std::size_t i = 0; i < values.keys.size(); ++i)
            values_[values.keys[i]] = read_map(values.items[i], "values." + values.keys[i]);
    }

    ValueMap read_map(const Node& node, const std::string& path) {
        ValueMap map;
        TableReader reader(node, file_, path, faults_);
        for (const std::string& word : node.keys) map[fold(word)] = reader.text(word);
        return map;
    }

    void read_hints(const Node& node) {
        TableReader reader(node, file_, "read", faults_);
        const auto optional = [&](std::string_view key) {
            const bool given = node.find(key) != nullptr;
            const std::string text = reader.text(key);
            return given ? std::optional(text) : std::nullopt;
        };
        plan_->hints.encoding = optional("encoding");
        plan_->hints.delimiter = optional("delimiter");
        plan_->hints.quote = optional("quote");
        reader.finish();
    }

    void read_recognise(const Node& node) {
        TableReader reader(node, file_, "recognise", faults_);
        for (const std::string& sheet : reader.texts("sheets")) plan_->recognise.sheets.push_back(fold_pattern(sheet));
        plan_->recognise.headers = folded_all(reader.texts("headers"));
        plan_->recognise.any = folded_all(reader.texts("any"));
        plan_->recognise.never = reader.boolean("never", false);
        plan_->recognise.exact = reader.boolean("exact", false);
        reader.finish();
    }

    SheetPlan read_sheet(const Node& node) {
        SheetPlan sheet;
        TableReader reader(node, file_, "sheet", faults_);
        for (const std::string& name : reader.texts("names")) sheet.names.push_back(fold_pattern(name));
        for (const std::string& name : reader.texts("except")) sheet.except.push_back(fold_pattern(name));
        const std::string match = reader.choice("match", {"either", "name", "headers"}, "either");
        sheet.by_name = match != "headers";
        sheet.by_headers = match != "name";
        const Defaults defaults = read_defaults(reader, defaults_);
        const std::string model = reader.text("model");
        const auto entity = entity_by_name(model);
        if (!model.empty() && !entity) reader.fault("MAP-003", unknown_args(model, entity_names()), node.find("model"));
        if (entity) add_model_columns(sheet, *entity, node.find("key") != nullptr);
        if (const Node* columns = reader.node("columns")) read_columns(sheet, *columns);
        if (const Node* groups = reader.node("one_of")) read_one_of(sheet, *groups, reader);  // of columns, not of the context
        if (const Node* context = reader.node("context")) read_context(sheet, *context);
        for (const std::string& category : reader.texts("foreign_categories")) sheet.foreign.push_back(fold_pattern(category));
        if (entity) sheet.records.push_back(model_record(sheet, *entity, reader, defaults));
        if (const Node* fingerprint = reader.node("fingerprint")) read_fingerprint(sheet, *fingerprint);
        for (const Node* skip : reader.tables("skip")) read_skip(sheet, *skip);
        for (const Node* record : reader.tables("record")) {
            RecordPlan made = read_record(sheet, *record, defaults);
            sheet.records.push_back(std::move(made));
        }
        if (sheet.records.empty() && model.empty()) reader.fault("MAP-010", {}, &node);
        reader.finish();
        mark_phones(sheet);
        return sheet;
    }

    static void mark_phones(SheetPlan& sheet) {
        for (std::size_t c = 0; c < sheet.columns.size(); ++c) {
            bool phones = false;
            bool others = false;
            for (const RecordPlan& record : sheet.records)
                for (const FieldPlan& field : record.fields)
                    if (std::find(field.columns.begin(), field.columns.end(), c) != field.columns.end())
                        (field.form == Form::Phone ? phones : others) = true;
            sheet.columns[c].holds_phones = phones && !others;
        }
    }

    static void add_model_columns(SheetPlan& sheet, Entity entity, bool own_key) {
        for (const FieldDef& field : entity_def(entity).fields) {
            ColumnPlan column;
            column.name = std::string(field.name);
            column.headers = {column.name};
            column.folded = {fold(column.name)};
            column.required = field.required && !(field.type == FieldType::Key && own_key);
            sheet.columns.push_back(std::move(column));
        }
    }

    void read_columns(SheetPlan& sheet, const Node& node) {
        TableReader reader(node, file_, "columns", faults_);
        for (std::size_t i = 0; i < node.keys.size(); ++i) {
            const std::string& name = node.keys[i];
            auto column = std::find_if(sheet.columns.begin(), sheet.columns.end(), [&](const ColumnPlan& c) { return c.name == name; });
            if (column == sheet.columns.end()) column = sheet.columns.insert(sheet.columns.end(), named_column(name));
            std::vector<std::string> headers;
            if (node.items[i].is(Node::Kind::Table)) {
                reader.node(name);
                TableReader table(node.items[i], file_, "columns." + name, faults_);
                headers = table.texts("headers");
                column->categories = folded_all(table.texts("category"));
                column->required = table.boolean("required", column->required);
                column->after = folded_all(table.texts("after"));
                column->trailing = table.boolean("trailing", false);
                column->fill_down = table.boolean("fill_down", false);
                table.finish();
            } else {
                headers = reader.texts(name);
            }
            column->headers.insert(column->headers.end(), headers.begin(), headers.end());
            column->folded = folded_all(column->headers);
            if (column->headers.empty()) reader.fault("MAP-017", {{"name", name}}, &node.items[i]);
        }
    }

    static ColumnPlan named_column(const std::string& name) {
        ColumnPlan column;
        column.name = name;
        return column;
    }

    // Values that stand around the table: fields, keys and conditions take them as if they were columns.
    void read_context(SheetPlan& sheet, const Node& node) {
        static const std::vector<std::string> kPlaces{"sheet", "title", "file"};
        TableReader reader(node, file_, "context", faults_);
        for (std::size_t i = 0; i < node.keys.size(); ++i) {
            ColumnPlan column = named_column(node.keys[i]);
            reader.node(column.name);
            if (!node.items[i].is(Node::Kind::Table)) {
                reader.fault("CFG-003", {{"key", "context." + column.name}, {"expected", std::string("table")}}, &node.items[i]);
                continue;
            }
            TableReader table(node.items[i], file_, "context." + column.name, faults_);
            column.find = table.choice("find", {"year", "date"}, "date") == "year" ? ContextFind::Year : ContextFind::Date;
            for (const std::string& place : table.texts("from")) {
                const auto at = std::find(kPlaces.begin(), kPlaces.end(), place);
                if (at == kPlaces.end()) {
                    table.fault("CFG-004", {{"key", std::string("from")}, {"value", place}, {"allowed", joined(kPlaces)}},
                                node.items[i].find("from"));
                } else {
                    column.from.push_back(static_cast<ContextFrom>(at - kPlaces.begin()));
                }
            }
            table.finish();
            if (column.from.empty()) column.from = {ContextFrom::Sheet, ContextFrom::Title, ContextFrom::File};
            sheet.columns.push_back(std::move(column));
        }
    }

    void read_one_of(SheetPlan& sheet, const Node& node, TableReader& reader) {
        if (!node.is(Node::Kind::Array)) {
            reader.fault("CFG-003", {{"key", std::string("one_of")}, {"expected", std::string("list")}}, &node);
            return;
        }
        const bool nested = !node.items.empty() && node.items.front().is(Node::Kind::Array);
        std::vector<const Node*> groups;
        if (nested) {
            for (const Node& item : node.items) groups.push_back(&item);
        } else {
            groups.push_back(&node);
        }
        for (const Node* group : groups) {
            std::vector<std::string> names;
            for (const Node& item : group->items) names.push_back(item.text);
            if (std::vector<std::size_t> columns = columns_of(sheet, names, reader, group); !columns.empty())
                sheet.one_of.push_back(std::move(columns));
        }
    }

    void read_fingerprint(SheetPlan& sheet, const Node& node) {
        TableReader reader(node, file_, "fingerprint", faults_);
        if (!node.is(Node::Kind::Table))
            reader.fault("CFG-003", {{"key", std::string("fingerprint")}, {"expected", std::string("table")}}, &node);
        FingerprintPlan fingerprint;
        fingerprint.headers = reader.texts("headers");
        fingerprint.folded = folded_all(fingerprint.headers);
        fingerprint.other = static_cast<std::size_t>(std::clamp<std::int64_t>(reader.integer("other", 0), 0, 1 << 20));
        reader.finish();
        sheet.fingerprint = std::move(fingerprint);
    }

    std::optional<std::size_t> column_of(const SheetPlan& sheet, const std::string& name, TableReader& reader, const Node* at) {
        std::vector<std::string> known;
        for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
            if (sheet.columns[i].name == name) return i;
            known.push_back(sheet.columns[i].name);
        }
        reader.fault("MAP-005", unknown_args(name, known), at);
        return std::nullopt;
    }

    std::vector<std::size_t> columns_of(const SheetPlan& sheet, const std::vector<std::string>& names, TableReader& reader,
                                        const Node* at) {
        std::vector<std::size_t> out;
        for (const std::string& name : names)
            if (const auto column = column_of(sheet, name, reader, at)) out.push_back(*column);
        return out;
    }

    std::optional<std::size_t> record_of(const SheetPlan& sheet, const std::string& name, TableReader& reader, const Node* at) {
        std::vector<std::string> known;
        for (std::size_t i = 0; i < sheet.records.size(); ++i) {
            if (sheet.records[i].name == name) return i;
            if (!sheet.records[i].name.empty()) known.push_back(sheet.records[i].name);
        }
        reader.fault("MAP-009", unknown_args(name, known), at);
        return std::nullopt;
    }

    void read_skip(SheetPlan& sheet, const Node& node) {
        TableReader reader(node, file_, "skip", faults_);
        SkipPlan skip;
        const std::string name = reader.required_text("column");
        skip.blank = reader.boolean("blank", false);
        skip.alone = reader.boolean("alone", false);
        skip.is = folded_all(reader.texts("is"));
        skip.starts = folded_all(reader.texts("starts"));
        reader.finish();
        if (name.empty()) return;
        const auto column = column_of(sheet, name, reader, node.find("column"));
        if (!column) return;
        skip.column = *column;
        sheet.skips.push_back(std::move(skip));
    }

    ConditionPlan read_condition(const SheetPlan& sheet, const Node& node, TableReader& parent) {
        ConditionPlan condition;
        std::string name;
        if (node.is(Node::Kind::Text)) {
            name = node.text;
        } else if (node.is(Node::Kind::Table)) {
            TableReader reader(node, file_, "when", faults_);
            name = reader.required_text("column");
            condition.is = folded_all(reader.texts("is"));
            condition.isnt = folded_all(reader.texts("not"));
            condition.blank = reader.boolean("blank", false);
            reader.finish();
        } else {
            parent.fault("CFG-003", {{"key", std::string("when")}, {"expected", std::string("text")}}, &node);
        }
        if (!name.empty()) condition.column = column_of(sheet, name, parent, &node).value_or(0);
        return condition;
    }

    RecordPlan read_record(const SheetPlan& sheet, const Node& node, const Defaults& defaults) {
        RecordPlan record;
        TableReader reader(node, file_, "record", faults_);
        const std::string name = reader.required_text("entity");
        record.name = reader.text("name");
        const auto entity = entity_by_name(name);
        if (!name.empty() && !entity) reader.fault("MAP-003", unknown_args(name, entity_names()), node.find("entity"));
        record.entity = entity.value_or(Entity::Person);
        if (const Node* when = reader.node("when")) {
            if (when->is(Node::Kind::Array)) {
                for (const Node& item : when->items) record.when.push_back(read_condition(sheet, item, reader));
            } else {
                record.when.push_back(read_condition(sheet, *when, reader));
            }
        }
        if (const Node* key = reader.node("key")) {
            record.key = read_key(sheet, *key, reader);
        } else {
            reader.fault("MAP-012", {{"name", name}}, &node);
        }
        if (const Node* fields = reader.node("fields"); fields != nullptr && entity) read_fields(sheet, record, *fields, defaults);
        reader.finish();
        if (entity) require_fields(record, reader, node);
        return record;
    }

    void require_fields(const RecordPlan& record, TableReader& reader, const Node& node) {
        const auto fields = entity_def(record.entity).fields;
        for (std::size_t f = 1; f < fields.size(); ++f) {
            const bool there =
                std::any_of(record.fields.begin(), record.fields.end(), [&](const FieldPlan& plan) { return plan.field == f; });
            if (fields[f].required && !there)
                reader.fault("MAP-018", {{"field", std::string(entity_def(record.entity).name) + "." + std::string(fields[f].name)}},
                             &node);
        }
    }

    KeyPlan read_key(const SheetPlan& sheet, const Node& node, TableReader& parent) {
        KeyPlan key;
        if (node.is(Node::Kind::Text) || node.is(Node::Kind::Array)) {
            key.columns = columns_of(sheet, parent.texts("key"), parent, &node);
            return key;
        }
        TableReader reader(node, file_, "key", faults_);
        key.columns = columns_of(sheet, reader.texts("columns"), reader, &node);
        const std::vector<std::string> generate = reader.texts("generate");
        key.generate_row = generate == std::vector<std::string>{"*"};
        if (!key.generate_row) key.generate = columns_of(sheet, generate, reader, &node);
        if (const std::string record = reader.text("record"); !record.empty())
            key.record = record_of(sheet, record, reader, node.find("record"));
        if (const std::string scope = reader.text("scope"); !scope.empty()) key.scope = column_of(sheet, scope, reader, node.find("scope"));
        key.constant = reader.text("constant");
        key.prefix = reader.text("prefix");
        key.suffix = reader.text("suffix");
        key.slug = reader.boolean("slug", false);
        key.repeats = reader.boolean("repeats", false);
        reader.finish();
        if (node.find("columns") == nullptr && generate.empty() && node.find("record") == nullptr && key.constant.empty())
            reader.fault("MAP-012", {{"name", std::string("key")}}, &node);
        return key;
    }

    RecordPlan model_record(const SheetPlan& sheet, Entity entity, TableReader& reader, const Defaults& defaults) {
        RecordPlan record;
        record.entity = entity;
        record.name = std::string(entity_def(entity).name);
        if (const Node* key = reader.node("key")) {
            record.key = read_key(sheet, *key, reader);
        } else {
            record.key.columns = {0};
        }
        const auto fields = entity_def(entity).fields;
        for (std::size_t f = 1; f < fields.size(); ++f) {
            FieldPlan plan = start_field(entity, f, defaults);
            plan.columns = {f};
            record.fields.push_back(std::move(plan));
        }
        if (const Node* own = reader.node("fields")) {
            RecordPlan changed;
            changed.entity = entity;
            read_fields(sheet, changed, *own, defaults);
            for (FieldPlan& plan : changed.fields) record.fields[plan.field - 1] = std::move(plan);
        }
        return record;
    }

    FieldPlan start_field(Entity entity, std::size_t at, const Defaults& defaults) {
        const EntityDef& def = entity_def(entity);
        const FieldDef& field = def.fields[at];
        FieldPlan plan;
        plan.field = at;
        plan.type = field.type;
        plan.name = std::string(def.name) + "." + std::string(field.name);
        plan.required = field.required;
        plan.dates = defaults.dates;
        plan.decimal = defaults.decimal;
        plan.decimal_declared = defaults.decimal_declared;
        if (field.type == FieldType::Code || field.type == FieldType::Codes) {
            plan.list = std::string(field.list);
            const CodeList* list = plan_->lists.find(plan.list);
            plan.closed_list = list != nullptr && !list->open;
        }
        if (field.name == "phone" || field.name == "guardian_phone") plan.form = Form::Phone;
        if (field.name == "email" || field.name == "guardian_email") plan.form = Form::Email;
        if (field.name == "postcode") plan.form = Form::Postcode;
        return plan;
    }

    void read_fields(const SheetPlan& sheet, RecordPlan& record, const Node& fields, const Defaults& defaults) {
        TableReader reader(fields, file_, "fields", faults_);
        for (std::size_t i = 0; i < fields.keys.size(); ++i) {
            const std::string& name = fields.keys[i];
            const Node& node = fields.items[i];
            const auto at = field_index(record.entity, name);
            if (!at || *at == 0) {
                TextArgs args = unknown_args(name, field_names(record.entity));
                args.emplace_back("entity", std::string(entity_def(record.entity).name));
                reader.fault("MAP-004", std::move(args), &node);
                continue;
            }
            FieldPlan plan = start_field(record.entity, *at, defaults);
            if (node.is(Node::Kind::Table)) {
                read_field_table(sheet, plan, node, defaults);
            } else {
                plan.columns = columns_of(sheet, reader.texts(name), reader, &node);
            }
            record.fields.push_back(std::move(plan));
        }
    }

    void read_field_table(const SheetPlan& sheet, FieldPlan& plan, const Node& node, const Defaults& defaults) {
        TableReader reader(node, file_, plan.name, faults_);
        const Defaults own = read_defaults(reader, defaults);
        plan.dates = own.dates;
        plan.decimal = own.decimal;
        plan.decimal_declared = own.decimal_declared;
        plan.columns = columns_of(sheet, reader.texts("column"), reader, node.find("column"));
        if (const Node* join = reader.node("join")) {
            plan.from = ValueFrom::Join;
            plan.columns = columns_of(sheet, reader.texts("join"), reader, join);
        }
        plan.with = reader.text("with", " ");
        if (const Node* record = reader.node("record")) {
            plan.from = ValueFrom::Record;
            plan.record = record_of(sheet, reader.text("record"), reader, record).value_or(0);
            if (plan.type != FieldType::Reference) reader.fault("MAP-008", {{"key", std::string("record")}, {"field", plan.name}}, record);
        }
        read_map_of(plan, reader);
        if (const Node* constant = reader.node("constant")) {
            plan.from = ValueFrom::Constant;
            plan.constant = canonical(plan, reader.text("constant"), reader, constant);
        }
        if (const Node* filled = reader.node("filled")) {
            plan.from = ValueFrom::Filled;
            plan.constant = canonical(plan, reader.text("filled"), reader, filled);
        }
        if (const Node* fallback = reader.node("default")) plan.fallback = canonical(plan, reader.text("default"), reader, fallback);
        plan.required = reader.boolean("required", plan.required);
        plan.split = reader.text("split");
        plan.part = static_cast<int>(std::clamp<std::int64_t>(reader.integer("part", 0), -1, 99));
        read_form(plan, reader, node);
        reader.finish();
        const int sources = (node.find("column") != nullptr) + (node.find("join") != nullptr) + (node.find("record") != nullptr) +
                            (node.find("constant") != nullptr);
        if (sources != 1) reader.fault("MAP-013", {{"field", plan.name}}, &node);
        if (plan.part != 0 && plan.split.empty())
            reader.fault("MAP-008", {{"key", std::string("part")}, {"field", plan.name}}, node.find("part"));
    }

    void read_map_of(FieldPlan& plan, TableReader& reader) {
        const Node* map = reader.node("map");
        if (map == nullptr) return;
        if (map->is(Node::Kind::Table)) {
            plan.map = read_map(*map, plan.name + ".map");
        } else {
            const std::string name = reader.text("map");
            const auto found = values_.find(name);
            std::vector<std::string> known;
            for (const auto& [key, value] : values_) known.push_back(key);
            if (found == values_.end()) {
                reader.fault("MAP-007", unknown_args(name, known), map);
            } else {
                plan.map = found->second;
            }
        }
        if (!plan.map) return;
        std::set<std::string> targets;
        for (const auto& [word, value] : *plan.map) targets.insert(value);
        for (const std::string& value : targets)
            if (!value.empty()) canonical(plan, value, reader, map);
    }

    // A value that the mapping itself gives must be right already.
    std::string canonical(const FieldPlan& plan, const std::string& value, TableReader& reader, const Node* at) {
        std::optional<std::string> out = value;
        switch (plan.type) {
            case FieldType::Code:
            case FieldType::Codes: {
                if (const std::string* code = plan_->lists.match(plan.list, value)) {
                    out = *code;
                } else if (plan.closed_list || !is_code(value)) {
                    out.reset();
                }
                break;
            }
            case FieldType::Date: {
                const auto date = Date::parse_iso(value);
                if (!date) out.reset();
                break;
            }
            case FieldType::Boolean: {
                const auto flag = read_boolean(value);
                out = flag ? std::optional<std::string>(*flag ? "true" : "false") : std::nullopt;
                break;
            }
            case FieldType::Integer:
                out = read_integer(value);
                break;
            case FieldType::Decimal:
                out = read_decimal(value, '.');
                break;
            case FieldType::Year: {
                const auto year = read_year(value);
                out = year ? std::optional(std::to_string(*year)) : std::nullopt;
                break;
            }
            default:
                break;
        }
        if (out) return *out;
        std::vector<std::string> known;
        if (const CodeList* list = plan_->lists.find(plan.list))
            for (const Code& code : list->codes) known.push_back(code.code);
        if (plan.type == FieldType::Date) known = {"2025-09-01"};
        if (plan.type == FieldType::Boolean) known = {"true", "false"};
        if (plan.type == FieldType::Year) known = {"2025", "2025-2026"};
        if (plan.type == FieldType::Integer || plan.type == FieldType::Decimal) known = {"0", "1", "2"};
        reader.fault("MAP-011", {{"value", value}, {"field", plan.name}, {"known", joined(known)}}, at);
        return {};
    }

    void read_form(FieldPlan& plan, TableReader& reader, const Node& node) {
        static const std::vector<std::pair<std::string, Form>> kForms{
            {"text", Form::ByType}, {"phone", Form::Phone},     {"email", Form::Email}, {"postcode", Form::Postcode},
            {"slug", Form::Slug},   {"minutes", Form::Minutes}, {"hours", Form::Hours}};
        std::vector<std::string> names;
        for (const auto& [name, form] : kForms) names.push_back(name);
        if (node.find("as") != nullptr) {
            const std::string as = reader.choice("as", names, "");
            for (const auto& [name, form] : kForms)
                if (name == as) plan.form = form;
            const bool duration = plan.form == Form::Minutes || plan.form == Form::Hours;
            if (duration && plan.type != FieldType::Integer)
                reader.fault("MAP-008", {{"key", "as = " + as}, {"field", plan.name}}, node.find("as"));
        } else {
            reader.node("as");
        }
        const std::string starts = reader.text("year_starts");
        if (starts.empty()) return;
        const auto day = starts.size() == 5 ? Date::parse_iso("2024-" + starts) : std::nullopt;
        if (!day || plan.type != FieldType::Year) {
            reader.fault("MAP-008", {{"key", "year_starts = " + starts}, {"field", plan.name}}, node.find("year_starts"));
            return;
        }
        plan.year_month = day->month();
        plan.year_day = day->day();
    }

    std::unique_ptr<Mapping::Plan> plan_;
    std::string file_;
    std::vector<Fault> faults_;
    Defaults defaults_;
    std::unordered_map<std::string, ValueMap> values_;
};

std::optional<std::string> read_if_there(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

bool is_mapping_name(const std::string& name) {
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

}  // namespace

Mapping::Mapping(std::unique_ptr<Plan> plan) : plan_(std::move(plan)) {}
Mapping::Mapping(Mapping&&) noexcept = default;
Mapping& Mapping::operator=(Mapping&&) noexcept = default;
Mapping::~Mapping() = default;

Mapping Mapping::parse(const std::string& name, std::string_view text, const std::string& file, const CodeLists& lists) {
    return Mapping(Parser(name, file, lists).run(text));
}

Mapping Mapping::parse_preset(const std::string& name, std::string_view text, const std::string& file, const CodeLists& lists) {
    return Mapping(Parser(name, file, lists).run_map(text));
}

const std::string& Mapping::name() const { return plan_->name; }
const std::string& Mapping::label() const { return plan_->label; }
const std::string& Mapping::role() const { return plan_->role; }
const std::string& Mapping::digest() const { return plan_->digest; }
const ReadHints& Mapping::hints() const { return plan_->hints; }
const CodeLists& Mapping::lists() const { return plan_->lists; }

std::string column_name(const Mapping::Plan& plan, const SheetPlan& sheet, std::size_t column) {
    return std::to_string(&sheet - plan.sheets.data()) + "." + sheet.columns[column].name;
}

std::vector<std::string> Mapping::decided_columns() const {
    std::set<std::string> names;
    for (const SheetPlan& sheet : plan_->sheets)
        for (const RecordPlan& record : sheet.records)
            for (const FieldPlan& field : record.fields)
                if (field.is_decided())
                    for (const std::size_t column : field.columns) names.insert(column_name(*plan_, sheet, column));
    return {names.begin(), names.end()};
}

std::vector<ImportedField> Mapping::imported_fields() const {
    std::map<std::pair<Entity, std::size_t>, std::set<std::string>> headers;
    for (const SheetPlan& sheet : plan_->sheets) {
        const auto feed = [&](Entity entity, std::size_t field, const std::vector<std::size_t>& columns) {
            std::set<std::string>& of_field = headers[{entity, field}];
            for (const std::size_t column : columns)
                of_field.insert(sheet.columns[column].headers.begin(), sheet.columns[column].headers.end());
        };
        for (const RecordPlan& record : sheet.records) {
            feed(record.entity, 0, record.key.columns);
            feed(record.entity, 0, record.key.generate);
            for (const FieldPlan& field : record.fields) feed(record.entity, field.field, field.columns);
        }
    }
    std::vector<ImportedField> fields;
    for (auto& [place, of_field] : headers) fields.push_back({place.first, place.second, {of_field.begin(), of_field.end()}});
    return fields;
}

namespace {
/// Of the files directly in a shipped folder and in one of the project.
std::vector<std::string> toml_names(const std::string& shipped, const std::filesystem::path& own) {
    std::set<std::string> names;
    for (const Resource& file : resources_under(shipped + "/"))
        if (const std::filesystem::path path(file.path); path.extension() == ".toml" && path.parent_path() == shipped)
            names.insert(path.stem().string());
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(own, error))
        if (entry.path().extension() == ".toml" && is_mapping_name(entry.path().stem().string()))
            names.insert(entry.path().stem().string());
    return {names.begin(), names.end()};
}
}  // namespace

std::vector<std::string> mapping_names(const std::filesystem::path& project_mappings_dir) {
    return toml_names("mappings", project_mappings_dir);
}

std::vector<std::string> preset_names(const std::filesystem::path& project_mappings_dir) {
    return toml_names("mappings/rest", project_mappings_dir / "rest");
}

PresetText load_preset_text(const std::string& name, const std::filesystem::path& project_mappings_dir) {
    if (is_mapping_name(name)) {
        const std::filesystem::path own = project_mappings_dir / "rest" / (name + ".toml");
        if (auto text = read_if_there(own)) return {std::move(*text), own.string()};
        const std::string shipped = "mappings/rest/" + name + ".toml";
        if (const auto text = resource(shipped)) return {std::string(*text), shipped};
    }
    throw Error(Exit::Config, "PST-016", unknown_args(name, preset_names(project_mappings_dir)));
}

Mapping load_mapping(const std::string& name, const std::filesystem::path& project_mappings_dir) {
    const std::string shipped = "mappings/" + name + ".toml";
    const CodeLists lists = load_code_lists(project_mappings_dir);
    if (is_mapping_name(name)) {
        const std::filesystem::path own = project_mappings_dir / (name + ".toml");
        // A project's canonical.toml may hold nothing but code lists; the sheets are then the shipped ones.
        if (const auto text = read_if_there(own); text && (name != "canonical" || parse_toml(*text, own.string()).find("sheet") != nullptr))
            return Mapping::parse(name, *text, own.string(), lists);
        if (const auto text = resource(shipped)) return Mapping::parse(name, *text, shipped, lists);
    }
    throw Error(Exit::Config, "MAP-001", unknown_args(name, mapping_names(project_mappings_dir)));
}

}  // namespace brugwacht
