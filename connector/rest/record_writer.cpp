#include "connector/rest/record_writer.hpp"

#include <algorithm>

#include "connector/rest/fault.hpp"
#include "connector/rest/fields.hpp"
#include "connector/rest/request.hpp"

namespace brugwacht {
namespace {

using Outcome = ExchangeResult::Outcome;
using What = WriteOutcome::What;

Node table_of(const FieldValues& values, bool empties_with_null) {
    Node table;
    table.kind = Node::Kind::Table;
    for (const auto& [field, text] : values) {
        Node value;
        if (!text.empty() || !empties_with_null) {
            value.kind = Node::Kind::Text;
            value.text = text;
        }
        table.keys.push_back(field);
        table.items.push_back(std::move(value));
    }
    return table;
}

std::string text_argument(const Fault& fault, const std::string& name) {
    for (const auto& [key, value] : fault.args)
        if (const auto* text = std::get_if<std::string>(&value); text != nullptr && key == name) return *text;
    return {};
}

/// Faults that are about the record or its fields. All others would come back with the next record.
bool is_about_the_record(const Fault& fault) {
    static const std::set<std::string> kCodes{"REST-007", "REST-008", "REST-009", "REST-014",
                                              "REST-019", "REST-023", "REST-024", "REST-025"};
    return kCodes.contains(fault.code);
}

/// Of these, the ones in which the server itself says no.
bool is_an_answer(const Fault& fault) { return fault.code == "REST-019" || fault.code == "REST-023"; }

}  // namespace

Placeholders RecordWriter::placeholders() {
    Placeholders values;
    if (std::string token = exchange_.token(); !token.empty()) values.set("auth.token", std::move(token));
    return values;
}

ExchangeResult RecordWriter::send(const RequestPlan& request, const Placeholders& values, bool optional) {
    ExchangeRequest ask;
    ask.optional = optional;
    ask.http = make_request(preset_.connection, request, values, ask.path);
    ask.expect = ExchangeRequest::Expect::JsonOrNothing;
    return exchange_.send(ask);
}

WriteOutcome RecordWriter::write(const std::string& id, const FieldValues& values) {
    Placeholders filled = placeholders();
    filled.set("person.id", id);
    filled.set_table("values", table_of(values, plan_.empties_with_null));
    ExchangeResult answer;
    try {
        answer = send(plan_.request, filled, false);
    } catch (Error& error) {
        if (!is_about_the_record(error.first())) throw;
        return outcome_of(std::move(error));
    }
    if (answer.outcome == Outcome::Stop) return {What::Stopped, Error(Exit::TryLater, {*answer.why})};
    // A rule that skips a stream when it is read, refuses a record when it is written.
    if (answer.outcome != Outcome::Accepted) return outcome_of(Error(Exit::NoPermission, {*answer.why}));
    if (!plan_.done) return {};
    const JsonView told = answer.json ? value_at(answer.json->root(), plan_.done->path) : JsonView();
    if (told && plain_value(told) == filled.text(plan_.done->equals)) return {};
    return {What::NotThere, Error(Exit::Data, "REST-048", {{"host", host_of(preset_.connection.base_url)}})};
}

WriteOutcome RecordWriter::outcome_of(Error error) const {
    const std::string code = text_argument(error.first(), "code");
    const bool gone = error.first().code == "REST-024" || std::find(plan_.gone.begin(), plan_.gone.end(), code) != plan_.gone.end();
    const What what = gone ? What::NotThere : is_an_answer(error.first()) ? What::Refused : What::Doubtful;
    return {what, std::move(error)};
}

std::optional<std::set<std::string>> RecordWriter::known_fields() {
    if (!plan_.fields) return std::nullopt;
    const MetadataPlan& metadata = *plan_.fields;
    const ExchangeResult answer = send(metadata.request, placeholders(), true);
    if (answer.outcome == Outcome::Stop) throw Error(Exit::TryLater, {*answer.why});
    if (answer.outcome != Outcome::Accepted || !answer.json) return std::nullopt;
    std::set<std::string> names;
    for (JsonView one = value_at(answer.json->root(), metadata.records).first(); one; one = one.next())
        names.insert(metadata.field == "@key" ? std::string(one.key()) : plain_value(value_at(one, metadata.field)));
    return names;
}

std::set<std::string> RecordWriter::read_fields() const {
    const StreamPlan& stream = *preset_.stream(plan_.stream);
    std::set<std::string> names{stream.id};
    for (const std::string& name : stream.asked()) names.insert(name);
    for (const RemoteField& field : stream.fields) names.insert(field.paths.begin(), field.paths.end());
    return names;
}

}  // namespace brugwacht
