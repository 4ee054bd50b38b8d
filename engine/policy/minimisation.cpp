#include "engine/policy/minimisation.hpp"

#include <algorithm>
#include <set>

#include "engine/core/resources.hpp"
#include "engine/policy/lawfulness.hpp"

namespace brugwacht {
namespace {

constexpr std::string_view kShipped = "config/minimisation.toml";
constexpr std::string_view kDefaultPurpose = "guidance";
constexpr std::array<std::string_view, 6> kFates{"dropped", "banded", "coded", "hashed", "sealed", "kept"};

const FieldDef& definition(const ModelField& field) { return entity_def(field.entity).fields[field.field]; }

std::vector<ModelField> fields_of(Entity entity) {
    std::vector<ModelField> all;
    for (std::size_t i = 0; i < entity_def(entity).fields.size(); ++i) all.push_back({entity, i});
    return all;
}

std::optional<FieldFate> parse_fate(std::string_view word) {
    const std::size_t blank = word.find(' ');
    const std::string_view name = word.substr(0, blank);
    const auto known = std::find(kFates.begin(), kFates.end(), name);
    if (known == kFates.end()) return std::nullopt;
    FieldFate fate{static_cast<Fate>(known - kFates.begin()), blank == std::string_view::npos ? "" : std::string(word.substr(blank + 1))};
    if (blank != std::string_view::npos && fate.how.empty()) return std::nullopt;
    const bool wants_how = fate.fate == Fate::Banded || fate.fate == Fate::Coded;
    return wants_how == fate.how.empty() ? std::nullopt : std::optional(fate);
}

/// The model limits what the data may say: a name is never kept open, a code has the list of its field.
bool may_become(const ModelField& field, const FieldFate& fate) {
    const FieldDef& def = definition(field);
    switch (fate.fate) {
        case Fate::Dropped:
            return !def.required;
        case Fate::Sealed:
            return def.place != Place::Store;
        case Fate::Hashed:
            return true;
        case Fate::Coded:
            return def.place != Place::Vault && fate.how == def.list;
        case Fate::Kept:
            return def.place == Place::Store;
        case Fate::Banded:
            if (fate.how == "area") return field.name() == "person.municipality";
            return (fate.how == "age" || fate.how == "year") && field.name() == "person.birth_date";
    }
    return false;
}

bool is_dropped(const std::vector<FieldFate>& fates) { return fates.front().fate == Fate::Dropped; }

bool has_own_column(const std::vector<FieldFate>& fates) {
    return std::any_of(fates.begin(), fates.end(), [](const FieldFate& fate) {
        return fate.fate == Fate::Kept || fate.fate == Fate::Coded || fate.fate == Fate::Hashed;
    });
}

const Node& member(const Node& table, std::string_view name) {
    static const Node kNothing;
    const Node* found = table.find(name);
    return found != nullptr ? *found : kNothing;
}

/// A table by entity and field; `take` gets each field that is there. Fields that are missing are faults.
template <class Take>
void read_each_field(const Node& table, const std::string& file, const std::string& path, std::vector<Fault>& faults, const Take& take) {
    for (std::size_t e = 0; e < kEntities; ++e) {
        const auto entity = static_cast<Entity>(e);
        const std::string name(entity_def(entity).name);
        const Node& of_entity = member(table, name);
        TableReader reader(of_entity, file, path + "." + name, faults);
        for (const ModelField& field : fields_of(entity)) {
            const std::string_view field_name = definition(field).name;
            if (of_entity.find(field_name) == nullptr)
                reader.fault("LEG-002", {{"field", field.name()}}, &table);
            else
                take(reader, field, field_name);
        }
        reader.finish();
    }
}

/// [2014-03-07] -> [2014]; what does not begin with a year is nothing.
std::string year_of(const std::string& date) {
    const bool digits = date.size() >= 4 && std::all_of(date.begin(), date.begin() + 4, [](char c) { return c >= '0' && c <= '9'; });
    const bool ends = date.size() == 4 || (date.size() > 4 && date[4] == '-');
    return digits && ends ? date.substr(0, 4) : std::string();
}

}  // namespace

std::string fate_word(const FieldFate& fate) {
    std::string word(kFates[static_cast<std::size_t>(fate.fate)]);
    return fate.how.empty() ? word : word + " " + fate.how;
}

std::string ModelField::name() const {
    const EntityDef& def = entity_def(entity);
    return std::string(def.name) + "." + std::string(def.fields[field].name);
}

std::optional<ModelField> model_field(std::string_view name) {
    const std::size_t dot = name.find('.');
    const auto entity = dot == std::string_view::npos ? std::optional(Entity::Person) : entity_by_name(name.substr(0, dot));
    if (!entity) return std::nullopt;
    const auto field = field_index(*entity, dot == std::string_view::npos ? name : name.substr(dot + 1));
    return field ? std::optional(ModelField{*entity, *field}) : std::nullopt;
}

Minimisation Minimisation::parse(std::string_view text, const std::string& file, const std::vector<std::string>& purposes) {
    Minimisation made;
    const Node root = parse_toml(text, file);
    std::vector<Fault> faults;
    TableReader reader(root, file, "", faults);
    if (const std::string schema = reader.required_text("schema"); !schema.empty() && schema != "minimisation/1")
        reader.fault("LEG-001", {{"word", schema}}, root.find("schema"));
    for (const std::string& name : reader.texts("secrecy")) {
        const auto field = model_field(name);
        if (!field || definition(*field).required)
            reader.fault("LEG-001", {{"word", name}}, root.find("secrecy"));
        else
            made.secret_.push_back(*field);
    }
    if (const Node* bands = reader.node("age_bands"))
        for (const Node& band : bands->items) made.age_bands_.push_back(static_cast<int>(band.integer));
    if (made.age_bands_.empty() || !std::is_sorted(made.age_bands_.begin(), made.age_bands_.end()))
        reader.fault("LEG-001", {{"word", std::string("age_bands")}}, root.find("age_bands"));
    if (const Node* technical = reader.node("technical")) {
        TableReader table(*technical, file, "technical", faults);
        for (const std::string& key : technical->keys) made.technical_[key] = table.texts(key);
    }
    if (const Node* derived = reader.node("derived")) {
        TableReader table(*derived, file, "derived", faults);
        for (const std::string& key : derived->keys) {
            if (const auto field = model_field(key))
                made.derived_[*field] = table.texts(key);
            else
                table.fault("LEG-001", {{"word", key}}, derived);
        }
    }
    if (const Node* needs = reader.node("need"))
        read_each_field(*needs, file, "need", faults,
                        [&](TableReader& table, const ModelField& field, std::string_view name) { made.needs_[field] = table.text(name); });
    for (const Node* rules : reader.tables("rules")) {
        FateTable fates;
        read_each_field(*rules, file, "rules", faults, [&](TableReader& table, const ModelField& field, std::string_view name) {
            for (const std::string& word : table.texts(name)) {
                const auto fate = parse_fate(word);
                if (fate && may_become(field, *fate))
                    fates[field].push_back(*fate);
                else
                    table.fault("LEG-001", {{"word", word}}, table.node(name));
            }
            if (fates[field].empty() || (fates[field].size() > 1 && is_dropped(fates[field])))
                table.fault("LEG-002", {{"field", field.name()}}, table.node(name));
        });
        const Node& named = member(*rules, "purposes");
        for (const Node& purpose : named.items)
            if (!made.table_of_.emplace(purpose.text, made.tables_.size()).second)
                reader.fault("LEG-003", {{"purpose", purpose.text}}, &named);
        made.tables_.push_back(std::move(fates));
    }
    for (const std::string& purpose : purposes)
        if (!made.table_of_.contains(purpose)) reader.fault("LEG-003", {{"purpose", purpose}}, &root);
    for (const auto& [purpose, table] : made.table_of_)
        if (std::find(purposes.begin(), purposes.end(), purpose) == purposes.end()) reader.fault("LEG-003", {{"purpose", purpose}}, &root);
    reader.finish();
    if (!faults.empty()) throw Error(Exit::Config, std::move(faults));
    return made;
}

std::vector<FieldFate> Minimisation::fates(std::string_view purpose, const ModelField& field) const {
    const auto table = table_of_.find(purpose);
    if (table != table_of_.end()) return tables_[table->second].at(field);
    std::vector<FieldFate> strictest = tables_.front().at(field);
    for (const FateTable& other : tables_)
        if (is_dropped(other.at(field))) strictest = other.at(field);
    return strictest;
}

const std::string& Minimisation::need(const ModelField& field) const { return needs_.at(field); }

std::vector<std::string> Minimisation::store_columns(Entity entity) const {
    const std::string own(entity_def(entity).name);
    std::set<std::string> columns;
    const auto add_technical = [&](const std::string& key) {
        if (const auto found = technical_.find(key); found != technical_.end()) columns.insert(found->second.begin(), found->second.end());
    };
    add_technical("every");
    add_technical(own);
    if (entity != Entity::Person) add_technical("fact");
    for (const auto& [field, names] : derived_)
        for (const std::string& name : names)
            if (name.starts_with(own + ".")) columns.insert(name.substr(own.size() + 1));
    for (const ModelField& field : fields_of(entity)) {
        const bool kept =
            std::any_of(tables_.begin(), tables_.end(), [&](const FateTable& table) { return has_own_column(table.at(field)); });
        if (kept && !derived_.contains(field)) columns.insert(std::string(definition(field).name));
    }
    return {columns.begin(), columns.end()};
}

const Minimisation& minimisation() {
    static const Minimisation kRules = [] {
        std::vector<std::string> purposes;
        for (const LegalPurpose& purpose : legal_rules().purposes()) purposes.push_back(purpose.code);
        return Minimisation::parse(resource(kShipped).value_or(""), std::string(kShipped), purposes);
    }();
    return kRules;
}

std::vector<Tightening> read_tightenings(const Node& table, const std::string& file, std::vector<Fault>& faults) {
    std::vector<Tightening> made;
    TableReader reader(table, file, "minimisation", faults);
    for (const std::string& key : table.keys) {
        const std::string word = reader.text(key);
        const Node* node = reader.node(key);
        const auto field = model_field(key);
        const auto fate = parse_fate(word);
        if (!field) {
            reader.fault("LEG-004", {{"field", key}}, node);
        } else if (!fate || (fate->fate != Fate::Dropped && *fate != FieldFate{Fate::Banded, "year"})) {
            reader.fault("LEG-005", {{"field", key}, {"word", word}}, node);
        } else if (!may_become(*field, *fate)) {
            reader.fault("LEG-006", {{"field", key}, {"word", word}}, node);
        } else {
            made.push_back({*field, *fate});
        }
    }
    return made;
}

FieldFilter::FieldFilter(const Minimisation& rules, std::string_view purpose, bool secrecy, const std::vector<Tightening>& tightenings) {
    const FieldFate year{Fate::Banded, "year"};
    if (purpose.empty()) purpose = kDefaultPurpose;
    for (std::size_t e = 0; e < kEntities; ++e) {
        for (const ModelField& field : fields_of(static_cast<Entity>(e))) {
            std::vector<FieldFate> fates = rules.fates(purpose, field);
            std::string reason = "purpose";
            for (const Tightening& tightening : tightenings) {
                if (tightening.field != field || is_dropped(fates)) continue;
                reason = "project";
                if (tightening.fate.fate == Fate::Dropped)
                    fates = {tightening.fate};
                else if (fates.front() != year)
                    fates.insert(fates.begin(), year);
            }
            if (secrecy && !is_dropped(fates) && std::count(rules.secret().begin(), rules.secret().end(), field) > 0) {
                fates = {FieldFate{}};
                reason = "secrecy";
            }
            if (is_dropped(fates) || fates.front() == year) steps_[e].push_back({field.field, !is_dropped(fates), field.name(), reason});
            fates_[field] = std::move(fates);
        }
    }
}

void FieldFilter::apply(Record& record, DropCounts& dropped) const {
    for (const Step& step : steps_[static_cast<std::size_t>(record.entity)]) {
        std::string& value = record.values[step.field];
        if (value.empty()) continue;
        std::string left = step.year_only ? year_of(value) : std::string();
        if (left == value) continue;
        value = std::move(left);
        ++dropped[{step.name, step.reason}];
    }
}

std::vector<FieldFate> FieldFilter::fates(const ModelField& field) const {
    const auto found = fates_.find(field);
    return found == fates_.end() ? std::vector<FieldFate>{} : found->second;
}

std::string FieldFilter::text() const {
    std::string all;
    for (const std::vector<Step>& steps : steps_)
        for (const Step& step : steps) all += step.name + (step.year_only ? " year\n" : " dropped\n");
    return all;
}

}  // namespace brugwacht
