// The steering group's workbook: context first, then a dashboard, themes, agreements and method, then one plain sheet per released table.
// Sees released tables, texts and dates only; every number it prints passed the guard. The same report gives the same bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/date.hpp"
#include "engine/core/texts.hpp"
#include "engine/disclosure/guard.hpp"

namespace brugwacht {

class CodeLists;

/// The starting point as people wrote it, already checked for personal data.
struct SteeringContext {
    struct Appointment {
        double percent = 0;
        std::optional<Date> from = {}, to = {};
        std::string employer = {};
    };
    struct Budget {
        std::string line = {};
        std::optional<double> amount_eur = {};
        std::string note = {};
    };
    std::vector<std::string> situation = {}, expectations = {}, target_groups = {}, areas = {}, offer = {};
    std::vector<std::string> strategies = {};  // codes
    std::string profile = {};
    std::vector<Appointment> appointments = {};
    std::vector<Budget> budget = {};
    std::vector<std::string> steering_group = {}, support = {}, policy_links = {};
    bool empty() const;
};

struct SteeringReport {
    std::string organisation = {}, municipality = {}, contact = {};
    Date as_of = {};
    std::optional<Date> known_at = {};
    std::string period = {};      // "2025-2026", or "" = everything
    std::string release_id = {};  // "" for a preview
    std::string audit_head = {};  // "9f86d081884c:17", as `audit verify --head` takes it
    std::string audit_root = {};  // Merkle root of the audit log then, 64 hex digits
    bool preview = false;
    std::optional<Date> next_report = {};

    std::string agreement_title = {};
    std::vector<std::string> agreements = {};  // "voorbeeldstad@1"
    std::vector<std::string> agreed_by = {};
    std::optional<Date> agreed_on = {};
    std::string rules_hash = {};
    std::vector<std::string> agreement_text = {};             // as the rules say it, one paragraph each
    std::vector<std::string> agreement_warnings = {};         // of the linter
    std::vector<std::pair<Date, std::string>> calendar = {};  // days of follow-up and report, with their topic
    struct Goal {
        std::string indicator = {};
        double target = 0;  // a share of 1, or a number
        std::string period = {};
        std::optional<Date> agreed_on = {};
    };
    std::vector<Goal> goals = {};
    double follow_up_target = 0;  // 0 = none agreed

    SteeringContext context = {};
    /// Percent of a full-time job, all ambassadors together, on average over the days of a quarter.
    struct Employment {
        std::string quarter = {};  // "2025-3"
        double percent = 0;
    };
    std::vector<Employment> employment = {};
    /// What somebody thinks of a factor of supply or demand: a judgement, printed with its day and the judge's function.
    struct Factor {
        std::string side = {}, factor = {};  // codes
        double score = 0;
        Date date = {};
        int author = 0;  // number of the ambassador, never a name; 0 = not noted
    };
    std::vector<Factor> factors = {};
    std::vector<std::string> lessons = {};                   // thresholds and stories that people wrote and checked
    std::vector<std::pair<std::string, Date>> sources = {};  // name, day of the last import
    Release release = {};
};

/// Writes to `temporary` (in a folder of mode 0700); the caller publishes it. Throws Error XLW-xxx.
void write_steering_workbook(const SteeringReport& report, const CodeLists& lists, const Texts& texts,
                             const std::filesystem::path& temporary);

}  // namespace brugwacht
