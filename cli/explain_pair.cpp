#include "cli/explain_pair.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "cli/project_session.hpp"
#include "cli/subject_arguments.hpp"
#include "engine/lib/json.hpp"
#include "engine/run/link.hpp"
#include "engine/run/look_up.hpp"
#include "engine/run/review.hpp"
#include "engine/run/subject_request.hpp"

namespace brugwacht {
namespace {

constexpr double kFullBar = 20;  // bits of weight that fill a bar of ten signs

std::uint32_t find_record(const LinkReport& report, const std::string& wanted) {
    const auto all = std::find_if(report.records.begin(), report.records.end(), [&](const auto& r) { return r.source_key == wanted; });
    if (all != report.records.end()) return static_cast<std::uint32_t>(all - report.records.begin());
    std::vector<std::uint32_t> found;
    for (std::uint32_t i = 0; i < report.records.size(); ++i)
        if (report.records[i].key() == wanted) found.push_back(i);
    if (found.empty()) throw Error(Exit::NoInput, "EXP-004");
    if (found.size() > 1) throw Error(Exit::Usage, "EXP-005");
    return found.front();
}

std::string_view zone_word(LinkZone zone) {
    switch (zone) {
        case LinkZone::Same:
            return "same";
        case LinkZone::Review:
            return "review";
        case LinkZone::Different:
            break;
    }
    return "different";
}

/// "+3.2"
std::string signed_number(double weight) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), weight, std::chars_format::fixed, 1);
    return (weight > 0 ? "+" : "") + std::string(digits.data(), end.ptr);
}

std::string bar(double weight) {
    const auto length = static_cast<std::size_t>(std::clamp(std::abs(weight) / kFullBar * 10 + 0.5, 0.0, 10.0));
    std::string signs;
    for (std::size_t i = 0; i < length; ++i) signs += weight < 0 ? "-" : "+";
    signs.resize(10, ' ');
    return signs;
}

void print(Session& session, const LinkReport& report, std::uint32_t a, std::uint32_t b, const PairExplanation& found) {
    const Texts& texts = session.texts;
    session.out << texts("explain_pair.title", {{"a", report.records[a].source_key}, {"b", report.records[b].source_key}}) << '\n';
    for (const LinkEvidence& evidence : found.evidence) {
        if (evidence.level == "missing" || (evidence.level == "order" && std::abs(evidence.weight) < 0.05)) continue;
        const std::string weight = evidence.field == "rule" ? "" : signed_number(evidence.weight);
        session.out << "  " << std::string(7 - std::min<std::size_t>(7, weight.size()), ' ') << weight << "  "
                    << bar(evidence.field == "rule" ? 0 : evidence.weight) << "  " << evidence_text(evidence, texts) << '\n';
    }
    const bool joined = report.records[a].first == report.records[b].first;
    session.out << texts("explain_pair.total", {{"weight", signed_number(found.weight)}}) << '\n'
                << texts("explain_pair.zone." + std::string(zone_word(found.zone))) << '\n';
    if (found.decided) session.out << texts("explain_pair.decided") << '\n';
    session.out << texts(joined ? "explain_pair.joined" : "explain_pair.apart") << '\n';
    session.say("explain.logged");
}

void write_json(Session& session, const LinkReport& report, std::uint32_t a, std::uint32_t b, const PairExplanation& found) {
    JsonWriter json;
    json.begin_object()
        .member("exit", 0)
        .member("a", report.records[a].source_key)
        .member("b", report.records[b].source_key)
        .member("weight_log2", found.weight)
        .member("zone", zone_word(found.zone))
        .member("decided", found.decided)
        .member("one_person", report.records[a].first == report.records[b].first)
        .key("evidence")
        .begin_array();
    for (const LinkEvidence& evidence : found.evidence)
        json.begin_object()
            .member("field", evidence.field)
            .member("level", evidence.level)
            .member("weight_log2", evidence.weight)
            .member("text", evidence_text(evidence, session.texts))
            .end_object();
    json.end_array().end_object();
    session.out << json.take() << '\n';
}

}  // namespace

Exit explain_pair(Session& session, const std::string& a, const std::string& b, const std::string& reason) {
    require_reason(reason);
    const Project project = session.project();
    ProjectPorts ports(session, project);
    const ProjectLock lock(project);
    LinkReport report;
    weigh_persons(project, ports.ports(), report);
    const std::uint32_t one = find_record(report, a), other = find_record(report, b);
    if (one == other) throw Error(Exit::Usage, "EXP-006");
    Vault vault = open_subject_vault(project, ports.ports().secrets);
    say_rate(session, note_look_up(project, vault, "explain", "pair", "", report.records[one].id, reason, ports.ports()));
    const PairExplanation found = report.explain(one, other);
    if (session.options.json) {
        write_json(session, report, one, other, found);
    } else {
        print(session, report, one, other, found);
    }
    return Exit::Ok;
}

}  // namespace brugwacht
