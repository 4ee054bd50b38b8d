#include "engine/run/remote_check.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "connector/rest/fields.hpp"
#include "connector/rest/paginator.hpp"
#include "connector/rest/request.hpp"
#include "connector/rest/stream_reader.hpp"
#include "engine/core/text.hpp"
#include "engine/mapping/header_knowledge.hpp"
#include "engine/store/reader.hpp"

namespace brugwacht {
namespace {

constexpr double kWorthTelling = 0.6;  // of a meaning

Placeholders probe_values(RemoteSource& opened) {
    Placeholders values;
    values.set("page_size", std::to_string(opened.preset().connection.page_size));
    values.set("last_id", "0");
    values.set("page", "1");
    values.set("offset", "0");
    if (std::string token = opened.exchange().token(); !token.empty()) values.set("auth.token", std::move(token));
    return values;
}

ExchangeResult ask(RemoteSource& opened, const RequestPlan& plan, const Placeholders& values) {
    ExchangeRequest request;
    request.http = make_request(opened.preset().connection, plan, values, request.path);
    ExchangeResult answer = opened.exchange().send(request);
    if (answer.why) throw Error(Exit::NoPermission, std::vector<Fault>{*answer.why});
    return answer;
}

std::string probe(RemoteSource& opened, const std::optional<ProbePlan>& plan) {
    if (!plan) return {};
    try {
        const ExchangeResult answer = ask(opened, plan->request, probe_values(opened));
        if (!answer.json) return {};
        return opened.exchange().readable(plain_value(value_at(answer.json->root(), plan->value)));
    } catch (const Error& error) {
        // Not every user may ask for that, and not every version tells it; a key that is refused, or a server that is away, is another
        // matter.
        if (error.exit() == Exit::Data || error.first().code == "REST-019") return {};
        throw;
    }
}

/// `custom` names a member that says so, or else the start of the names of such fields.
bool is_custom(const MetadataPlan& plan, JsonView record, const std::string& name) {
    if (plan.custom.empty()) return false;
    const JsonView mark = value_at(record, plan.custom);
    if (!mark) return name.starts_with(plan.custom);
    const std::string text = plain_value(mark);
    return !text.empty() && text != "false" && text != "0";
}

std::vector<OfferedField> offered_fields(RemoteSource& opened, const MetadataPlan& plan) {
    const ExchangeResult answer = ask(opened, plan.request, probe_values(opened));
    std::vector<OfferedField> fields;
    if (!answer.json) return fields;
    for (JsonView record = value_at(answer.json->root(), plan.records).first(); record; record = record.next()) {
        OfferedField field;
        field.name = plan.field == "@key" ? std::string(record.key()) : plain_value(value_at(record, plan.field));
        field.type = plan.type.empty() ? "" : plain_value(value_at(record, plan.type));
        field.label = plan.label.empty() ? "" : plain_value(value_at(record, plan.label));
        field.custom = is_custom(plan, record, field.name);
        if (!field.name.empty()) fields.push_back(std::move(field));
    }
    return fields;
}

/// What a field could mean: by its label, or else by its name, words of which may be joined ("cBirthDate", "x_thuistaal").
void guess_meaning(OfferedField& field, const std::string& stream, const HeaderKnowledge& knowledge) {
    std::string spaced;
    for (const char c : field.name) {
        const bool upper = c >= 'A' && c <= 'Z';
        if (upper && !spaced.empty() && spaced.back() != ' ') spaced += ' ';
        spaced += c == '_' || c == '.' ? ' ' : c;
    }
    for (const std::string& header : {field.label, spaced}) {
        if (header.empty()) continue;
        for (const HeaderHit& hit : knowledge.hits(header, "", fold(stream))) {
            const Meaning& meaning = knowledge.meanings()[hit.meaning];
            if (!meaning.ignore.empty() || hit.confidence < kWorthTelling || hit.confidence <= field.confidence) continue;
            field.confidence = hit.confidence;
            field.meaning = meaning.entity + "." + meaning.field;
        }
    }
}

/// Names without steps into other records: only of those is it certain that they should be among the fields.
bool is_plain_name(const std::string& name) { return name.find_first_of(".:/") == std::string::npos; }

void compare_fields(StreamCheck& check, const StreamPlan& stream, const SourceSettings& source, const PresetFile& file,
                    const HeaderKnowledge& knowledge) {
    const std::vector<std::string> asked = stream.asked();
    std::set<std::string> there;
    for (OfferedField& field : check.fields) {
        there.insert(field.name);
        field.is_read = std::find(asked.begin(), asked.end(), field.name) != asked.end();
        if (!field.is_read) guess_meaning(field, stream.name, knowledge);
        const std::string wanted = field.meaning.substr(std::min(field.meaning.find('.') + 1, field.meaning.size()));
        for (const ParameterDef& def : file.parameters()) {
            const auto given = source.connection.find(def.name);
            const bool open = def.fallback.empty() && (given == source.connection.end() || given->second.text.empty());
            if (!wanted.empty() && def.name == wanted && open && !def.secret) field.parameter = def.name;
        }
    }
    if (there.empty()) return;
    for (const std::string& name : asked)
        if (is_plain_name(name) && !there.contains(name)) check.missing.push_back(name);
}

/// How many rows there are, or, when the preset has no way to ask, whether a first page can be read.
void count_rows(RemoteSource& opened, const StreamPlan& stream, const Clock& clock, StreamCheck& check) {
    if (stream.count) {
        const ExchangeResult answer = ask(opened, stream.count->request, probe_values(opened));
        if (answer.json) check.count = whole_number(plain_value(value_at(answer.json->root(), stream.count->value)));
        return;
    }
    StreamReader reader(opened.preset(), stream, opened.exchange(), clock, "", "");
    ReadStep step;
    if (reader.next(step) && (step.refused || step.stopped) && step.why)
        throw Error(step.refused ? Exit::NoPermission : Exit::TryLater, std::vector<Fault>{*step.why});
    check.count = reader.total() ? *reader.total() : reader.rows_read();
    check.at_least = !reader.total();
}

}  // namespace

Exit RemoteCheck::exit() const {
    for (const StreamCheck& stream : streams)
        if (stream.error && !stream.optional) return stream.error->exit();
    const bool odd =
        std::any_of(streams.begin(), streams.end(), [](const StreamCheck& stream) { return stream.emptied() || !stream.missing.empty(); });
    return odd ? Exit::Config : Exit::Ok;
}

const SourceSettings& remote_source_named(const Project& project, const std::string& name) {
    const SourceSettings* source = project.source_named(name);
    if (source == nullptr) throw Error(Exit::NoInput, "SYN-005", {{"source", name}}, project.config_file().string());
    if (source->preset.empty()) throw Error(Exit::Config, "SYN-006", {{"source", name}}, project.config_file().string());
    return *source;
}

RemoteCheck check_remote(const Project& project, const SourceSettings& source, RemotePorts& remote, Ports& ports) {
    RemoteSource opened(project, source, remote, ports);
    const PresetText text = load_preset_text(source.preset, project.mappings());
    const PresetFile file = PresetFile::parse(text.text, text.file);
    RemoteCheck check{source.name, opened.preset().name, opened.preset().label, {}, {}, {}, 0};
    check.version = probe(opened, opened.preset().version_probe);
    check.user = probe(opened, opened.preset().user_probe);
    std::map<std::string, std::uint64_t> known;
    std::error_code ignored;
    if (std::filesystem::exists(project.store_file(), ignored))
        for (const StreamRows& rows : StoreReader::open(project.store_file()).stream_rows())
            if (rows.source == source.name) known[rows.stream] = rows.known;
    std::optional<HeaderKnowledge> knowledge;
    for (const StreamPlan& stream : opened.preset().streams) {
        if (!stream.parent.empty() || stream.response != AnswerKind::Json) continue;
        StreamCheck& one = check.streams.emplace_back();
        one.name = stream.name;
        one.optional = stream.optional;
        one.known = known[stream.name];
        try {
            count_rows(opened, stream, ports.clock, one);
            if (stream.metadata) {
                one.fields = offered_fields(opened, *stream.metadata);
                if (!knowledge) knowledge.emplace(HeaderKnowledge::load(project.mappings()));
                compare_fields(one, stream, source, file, *knowledge);
            }
        } catch (const Error& error) {
            if (error.exit() == Exit::Software) throw;
            one.error = error;
        }
    }
    check.requests = opened.exchange().requests();
    return check;
}

}  // namespace brugwacht
