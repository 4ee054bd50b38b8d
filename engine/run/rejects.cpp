#include "engine/run/rejects.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include "engine/core/text.hpp"
#include "engine/lib/catalogue.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/csv_writer.hpp"
#include "engine/policy/policy.hpp"
#include "engine/run/retention.hpp"
#include "exporters/local/rejects.hpp"

namespace brugwacht {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kMarkStart = "brugwacht:";
constexpr std::uint64_t kRowsForMarks = 40;
constexpr std::size_t kHashDigits = 12;
constexpr std::size_t kLongestShown = 200;      // of a cell; nothing longer is ever taken over
constexpr std::size_t kLongestShownFault = 40;  // of what should have been a date, number or yes and no
constexpr std::size_t kMostOpen = 2000000;      // earlier rejects that a file is compared with
constexpr std::size_t kLongestStem = 100;

template <typename T>
bool take_number(std::string_view& text, T& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end == text.data() + text.size() || *end != '.') return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
    return true;
}

bool is_withheld_code(std::string_view code) {
    // Numbers that may not be kept, free text, and what else has no place in its column.
    return code.starts_with("POL-") || code == "IMP-016" || code == "IMP-023";
}

bool is_typed_fault(std::string_view code) { return code == "IMP-012" || code == "IMP-013" || code == "IMP-014" || code == "IMP-017"; }

/// The headers of our columns in every language the program speaks, folded.
const std::vector<std::vector<std::string>>& known_headers() {
    static const auto kHeaders = [] {
        std::vector<std::vector<std::string>> all;
        for (const char* language : {"nl", "fr", "en"}) {
            all.push_back(reject_headers(load_texts(language)));
            for (std::string& header : all.back()) header = fold(header);
        }
        return all;
    }();
    return kHeaders;
}

using RowTexts = std::map<std::uint32_t, std::string>;  // column -> text

/// The first of our columns, seen from the one with the marks: to its left stand the others, unless somebody deleted some.
/// As long as all are there, their headers decide; else no column of the source is taken for one of ours.
std::uint32_t first_of_ours(const std::vector<RowTexts>& rows_above, std::uint32_t mark_column, std::uint32_t source_width) {
    const auto folded_at = [](const RowTexts& row, std::uint32_t column) {
        const auto at = row.find(column);
        return at == row.end() ? std::string() : fold(at->second);
    };
    for (auto row = rows_above.rbegin(); row != rows_above.rend(); ++row) {
        for (const std::vector<std::string>& headers : known_headers()) {
            if (folded_at(*row, mark_column) != headers.back()) continue;
            std::uint32_t first = mark_column;
            std::size_t left = headers.size() - 1;
            while (first > 0) {
                const std::string text = folded_at(*row, first - 1);
                const auto begin = headers.begin();
                const auto found = std::find(begin, begin + static_cast<std::ptrdiff_t>(left), text);
                if (text.empty() || found == begin + static_cast<std::ptrdiff_t>(left)) break;
                left = static_cast<std::size_t>(found - begin);
                --first;
            }
            const bool complete = mark_column - first + 1 == headers.size();
            return complete ? first : std::clamp(source_width, first, mark_column);
        }
    }
    return mark_column;
}

std::optional<CorrectedTab> corrected_tab(Document& document, const TabInfo& tab) {
    const auto rows = document.open_tab(tab.index);
    std::vector<RowTexts> above;
    RawRow row;
    for (std::uint64_t n = 0; n < kRowsForMarks && rows->next(row); ++n) {
        RowTexts texts;
        for (const Cell& cell : row.cells) {
            if (cell.kind != CellKind::Text) continue;
            if (const auto mark = read_mark(cell.text)) {
                CorrectedTab found{tab.index, *mark, cell.column, 0, tab.name};
                found.first_ours = first_of_ours(above, cell.column, mark->width);
                return found;
            }
            if (n < 5 && cell.text.size() <= 40) texts.emplace(cell.column, std::string(trim(cell.text)));
        }
        if (n < 5) above.push_back(std::move(texts));
    }
    return std::nullopt;
}

std::string column_name(const ColumnUse& use) { return use.category.empty() ? use.header : use.category + ": " + use.header; }

}  // namespace

std::string mark_text(const RejectMark& mark) {
    return std::string(kMarkStart) + std::to_string(mark.run) + "." + std::to_string(mark.file) + "." + std::to_string(mark.tab) + "." +
           std::to_string(mark.row) + "." + std::to_string(mark.width) + "." + mark.hash;
}

std::optional<RejectMark> read_mark(std::string_view text) {
    text = trim(text);
    if (!text.starts_with(kMarkStart) || text.size() > 100) return std::nullopt;
    text.remove_prefix(kMarkStart.size());
    RejectMark mark;
    if (!take_number(text, mark.run) || !take_number(text, mark.file) || !take_number(text, mark.tab) || !take_number(text, mark.row) ||
        !take_number(text, mark.width))
        return std::nullopt;
    const bool hex = text.size() == kHashDigits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    if (!hex || mark.run <= 0 || mark.file == 0 || mark.tab == 0 || mark.row == 0) return std::nullopt;
    mark.hash = text;
    return mark;
}

std::vector<CorrectedTab> corrected_tabs(Document& document) {
    std::vector<CorrectedTab> found;
    for (const TabInfo& tab : document.info().tabs) {
        if (!tab.is_sheet) continue;
        try {
            if (auto corrected = corrected_tab(document, tab)) found.push_back(std::move(*corrected));
        } catch (const Error&) {
            continue;  // a damaged sheet is reported when its rows are wanted
        }
    }
    return found;
}

std::vector<Correction> find_corrections(Document& document, Store& store, Vault& vault) {
    std::vector<Correction> all;
    for (CorrectedTab& tab : corrected_tabs(document)) {
        const auto known = store.known_file(tab.mark.run, tab.mark.file);
        if (!known || to_hex(known->sha256).substr(0, kHashDigits) != tab.mark.hash) throw Error(Exit::Data, "REJ-001");
        auto at = std::find_if(all.begin(), all.end(), [&](const Correction& c) { return c.original.id == known->id; });
        if (at == all.end()) {
            all.push_back({*known, {}, document.info().kind == "csv", {}});
            at = all.end() - 1;
            std::int64_t first = known->id;
            // Corrections of corrections: a file only corrects an earlier one, so this ends.
            for (auto file = known; file && file->corrects != 0 && file->corrects < file->id;) {
                first = file->corrects;
                file = store.known_file(first);
            }
            at->original_name = vault.name(NameKind::File, first).value_or("");
        }
        // The sheet may have been renamed, or its name was one that a workbook cannot have.
        tab.name =
            vault.name(NameKind::Sheet, known->id * 1000 + std::int64_t{tab.mark.tab}).value_or(at->original_name.empty() ? tab.name : "");
        at->tabs.push_back(std::move(tab));
    }
    return all;
}

CorrectedSource::CorrectedSource(std::unique_ptr<Source> rows, const CorrectedTab& tab, bool is_text)
    : rows_(std::move(rows)), tab_(tab), is_text_(is_text) {}

bool CorrectedSource::next(RawRow& row) {
    if (!rows_->next(row)) return false;
    cells_.clear();
    mark_.reset();
    for (const Cell& cell : row.cells) {
        if (cell.column == tab_.mark_column && cell.kind == CellKind::Text) mark_ = read_mark(cell.text);
        if (cell.column >= tab_.first_ours && cell.column <= tab_.mark_column) continue;
        cells_.push_back(cell);
        if (is_text_ && cell.kind == CellKind::Text) cells_.back().text = unguarded(cell.text);
    }
    row.cells = cells_;
    row.tab = tab_.mark.tab;
    if (mark_) row.row = mark_->row;
    return true;
}

// ---------------------------------------------------------------- workbooks of a run

RejectBooks::RejectBooks(const Project& project, std::string language) : project_(project), language_(std::move(language)) {
    if (language_.empty()) language_ = project.settings().language;
}

RejectBooks::~RejectBooks() = default;

void RejectBooks::clear() {
    built_.clear();
    temporary_.reset();
}

const Texts& RejectBooks::texts() {
    if (!texts_) texts_ = std::make_unique<Texts>(load_texts(language_));
    return *texts_;
}

fs::path RejectBooks::new_folder() {
    if (!temporary_) temporary_ = std::make_unique<TemporaryFolder>(project_);
    fs::path folder = temporary_->path() / ("rejects-" + std::to_string(++folders_));
    make_private_folder(folder);
    return folder;
}

void RejectBooks::add(std::size_t file, const std::string& stem, const RejectWriter& writer) {
    built_.push_back({file, stem, writer.workbook(), writer.csv_files()});
}

std::map<std::size_t, fs::path> RejectBooks::publish(std::int64_t run, Files& files, const Clock& clock) {
    std::map<std::size_t, fs::path> paths;
    if (built_.empty()) return paths;
    make_private_folder(project_.rejected());
    const fs::file_time_type now = file_time(clock.now());
    const auto free_path = [&](const std::string& stem, const std::string& ending) {
        fs::path path = project_.rejected() / reject_file_name(run, stem, ending);
        std::error_code ignored;
        for (int n = 2; fs::exists(fs::symlink_status(path, ignored)); ++n)
            path = project_.rejected() / reject_file_name(run, stem + "-" + std::to_string(n), ending);
        return path;
    };
    for (const Built& built : built_) {
        std::error_code ignored;
        const fs::path workbook = free_path(built.stem, ".xlsx");
        files.publish(built.workbook, workbook);
        fs::last_write_time(workbook, now, ignored);
        paths[built.file] = workbook;
        for (std::size_t i = 0; i < built.csv.size(); ++i) {
            const std::string sheet = built.csv.size() == 1 ? "" : "-" + std::to_string(i + 1);
            const fs::path csv = free_path(built.stem, sheet + ".csv");
            files.publish(built.csv[i], csv);
            fs::last_write_time(csv, now, ignored);
        }
    }
    clear();
    return paths;
}

// ---------------------------------------------------------------- rejects of a file

struct FileRejects::Impl {
    explicit Impl(const RejectContext& c) : context(c) {
        earlier = context.store.open_rejects(context.file.source, kMostOpen);
        std::sort(earlier.begin(), earlier.end(), [](const OpenReject& a, const OpenReject& b) { return a.row_id < b.row_id; });
        hash = to_hex(context.file.sha256).substr(0, kHashDigits);
    }

    RejectContext context;
    std::string hash;
    std::vector<OpenReject> earlier;  // by row_id; id 0 = settled by a row of this file
    std::unique_ptr<RejectWriter> writer;
    std::map<std::pair<std::string, std::string>, std::uint64_t> groups;  // code and column -> rows
    std::uint64_t written = 0, left_out = 0;

    // the current sheet
    std::uint32_t tab = 0;
    std::string tab_name;
    const CorrectedSource* corrected = nullptr;
    const CorrectedTab* corrected_tab = nullptr;
    bool sheet_begun = false;
    bool any_rejected = false;
    std::map<std::pair<std::uint32_t, std::int64_t>, std::uint32_t> counted;  // generated keys of the original: how often

    std::int64_t keyed(std::uint64_t contents) const {
        std::string bytes(8, '\0');
        for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(contents >> (8 * i) & 0xff);
        return context.ids.group(context.file.source, "repeat", bytes);
    }

    void load_counts() {
        counted.clear();
        const auto bytes = context.correction != nullptr ? context.store.repeats(context.correction->original.id, tab) : std::nullopt;
        if (!bytes) return;
        const auto number = [&](std::size_t from, std::size_t size) {
            std::uint64_t n = 0;
            for (std::size_t i = size; i > 0; --i) n = n << 8 | static_cast<unsigned char>((*bytes)[from + i - 1]);
            return n;
        };
        for (std::size_t at = 0; at + 16 <= bytes->size(); at += 16)
            counted[{static_cast<std::uint32_t>(number(at, 4)), static_cast<std::int64_t>(number(at + 4, 8))}] =
                static_cast<std::uint32_t>(number(at + 12, 4));
    }

    void keep_counts(const SheetMapper& mapper) {
        for (const SheetMapper::Repeat& repeat : mapper.repeats()) counted[{repeat.record, keyed(repeat.contents)}] = repeat.count;
        if (counted.empty()) return;
        std::string bytes;
        bytes.reserve(counted.size() * 16);
        const auto add = [&](std::uint64_t n, std::size_t size) {
            for (std::size_t i = 0; i < size; ++i, n >>= 8) bytes.push_back(static_cast<char>(n & 0xff));
        };
        for (const auto& [what, count] : counted) {
            add(what.first, 4);
            add(static_cast<std::uint64_t>(what.second), 8);
            add(count, 4);
        }
        context.store.add_repeats(context.ticket.file, tab, bytes);
    }

    void settle(std::int64_t id, RejectState state) {
        if (corrected != nullptr && corrected->mark())
            context.store.settle_reject(context.correction->original.id, tab, corrected->mark()->row, state);
        if (id == 0 || earlier.empty()) return;
        auto at = std::lower_bound(earlier.begin(), earlier.end(), id,
                                   [](const OpenReject& open, std::int64_t wanted) { return open.row_id < wanted; });
        for (; at != earlier.end() && at->row_id == id; ++at)
            if (at->id != 0) context.store.settle_reject(std::exchange(at->id, 0), state);
    }

    void begin_sheet(const SheetMapper& mapper);
    RejectedCell shown(const Cell& cell, const ColumnUse& use, const std::vector<Finding>& findings) const;
    void describe(const std::vector<Finding>& findings, const SheetMapper& mapper, RejectedRow& line);
};

FileRejects::FileRejects(const RejectContext& context) : impl_(std::make_unique<Impl>(context)) {}
FileRejects::~FileRejects() = default;

void FileRejects::begin_tab(std::uint32_t tab, const std::string& name, SheetMapper& mapper, const CorrectedSource* corrected) {
    Impl& m = *impl_;
    m.tab = tab;
    m.tab_name = name;
    m.corrected = corrected;
    m.sheet_begun = m.any_rejected = false;
    m.load_counts();
    if (m.counted.empty()) return;
    mapper.go_on_after([&m](std::uint32_t record, std::uint64_t contents) {
        const auto at = m.counted.find({record, m.keyed(contents)});
        return at == m.counted.end() ? 0U : at->second;
    });
}

bool FileRejects::is_stray() const {
    const Impl& m = *impl_;
    if (m.corrected == nullptr || !m.corrected->mark()) return false;
    const RejectMark& mark = *m.corrected->mark();
    const RejectMark& first = m.context.correction->tabs.front().mark;
    return mark.run != first.run || mark.file != first.file || mark.hash != first.hash || mark.tab != m.tab;
}

std::int64_t FileRejects::row_id(const MappedRow& mapped) const {
    if (mapped.begun == 0) return 0;
    std::string keys;
    for (std::size_t i = 0; i < mapped.begun; ++i) {
        keys += entity_def(mapped.records[i].entity).name;
        keys.push_back('\0');
        keys += mapped.records[i].key();
        keys.push_back('\0');
    }
    return impl_->context.ids.group(impl_->context.file.source, "row", keys);
}

void FileRejects::taken(const MappedRow& mapped) {
    if (impl_->corrected == nullptr && impl_->earlier.empty()) return;
    impl_->settle(impl_->earlier.empty() ? 0 : row_id(mapped), RejectState::Resolved);
}

RejectedCell FileRejects::Impl::shown(const Cell& cell, const ColumnUse& use, const std::vector<Finding>& findings) const {
    RejectedCell out{cell.column, cell.kind, cell.has_time, cell.number, {}, RejectLook::Plain};
    bool withheld = false;
    bool rejects = false;
    std::size_t longest = kLongestShown;
    for (const Finding& finding : findings) {
        if (finding.cell != cell.column) continue;
        withheld = withheld || is_withheld_code(finding.code);
        rejects = rejects || finding.rejects;
        if (is_typed_fault(finding.code)) longest = kLongestShownFault;
    }
    if (cell.kind == CellKind::Text) {
        // A second look, with the same eyes: what a detector knows never leaves this room.
        withheld = withheld || cell.text.size() > longest || has_national_number(cell.text) ||
                   (use.coded && alarm_in_code(trim(cell.text)) != Alarm::None);
    }
    if (rejects) out.look = RejectLook::Wrong;
    if (withheld || cell.kind == CellKind::Error) {
        if (!rejects) out.look = RejectLook::Withheld;
        out.kind = CellKind::Empty;
        out.number = 0;
        return out;
    }
    out.text = plain_text(cell);
    if (cell.kind == CellKind::Number && use.decimal != '.') std::replace(out.text.begin(), out.text.end(), '.', use.decimal);
    return out;
}

void FileRejects::Impl::describe(const std::vector<Finding>& findings, const SheetMapper& mapper, RejectedRow& line) {
    const Texts& texts = context.books->texts();
    const std::vector<ColumnUse>& uses = mapper.columns();
    std::set<std::string> said_columns, said_remedies;
    for (const Finding& finding : findings) {
        const auto use = std::find_if(uses.begin(), uses.end(), [&](const ColumnUse& u) { return finding.cell == u.column; });
        const bool mapped = use != uses.end() && use->mapped;
        if (!finding.rejects && !(mapped && is_withheld_code(finding.code))) continue;
        const std::string column = use != uses.end() ? column_name(*use) : !finding.column.empty() ? finding.column : finding.field;
        const auto add = [](std::string& to, const std::string& text, const char* between) {
            if (!text.empty()) to += (to.empty() ? "" : between) + text;
        };
        add(line.reason, texts(finding.code + ".message", {{"column", column}}), "\n");
        if (said_columns.insert(column).second) add(line.columns, column, "\n");
        const std::string remedy = texts(finding.code + ".remedy");
        if (said_remedies.insert(remedy).second) add(line.remedy, remedy, "\n");
    }
}

void FileRejects::Impl::begin_sheet(const SheetMapper& mapper) {
    if (!writer)
        writer = std::make_unique<RejectWriter>(
            context.books->new_folder(), context.books->texts(),
            RejectedFile{context.correction != nullptr && !context.correction->original_name.empty() ? context.correction->original_name
                                                                                                     : context.file.name,
                         context.file.source, context.file.mapping, context.run});
    std::vector<RejectedColumn> columns;
    for (const ColumnUse& use : mapper.columns()) {
        // Headers are text of the file like any other.
        const auto harmless = [&](const std::string& text) {
            return use.mapped || alarm_in_label(text) == Alarm::None ? text : std::string();
        };
        columns.push_back({use.column, harmless(use.category), harmless(use.header), use.mapped});
    }
    writer->sheet(tab_name.empty() ? file_stem(context.file.name) : tab_name, columns);
    sheet_begun = true;
}

void FileRejects::rejected(const SheetMapper& mapper, const RawRow& row, const MappedRow& mapped) {
    Impl& m = *impl_;
    m.any_rejected = true;
    m.settle(m.earlier.empty() ? 0 : row_id(mapped), RejectState::Replaced);
    for (const Finding& finding : mapped.findings) {
        if (!finding.rejects) continue;
        ++m.groups[{finding.code, finding.column.empty() ? finding.field : finding.column}];
    }
    if (m.context.books == nullptr) return;
    if (m.written >= kMostRejectedRows) {
        ++m.left_out;
        return;
    }
    if (!m.sheet_begun) m.begin_sheet(mapper);
    RejectedRow line;
    std::size_t next = 0;
    for (const ColumnUse& use : mapper.columns()) {
        if (!use.mapped) continue;
        while (next < row.cells.size() && row.cells[next].column < use.column) ++next;
        const bool there = next < row.cells.size() && row.cells[next].column == use.column;
        Cell empty;
        empty.column = use.column;
        RejectedCell cell = m.shown(there ? row.cells[next] : empty, use, mapped.findings);
        if (cell.kind != CellKind::Empty || cell.look != RejectLook::Plain) line.cells.push_back(std::move(cell));
    }
    m.describe(mapped.findings, mapper, line);
    line.row = row.row;
    line.mark = mark_text({m.context.run, m.context.ticket.number, m.tab, row.row, m.writer->width(), m.hash});
    m.writer->row(line);
    ++m.written;
}

void FileRejects::end_tab(const SheetMapper& mapper) {
    Impl& m = *impl_;
    if (m.any_rejected && m.context.books != nullptr) m.keep_counts(mapper);
    m.corrected = nullptr;
}

std::uint64_t FileRejects::close(std::size_t file) {
    Impl& m = *impl_;
    if (!m.writer) return 0;
    const Texts& texts = m.context.books->texts();
    std::vector<RejectedGroup> groups;
    for (const auto& [what, count] : m.groups) {
        const auto& [code, column] = what;
        groups.push_back({count, column, texts(code + ".message", {{"column", column}}), texts(code + ".remedy")});
    }
    std::stable_sort(groups.begin(), groups.end(), [](const RejectedGroup& a, const RejectedGroup& b) { return a.count > b.count; });
    m.writer->close(groups, m.left_out);
    const bool corrected = m.context.correction != nullptr && !m.context.correction->original_name.empty();
    m.context.books->add(file, file_stem(corrected ? m.context.correction->original_name : m.context.file.name), *m.writer);
    return m.left_out;
}

std::string file_stem(std::string_view name) {
    if (const std::size_t slash = name.find_last_of("/\\"); slash != std::string_view::npos) name.remove_prefix(slash + 1);
    if (const std::size_t dot = name.rfind('.'); dot != std::string_view::npos && dot > 0) name = name.substr(0, dot);
    while (name.size() > kLongestStem || (!name.empty() && !is_valid_utf8(name))) name.remove_suffix(1);
    std::string stem(name);
    for (char& c : stem)
        if (static_cast<unsigned char>(c) < 0x20) c = '_';
    return stem.empty() ? std::string("export") : stem;
}

std::string reject_file_name(std::int64_t run, const std::string& stem, std::string_view ending) {
    return std::to_string(run) + "-" + stem + ".rejects" + std::string(ending);
}

}  // namespace brugwacht
