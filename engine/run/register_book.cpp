#include "engine/run/register_book.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "engine/lib/json.hpp"

namespace brugwacht {
namespace {

constexpr std::array<std::string_view, 17> kRisks{
    "steering_group", "insider",      "ambassador", "neighbour", "parent",   "analyst",   "data_officer", "administrator", "thief",
    "leaked_store",   "leaked_vault", "leaked_key", "source",    "supplier", "authority", "future",       "question"};
constexpr std::array<std::string_view, 7> kFlow{"export", "door", "vault", "store", "linkage", "guard", "workbook"};
constexpr std::array<std::string_view, 6> kDuties{"breach", "rights", "child", "secrecy", "steering", "public_order"};

std::string_view word(LinkPermission link) {
    constexpr std::array<std::string_view, 3> kWords{"never", "own_source", "mainland"};
    return kWords[static_cast<std::size_t>(link)];
}

std::string_view word(MeasureState state) {
    constexpr std::array<std::string_view, 3> kWords{"yes", "no", "unknown"};
    return kWords[static_cast<std::size_t>(state)];
}

std::string joined(const std::vector<std::string>& texts, const char* between) {
    std::string all;
    for (const std::string& text : texts) all += (all.empty() ? "" : between) + text;
    return all;
}

/// Whose data a source brings; derived from the fields that it fills.
std::set<std::string> subjects_of(const RegisterSource& source) {
    std::set<std::string> subjects;
    for (const RegisterField& field : source.fields) {
        if (field.fates.front().fate == Fate::Dropped) continue;
        const std::string name = field.field.name();
        if (field.field.entity == Entity::Person || field.field.entity == Entity::Trajectory) subjects.insert("child");
        if (name.starts_with("person.guardian")) subjects.insert("parent");
        if (field.field.entity == Entity::Worker || field.field.entity == Entity::Employment) subjects.insert("worker");
        if (name == "activity.counterpart") subjects.insert("counterpart");
    }
    return subjects;
}

class BookMaker {
  public:
    BookMaker(const Register& source, const Texts& texts, const std::string& version) : from_(source), texts_(texts), version_(version) {}

    RegisterBook make() {
        RegisterBook book;
        book.title = text("title", {{"organisation", from_.organisation.organisation}});
        book.made_on = from_.made_on;
        book.sheets = {register_sheet(), sources(), fields(), retention(), measures(), flow(), risks(), dropped(), duties()};
        return book;
    }

  private:
    std::string text(const std::string& key, const TextArgs& args = {}) const { return texts_("register." + key, args); }
    std::string or_missing(const std::string& value) const { return value.empty() ? text("missing") : value; }

    /// Title, introduction and headers stand in the texts under the sheet's key.
    RegisterSheet sheet(const std::string& key, const std::vector<std::string>& headers, std::vector<double> widths) const {
        RegisterSheet made;
        made.table.name = text("sheet." + key);
        made.title = text("heading." + key);
        made.intro = {text("intro." + key)};
        for (const std::string& header : headers) made.table.headers.push_back(text("header." + header));
        made.widths = std::move(widths);
        return made;
    }

    RegisterSheet register_sheet() const {
        RegisterSheet made = sheet("register", {"item", "answer"}, {34, 100});
        made.intro.push_back(text("made_on", {{"date", texts_.date(from_.made_on)}}));
        const auto add = [&](const std::string& key, const std::string& answer) {
            made.table.rows.push_back({text("item." + key), answer});
        };
        const ProjectSettings& own = from_.organisation;
        std::set<std::string> controllers, purposes, bases, subjects;
        for (const RegisterSource& source : from_.sources) {
            if (!source.controller.empty()) controllers.insert(source.controller);
            purposes.insert(purpose(source));
            bases.insert(basis(source));
            for (const std::string& subject : subjects_of(source)) subjects.insert(text("subject." + subject));
        }
        if (!own.controller.empty()) controllers.insert(own.controller);
        const auto list = [](const std::set<std::string>& items) { return joined({items.begin(), items.end()}, "\n"); };
        add("organisation", own.organisation + " (" + texts_("legal.organisation." + own.organisation_kind) + ")");
        add("controller", or_missing(list(controllers)));
        add("processor", own.processor.empty() ? text("no_processor") : own.processor);
        add("dpo", or_missing(own.dpo));
        add("contact", or_missing(own.contact));
        add("authority", own.authority.empty() ? text("missing") : authority());
        add("purposes", or_missing(list(purposes)));
        add("bases", or_missing(list(bases)));
        add("subjects", or_missing(list(subjects)));
        add("data", text("data", {{"fields", static_cast<std::int64_t>(kept_fields())}, {"sheet", text("sheet.fields")}}));
        add("recipients", recipients());
        add("transfers", text("transfers"));
        add("terms", text("see_sheet", {{"sheet", text("sheet.retention")}}));
        add("security", text("see_sheet", {{"sheet", text("sheet.measures")}}));
        if (from_.quasi) {
            const QuasiIdentifiers& q = *from_.quasi;
            add("quasi", texts_("legal.quasi.line", {{"records", static_cast<std::int64_t>(q.records)},
                                                     {"classes", static_cast<std::int64_t>(q.classes)},
                                                     {"smallest", static_cast<std::int64_t>(q.smallest)},
                                                     {"unique", static_cast<std::int64_t>(q.unique)},
                                                     {"share", static_cast<std::int64_t>(q.unique_share() * 100 + 0.5)}}));
        }
        add("tests", text("tests", {{"version", version_}}));
        add("law", text("law.version", {{"version", text("law.number")}, {"date", text("law.date")}}));
        if (!from_.audit_head.empty()) add("head", from_.audit_head);
        return made;
    }

    std::string authority() const {
        const std::string key = "register.authority." + from_.organisation.authority;
        return texts_.has(key) ? texts_(key) : from_.organisation.authority;
    }

    std::string purpose(const RegisterSource& source) const {
        return texts_("legal.purpose." + (source.settings.purpose.empty() ? std::string("none") : source.settings.purpose));
    }

    std::string basis(const RegisterSource& source) const {
        if (source.settings.legal_basis.empty()) return texts_("legal.basis.none");
        return texts_("legal.basis." + source.settings.legal_basis) + " (" + text("article", {{"article", source.article}}) + ")";
    }

    std::string recipients() const {
        std::vector<std::string> all{text("recipient.steering_group"), text("recipient.ambassador"), text("recipient.data_officer")};
        for (const RegisterSource& source : from_.sources)
            if (source.settings.write_back) all.push_back(text("recipient.write_back", {{"source", source.settings.name}}));
        return joined(all, "\n");
    }

    std::size_t kept_fields() const {
        std::set<ModelField> kept;
        for (const RegisterSource& source : from_.sources)
            for (const RegisterField& field : source.fields)
                if (field.fates.front().fate != Fate::Dropped) kept.insert(field.field);
        return kept.size();
    }

    RegisterSheet sources() const {
        RegisterSheet made = sheet("sources", {"source", "purpose", "basis", "controller", "protocol", "until", "role", "link", "notes"},
                                   {16, 20, 24, 20, 16, 12, 16, 22, 46});
        for (const RegisterSource& source : from_.sources) {
            const SourceSettings& settings = source.settings;
            std::vector<std::string> notes;
            if (!source.configured) notes.push_back(text("not_configured"));
            if (settings.secrecy) notes.push_back(text("secrecy"));
            if (!settings.nameable) notes.push_back(text("not_nameable"));
            for (const LegalFinding& finding : source.findings)
                notes.push_back(finding.code + " " + texts_(finding.code + ".message", {{"source", settings.name}}));
            made.table.rows.push_back({settings.name, purpose(source), basis(source), or_missing(source.controller),
                                       settings.protocol_ref.empty() ? "-" : settings.protocol_ref,
                                       settings.valid_until ? texts_.date(*settings.valid_until) : "-",
                                       text("role." + (settings.role.empty() ? std::string("mapping") : settings.role)),
                                       text("link." + std::string(word(source.link))), joined(notes, "\n")});
        }
        return made;
    }

    std::string fates(const RegisterField& field) const {
        // Keys of records: only one that says nothing stays as it is.
        if (field.fates == std::vector<FieldFate>{{Fate::Kept, ""}, {Fate::Hashed, ""}}) return text("fate.kept_or_hashed");
        std::vector<std::string> words;
        for (const FieldFate& fate : field.fates) {
            std::string key = fate_word(fate);
            if (fate.fate == Fate::Coded) key = "coded";
            std::replace(key.begin(), key.end(), ' ', '_');
            words.push_back(text("fate." + key));
        }
        return joined(words, "; ");
    }

    RegisterSheet fields() const {
        RegisterSheet made = sheet("fields", {"source", "record", "field", "columns", "becomes", "need"}, {16, 16, 26, 40, 44, 48});
        for (const RegisterSource& source : from_.sources) {
            if (source.fields.empty()) made.table.rows.push_back({source.settings.name, "-", "-", "-", text("recognised"), ""});
            for (const RegisterField& field : source.fields) {
                const EntityDef& def = entity_def(field.field.entity);
                const bool dropped = field.fates.front().fate == Fate::Dropped;
                made.table.rows.push_back({source.settings.name, text("entity." + std::string(def.name)),
                                           text("field." + std::string(def.fields[field.field.field].name)),
                                           field.headers.empty() ? text("made") : joined(field.headers, ", "), fates(field),
                                           dropped ? text("not_needed") : text("need." + field.need)});
            }
        }
        return made;
    }

    RegisterSheet retention() const {
        RegisterSheet made = sheet("retention", {"what", "term", "destination", "rule", "reference"}, {60, 24, 30, 30, 34});
        for (const RetentionTerm& term : from_.retention) {
            const std::string key = "retention.what." + term.what;
            const std::string days = term.days                    ? text("days", {{"days", *term.days}})
                                     : term.destination == "keep" ? text("permanent")
                                                                  : text("no_term");
            made.table.rows.push_back({texts_.has(key) ? texts_(key) : term.what, days, text("destination." + term.destination),
                                       term.rule.empty() ? "-" : term.rule, term.reference.empty() ? "-" : term.reference});
        }
        return made;
    }

    RegisterSheet measures() const {
        RegisterSheet made = sheet("measures", {"measure", "state"}, {100, 30});
        for (const SecurityMeasure& measure : from_.measures)
            made.table.rows.push_back(
                {text("measure." + measure.name, {{"number", measure.number}}), text("state." + std::string(word(measure.state)))});
        return made;
    }

    RegisterSheet flow() const {
        RegisterSheet made = sheet("flow", {"step", "what_happens", "where"}, {28, 92, 40});
        for (const std::string_view step : kFlow) {
            const std::string key = "flow." + std::string(step);
            made.table.rows.push_back({text(key + ".step"), text(key + ".what"), text(key + ".where")});
        }
        return made;
    }

    RegisterSheet risks() const {
        RegisterSheet made = sheet("risks", {"who", "risk", "safeguard", "left"}, {30, 44, 60, 44});
        for (const std::string_view risk : kRisks) {
            const std::string key = "risk." + std::string(risk);
            made.table.rows.push_back({text(key + ".who"), text(key + ".learns"), text(key + ".safeguard"), text(key + ".left")});
        }
        return made;
    }

    RegisterSheet dropped() const {
        RegisterSheet made = sheet("dropped", {"source", "record", "field", "reason", "count"}, {24, 22, 30, 56, 14});
        for (const DroppedRow& row : from_.dropped) {
            const auto field = row.field.empty() ? std::nullopt : model_field(row.field);
            const EntityDef* def = field ? &entity_def(field->entity) : nullptr;
            made.table.rows.push_back({row.source, def != nullptr ? text("entity." + std::string(def->name)) : "-",
                                       def != nullptr ? text("field." + std::string(def->fields[field->field].name)) : "-",
                                       texts_("legal.dropped." + row.reason), texts_.number(static_cast<std::int64_t>(row.count))});
        }
        if (made.table.rows.empty()) made.table.rows.push_back({text("nothing_dropped"), "", "", "", ""});
        return made;
    }

    RegisterSheet duties() const {
        RegisterSheet made = sheet("duties", {"duty", "what_to_do"}, {34, 110});
        made.intro.push_back(text("law.version", {{"version", text("law.number")}, {"date", text("law.date")}}));
        const std::string authority_name = from_.organisation.authority.empty() ? text("missing") : authority();
        for (const std::string_view duty : kDuties) {
            const std::string key = "law." + std::string(duty);
            made.table.rows.push_back({text(key + ".title"), text(key + ".text", {{"authority", authority_name}})});
        }
        return made;
    }

    const Register& from_;
    const Texts& texts_;
    const std::string& version_;
};

void text_or_null(JsonWriter& json, const char* key, const std::string& text) {
    json.key(key);
    text.empty() ? json.null() : json.value(text);
}

void write_source(JsonWriter& json, const RegisterSource& source) {
    const SourceSettings& settings = source.settings;
    json.begin_object().member("name", settings.name).member("configured", source.configured);
    text_or_null(json, "purpose", settings.purpose);
    text_or_null(json, "legal_basis", settings.legal_basis);
    text_or_null(json, "article", source.article);
    text_or_null(json, "controller", source.controller);
    text_or_null(json, "protocol_ref", settings.protocol_ref);
    text_or_null(json, "valid_until", settings.valid_until ? settings.valid_until->iso() : "");
    text_or_null(json, "role", settings.role);
    json.member("secrecy", settings.secrecy).member("nameable", settings.nameable).member("link", word(source.link));
    json.key("subjects").begin_array();
    for (const std::string& subject : subjects_of(source)) json.value(subject);
    json.end_array().key("mappings").begin_array();
    for (const std::string& mapping : source.mappings) json.value(mapping);
    json.end_array().key("fields").begin_array();
    for (const RegisterField& field : source.fields) {
        json.begin_object().member("field", field.field.name()).key("columns").begin_array();
        for (const std::string& header : field.headers) json.value(header);
        json.end_array().key("becomes").begin_array();
        for (const FieldFate& fate : field.fates) json.value(fate_word(fate));
        json.end_array().member("need", field.need).end_object();
    }
    json.end_array().key("findings").begin_array();
    for (const LegalFinding& finding : source.findings)
        json.begin_object().member("code", finding.code).member("refuses", finding.refuses).end_object();
    json.end_array().end_object();
}

}  // namespace

RegisterBook register_book(const Register& source, const Texts& texts, const std::string& version) {
    return BookMaker(source, texts, version).make();
}

std::string register_json(const Register& source) {
    JsonWriter json(JsonWriter::Style::Pretty);
    const ProjectSettings& own = source.organisation;
    json.begin_object().member("exit", 0).member("schema", "register/1").member("made_on", source.made_on.iso());
    json.key("organisation").begin_object().member("name", own.organisation).member("kind", own.organisation_kind);
    text_or_null(json, "controller", own.controller);
    text_or_null(json, "processor", own.processor);
    text_or_null(json, "dpo", own.dpo);
    text_or_null(json, "contact", own.contact);
    text_or_null(json, "authority", own.authority);
    json.end_object().key("sources").begin_array();
    for (const RegisterSource& one : source.sources) write_source(json, one);
    json.end_array().key("recipients").begin_array();
    for (const char* recipient : {"steering_group", "ambassador", "data_officer"}) json.value(recipient);
    for (const RegisterSource& one : source.sources)
        if (one.settings.write_back) json.value("source:" + one.settings.name);
    json.end_array().key("third_country_transfers").begin_array().end_array().key("retention").begin_array();
    for (const RetentionTerm& term : source.retention) {
        json.begin_object().member("what", term.what);
        text_or_null(json, "rule", term.rule);
        json.key("days");
        term.days ? json.value(*term.days) : json.null();
        json.member("destination", term.destination);
        text_or_null(json, "reference", term.reference);
        json.end_object();
    }
    json.end_array().key("measures").begin_array();
    for (const SecurityMeasure& measure : source.measures) {
        json.begin_object().member("measure", measure.name).member("state", word(measure.state));
        if (measure.number > 0) json.member("number", measure.number);
        json.end_object();
    }
    json.end_array().key("risks").begin_array();
    for (const std::string_view risk : kRisks) json.value(risk);
    json.end_array().key("dropped").begin_array();
    for (const DroppedRow& row : source.dropped) {
        json.begin_object().member("source", row.source);
        text_or_null(json, "field", row.field);
        json.member("reason", row.reason).member("count", row.count).end_object();
    }
    json.end_array().key("quasi_identifiers");
    if (source.quasi) {
        json.begin_object()
            .member("records", source.quasi->records)
            .member("classes", source.quasi->classes)
            .member("smallest", source.quasi->smallest)
            .member("unique", source.quasi->unique)
            .member("unique_share", source.quasi->unique_share())
            .end_object();
    } else {
        json.null();
    }
    text_or_null(json, "audit_head", source.audit_head);
    json.end_object();
    return json.take();
}

}  // namespace brugwacht
