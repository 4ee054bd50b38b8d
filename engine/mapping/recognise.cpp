#include <algorithm>
#include <tuple>

#include "engine/core/text.hpp"
#include "engine/mapping/plan.hpp"

namespace brugwacht {
namespace {

struct Fit {
    std::size_t matched = 0;    // columns that feed a field
    std::size_t columns = 0;    // of the sheets that matched; those that a fingerprint knows and leaves do not count
    std::size_t marks = 0;      // sheets and headers by which the mapping wants to be known, all found
    bool known = false;         // there are such marks
    bool saved_for_it = false;  // a fingerprint has most of these headers
    bool exact = true;          // no header is new and none is gone, on every sheet that matched

    /// Where a mapping finds what it wants to be known by, columns that nobody takes over say nothing against it.
    bool enough() const { return saved_for_it ? matched >= 1 : matched >= 2 && (known || matched * 2 >= columns); }
    /// A mapping that was saved for these headers comes first.
    auto rank() const { return std::tuple(saved_for_it, matched, marks); }
};

std::vector<HeaderCell> header_cells(const std::vector<ColumnUse>& uses) {
    std::vector<HeaderCell> cells;
    for (const ColumnUse& use : uses) cells.push_back({use.column, use.header, fold(use.header), {}, {}});
    return cells;
}

// Most of what the fingerprint lists is there.
bool mostly(const FingerprintPlan& fingerprint, const HeaderDrift& drift) {
    return drift.kept >= 2 && drift.kept * 10 >= fingerprint.headers.size() * 6;
}

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
        const FingerprintPlan* fingerprint = nullptr;
        bool same = false;
        for (const SheetPlan& plan : mapping.plan().sheets) {
            if (!plan.fingerprint || mapper.columns().empty()) continue;
            const HeaderDrift drift = compare_headers(*plan.fingerprint, header_cells(mapper.columns()));
            if (!mostly(*plan.fingerprint, drift)) continue;
            fingerprint = &*plan.fingerprint;
            same = same || (drift.fresh.empty() && drift.gone.empty());
        }
        fit.saved_for_it = fit.saved_for_it || fingerprint != nullptr;
        fit.exact = fit.exact && (mapper.columns().empty() || same);
        for (const ColumnUse& use : mapper.columns()) {
            headers.push_back(fold(use.header));
            const bool left =
                !use.mapped && fingerprint != nullptr &&
                std::find(fingerprint->folded.begin(), fingerprint->folded.end(), headers.back()) != fingerprint->folded.end();
            fit.columns += left ? 0 : 1;
            fit.matched += use.mapped ? 1 : 0;
        }
    }
    const auto there = [&](const std::string& header) { return std::find(headers.begin(), headers.end(), header) != headers.end(); };
    const bool all_seen = std::all_of(wanted.headers.begin(), wanted.headers.end(), there);
    const bool any_seen = wanted.any.empty() || std::any_of(wanted.any.begin(), wanted.any.end(), there);
    fit.marks = wanted.headers.size() + (wanted.sheets.empty() ? 0 : 1);
    fit.known = fit.marks > 0 || !wanted.any.empty();
    if (wanted.exact && (!fit.saved_for_it || !fit.exact)) return {};
    return wanted.never || !sheet_seen || !all_seen || !any_seen ? Fit{} : fit;
}

// The required header that a sheet lacks, when its headers are mostly those of the fingerprint.
std::optional<Error> near_miss_of(const Mapping& mapping, const FingerprintPlan& fingerprint, const SheetShape& tab,
                                  const std::string& file_name) {
    const bool known = std::any_of(tab.rows.begin(), tab.rows.end(), [&](const std::vector<std::string>& row) {
        std::vector<HeaderCell> cells;
        for (const std::string& text : row)
            if (!text.empty()) cells.push_back({0, text, fold(text), {}, {}});
        return mostly(fingerprint, compare_headers(fingerprint, cells));
    });
    if (!known) return std::nullopt;
    SheetMapper mapper(mapping, tab.name, file_name);
    MappedRow ignored;
    try {
        for (std::size_t r = 0; r < tab.rows.size() && !mapper.matched(); ++r) {
            const std::vector<Cell> cells = cells_of(tab.rows[r]);
            mapper.map(RawRow{1, r + 1, cells}, ignored);
        }
    } catch (const Error& error) {
        return error;
    }
    return mapper.matched() ? std::nullopt : mapper.near_miss();
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
        if (!fit.enough()) continue;
        if (fit.rank() > best_fit.rank()) {
            best = name;
            best_fit = fit;
            tie = false;
        } else if (fit.rank() == best_fit.rank()) {
            tie = true;
        }
    }
    return tie ? std::nullopt : best;
}

std::optional<Error> nearly_recognised(const FileShape& shape, const std::filesystem::path& project_mappings_dir) {
    std::optional<Error> found;
    for (const std::string& name : mapping_names(project_mappings_dir)) {
        std::optional<Mapping> mapping;
        try {
            mapping = load_mapping(name, project_mappings_dir);
        } catch (const Error&) {
            continue;
        }
        for (const SheetPlan& plan : mapping->plan().sheets) {
            if (!plan.fingerprint || mapping->plan().recognise.exact) continue;
            for (const SheetShape& tab : shape.sheets) {
                const auto error = near_miss_of(*mapping, *plan.fingerprint, tab, shape.file_name);
                if (!error) continue;
                if (found && found->first().args != error->first().args) return std::nullopt;  // two mappings could be meant
                found = error;
            }
        }
    }
    return found;
}

}  // namespace brugwacht
