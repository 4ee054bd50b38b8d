#include "engine/run/look_up.hpp"

#include <set>

#include "engine/core/text.hpp"
#include "engine/identity/intake.hpp"
#include "engine/run/audit_event.hpp"
#include "engine/run/vault_access.hpp"
#include "engine/store/reader.hpp"
#include "engine/vault/keys.hpp"

namespace brugwacht {

namespace {

std::string full_name(const FactBase& facts, const TrajectoryInfo& info) {
    return std::string(facts.source(info.source)) + ":" + std::string(facts.text(info.key));
}

/// Record of the child that the trajectory is of.
std::int64_t person_of(const Project& project, const LookUp& look_up) {
    const StoreReader reader = StoreReader::open(project.store_file());
    TrajectoryRow row;
    for (auto rows = reader.trajectories(); rows.next(row);)
        if (row.source == look_up.source && row.key == look_up.trajectory) return row.person;
    return 0;
}

}  // namespace

std::uint32_t find_trajectory(const FactBase& facts, std::string_view wanted, const Secrets& secrets) {
    std::optional<RecordIds> ids;
    if (secrets.exists("master")) ids.emplace(load_keys(secrets).record_id);
    const auto is_key = [&](const TrajectoryInfo& info, std::string_view key) {
        if (facts.text(info.key) == key) return true;
        return ids && facts.text(info.key).starts_with("h_") &&
               facts.text(info.key) == ids->shown_key(facts.source(info.source), Entity::Trajectory, key);
    };
    std::vector<std::uint32_t> found;
    const auto all = facts.trajectories();
    for (std::uint32_t t = 0; t < all.size(); ++t) {
        const std::string_view source = facts.source(all[t].source);
        const bool with_source = wanted.size() > source.size() && wanted.starts_with(source) && wanted[source.size()] == ':' &&
                                 is_key(all[t], wanted.substr(source.size() + 1));
        if (with_source || is_key(all[t], wanted) || facts.text(all[t].id) == wanted) found.push_back(t);
    }
    if (found.empty()) throw Error(Exit::NoInput, "EXP-001", {{"value", std::string(wanted)}});
    if (found.size() > 1) {
        std::string known;
        for (const std::uint32_t t : found) known += (known.empty() ? "" : ", ") + full_name(facts, all[t]);
        throw Error(Exit::Usage, "EXP-002", {{"value", std::string(wanted)}, {"known", known}});
    }
    return found.front();
}

std::map<EventName, FactOrigin> fact_origins(const Project& project, const std::vector<EventName>& events, Ports& ports) {
    const std::set<EventName> wanted(events.begin(), events.end());
    std::map<EventName, FactOrigin> origins;
    const StoreReader reader = StoreReader::open(project.store_file());
    std::map<std::int64_t, FileRow> files;
    for (FileRow& file : reader.files()) files.emplace(file.id, std::move(file));
    std::optional<Vault> vault = open_vault(project, ports.secrets);

    EventRow row;
    EventName name;
    for (auto rows = reader.events(); origins.size() < wanted.size() && rows.next(row);) {
        name.first.assign(row.source);
        name.second.assign(row.key);
        if (!wanted.contains(name)) continue;
        FactOrigin origin;
        origin.tab = row.origin.tab;
        origin.row = row.origin.row;
        if (const auto file = files.find(row.origin.file); file != files.end()) {
            origin.run = file->second.run;
            origin.source = file->second.source;
            origin.file_hash = file->second.sha256.substr(0, 12);
        }
        if (vault) {
            origin.file_name = vault->name(NameKind::File, row.origin.file).value_or("");
            origin.sheet = vault->name(NameKind::Sheet, row.origin.file * 1000 + row.origin.tab).value_or("");
        }
        origins.emplace(name, std::move(origin));
    }
    return origins;
}

void require_reason(std::string_view reason) {
    if (trim(reason).empty()) throw Error(Exit::Usage, "EXP-003");
}

std::optional<LookUpRate> log_look_up(const Project& project, const LookUp& look_up, const std::string& rules_hash, Ports& ports) {
    if (std::optional<Vault> vault = open_vault(project, ports.secrets))
        return note_look_up(project, *vault, look_up.action, "trajectory", rules_hash, person_of(project, look_up), look_up.reason, ports);
    record_event(project, {.action = look_up.action, .object = "trajectory", .config = rules_hash}, ports);
    return std::nullopt;
}

}  // namespace brugwacht
