// The starting point that people wrote in context.toml: printed before any figure, after a check for personal data.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/date.hpp"
#include "engine/core/ports.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

struct Appointment {
    double percent = 0;  // of a full-time job
    std::optional<Date> from, to;
    std::string employer;
};

struct BudgetLine {
    std::string line;
    std::optional<double> amount_eur;
    std::string note;
};

struct ProjectContext {
    std::vector<std::string> expectations, situation;  // paragraphs
    std::vector<std::string> target_groups, areas, offer;
    std::vector<std::string> strategies;  // codes
    std::string profile;
    std::vector<Appointment> appointments;
    std::vector<BudgetLine> budget;
    std::vector<std::string> steering_group, support, policy_links;
};

/// Empty when there is no context.toml. Throws Error (78) with every fault: CFG-xxx, TOM-001, PRJ-006 for contact data or numbers of
/// persons.
ProjectContext load_context(const Project& project, const Files& files);

}  // namespace brugwacht
