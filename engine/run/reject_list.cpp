#include "engine/run/reject_list.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "engine/core/text.hpp"
#include "engine/run/audit_event.hpp"
#include "engine/run/rejects.hpp"
#include "engine/run/vault_access.hpp"
#include "exporters/local/rejects.hpp"

namespace brugwacht {

namespace fs = std::filesystem;

namespace {

/// Workbooks in rejected/ by run; the number stands before the first dash.
std::map<std::int64_t, std::vector<fs::path>> workbooks_of(const Project& project) {
    std::map<std::int64_t, std::vector<fs::path>> found;
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(project.rejected(), ignored)) {
        const std::string name = entry.path().filename().string();
        if (!name.ends_with(".rejects.xlsx") || !entry.is_regular_file(ignored)) continue;
        const std::size_t dash = name.find('-');
        if (dash == std::string::npos || dash == 0 || dash > 18 || name.find_first_not_of("0123456789") != dash) continue;
        found[std::stoll(name.substr(0, dash))].push_back(entry.path());
    }
    for (auto& [run, paths] : found) std::sort(paths.begin(), paths.end());
    return found;
}

/// Name of the first file in a chain of corrections.
std::string original_name(const FileRow& file, const std::map<std::int64_t, const FileRow*>& by_id, Vault& vault) {
    const FileRow* first = &file;
    for (auto at = by_id.find(first->corrects); at != by_id.end() && at->second->id < first->id; at = by_id.find(first->corrects))
        first = at->second;
    return vault.name(NameKind::File, first->id).value_or("");
}

void add_total(RejectFile& file, const RejectTotal& total) {
    (total.state == RejectState::Open ? file.open : total.state == RejectState::Resolved ? file.resolved : file.replaced) += total.count;
    if (total.state == RejectState::Open) file.groups.push_back({total.code, total.column, total.count});
}

}  // namespace

std::string column_letters(std::uint32_t column) {
    std::string letters;
    for (std::uint32_t n = column; n > 0; n = (n - 1) / 26) letters.insert(letters.begin(), static_cast<char>('A' + (n - 1) % 26));
    return letters;
}

RejectList list_rejects(const Project& project, const RejectListRequest& request, Ports& ports) {
    RejectList list;
    std::error_code ignored;
    if (!fs::exists(project.store_file(), ignored)) return list;
    const StoreReader reader = StoreReader::open(project.store_file());
    std::optional<Vault> vault = open_vault(project, ports.secrets);
    const std::vector<FileRow> files = reader.files();
    std::map<std::int64_t, const FileRow*> by_id;
    for (const FileRow& file : files) by_id[file.id] = &file;
    const auto workbooks = workbooks_of(project);

    for (const RunRow& run : reader.runs()) {
        if (run.undone_by || (request.run && run.id != *request.run)) continue;
        std::map<std::int64_t, RejectFile> of_run;
        for (const RejectTotal& total : reader.reject_totals(run.id)) add_total(of_run[total.file], total);
        if (request.rows)
            for (RejectRow& row : reader.rejects(run.id))
                if (request.all || row.state == RejectState::Open) of_run[row.file].rows.push_back(std::move(row));
        const auto at = workbooks.find(run.id);
        const std::vector<fs::path> paths = at == workbooks.end() ? std::vector<fs::path>() : at->second;
        std::map<std::string, int> stems;
        bool shown = false;
        for (auto& [id, file] : of_run) {
            file.file = *by_id.at(id);
            if (vault) file.name = original_name(file.file, by_id, *vault);
            std::stable_sort(file.groups.begin(), file.groups.end(),
                             [](const RejectGroup& a, const RejectGroup& b) { return a.count > b.count; });
            // The n-th file of that name in the run has the n-th workbook.
            const int nth = ++stems[file_stem(file.name)];
            const std::string stem = file_stem(file.name) + (nth > 1 ? "-" + std::to_string(nth) : std::string());
            const fs::path expected = project.rejected() / reject_file_name(run.id, stem, ".xlsx");
            if (of_run.size() == 1 && paths.size() == 1) {
                file.workbook = paths.front();
            } else if (vault && std::find(paths.begin(), paths.end(), expected) != paths.end()) {
                file.workbook = expected;
            }
            list.open += file.open;
            if (file.open == 0 && !request.all) continue;
            list.files.push_back(std::move(file));
            shown = true;
        }
        if (shown)
            for (const fs::path& path : paths) list.workbooks.push_back({run.id, path});
    }
    return list;
}

namespace {

/// A rejected row, named by run, file, sheet and row.
using RowName = std::tuple<std::int64_t, std::uint32_t, std::uint32_t, std::uint64_t>;

RowName name_of(const RejectMark& mark) { return {mark.run, mark.file, mark.tab, mark.row}; }

/// Sheets of workbooks, one after another, with the rows that are still open.
class Collector {
  public:
    Collector(RejectWriter& writer, std::set<RowName> open) : writer_(writer), open_(std::move(open)) {}

    void add(const fs::path& path) {
        const auto document = open_document(path);
        for (const CorrectedTab& tab : corrected_tabs(*document)) add_sheet(*document, tab);
    }
    std::size_t sheets() const { return sheets_; }

  private:
    void add_sheet(Document& document, const CorrectedTab& tab) {
        const auto rows = document.open_tab(tab.index);
        std::vector<std::map<std::uint32_t, std::string>> above;  // header rows
        std::map<std::uint32_t, std::string> names;               // as in the column `kolom`
        bool begun = false;
        RawRow row;
        while (rows->next(row)) {
            std::optional<RejectMark> mark;
            std::map<std::uint32_t, std::string> texts;
            for (const Cell& cell : row.cells) {
                if (cell.column == tab.mark_column && cell.kind == CellKind::Text) mark = read_mark(cell.text);
                texts[cell.column] = plain_text(cell);
            }
            if (!mark) {
                if (!begun && above.size() < 2) above.push_back(texts);
                continue;
            }
            if (!open_.contains(name_of(*mark))) continue;
            if (!begun) names = begin(tab, above, document.info().tabs[tab.index - 1].name);
            begun = true;
            open_.erase(name_of(*mark));  // once is enough
            write(tab, row, *mark, texts, names);
        }
    }

    std::map<std::uint32_t, std::string> begin(const CorrectedTab& tab, const std::vector<std::map<std::uint32_t, std::string>>& above,
                                               const std::string& sheet) {
        std::map<std::uint32_t, std::string> names;
        std::vector<RejectedColumn> columns;
        std::string category;
        if (!above.empty()) {
            const auto& headers = above.back();
            for (const auto& [column, header] : headers) {
                if (column >= tab.first_ours) break;
                // A category holds until the next.
                if (above.size() > 1)
                    for (const auto& [at, text] : above.front())
                        if (at <= column && !text.empty()) category = text;
                columns.push_back({column, category, header, true});
                names[column] = category.empty() ? header : category + ": " + header;
            }
        }
        writer_.sheet(sheet, columns);
        ++sheets_;
        return names;
    }

    void write(const CorrectedTab& tab, const RawRow& row, const RejectMark& mark, std::map<std::uint32_t, std::string>& texts,
               const std::map<std::uint32_t, std::string>& names) {
        RejectedRow line;
        line.mark = mark_text(mark);
        line.row = mark.row;
        // Ours, from the left: reason, column, what to do, row, mark; a column that somebody deleted is gone.
        if (tab.mark_column == tab.first_ours + 4) {
            line.reason = texts[tab.first_ours];
            line.columns = texts[tab.first_ours + 1];
            line.remedy = texts[tab.first_ours + 2];
        }
        const std::string wrong = "\n" + line.columns + "\n";
        std::map<std::uint32_t, RejectedCell> cells;
        for (const Cell& cell : row.cells)
            if (cell.column < tab.first_ours)
                cells[cell.column] = {cell.column, cell.kind, cell.has_time, cell.number, texts[cell.column], RejectLook::Plain};
        for (const auto& [column, name] : names) {
            if (wrong.find("\n" + name + "\n") == std::string::npos) continue;
            cells[column].column = column;
            cells[column].look = RejectLook::Wrong;
        }
        for (auto& [column, cell] : cells) line.cells.push_back(std::move(cell));
        writer_.row(line);
    }

    RejectWriter& writer_;
    std::set<RowName> open_;
    std::size_t sheets_ = 0;
};

std::string joined(const std::set<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

}  // namespace

void write_open_rejects(const Project& project, const RejectList& list, const fs::path& out, const Texts& texts, Ports& ports) {
    const std::string ending = fold(out.extension().string());
    if (ending != "xlsx" && ending != "csv") throw Error(Exit::Usage, "REJ-006", {{"file", out.string()}}, out.string());
    std::set<RowName> open;
    std::set<std::string> names, sources, mappings;
    std::vector<RejectedGroup> groups;
    std::int64_t run = 0;
    for (const RejectFile& file : list.files) {
        for (const RejectRow& row : file.rows)
            if (row.state == RejectState::Open) open.insert({row.run, file.file.number, row.tab, row.row});
        if (file.open == 0) continue;
        names.insert(file.shown());
        sources.insert(file.file.source);
        mappings.insert(file.file.mapping);
        run = file.file.run;
        for (const RejectGroup& group : file.groups) {
            const std::string column = group.column == 0 ? texts("rejects.whole_row") : column_letters(group.column);
            groups.push_back({group.count, column, texts(group.code + ".message", {{"column", column}}), texts(group.code + ".remedy")});
        }
    }
    const TemporaryFolder temporary(project);
    RejectWriter writer(temporary.path(), texts, {joined(names), joined(sources), joined(mappings), run});
    Collector collector(writer, std::move(open));
    for (const RejectWorkbook& workbook : list.workbooks) collector.add(workbook.path);
    if (collector.sheets() == 0) throw Error(Exit::NoInput, "REJ-005");
    if (ending == "csv" && collector.sheets() > 1)
        throw Error(Exit::Usage, "REJ-004", {{"count", static_cast<std::int64_t>(collector.sheets())}}, out.string());
    writer.close(groups, 0);
    record_event(
        project,
        {.action = std::string(audit_action::kRejects), .object = "workbook", .counts = {{"rows", static_cast<std::int64_t>(list.open)}}},
        ports);
    // Written anew rather than renamed: it may go to another disk.
    ports.files.write(out, ports.files.read(ending == "csv" ? writer.csv_files().front() : writer.workbook()), 0600);
}

}  // namespace brugwacht
