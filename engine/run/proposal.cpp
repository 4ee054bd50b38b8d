#include "engine/run/proposal.hpp"

#include <algorithm>

#include "engine/core/text.hpp"
#include "engine/lib/catalogue.hpp"

namespace brugwacht {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kRows = 200;  // of each sheet
constexpr std::size_t kTabs = 40;
constexpr std::size_t kCells = 120'000;        // of the whole file; a sheet gets a third of what is left,
constexpr std::size_t kCellsOfASheet = 1'000;  // and this much always

/// Text of a cell without the half of a character at its end.
void keep_text(SampleCell& kept, std::string_view text) {
    if (text.size() > kLongestSampleText) {
        kept.cut = true;
        text = text.substr(0, kLongestSampleText);
        while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.remove_suffix(1);
        if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0) text.remove_suffix(1);
    }
    kept.text = text;
}

SheetSample sample_sheet(Document& document, const TabInfo& tab, std::size_t& cells_left) {
    SheetSample sheet{tab.index, tab.name, {}};
    const auto source = document.open_tab(tab.index);
    RawRow row;
    std::size_t room = cells_left / 3 + kCellsOfASheet;
    while (sheet.rows.size() < kRows && room > 0 && source->next(row)) {
        RowSample kept{row.row, {}};
        for (const Cell& cell : row.cells) {
            if (cell.kind == CellKind::Empty) continue;
            // One row is taken whole: it may be the header.
            if (room == 0 && !sheet.rows.empty()) break;
            room -= room > 0 ? 1U : 0U;
            cells_left -= cells_left > 0 ? 1U : 0U;
            SampleCell sample;
            sample.column = cell.column;
            sample.kind = cell.kind;
            sample.number = cell.number;
            keep_text(sample, cell.text);
            kept.cells.push_back(std::move(sample));
        }
        if (!kept.cells.empty()) sheet.rows.push_back(std::move(kept));
    }
    return sheet;
}

/// As `peek` chooses: by name, else by name in another spelling, else by number.
const TabInfo* choose_tab(const DocumentInfo& info, const std::string& sheet) {
    for (const TabInfo& tab : info.tabs)
        if (tab.name == sheet) return &tab;
    for (const TabInfo& tab : info.tabs)
        if (!tab.name.empty() && fold(tab.name) == fold(sheet)) return &tab;
    for (const TabInfo& tab : info.tabs)
        if (std::to_string(tab.index) == sheet) return &tab;
    return nullptr;
}

}  // namespace

FileSample sample_of(Document& document, const fs::path& path, const std::string& sheet) {
    FileSample sample;
    const DocumentInfo& info = document.info();
    sample.file_name = path.filename().string();
    sample.kind = info.kind;
    if (info.kind == "csv") {
        sample.encoding = info.encoding;
        sample.delimiter = info.delimiter;
        sample.quote = info.quote;
    }
    const TabInfo* only = sheet.empty() ? nullptr : choose_tab(info, sheet);
    if (!sheet.empty() && only == nullptr)
        throw Error(Exit::Usage, "FIL-020",
                    {{"file", path.string()}, {"sheet", sheet}, {"count", static_cast<std::int64_t>(info.tabs.size())}}, path.string());
    std::size_t cells_left = kCells;
    for (const TabInfo& tab : info.tabs) {
        if (!tab.is_sheet || sample.sheets.size() >= kTabs || (only != nullptr && only != &tab)) continue;
        sample.sheets.push_back(sample_sheet(document, tab, cells_left));
    }
    return sample;
}

fs::path proposal_file(const Project& project, const Proposal& proposal) {
    return project.dir() / "review" / ("mapping-" + layout_id(proposal) + ".toml");
}

Error unknown_layout(const Project& project, Document& document, const fs::path& path, Files& files, bool write) {
    const std::string name = path.filename().string();
    const FileSample sample = sample_of(document, path);
    if (auto near = nearly_recognised(shape_of(sample), project.mappings())) return *near;
    const Proposal proposal = propose_mapping(sample, project.mappings());
    std::string place = "none";
    if (proposal.usable()) {
        const fs::path file = proposal_file(project, proposal);
        const Texts texts = load_texts(project.settings().language);
        MappingText options;
        options.label = "brugwacht map";
        options.repeat_all_headers = false;  // nobody looked at these headers yet: one of them may be a name
        if (write) {
            std::error_code ignored;
            fs::create_directories(file.parent_path(), ignored);
            files.write(file, write_mapping(proposal, sample, options, texts), 0600);
        }
        place = "review/" + file.filename().string();
    }
    return Error(Exit::Data, "RUN-004", {{"file", name}, {"path", path.string()}, {"proposal", place}}, path.string());
}

std::vector<fs::path> waiting_proposals(const Project& project) {
    std::vector<fs::path> found;
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(project.dir() / "review", ignored)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with("mapping-") && name.ends_with(".toml")) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace brugwacht
