#include "engine/run/subject_restrict.hpp"

#include <set>

#include "engine/run/audit_event.hpp"
#include "engine/run/stores.hpp"

namespace brugwacht {
namespace {

std::set<std::int64_t> restricted_records(const Project& project) {
    std::set<std::int64_t> records;
    const StoreReader reader = StoreReader::open(project.store_file(), Restricted::Included);
    for (const RestrictionRow& row : reader.restrictions()) records.insert(row.person);
    return records;
}

SubjectRestriction describe(const Project& project, const Subject& subject, bool lifted) {
    SubjectRestriction done;
    done.records = subject.records.size();
    const std::set<std::int64_t> restricted = restricted_records(project);
    for (const std::int64_t record : subject.records)
        if (restricted.contains(record) == lifted) ++done.changed;
    std::set<std::string> sources;
    for (const std::string& record : subject.source_keys) sources.insert(record.substr(0, record.find(':')));
    done.sources.assign(sources.begin(), sources.end());
    return done;
}

void record_change(const Project& project, const SubjectRestriction& done, std::string_view action, const std::string& request_id,
                   Ports& ports) {
    record_event(project,
                 {.action = std::string(action),
                  .object = "person",
                  .request = request_id,
                  .counts = {{"records", static_cast<std::int64_t>(done.records)}, {"changed", static_cast<std::int64_t>(done.changed)}}},
                 ports);
}

}  // namespace

SubjectRestriction restrict_subject(const Project& project, const Subject& subject, RestrictionKind kind, const std::string& request_id,
                                    Ports& ports, bool dry_run) {
    SubjectRestriction done = describe(project, subject, false);
    if (!dry_run) {
        Stores(project, ports).store.restrict_persons(subject.records, kind, ports.clock.today().days());
        record_change(project, done, audit_action::kRestricted, request_id, ports);
    }
    done.people = restricted_people(project);
    return done;
}

SubjectRestriction lift_subject_restriction(const Project& project, const Subject& subject, const std::string& request_id, Ports& ports,
                                            bool dry_run) {
    SubjectRestriction done = describe(project, subject, true);
    if (!dry_run) {
        Stores(project, ports).store.lift_restriction(subject.records);
        record_change(project, done, audit_action::kRestrictionLifted, request_id, ports);
    }
    done.people = restricted_people(project);
    return done;
}

std::uint64_t restricted_people(const Project& project) {
    std::error_code ignored;
    if (!std::filesystem::exists(project.store_file(), ignored)) return 0;
    return StoreReader::open(project.store_file(), Restricted::Included).restricted_people();
}

}  // namespace brugwacht
