#include <algorithm>
#include <utility>

#include "engine/core/text.hpp"
#include "engine/mapping/plan.hpp"

namespace brugwacht {
namespace {

struct Fit {
    std::size_t matched = 0;  // columns that feed a field
    std::size_t columns = 0;  // of the sheets that matched
    std::size_t marks = 0;    // sheets and headers by which the mapping wants to be known, all found
    bool known = false;       // there are such marks
};

std::vector<Cell> cells_of(const std::vector<std::string>& texts) {
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        Cell cell;
        cell.column = static_cast<std::uint32_t>(i);
        cell.kind = texts[i].empty() ? CellKind::Empty : CellKind::Text;
        cell.text = texts[i];
        if (!texts[i].empty()) cells.push_back(cell);
    }
    return cells;
}

Fit fit_of(const Mapping& mapping, const FileShape& shape) {
    Fit fit;
    const RecognisePlan& wanted = mapping.plan().recognise;
    bool sheet_seen = wanted.sheets.empty();
    std::vector<std::string> headers;
    for (const SheetShape& tab : shape.sheets) {
        const std::string folded = fold(tab.name);
        sheet_seen = sheet_seen || std::any_of(wanted.sheets.begin(), wanted.sheets.end(),
                                               [&](const std::string& name) { return name_fits(name, folded); });
        SheetMapper mapper(mapping, tab.name, shape.file_name);
        if (!mapper.selected()) continue;
        MappedRow ignored;
        try {
            for (std::size_t r = 0; r < tab.rows.size() && !mapper.matched(); ++r) {
                const std::vector<Cell> cells = cells_of(tab.rows[r]);
                mapper.map(RawRow{1, r + 1, cells}, ignored);
            }
        } catch (const Error&) {
            continue;  // a required header is missing: it does not fit
        }
        for (const ColumnUse& use : mapper.columns()) {
            ++fit.columns;
            fit.matched += use.mapped ? 1 : 0;
            headers.push_back(fold(use.header));
        }
    }
    const auto there = [&](const std::string& header) { return std::find(headers.begin(), headers.end(), header) != headers.end(); };
    const bool all_seen = std::all_of(wanted.headers.begin(), wanted.headers.end(), there);
    const bool any_seen = wanted.any.empty() || std::any_of(wanted.any.begin(), wanted.any.end(), there);
    fit.marks = wanted.headers.size() + (wanted.sheets.empty() ? 0 : 1);
    fit.known = fit.marks > 0 || !wanted.any.empty();
    return wanted.never || !sheet_seen || !all_seen || !any_seen ? Fit{} : fit;
}

}  // namespace

std::optional<std::string> recognise_mapping(const FileShape& shape, const std::filesystem::path& project_mappings_dir) {
    std::optional<std::string> best;
    Fit best_fit;
    bool tie = false;
    for (const std::string& name : mapping_names(project_mappings_dir)) {
        std::optional<Mapping> mapping;
        try {
            mapping = load_mapping(name, project_mappings_dir);
        } catch (const Error&) {
            continue;  // `check` reports its faults
        }
        const Fit fit = fit_of(*mapping, shape);
        // Where a mapping finds what it wants to be known by, columns that nobody takes over say nothing against it.
        if (fit.matched < 2 || (!fit.known && fit.matched * 2 < fit.columns)) continue;
        const auto rank = [](const Fit& f) { return std::pair(f.matched, f.marks); };
        if (rank(fit) > rank(best_fit)) {
            best = name;
            best_fit = fit;
            tie = false;
        } else if (rank(fit) == rank(best_fit)) {
            tie = true;
        }
    }
    return tie ? std::nullopt : best;
}

}  // namespace brugwacht
