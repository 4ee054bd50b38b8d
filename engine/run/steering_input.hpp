// Gathers what the steering group's workbook says besides its tables: dates, agreement, context, sources.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/audit/ledger.hpp"
#include "engine/core/ports.hpp"
#include "engine/core/texts.hpp"
#include "engine/rules/classify.hpp"
#include "engine/run/project.hpp"
#include "exporters/steering/steering.hpp"

namespace brugwacht {

/// What identifies a report.
struct ReportIdentity {
    Date as_of;
    std::optional<Date> known_at;
    std::optional<int> period;
    std::string release_id;  // "" for a preview
    LedgerHead audit_head;
};

/// Reads context.toml and the store's list of files. Throws as load_context().
SteeringReport steering_report(const Project& project, const std::vector<Agreement>& agreements, const ClassificationSet& classified,
                               Release release, const ReportIdentity& identity, const Texts& texts, const Files& files);

}  // namespace brugwacht
