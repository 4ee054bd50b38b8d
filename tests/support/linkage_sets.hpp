// Sets of person records with known truth, of many shapes, to judge linkage with one set of defaults: the open sets of the corpus, with and
// without the social-security column; children of Flemish towns; and shapes that no one tuned for: few fields, a list of voters, people of
// the nineteenth century, lists of members.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model.hpp"
#include "tests/support/flemish_children.hpp"
#include "tests/support/linkage_metrics.hpp"

namespace brugwacht {

struct SetRecord {
    std::string source;
    std::array<std::string, kMaxFields> values;  // in the order of entity_def(Entity::Person).fields; [0] = key
};

struct LinkageSet {
    std::string name;
    std::vector<SetRecord> records;
    Truth truth;
};

/// "febrl1", "febrl1+ssn", "children-1", "voters", ...
std::vector<std::string_view> linkage_set_names();
/// Any "children-SEED" is a set, too. Nothing when the set is of the corpus and the corpus is not there. Throws std::runtime_error for an
/// unknown name.
std::optional<LinkageSet> linkage_set(std::string_view name);
LinkageSet children_set(std::string_view name, const ChildrenOptions& options);

/// Writes SOURCE/people.csv for each source, truth.csv and twins.csv, as write_children does. Throws std::runtime_error.
void write_linkage_set(const LinkageSet& set, const std::filesystem::path& folder);

}  // namespace brugwacht
