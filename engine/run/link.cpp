#include "engine/run/link.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <vector>

#include "engine/identity/intake.hpp"
#include "engine/run/audit_event.hpp"
#include "engine/run/import.hpp"
#include "engine/run/import_file.hpp"
#include "engine/store/reader.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

/// RFC 4180; lines end with LF.
void append_line(std::string& out, std::initializer_list<std::string_view> cells) {
    bool first = true;
    for (const std::string_view cell : cells) {
        if (!first) out.push_back(',');
        first = false;
        if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
            out.append(cell);
            continue;
        }
        out.push_back('"');
        for (const char c : cell) out.append(c == '"' ? 2 : 1, c);
        out.push_back('"');
    }
    out.push_back('\n');
}

std::string clusters_csv(const LinkReport& report) {
    // Who goes is no record any more, and nobody is named after him.
    std::vector<std::uint32_t> first(report.records.size(), static_cast<std::uint32_t>(report.records.size()));
    for (std::uint32_t i = 0; i < report.records.size(); ++i)
        if (const LinkReport::Record& record = report.records[i]; record.stays) first[record.first] = std::min(first[record.first], i);
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < report.records.size(); ++i)
        if (report.records[i].stays) order.push_back(i);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        const LinkReport::Record &x = report.records[a], &y = report.records[b];
        return x.source() != y.source() ? x.source() < y.source() : x.key() < y.key();
    });
    std::string csv = "source,record,person\n";
    for (const std::uint32_t i : order) {
        const LinkReport::Record& record = report.records[i];
        append_line(csv, {record.source(), record.key(), report.records[first[record.first]].source_key});
    }
    return csv;
}

std::string weight_text(double weight) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), weight, std::chars_format::fixed, 3);
    return {digits.data(), end.ptr};
}

std::string pairs_csv(const LinkReport& report) {
    std::string csv = "source_a,record_a,source_b,record_b,zone,weight_log2\n";
    for (const ScoredPair& pair : report.pairs) {
        if (pair.zone == LinkZone::Different) continue;
        const LinkReport::Record &a = report.records[pair.a], &b = report.records[pair.b];
        if (!a.stays || !b.stays) continue;
        append_line(csv,
                    {a.source(), a.key(), b.source(), b.key(), pair.zone == LinkZone::Same ? "same" : "review", weight_text(pair.weight)});
    }
    return csv;
}

void require_store(const Project& project) {
    std::error_code ignored;
    if (!fs::exists(project.store_file(), ignored)) throw Error(Exit::NoInput, "RUN-008", {}, project.store_file().string());
}

IntakeSettings link_settings(const Project& project, Stores& stores) {
    IntakeSettings settings = intake_settings(project, stores);
    const StoreReader reader = StoreReader::open(project.store_file());
    for (const SourceRow& source : reader.sources())
        if (source.role == "evidence") settings.evidence_sources.push_back(source.name);
    return settings;
}

}  // namespace

AuditEntry link_event(const LinkSummary& link) {
    AuditEntry entry{.action = std::string(audit_action::kLink), .object = "person"};
    const auto count = [](std::uint64_t number) { return static_cast<std::int64_t>(number); };
    entry.counts = {{"records", count(link.records)},
                    {"persons", count(link.persons)},
                    {"joined", count(link.joined)},
                    {"changed", count(link.changed)},
                    {"removed", count(link.removed)}};
    return entry;
}

bool link_is_due(const Project& project) {
    std::error_code ignored;
    return fs::exists(project.store_file(), ignored) && StoreReader::open(project.store_file()).link_due();
}

LinkResult link_persons(const Project& project, const LinkRequest& request, Ports& ports) {
    require_store(project);
    if (!request.dry_run) record_changes(project, ports);
    Stores stores(project, ports);
    const IntakeSettings settings = link_settings(project, stores);
    Intake intake(stores.store, stores.vault, stores.keys, settings, ports.clock.now(), "link");
    LinkReport report;
    const bool files = !request.clusters.empty() || !request.pairs.empty();
    LinkResult result;
    result.run = intake.run();
    result.link = intake.link(files ? &report : nullptr, request.whole);
    result.waiting = intake.waiting();
    if (!request.clusters.empty()) ports.files.write(request.clusters, clusters_csv(report), 0600);
    if (!request.pairs.empty()) ports.files.write(request.pairs, pairs_csv(report), 0600);
    if (request.dry_run) {
        intake.rollback();
        return result;
    }
    intake.commit();
    AuditEntry entry = link_event(result.link);
    entry.run = result.run;
    record_event(project, entry, ports);
    return result;
}

LinkResult weigh_persons(const Project& project, Ports& ports, LinkReport& report) {
    require_store(project);
    Stores stores(project, ports);
    const IntakeSettings settings = link_settings(project, stores);
    Intake intake(stores.store, stores.vault, stores.keys, settings, ports.clock.now(), "link");
    LinkResult result;
    result.link = intake.link(&report, true);
    result.waiting = intake.waiting();
    intake.rollback();
    return result;
}

}  // namespace brugwacht
