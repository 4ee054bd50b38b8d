// From stored facts to a workbook: load, classify, count, protect, write, freeze. A released report date is never made again, only copied.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/ports.hpp"
#include "engine/core/texts.hpp"
#include "engine/disclosure/guard.hpp"
#include "engine/rules/agreement.hpp"
#include "engine/rules/classify.hpp"
#include "engine/rules/facts.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

/// Every agreement file given, or those of the project, in order of version. Throws Error with all faults (78), also the errors of lint(),
/// RUN-007 (78) when there is none.
std::vector<Agreement> load_agreements(const Project& project, const std::vector<std::string>& files, const Files& disk);
/// Last agreed report date on or before `today`, over all versions; nothing when the agreement names no dates.
std::optional<Date> last_report_date(const std::vector<Agreement>& agreements, Date today);
/// The first agreed report date after `today`.
std::optional<Date> next_report_date(const std::vector<Agreement>& agreements, Date today);
/// Thresholds under which counts are published: those of the code, raised by the agreements and by sources bound to secrecy.
GuardPolicy publication_policy(const Project& project, const std::vector<Agreement>& agreements);
/// Facts of the store. Throws Error RUN-008 (66) when nothing was imported yet.
FactBase load_project_facts(const Project& project);

struct PublishRequest {
    std::optional<Date> as_of;  // default: the last agreed report date that has passed
    std::optional<Date> known_at;
    std::optional<int> period;  // first calendar year of the working year to report on
    std::filesystem::path out;  // "" = reports/
    bool preview = false;       // no release: nothing is frozen
    bool dry_run = false;
    bool only_when_due = false;  // do nothing when the date has its release already
};

struct PublishSummary {
    Date as_of;
    std::optional<Date> known_at;
    std::filesystem::path workbook;  // "" for a dry run
    std::string release_id;          // "" for a preview
    bool preview = false;
    bool frozen = false;         // released before: copied byte for byte
    bool facts_changed = false;  // frozen, and the facts would now give other figures
    std::size_t tables = 0;      // shown, whole or in part
    std::size_t withheld_tables = 0;
    std::uint64_t withheld_cells = 0;
};

/// Nothing when only_when_due and not due. Needs neither vault nor master key. Throws Error: DIS-xxx (4) refused, DRF-010 (4) an import
/// looks wrong and is not accepted, RUN-009 (65) as-of in the future, FIL-005 (73); the last good workbook then stays.
std::optional<PublishSummary> publish(const Project& project, const PublishRequest& request, const Texts& texts, Ports& ports);

}  // namespace brugwacht
