// Rows to records. The header decides once which column feeds which field; after that a row touches only the cells it needs.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

#include "engine/core/hash.hpp"
#include "engine/core/text.hpp"
#include "engine/mapping/column_evidence.hpp"
#include "engine/mapping/plan.hpp"
#include "engine/policy/policy.hpp"

namespace brugwacht {
namespace {

constexpr std::uint64_t kMostPreamble = 200;  // rows before the header
constexpr std::size_t kLongestKey = 200;
constexpr std::size_t kLongestText = 200;
constexpr std::size_t kLongestLabel = 120;
constexpr std::size_t kCachedCodes = 4096;
constexpr std::size_t kMostTitles = 200;
constexpr std::size_t kMostTables = 200;           // in one sheet
constexpr std::size_t kMostSheetFindings = 200;    // the first ones
constexpr std::size_t kWidestTwoRowHeader = 1000;  // cells

// A CSV that guards against formulas puts an apostrophe in front; it comes off again.
std::string_view without_guard(std::string_view text) {
    if (text.size() > 1 && text[0] == '\'' && std::string_view("=+-@\t\r").find(text[1]) != std::string_view::npos) text.remove_prefix(1);
    return text;
}

void append_number(std::string& out, double value) {
    std::array<char, 400> buffer{};
    std::to_chars_result done{};
    if (std::abs(value) < 1e15 && value == std::floor(value)) {
        done = std::to_chars(buffer.data(), buffer.data() + buffer.size(), static_cast<std::int64_t>(value));
    } else {
        done = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
    }
    if (done.ec == std::errc()) out.append(buffer.data(), done.ptr);
}

Date civil_day(double seconds) {
    const double days = std::isfinite(seconds) ? std::floor(seconds / 86400.0) : 0.0;
    return Date::from_days(static_cast<std::int32_t>(std::clamp(days, -719162.0, 2932896.0)));
}

std::string_view text_of(const Cell& cell, std::string& buffer) {
    buffer.clear();
    switch (cell.kind) {
        case CellKind::Number:
            append_number(buffer, cell.number);
            break;
        case CellKind::Boolean:
            buffer = cell.number != 0 ? "true" : "false";
            break;
        case CellKind::DateTime:
            buffer = civil_day(cell.number).iso();
            break;
        case CellKind::Time: {
            const auto seconds = static_cast<std::int64_t>(std::isfinite(cell.number) ? std::clamp(cell.number, 0.0, 1e9) : 0.0);
            const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
            buffer = std::to_string(seconds / 3600) + ":" + two(seconds / 60 % 60);
            break;
        }
        case CellKind::Error:
            buffer = "#";
            break;  // found by its kind, never taken over
        default:
            break;
    }
    return buffer;
}

// One value on its way: its cell, its text, and what the door said.
struct Slot {
    const Cell* cell = nullptr;
    std::string_view text;  // trimmed; "" = blank
    bool dropped = false;   // something forbidden was in it
};

enum class Result : std::uint8_t { Blank, Value, Unreadable };

// What a header says will stand below it.
enum class Promise : std::uint8_t { None, Uitpas, National };

struct CodeResult {
    std::string value;
    std::string_view finding;  // "" when all is well
};

struct CodeHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
using CodeCache = std::unordered_map<std::string, CodeResult, CodeHash, std::equal_to<>>;

std::string_view unreadable_code(FieldType type) {
    switch (type) {
        case FieldType::Date:
            return "IMP-012";
        case FieldType::Integer:
        case FieldType::Decimal:
            return "IMP-013";
        case FieldType::Boolean:
            return "IMP-014";
        case FieldType::Year:
            return "IMP-017";
        default:
            return "IMP-016";
    }
}

enum class Total : std::uint8_t { No, Begins, Whole };

// "Totaal", "Sous-total", "Eindtotaal:"; or a label that begins so: "Totaal aantal kinderen".
Total total_label(std::string_view text) {
    static const std::vector<std::string> kWords{"totaal",         "totalen",    "total",          "totaux",         "totals",
                                                 "subtotaal",      "subtotalen", "soustotal",      "soustotaux",     "subtotal",
                                                 "subtotals",      "eindtotaal", "algemeentotaal", "totaalgeneraal", "totalgeneral",
                                                 "totauxgeneraux", "grandtotal", "grandtotaal",    "tussentotaal",   "totaalalgemeen"};
    if (text.size() < 5 || text.size() > 60) return Total::No;
    const std::array<char, 2> start{static_cast<char>(text[0] | 0x20), static_cast<char>(text[1] | 0x20)};
    const std::string_view begins(start.data(), start.size());
    if (begins != "to" && begins != "su" && begins != "so" && begins != "ei" && begins != "al" && begins != "gr" && begins != "tu")
        return Total::No;
    const std::string words = fold_words(text);
    std::string folded = words;
    std::erase(folded, ' ');
    if (std::find(kWords.begin(), kWords.end(), folded) != kWords.end()) return Total::Whole;
    const std::string first = words.substr(0, words.find(' '));
    if (first.size() < words.size() && std::find(kWords.begin(), kWords.end(), first) != kWords.end()) return Total::Begins;
    return words.starts_with("sous total ") || words.starts_with("sub total ") ? Total::Begins : Total::No;
}

bool is_figure(const Cell& cell, std::string_view text) {
    if (cell.kind == CellKind::Number || cell.kind == CellKind::Error) return true;
    return cell.kind == CellKind::Text && text.find_first_of("0123456789") != std::string_view::npos &&
           text.find_first_not_of("0123456789., %+-") == std::string_view::npos;
}

/// How one column is read, whatever the fields that take it.
struct ColumnReading {
    const FieldPlan* field = nullptr;  // the first one; the others read the column alike
    bool dates = false;                // else decimal numbers
    bool mixed = false;                // two fields read it in two ways: each as its own field says
    bool use = false;                  // decided as a whole, by `evidence`
    ColumnEvidence evidence;

    void add(const FieldPlan& own) {
        const bool own_dates = own.reads_dates();
        if (field == nullptr) {
            field = &own;
            dates = own_dates;
            return;
        }
        const bool alike =
            dates == own_dates && (dates ? field->dates.orders == own.dates.orders && field->dates.declared == own.dates.declared
                                         : field->decimal == own.decimal);
        mixed = mixed || !alike;
    }
};

const ColumnKnowledge& nothing_known() {
    static const ColumnKnowledge kNothing;
    return kNothing;
}

}  // namespace

struct SheetMapper::Impl {
    const Mapping::Plan& plan;
    std::string tab_name;
    std::string file_name;
    const SheetPlan* sheet = nullptr;       // after the header was found
    std::vector<const SheetPlan*> by_name;  // candidates
    std::vector<const SheetPlan*> by_headers;
    bool strict = false;  // chosen by its name, or the only choice for a text file
    std::uint64_t rows = 0;
    std::uint64_t header_at = 0;
    std::optional<Error> near_miss;
    std::vector<HeaderCell> above;     // the row before, for categories
    std::vector<std::string> titles;   // texts above the header, for the context
    std::vector<std::string> context;  // per slot; "" for columns of the sheet
    std::vector<ColumnUse> uses;
    std::vector<HeaderChange> changes;
    std::size_t earlier_changes = 0;         // of them, from tables above this one
    std::vector<std::string> first_headers;  // folded, to see a header that is repeated further down
    const ColumnKnowledge& knowledge;
    std::uint32_t tab = 0;
    std::uint64_t above_row = 0;         // of `above`
    std::optional<Error> pending;        // the row before lacked a required header; a second header row may bring it
    std::vector<HeaderCell> header_row;  // as it stands in the sheet, until the row below it was looked at
    std::size_t header_matched = 0;
    std::uint64_t last_row = 0;  // with something in it
    std::size_t tables = 1;
    std::set<std::string> header_words;   // folded, of all candidates
    std::vector<ColumnEvidence> earlier;  // of tables above this one
    std::vector<Finding> sheet_findings;

    // One of each while rows are read.
    std::vector<int> column_slot;  // sheet column -> slot, -1 = not mapped
    std::vector<std::string> column_header;
    std::vector<Promise> column_promise;
    std::vector<ColumnReading> readings;  // parallel to slots
    std::vector<std::size_t> counted;     // slots whose cells tell of dates or decimal signs
    std::vector<Slot> slots;
    std::vector<Slot> carried;  // fill_down: the last value, its cell and text in the two below
    std::vector<Cell> carried_cells;
    std::vector<std::string> carried_texts;
    std::vector<std::size_t> filled_down;  // slots of such columns
    std::vector<Cell> error_cells;         // error texts of a text file as the error cells they were
    std::size_t filled_cells = 0;
    std::vector<std::string> scratch;                                       // text of cells that hold none, per slot
    std::vector<std::vector<CodeCache>> caches;                             // per record, per field
    std::vector<std::unordered_map<std::uint64_t, std::uint32_t>> repeats;  // per record
    std::vector<std::pair<std::size_t, std::uint64_t>> repeats_of_row;      // counted for the last row
    std::function<std::uint32_t(std::uint32_t, std::uint64_t)> counted_before;
    std::vector<std::optional<std::size_t>> made;  // record plan -> position in out.records
    std::string value;
    std::string joined;

    Impl(const Mapping& mapping, std::string_view own_tab, std::string_view file, const ColumnKnowledge& known)
        : plan(mapping.plan()), tab_name(own_tab), file_name(file), knowledge(known) {
        const std::string folded_tab = fold(tab_name);
        const std::string folded_stem = fold(file_stem(file_name));
        const auto fits = [](const std::vector<std::string>& names, const std::string& folded) {
            return !folded.empty() &&
                   std::any_of(names.begin(), names.end(), [&](const std::string& name) { return name_fits(name, folded); });
        };
        for (const SheetPlan& candidate : plan.sheets) {
            if (fits(candidate.except, folded_tab) || fits(candidate.except, folded_stem)) continue;
            const bool tab_fits = candidate.by_name && fits(candidate.names, folded_tab);
            const bool file_fits = candidate.by_name && fits(candidate.names, folded_stem);
            if (tab_fits || file_fits) by_name.push_back(&candidate);
            if (candidate.by_headers) by_headers.push_back(&candidate);
            // The name of a workbook says nothing about each of its sheets.
            strict = strict || tab_fits || (file_fits && (tab_name.empty() || tab_name == file_name));
        }
        strict = strict || (plan.sheets.size() == 1 && !candidates().empty() && (tab_name.empty() || tab_name == file_name));
    }

    std::vector<const SheetPlan*> candidates() const { return by_name.empty() ? by_headers : by_name; }

    // ------------------------------------------------------------ header

    static std::vector<HeaderCell> header_cells(const RawRow& row) {
        std::vector<HeaderCell> cells;
        for (const Cell& cell : row.cells) {
            std::string text;
            if (cell.kind == CellKind::Text) {
                text = std::string(trim(cell.text));
            } else if (cell.kind == CellKind::Number) {
                append_number(text, cell.number);
            }
            if (text.empty() || text.size() > 200) continue;
            cells.push_back({cell.column, text, fold(text), {}, {}});
        }
        return cells;
    }

    // Category cells are merged in the source: one holds until the next.
    void apply_categories(const SheetPlan& candidate, std::vector<HeaderCell>& cells) const {
        const bool used = std::any_of(above.begin(), above.end(), [&](const HeaderCell& cell) {
            const bool foreign = std::any_of(candidate.foreign.begin(), candidate.foreign.end(),
                                             [&](const std::string& pattern) { return name_fits(pattern, cell.folded); });
            return foreign || std::any_of(candidate.columns.begin(), candidate.columns.end(), [&](const ColumnPlan& column) {
                       return std::find(column.categories.begin(), column.categories.end(), cell.folded) != column.categories.end();
                   });
        });
        if (!used) return;
        for (HeaderCell& cell : cells)
            for (const HeaderCell& category : above)
                if (category.column <= cell.column) {
                    cell.category = category.text;
                    cell.folded_category = category.folded;
                }
    }

    struct Fit {
        const SheetPlan* sheet = nullptr;
        HeaderMatch match;
        std::vector<HeaderCell> cells;
    };

    /// The candidate that these header cells fit best; `near`: the one that lacks only required columns.
    Fit best_fit(const std::vector<HeaderCell>& cells, Fit* near) const {
        Fit best;
        for (const SheetPlan* candidate : candidates()) {
            std::vector<HeaderCell> own = cells;
            apply_categories(*candidate, own);
            HeaderMatch match = match_header(*candidate, own);
            const auto around = std::count_if(candidate->columns.begin(), candidate->columns.end(),
                                              [](const ColumnPlan& column) { return column.is_context(); });
            const std::size_t enough = std::min<std::size_t>(2, candidate->columns.size() - static_cast<std::size_t>(around));
            if (match.matched < enough) continue;
            if (match.missing.empty()) {
                if (best.sheet == nullptr || match.matched > best.match.matched) best = {candidate, std::move(match), std::move(own)};
            } else if (near != nullptr && match.matched * 2 >= own.size() &&
                       (near->sheet == nullptr || match.matched > near->match.matched)) {
                *near = {candidate, std::move(match), {}};
            }
        }
        return best;
    }

    /// Two header rows as one: a cell that is merged downwards stands in the upper row only. `together`: where both rows have a text,
    /// the two together are the header ("Datum" over "geboorte").
    static std::vector<HeaderCell> two_rows(const std::vector<HeaderCell>& upper, const std::vector<HeaderCell>& lower, bool together) {
        std::map<std::uint32_t, HeaderCell> cells;
        for (const HeaderCell& cell : upper) cells[cell.column] = cell;
        for (const HeaderCell& cell : lower) {
            HeaderCell& there = cells[cell.column];
            const bool both = together && !there.folded.empty();
            if (both) {
                there.text += " " + cell.text;
                there.folded += cell.folded;
            } else {
                there = cell;
            }
        }
        std::vector<HeaderCell> out;
        for (auto& [column, cell] : cells) out.push_back(std::move(cell));
        return out;
    }

    bool try_header(const RawRow& row) {
        const std::vector<HeaderCell> cells = header_cells(row);
        Fit near;
        Fit best = best_fit(cells, &near);
        const bool below = !above.empty() && row.row == above_row + 1 && above.size() + cells.size() <= kWidestTwoRowHeader;
        for (const bool together : {false, true})
            if (best.sheet == nullptr && below) best = best_fit(two_rows(above, cells, together), nullptr);
        if (best.sheet != nullptr) {
            pending.reset();
            header_row = cells;
            start(*best.sheet, best.match, best.cells, row.row);
            return true;
        }
        if (pending) throw Error(*pending);
        if (near.sheet != nullptr && strict) pending = missing(*near.sheet, near.match, cells, row.row);
        if (near.sheet != nullptr && !strict && !near_miss) near_miss = missing(*near.sheet, near.match, cells, row.row);
        above = cells;
        above_row = row.row;
        for (const HeaderCell& cell : cells)
            if (titles.size() < kMostTitles) titles.push_back(cell.text);
        return false;
    }

    /// The row below the header belongs to it when, together, they name more columns.
    bool is_second_header_row(const RawRow& row) {
        if (header_row.empty()) return false;
        const std::vector<HeaderCell> upper = std::move(header_row);
        header_row.clear();
        const bool only_texts = std::all_of(row.cells.begin(), row.cells.end(),
                                            [](const Cell& cell) { return cell.kind == CellKind::Text || cell.kind == CellKind::Empty; });
        if (row.row != header_at + 1 || !only_texts || upper.size() + row.cells.size() > kWidestTwoRowHeader) return false;
        const std::vector<HeaderCell> lower = header_cells(row);
        above = upper;
        std::vector<HeaderCell> cells = two_rows(upper, lower, false);
        for (HeaderCell& cell : cells)
            if (std::none_of(lower.begin(), lower.end(), [&](const HeaderCell& l) { return l.column == cell.column; })) {
                cell.category.clear();
                cell.folded_category.clear();
            }
        std::vector<HeaderCell> with_categories = cells;
        apply_categories(*sheet, with_categories);
        // Categories are for the cells of the lower row alone.
        for (std::size_t i = 0; i < cells.size(); ++i)
            if (std::any_of(lower.begin(), lower.end(), [&](const HeaderCell& l) { return l.column == cells[i].column; }))
                cells[i] = with_categories[i];
        above.clear();
        HeaderMatch match = match_header(*sheet, cells);
        std::size_t of_lower = 0;
        for (const auto& column : match.columns)
            if (column && std::any_of(lower.begin(), lower.end(), [&](const HeaderCell& l) { return l.column == *column; })) ++of_lower;
        if (!match.missing.empty() || match.matched <= header_matched || of_lower * 2 < lower.size()) return false;
        changes.erase(changes.begin() + static_cast<std::ptrdiff_t>(earlier_changes), changes.end());
        start(*sheet, match, cells, row.row);
        return true;
    }

    // "Geboortedatum" of a required column, "Geboortedatum / Lidnummer" of a group of which one will do.
    static std::string needed(const SheetPlan& candidate, std::size_t column) {
        const std::string& first = candidate.columns[column].headers.front();
        if (candidate.columns[column].required) return first;
        for (const std::vector<std::size_t>& group : candidate.one_of) {
            if (group.front() != column) continue;
            std::string names;
            for (const std::size_t c : group) names += (names.empty() ? "" : " / ") + candidate.columns[c].headers.front();
            return names;
        }
        return first;
    }

    Error missing(const SheetPlan& near, const HeaderMatch& match, const std::vector<HeaderCell>& cells, std::uint64_t row) const {
        std::string names;
        for (const std::size_t c : match.missing) names += (names.empty() ? "" : ", ") + needed(near, c);
        return Error(Exit::Data, "IMP-002",
                     {{"file", file_name},
                      {"sheet", tab_name.empty() ? std::string("none") : tab_name},
                      {"missing", names},
                      {"found", found_headers(cells)},
                      {"mapping", plan.name},
                      {"row", static_cast<std::int64_t>(row)}},
                     file_name, (tab_name.empty() ? "" : tab_name + "!") + std::to_string(row));
    }

    // Headers are shown to the user, so they pass the same door as values.
    static std::string found_headers(const std::vector<HeaderCell>& cells) {
        constexpr std::size_t kMost = 40;
        std::string out;
        for (std::size_t i = 0; i < cells.size() && i < kMost; ++i) {
            if (alarm_in_label(cells[i].text) != Alarm::None || cells[i].text.size() > 60) continue;
            out += (out.empty() ? "" : ", ") + cells[i].text;
        }
        return out;
    }

    void start(const SheetPlan& chosen, const HeaderMatch& match, const std::vector<HeaderCell>& cells, std::uint64_t row) {
        earlier_changes = changes.size();
        sheet = &chosen;
        header_at = row;
        header_matched = match.matched;
        uses.clear();
        first_headers.clear();
        caches.clear();
        repeats.clear();
        made.clear();
        std::uint32_t width = 0;
        for (const HeaderCell& cell : cells) width = std::max(width, cell.column + 1);
        column_slot.assign(width, -1);
        column_header.assign(width, "");
        for (std::size_t c = 0; c < match.columns.size(); ++c)
            if (match.columns[c]) column_slot[*match.columns[c]] = static_cast<int>(c);
        const std::size_t count = chosen.columns.size();
        slots.assign(count, {});
        scratch.assign(count, "");
        column_promise.assign(width, Promise::None);
        for (const HeaderCell& cell : cells) {
            // Messages name the column; a "header" that is a person's data is no name.
            if (const Alarm alarm = alarm_in_label(cell.text); alarm == Alarm::None || alarm == Alarm::Date)
                column_header[cell.column] = cell.text;
            const int slot = column_slot[cell.column];
            uses.push_back({cell.column, cell.text, cell.category, slot >= 0, false, '.'});
            if (slot >= 0) describe_use(chosen, static_cast<std::size_t>(slot), uses.back());
            column_promise[cell.column] = is_uitpas_header(cell.text)     ? Promise::Uitpas
                                          : is_national_header(cell.text) ? Promise::National
                                                                          : Promise::None;
        }
        context.assign(count, "");
        for (std::size_t c = 0; c < count; ++c) context[c] = context_of(chosen.columns[c]);
        for (const HeaderCell& cell : cells) first_headers.push_back(cell.folded);
        if (chosen.fingerprint) compare_with_fingerprint(chosen, match, cells);
        for (const RecordPlan& record : chosen.records) caches.emplace_back(record.fields.size());
        repeats.resize(chosen.records.size());
        made.resize(chosen.records.size());
        above.clear();
        carried.assign(count, {});
        carried_cells.assign(count, {});
        carried_texts.assign(count, "");
        error_cells.assign(count, {});
        filled_down.clear();
        for (std::size_t c = 0; c < count; ++c)
            if (chosen.columns[c].fill_down) filled_down.push_back(c);
        prepare_readings();
        tell_of_repeated_headers(cells);
        tell_of_table_beside(cells);
    }

    void tell(Finding finding) {
        if (sheet_findings.size() < kMostSheetFindings) sheet_findings.push_back(std::move(finding));
    }

    /// The same header twice, and only the first one is read: often a second table beside the first. A mapping that chose the last one
    /// knew of both.
    void tell_of_repeated_headers(const std::vector<HeaderCell>& cells) {
        std::map<std::string, std::uint32_t> taken;
        const auto name_of = [](const HeaderCell& cell) { return cell.folded_category + '\0' + cell.folded; };
        for (const HeaderCell& cell : cells)
            if (column_slot[cell.column] >= 0) taken.emplace(name_of(cell), cell.column);
        for (const HeaderCell& cell : cells) {
            const auto first = taken.find(name_of(cell));
            if (first != taken.end() && column_slot[cell.column] < 0 && cell.column > first->second)
                tell({"IMP-072", cell.text, {}, false, cell.column});
        }
    }

    /// Columns that this table leaves unread make a whole table of another layout of the mapping.
    void tell_of_table_beside(const std::vector<HeaderCell>& cells) {
        std::vector<HeaderCell> rest;
        for (const HeaderCell& cell : cells)
            if (column_slot[cell.column] < 0) rest.push_back(cell);
        for (const SheetPlan* candidate : candidates()) {
            if (candidate == sheet || rest.size() < 2) continue;
            const HeaderMatch match = match_header(*candidate, rest);
            if (match.matched < 2 || !match.missing.empty()) continue;
            tell({"IMP-071", {}, {}, false, std::nullopt});
            return;
        }
    }

    // ------------------------------------------------------------ dates and decimal signs, a column as a whole

    void prepare_readings() {
        readings.assign(slots.size(), {});
        counted.clear();
        for (const RecordPlan& record : sheet->records)
            for (const FieldPlan& field : record.fields) {
                if (!field.is_decided()) continue;
                for (const std::size_t c : field.columns) readings[c].add(field);
            }
        for (std::size_t c = 0; c < column_slot.size(); ++c) {
            if (column_slot[c] < 0) continue;
            const auto slot = static_cast<std::size_t>(column_slot[c]);
            ColumnReading& reading = readings[slot];
            if (reading.field == nullptr || reading.mixed) continue;
            ColumnEvidence& evidence = reading.evidence;
            evidence.place = {tab, header_at, static_cast<std::uint32_t>(c)};
            evidence.header = column_header[c];
            evidence.name = column_name(plan, *sheet, slot);
            evidence.dates = reading.dates;
            reading.use = reading.dates ? settle_dates(reading) : settle_decimals(reading);
            if (reading.use) counted.push_back(slot);
        }
    }

    template <typename Value>
    std::optional<Value> declared_by_source(const std::string& header, std::optional<Value> ColumnRules::*rule) const {
        if (const auto own = knowledge.declared_by_header.find(fold(header)); own != knowledge.declared_by_header.end())
            if (own->second.*rule) return own->second.*rule;
        return knowledge.declared.*rule;
    }

    const std::string* remembered(const ColumnEvidence& evidence) const {
        const auto found =
            knowledge.history.find(history_name(evidence.dates ? ColumnMatter::DateOrder : ColumnMatter::DecimalSign, evidence.name));
        return found == knowledge.history.end() || found->second.empty() || found->second.ends_with('?') ? nullptr : &found->second;
    }

    /// False when the column needs no order: only years in front.
    bool settle_dates(ColumnReading& reading) const {
        ColumnEvidence& evidence = reading.evidence;
        DateRules rules = reading.field->dates;
        const auto first =
            std::find_if(rules.orders.begin(), rules.orders.end(), [](DateOrder order) { return order != DateOrder::YearFirst; });
        const auto by_source = declared_by_source(evidence.header, &ColumnRules::date_order);
        if (first == rules.orders.end() && !by_source) return false;
        if (const auto pivot = declared_by_source(evidence.header, &ColumnRules::two_digit_years_to)) {
            rules.two_digit_years_to = *pivot;
            rules.pivot_declared = true;
        }
        evidence.preset_order = by_source ? *by_source : *first;
        evidence.declared = by_source || rules.declared;
        if (const std::string* before = remembered(evidence); before != nullptr && !evidence.declared) {
            evidence.preset_order = *before == "mm/dd/yyyy" ? DateOrder::MonthFirst : DateOrder::DayFirst;
            evidence.from_history = true;
        }
        DateOrder order = evidence.preset_order;
        if (const auto settled = knowledge.date_orders.find(evidence.place); settled != knowledge.date_orders.end())
            order = settled->second;
        std::erase_if(rules.orders, [](DateOrder o) { return o != DateOrder::YearFirst; });
        rules.orders.insert(rules.orders.begin(), order);
        evidence.rules = std::move(rules);
        return true;
    }

    bool settle_decimals(ColumnReading& reading) const {
        ColumnEvidence& evidence = reading.evidence;
        const auto by_source = declared_by_source(evidence.header, &ColumnRules::decimal);
        evidence.preset = by_source ? *by_source : reading.field->decimal;
        evidence.declared = by_source || reading.field->decimal_declared;
        if (const std::string* before = remembered(evidence); before != nullptr && !evidence.declared) {
            evidence.preset = *before == "point" ? '.' : ',';
            evidence.from_history = true;
        }
        evidence.decimal = evidence.preset;
        if (const auto settled = knowledge.decimals.find(evidence.place); settled != knowledge.decimals.end())
            evidence.decimal = settled->second;
        return true;
    }

    void count_evidence() {
        for (const std::size_t at : counted) {
            const Slot& slot = slots[at];
            if (slot.cell == nullptr || slot.dropped) continue;
            ColumnReading& reading = readings[at];
            if (reading.dates && slot.cell->kind == CellKind::DateTime) ++reading.evidence.date_counts.cells;
            if (slot.cell->kind != CellKind::Text) continue;
            const std::string_view text = chosen_part(*reading.field, slot.text);
            if (text.empty()) continue;
            reading.dates ? reading.evidence.date_counts.add(text) : reading.evidence.number_counts.add(text);
        }
    }

    /// How a field reads the column that this cell stands in.
    const ColumnReading* reading_of(const Cell* cell) const {
        if (cell == nullptr || cell->column >= column_slot.size() || column_slot[cell->column] < 0) return nullptr;
        const ColumnReading& reading = readings[static_cast<std::size_t>(column_slot[cell->column])];
        return reading.use ? &reading : nullptr;
    }
    const DateRules& dates_of(const FieldPlan& field, const Cell* cell) const {
        const ColumnReading* reading = field.from == ValueFrom::Column ? reading_of(cell) : nullptr;
        return reading != nullptr && reading->dates ? reading->evidence.rules : field.dates;
    }
    char decimal_of(const FieldPlan& field, const Cell* cell) const {
        const ColumnReading* reading = field.from == ValueFrom::Column ? reading_of(cell) : nullptr;
        return reading != nullptr && !reading->dates ? reading->evidence.decimal : field.decimal;
    }

    std::vector<ColumnEvidence> all_evidence() const {
        std::vector<ColumnEvidence> all = earlier;
        for (std::size_t c = 0; c < column_slot.size(); ++c)
            if (column_slot[c] >= 0 && readings[static_cast<std::size_t>(column_slot[c])].use)
                all.push_back(readings[static_cast<std::size_t>(column_slot[c])].evidence);
        return all;
    }

    // ------------------------------------------------------------ several tables in one sheet

    /// The first two texts are headers of the mapping: worth a closer look.
    bool begins_with_headers(const RawRow& row) {
        if (header_words.empty())
            for (const SheetPlan* candidate : candidates())
                for (const ColumnPlan& column : candidate->columns) header_words.insert(column.folded.begin(), column.folded.end());
        std::size_t found = 0;
        for (const Cell& cell : row.cells) {
            if (trim(cell.text).empty()) continue;
            if (cell.text.size() > 200 || !header_words.contains(fold(cell.text))) return false;
            if (++found == 2) return true;
        }
        return found > 0;
    }

    /// A row below a gap: the header of another table that the mapping knows?
    bool is_next_table(const RawRow& row) {
        const bool only_texts = std::all_of(row.cells.begin(), row.cells.end(),
                                            [](const Cell& cell) { return cell.kind == CellKind::Text || cell.kind == CellKind::Empty; });
        if (!only_texts || tables >= kMostTables || !begins_with_headers(row)) return false;
        above.clear();
        const std::vector<HeaderCell> cells = header_cells(row);
        Fit fit = best_fit(cells, nullptr);
        if (fit.sheet == nullptr) return false;
        ++tables;
        earlier = all_evidence();
        header_row = cells;
        start(*fit.sheet, fit.match, fit.cells, row.row);
        return true;
    }

    /// Below a gap, nothing but names, and no record came of it: probably the header of a table that the mapping does not know.
    void tell_of_unknown_table(const RawRow& row) {
        std::size_t names = 0;
        for (const Cell& cell : row.cells) {
            if (cell.kind == CellKind::Empty) continue;
            const std::string_view text = trim(cell.text);
            if (cell.kind != CellKind::Text || text.size() > 60 || text.find_first_of("0123456789@") != std::string_view::npos) return;
            if (!text.empty()) ++names;
        }
        if (names >= 2) tell({"IMP-071", {}, {}, false, std::nullopt});
    }

    std::string context_of(const ColumnPlan& column) const {
        const auto found = [&](std::string_view text) { return column.find == ContextFind::Year ? find_year(text) : find_date(text); };
        if (!column.is_context()) return {};
        for (const ContextFrom from : column.from) {
            if (from == ContextFrom::Sheet) {
                if (const auto there = found(tab_name)) return *there;
            } else if (from == ContextFrom::File) {
                if (const auto there = found(file_stem(file_name))) return *there;
            } else {
                for (const std::string& title : titles)
                    if (const auto there = found(title)) return *there;
            }
        }
        return {};
    }

    void compare_with_fingerprint(const SheetPlan& chosen, const HeaderMatch& match, const std::vector<HeaderCell>& cells) {
        std::set<std::string> taken;      // headers that feed a field
        std::set<std::string> fulfilled;  // headers whose column was found, be it under another of its headers
        for (const HeaderCell& cell : cells)
            if (column_slot[cell.column] >= 0) taken.insert(cell.folded);
        for (std::size_t c = 0; c < match.columns.size(); ++c)
            if (match.columns[c]) fulfilled.insert(chosen.columns[c].folded.begin(), chosen.columns[c].folded.end());
        HeaderDrift drift = compare_headers(*chosen.fingerprint, cells, taken);
        for (std::string& header : drift.fresh) changes.push_back({"IMP-040", std::move(header)});
        for (std::string& header : drift.gone)
            if (fulfilled.count(fold(header)) == 0) changes.push_back({"IMP-041", std::move(header)});
    }

    static void describe_use(const SheetPlan& chosen, std::size_t slot, ColumnUse& use) {
        bool codes = false;
        bool others = false;
        for (const RecordPlan& record : chosen.records) {
            const auto holds_slot = [slot](const std::vector<std::size_t>& columns) {
                return std::find(columns.begin(), columns.end(), slot) != columns.end();
            };
            others = others || holds_slot(record.key.columns);
            for (const FieldPlan& field : record.fields) {
                if (!holds_slot(field.columns)) continue;
                const bool code = (field.type == FieldType::Code || field.type == FieldType::Codes) && !field.list.empty();
                (code ? codes : others) = true;
                if (field.type == FieldType::Decimal) use.decimal = field.decimal;
            }
        }
        use.coded = codes && !others;
    }

    // ------------------------------------------------------------ cells

    void note(MappedRow& out, std::string_view code, std::string_view field, bool rejects, const Cell* cell) const {
        std::optional<std::uint32_t> column;
        if (cell != nullptr) column = cell->column;
        for (Finding& known : out.findings) {
            if (known.code != code || known.cell != column || !column) continue;
            known.rejects = known.rejects || rejects;
            return;
        }
        Finding finding{std::string(code), {}, std::string(field), rejects, column};
        if (column && *column < column_header.size()) finding.column = column_header[*column];
        out.findings.push_back(std::move(finding));
    }

    // Column of a field that has no cell in this row: its header, so that the message can name it.
    void note_blank(MappedRow& out, std::string_view code, const FieldPlan& field) const {
        Finding finding{std::string(code), {}, field.name, true, std::nullopt};
        if (!field.columns.empty()) {
            for (std::size_t c = 0; c < column_slot.size(); ++c)
                if (column_slot[c] == static_cast<int>(field.columns.front())) {
                    finding.column = column_header[c];
                    finding.cell = static_cast<std::uint32_t>(c);
                }
        }
        out.findings.push_back(std::move(finding));
    }

    // Forbidden numbers are seen in every column, also in those that nobody takes over: the user is told to mend the source.
    std::string_view forbidden(const Cell& cell, std::string_view text, std::size_t slot) const {
        const bool phones = slot < slots.size() && sheet->columns[slot].holds_phones;
        const Promise promise = cell.column < column_promise.size() ? column_promise[cell.column] : Promise::None;
        if (cell.kind == CellKind::Number) {
            if (cell.number != std::floor(cell.number) || cell.number < 1e8 || cell.number >= 1e13) return {};
            const auto number = static_cast<std::uint64_t>(cell.number);
            if (promise == Promise::Uitpas) return "POL-002";
            const bool mobile = phones && number >= 450'000'000 && number < 500'000'000;  // 0475 12 34 56 that lost its zero
            if (promise == Promise::National || (!mobile && is_national_number(number))) return "POL-001";
            return !phones && is_uitpas_number(number) ? "POL-002" : std::string_view();
        }
        if (cell.kind != CellKind::Text || text.size() < 5) return {};
        if (promise != Promise::None && is_long_number(text)) return promise == Promise::Uitpas ? "POL-002" : "POL-001";
        if (text.size() >= 11 && has_national_number(text)) return "POL-001";
        return text.size() >= 13 && !phones && has_uitpas_number(text) ? "POL-002" : std::string_view();
    }

    // Fills the slots of this row; false when nothing is in it.
    bool take_cells(const RawRow& row, MappedRow& out) {
        for (std::size_t i = 0; i < slots.size(); ++i) slots[i] = {nullptr, context[i], false};
        filled_cells = 0;
        for (const Cell& cell : row.cells) {
            if (cell.kind == CellKind::Empty) continue;
            const int at = cell.column < column_slot.size() ? column_slot[cell.column] : -1;
            std::string_view text;
            const std::size_t index = at < 0 ? slots.size() : static_cast<std::size_t>(at);
            if (cell.kind == CellKind::Text) {
                text = without_guard(trim(cell.text));
                if (at >= 0 && has_odd_blanks(text)) text = without_guard(trim(scratch[index] = plain_blanks(text)));
                if (text.empty()) continue;
            }
            ++filled_cells;
            const std::string_view bad = forbidden(cell, text, index);
            if (!bad.empty()) note(out, bad, "", false, &cell);
            if (at < 0) continue;
            Slot& slot = slots[index];
            slot.cell = &cell;
            if (!bad.empty()) {
                slot.dropped = true;
                continue;
            }
            if (cell.kind == CellKind::Text && text.front() == '#' && is_error_text(text)) {
                error_cells[index] = cell;
                error_cells[index].kind = CellKind::Error;
                slot.cell = &error_cells[index];
            }
            slot.text = cell.kind == CellKind::Text ? text : text_of(cell, scratch[index]);
        }
        return filled_cells > 0;
    }

    /// A merged cell gives its value to the rows below: blank means the value above.
    void fill_down() {
        for (const std::size_t at : filled_down)
            if (slots[at].cell == nullptr && carried[at].cell != nullptr) slots[at] = carried[at];
    }
    void carry_down() {
        for (const std::size_t at : filled_down) {
            const Slot& slot = slots[at];
            if (slot.cell == nullptr || slot.cell == &carried_cells[at]) continue;
            carried_texts[at] = slot.text;
            carried_cells[at] = *slot.cell;
            carried_cells[at].text = carried_texts[at];
            carried[at] = {&carried_cells[at], carried_texts[at], slot.dropped};
        }
    }

    /// "Totaal" in the first cell with something in it; or anywhere, or as the beginning of a label, when all other cells are figures.
    static bool is_total_row(const RawRow& row) {
        bool first = true;
        bool only_figures = true;
        bool label = false;
        for (const Cell& cell : row.cells) {
            const std::string_view text = cell.kind == CellKind::Text ? trim(cell.text) : std::string_view();
            if (cell.kind == CellKind::Empty || (cell.kind == CellKind::Text && text.empty())) continue;
            const Total total = cell.kind == CellKind::Text ? total_label(text) : Total::No;
            if (first && total == Total::Whole) return true;
            first = false;
            label = label || total != Total::No;
            only_figures = only_figures && (total != Total::No || is_figure(cell, text));
            if (!only_figures) return false;
        }
        return label && only_figures;
    }

    bool is_skipped(const RawRow& row) const {
        if (is_total_row(row)) return true;
        for (const SkipPlan& skip : sheet->skips) {
            const Slot& slot = slots[skip.column];
            if (slot.text.empty()) {
                if (skip.blank && !slot.dropped) return true;
                continue;
            }
            if (skip.alone && filled_cells == 1) return true;
            if (skip.is.empty() && skip.starts.empty()) continue;
            const std::string folded = fold(slot.text);
            if (std::find(skip.is.begin(), skip.is.end(), folded) != skip.is.end()) return true;
            if (std::any_of(skip.starts.begin(), skip.starts.end(), [&](const std::string& s) { return folded.starts_with(s); }))
                return true;
        }
        return false;
    }

    bool is_header_again(const RawRow& row) const {
        std::size_t at = 0;
        for (const Cell& cell : row.cells) {
            if (cell.kind == CellKind::Empty) continue;
            if (cell.kind != CellKind::Text) return false;
            const std::string_view text = trim(cell.text);
            if (text.empty()) continue;
            if (at >= first_headers.size() || (at == 0 && text != uses.front().header) || fold(text) != first_headers[at]) return false;
            ++at;
        }
        return at == first_headers.size();
    }

    // ------------------------------------------------------------ keys

    std::string normal_part(const Slot& slot) const {
        static const DateRules kDefault;
        if (slot.cell != nullptr && slot.cell->kind == CellKind::DateTime) return std::string(slot.text);
        const ColumnReading* reading = reading_of(slot.cell);
        const DateRules& rules = reading != nullptr && reading->dates ? reading->evidence.rules : kDefault;
        if (!slot.text.empty() && slot.text.front() >= '0' && slot.text.front() <= '9')
            if (const auto date = read_date(slot.text, rules)) return date->iso();
        return fold_words(slot.text);
    }

    Result make_key(std::size_t r, const MappedRow& out, std::string& key) {
        const KeyPlan& spec = sheet->records[r].key;
        key = spec.prefix;
        bool any = !spec.constant.empty();
        key += spec.constant;
        if (spec.scope) {
            const Slot& scope = slots[*spec.scope];
            if (scope.dropped) return Result::Unreadable;
            if (!scope.text.empty()) key += std::string(scope.text) + ":";
        }
        if (spec.record) {
            if (!made[*spec.record]) return Result::Blank;
            key += out.records[*made[*spec.record]].values[0];
            any = true;
        }
        bool complete = !spec.columns.empty();
        for (const std::size_t c : spec.columns) {
            if (slots[c].dropped || (slots[c].cell != nullptr && slots[c].cell->kind == CellKind::Error)) return Result::Unreadable;
            if (is_damaged(slots[c])) return Result::Unreadable;
            complete = complete && !slots[c].text.empty();
        }
        if (complete) {
            bool first = true;
            for (const std::size_t c : spec.columns) {
                if (any || !first) key += ':';
                first = false;
                if (spec.slug) {
                    key += slug(slots[c].text);
                } else {
                    key += slots[c].text;
                }
            }
            any = true;
        } else if (!spec.generate.empty() || spec.generate_row) {
            if (!generate_key(r, spec, key)) return Result::Blank;
            any = true;
        } else if (!spec.columns.empty()) {
            return Result::Blank;
        }
        if (!spec.suffix.empty()) key += ":" + spec.suffix;
        return any && key.size() <= kLongestKey ? Result::Value : any ? Result::Unreadable : Result::Blank;
    }

    static bool is_damaged(const Slot& slot) {
        constexpr double kExact = 9007199254740992.0;  // beyond it a number cell holds no exact digits
        if (slot.cell == nullptr) return false;
        if (slot.cell->kind == CellKind::Number) return std::abs(slot.cell->number) >= kExact;
        return slot.cell->kind == CellKind::Text && is_damaged_number(slot.text);
    }
    bool damaged_key(const KeyPlan& spec) const {
        return std::any_of(spec.columns.begin(), spec.columns.end(), [&](std::size_t c) { return is_damaged(slots[c]); });
    }

    static std::string slug(std::string_view text) {
        std::string out = fold_words(text);
        std::replace(out.begin(), out.end(), ' ', '-');
        if (out.size() > 64) out.resize(64);
        return out;
    }

    // Starts with ~, so that it is never a plain key: the store keeps its keyed hash, never these words.
    bool generate_key(std::size_t r, const KeyPlan& spec, std::string& key) {
        std::string content;
        bool filled = false;
        bool blanks = false;
        const auto add = [&](const Slot& slot) {
            if (!content.empty()) content += '|';
            content += normal_part(slot);
            filled = filled || !slot.text.empty();
            blanks = blanks || slot.text.empty();
        };
        if (spec.generate_row) {
            for (std::size_t c = 0; c < slots.size(); ++c)
                if (!sheet->columns[c].is_context()) add(slots[c]);
        } else {
            for (const std::size_t c : spec.generate) add(slots[c]);
        }
        if (!filled) return false;
        if (content.size() > 120) {
            constexpr HashKey kFixed{};
            const Hash128 hash = siphash128(kFixed, content);
            content = std::to_string(hash.low) + "-" + std::to_string(hash.high);
        }
        if (!key.empty() && key.back() != ':') key += ':';
        if (!key.starts_with('~')) key.insert(0, 1, '~');
        key += content;
        // Two rows that say the same, or that are too thin to tell children apart, stay two.
        if (spec.repeats || blanks) {
            constexpr HashKey kFixed{1};
            const std::uint64_t contents = siphash128(kFixed, key).low;
            const auto [at, first] = repeats[r].try_emplace(contents, 0);
            if (first && counted_before) at->second = counted_before(static_cast<std::uint32_t>(r), contents);
            const std::uint32_t nth = ++at->second;
            repeats_of_row.emplace_back(r, contents);
            if (nth > 1) key += "#" + std::to_string(nth);
        }
        return true;
    }

    // ------------------------------------------------------------ fields

    const Slot& slot_of(const FieldPlan& field) const {
        for (const std::size_t c : field.columns)
            if (slots[c].dropped || !slots[c].text.empty()) return slots[c];
        return slots[field.columns.front()];
    }

    std::string_view chosen_part(const FieldPlan& field, std::string_view text) const {
        if (field.part == 0) return text;
        std::vector<std::string_view> parts;
        std::size_t start = 0;
        while (start <= text.size()) {
            const std::size_t end = std::min(text.find_first_of(field.split, start), text.size());
            if (const std::string_view part = trim(text.substr(start, end - start)); !part.empty()) parts.push_back(part);
            start = end + 1;
        }
        if (field.part < 0) return parts.empty() ? std::string_view() : parts.back();
        const auto index = static_cast<std::size_t>(field.part) - 1;
        return index < parts.size() ? parts[index] : std::string_view();
    }

    CodeResult code_of(const FieldPlan& field, std::string_view text) const {
        if (field.map) {
            const auto found = field.map->find(fold(text));
            if (found != field.map->end()) {
                if (found->second.empty()) return {};
                const std::string* code = plan.lists.match(field.list, found->second);
                return {code != nullptr ? *code : found->second, {}};
            }
        }
        if (!field.list.empty())
            if (const std::string* code = plan.lists.match(field.list, text)) return {*code, {}};
        if (field.list.empty() && is_plain_key(text)) return {std::string(text), {}};
        const Alarm alarm = alarm_in_code(text);
        if (alarm != Alarm::None) return {{}, alarm_code(alarm)};
        if (field.closed_list || field.list.empty()) return {{}, "IMP-024"};
        std::string slug = code_slug(text);
        if (!is_code(slug)) return {{}, "IMP-016"};
        return {std::move(slug), "IMP-015"};
    }

    const CodeResult& cached_code(CodeCache& cache, const FieldPlan& field, std::string_view text) const {
        if (const auto found = cache.find(text); found != cache.end()) return found->second;
        if (cache.size() >= kCachedCodes) cache.clear();
        return cache.emplace(std::string(text), code_of(field, text)).first->second;
    }

    Result read_codes(const FieldPlan& field, CodeCache& cache, std::string_view text, const Cell* cell, std::string& out,
                      MappedRow& row) const {
        const std::string separators = "|" + (field.part == 0 ? field.split : std::string());
        std::size_t start = 0;
        while (start <= text.size()) {
            const std::size_t end = std::min(text.find_first_of(separators, start), text.size());
            const std::string_view part = trim(text.substr(start, end - start));
            start = end + 1;
            if (part.empty()) continue;
            const CodeResult& code = cached_code(cache, field, part);
            if (!code.finding.empty()) note(row, code.finding, field.name, false, cell);
            if (code.value.empty() || ("|" + out + "|").find("|" + code.value + "|") != std::string::npos) continue;
            if (!out.empty()) out += '|';
            out += code.value;
        }
        return Result::Value;
    }

    static bool working_year(const FieldPlan& field, const DateRules& rules, std::string_view text, std::string& out) {
        const auto date = read_date(text, rules);
        if (!date) return false;
        const bool started = date->month() > field.year_month || (date->month() == field.year_month && date->day() >= field.year_day);
        out = std::to_string(started ? date->year() : date->year() - 1);
        return true;
    }

    template <typename T>
    static Result take(std::optional<T> read, std::string& out) {
        if (!read) return Result::Unreadable;
        if constexpr (std::is_same_v<T, std::string>) {
            out = std::move(*read);
        } else {
            out = std::to_string(*read);
        }
        return Result::Value;
    }

    Result read_text(const FieldPlan& field, std::string_view text, const Cell* cell, std::string& out, MappedRow& row) const {
        std::string_view problem;
        if (is_damaged_number(text)) {
            note(row, "IMP-070", field.name, false, cell);
            return Result::Blank;
        }
        switch (field.form) {
            case Form::Phone:
                if (take(read_phone(text), out) == Result::Value) return Result::Value;
                problem = "IMP-018";
                break;
            case Form::Email:
                if (take(read_email(text), out) == Result::Value) return Result::Value;
                problem = "IMP-019";
                break;
            case Form::Postcode:
                if (take(read_postcode(text), out) == Result::Value) return Result::Value;
                problem = "IMP-020";
                break;
            case Form::Slug:
                out = slug(text);
                return out.empty() ? Result::Blank : Result::Value;
            default:
                if (text.size() <= kLongestText) {
                    out = text;
                    return Result::Value;
                }
                problem = "IMP-023";
                break;
        }
        note(row, problem, field.name, false, cell);
        return Result::Blank;
    }

    Result read_label(const FieldPlan& field, std::string_view text, const Cell* cell, std::string& out, MappedRow& row) const {
        const Alarm alarm = text.size() > kLongestLabel ? Alarm::Words : alarm_in_label(text);
        // A goal's period is a date range or a year and no identity.
        if (alarm == Alarm::None || (alarm == Alarm::Date && field.name == "goal.period")) {
            out = text;
            return Result::Value;
        }
        note(row, alarm == Alarm::Words ? "IMP-023" : alarm_code(alarm), field.name, false, cell);
        return Result::Blank;
    }

    Result read_value(const FieldPlan& field, CodeCache& cache, std::string_view text, const Cell* cell, std::string& out,
                      MappedRow& row) const {
        out.clear();
        if (cell != nullptr && cell->kind == CellKind::Error) {
            note(row, "IMP-022", field.name, field.required || field.type == FieldType::Reference, cell);
            return Result::Blank;
        }
        if (field.map && field.type != FieldType::Code && field.type != FieldType::Codes) {
            if (const auto found = field.map->find(fold(text)); found != field.map->end()) {
                out = found->second;
                return out.empty() ? Result::Blank : Result::Value;
            }
        }
        switch (field.type) {
            case FieldType::Date:
                if (cell != nullptr && cell->kind == CellKind::DateTime) {
                    out = text;
                    return Result::Value;
                }
                if (read_plain_date(text, dates_of(field, cell), out)) return Result::Value;
                if (const auto date = read_date(text, dates_of(field, cell))) {
                    out = date->iso();
                    return Result::Value;
                }
                return Result::Unreadable;
            case FieldType::PartialDate:
                if (read_plain_date(text, dates_of(field, cell), out)) return Result::Value;
                if (take(read_partial_date(text, dates_of(field, cell)), out) == Result::Value) return Result::Value;
                note(row, "IMP-021", field.name, false, cell);
                if (text.size() > 40) return Result::Blank;
                out = text;
                return Result::Value;
            case FieldType::Integer:
                if (field.form == Form::Minutes || field.form == Form::Hours)
                    return take(read_minutes(text, field.form == Form::Hours ? 60 : 1), out);
                return take(read_integer(text), out);
            case FieldType::Decimal:
                return take(read_decimal(text, cell != nullptr && cell->kind == CellKind::Number ? '.' : decimal_of(field, cell)), out);
            case FieldType::Boolean: {
                if (text == "true" || text == "false") {
                    out = text;
                    return Result::Value;
                }
                const auto flag = read_boolean(text);
                if (!flag) return Result::Unreadable;
                out = *flag ? "true" : "false";
                return Result::Value;
            }
            case FieldType::Year:
                if (field.year_month != 0 && working_year(field, dates_of(field, cell), text, out)) return Result::Value;
                return take(read_year(text), out);
            case FieldType::Code: {
                const CodeResult& code = cached_code(cache, field, text);
                if (!code.finding.empty()) note(row, code.finding, field.name, false, cell);
                out = code.value;
                return out.empty() && !code.finding.empty() && field.required ? Result::Unreadable
                       : out.empty()                                          ? Result::Blank
                                                                              : Result::Value;
            }
            case FieldType::Codes:
                return read_codes(field, cache, text, cell, out, row);
            case FieldType::Reference:
            case FieldType::Key:
                if (is_damaged_number(text)) {
                    note(row, "IMP-070", field.name, true, cell);
                    return Result::Blank;
                }
                if (text.size() > kLongestKey) return Result::Unreadable;
                out = field.form == Form::Slug && text != "*" ? slug(text) : std::string(text);
                return Result::Value;
            case FieldType::Label:
                return field.form == Form::Slug ? read_text(field, text, cell, out, row) : read_label(field, text, cell, out, row);
            case FieldType::Text:
                return read_text(field, text, cell, out, row);
        }
        return Result::Blank;
    }

    Result from_slot(const FieldPlan& field, CodeCache& cache, const Slot& slot, std::string& out, MappedRow& row) const {
        out.clear();
        if (slot.dropped) return Result::Unreadable;
        const std::string_view text = chosen_part(field, slot.text);
        if (text.empty()) return Result::Blank;
        return read_value(field, cache, text, slot.cell, out, row);
    }

    Result from_join(const FieldPlan& field, CodeCache& cache, std::string& out, MappedRow& row) {
        joined.clear();
        const Cell* cell = nullptr;
        const auto is_part = [this](std::size_t c) {
            return !slots[c].text.empty() && !slots[c].dropped && (slots[c].cell == nullptr || slots[c].cell->kind != CellKind::Error);
        };
        for (const std::size_t c : field.columns) {
            if (!is_part(c)) continue;
            if (!joined.empty()) joined += field.with;
            joined += slots[c].text;
            cell = slots[c].cell;
        }
        if (joined.empty()) return Result::Blank;
        if (has_national_number(joined)) {  // in two columns, harmless apart
            for (const std::size_t c : field.columns)
                if (is_part(c)) note(row, "POL-001", "", field.required || field.type == FieldType::Reference, slots[c].cell);
            return Result::Blank;
        }
        return read_value(field, cache, joined, cell, out, row);
    }

    Result field_value(const FieldPlan& field, CodeCache& cache, std::string& out, MappedRow& row) {
        out.clear();
        switch (field.from) {
            case ValueFrom::Constant:
                out = field.constant;
                return Result::Value;
            case ValueFrom::Record:
                if (!made[field.record]) return Result::Blank;
                out = row.records[*made[field.record]].values[0];
                return Result::Value;
            case ValueFrom::Join:
                return from_join(field, cache, out, row);
            case ValueFrom::Filled:
                if (!slot_of(field).text.empty()) out = field.constant;
                return out.empty() ? Result::Blank : Result::Value;
            case ValueFrom::Column:
                return from_slot(field, cache, slot_of(field), out, row);
        }
        return Result::Blank;
    }

    void fill_field(const FieldPlan& field, CodeCache& cache, Record& record, MappedRow& row) {
        const Result result = field_value(field, cache, value, row);
        const Slot* slot = field.from == ValueFrom::Column ? &slot_of(field) : nullptr;
        if (result == Result::Unreadable) {
            const bool rejects = field.required || field.type == FieldType::Reference;
            if (slot != nullptr && slot->dropped) {
                if (rejects) note(row, "IMP-011", field.name, true, slot->cell);
            } else {
                const bool reported = field.type == FieldType::Code;  // the reason is there; it now rejects
                note(row, reported ? cached_code(cache, field, slot == nullptr ? joined : slot->text).finding : unreadable_code(field.type),
                     field.name, rejects, slot == nullptr ? nullptr : slot->cell);
            }
            value.clear();
            if (rejects) return;
        }
        if (value.empty()) value = field.fallback;
        const bool error_cell = slot != nullptr && slot->cell != nullptr && slot->cell->kind == CellKind::Error;  // said already
        if (value.empty() && field.required && result != Result::Unreadable && !error_cell) note_blank(row, "IMP-011", field);
        record.values[field.field].assign(value);
    }

    bool holds(const RecordPlan& record) const {
        for (const ConditionPlan& condition : record.when) {
            const Slot& slot = slots[condition.column];
            if (condition.blank) {
                if (!slot.text.empty() || slot.dropped) return false;
                continue;
            }
            if (condition.is.empty() && condition.isnt.empty()) {
                if (slot.text.empty() && !slot.dropped) return false;
                continue;
            }
            const std::string folded = fold(slot.text);
            if (!condition.is.empty() && std::find(condition.is.begin(), condition.is.end(), folded) == condition.is.end()) return false;
            if (!folded.empty() && std::find(condition.isnt.begin(), condition.isnt.end(), folded) != condition.isnt.end()) return false;
        }
        return true;
    }

    void make_record(std::size_t r, const RawRow& row, MappedRow& out) {
        const RecordPlan& spec = sheet->records[r];
        if (out.count == out.records.size()) out.records.emplace_back();
        Record& record = out.records[out.count];
        record.entity = spec.entity;
        record.clear();
        record.origin.tab = row.tab;
        record.origin.row = row.row;
        std::string& key = record.values[0];
        const Result result = make_key(r, out, key);
        if (result != Result::Value) {
            const Cell* cell = nullptr;
            for (const std::size_t c : spec.key.columns)
                if (slots[c].cell != nullptr) cell = slots[c].cell;
            Finding finding{result == Result::Blank ? "IMP-010"
                            : damaged_key(spec.key) ? "IMP-070"
                                                    : "IMP-025",
                            {},
                            std::string(entity_def(spec.entity).name) + ".key",
                            true,
                            std::nullopt};
            for (std::size_t c = 0; c < column_slot.size() && !spec.key.columns.empty(); ++c)
                if (column_slot[c] == static_cast<int>(spec.key.columns.front())) {
                    finding.column = column_header[c];
                    finding.cell = static_cast<std::uint32_t>(c);
                }
            if (cell != nullptr) {
                note(out, finding.code, finding.field, true, cell);
            } else {
                out.findings.push_back(std::move(finding));
            }
            return;
        }
        made[r] = out.count++;
        for (std::size_t f = 0; f < spec.fields.size(); ++f) fill_field(spec.fields[f], caches[r][f], out.records[*made[r]], out);
    }

    void uncount() {
        for (const auto& [r, contents] : repeats_of_row) --repeats[r][contents];
        repeats_of_row.clear();
    }

    RowOutcome map_row(const RawRow& row, MappedRow& out) {
        if (!take_cells(row, out)) return RowOutcome::Skipped;
        const bool below_gap = last_row != 0 && row.row > last_row + 1;
        last_row = row.row;
        if (is_second_header_row(row) || is_header_again(row) || (below_gap && is_next_table(row))) {
            out.findings.clear();
            std::fill(carried.begin(), carried.end(), Slot{});
            return RowOutcome::Preamble;
        }
        fill_down();
        if (is_skipped(row)) {
            out.findings.clear();
            return RowOutcome::Skipped;
        }
        carry_down();
        count_evidence();
        std::fill(made.begin(), made.end(), std::nullopt);
        repeats_of_row.clear();
        for (std::size_t r = 0; r < sheet->records.size(); ++r)
            if (holds(sheet->records[r])) make_record(r, row, out);
        const bool rejected = std::any_of(out.findings.begin(), out.findings.end(), [](const Finding& finding) { return finding.rejects; });
        out.begun = out.count;
        if (below_gap && (rejected || out.count == 0)) tell_of_unknown_table(row);
        if (rejected) {
            uncount();
            out.count = 0;
            return RowOutcome::Rejected;
        }
        return out.count == 0 ? RowOutcome::Skipped : RowOutcome::Mapped;
    }
};

SheetMapper::SheetMapper(const Mapping& mapping, std::string_view tab_name, std::string_view file_name, const ColumnKnowledge& knowledge)
    : impl_(std::make_unique<Impl>(mapping, tab_name, file_name, knowledge)) {}
SheetMapper::SheetMapper(const Mapping& mapping, std::string_view tab_name, std::string_view file_name)
    : SheetMapper(mapping, tab_name, file_name, nothing_known()) {}
SheetMapper::SheetMapper(SheetMapper&&) noexcept = default;
SheetMapper& SheetMapper::operator=(SheetMapper&&) noexcept = default;
SheetMapper::~SheetMapper() = default;

bool SheetMapper::selected() const { return !impl_->candidates().empty(); }
bool SheetMapper::matched() const { return impl_->sheet != nullptr; }
const std::vector<ColumnUse>& SheetMapper::columns() const { return impl_->uses; }
const std::vector<HeaderChange>& SheetMapper::header_changes() const { return impl_->changes; }
std::uint64_t SheetMapper::header_row() const { return impl_->header_at; }

std::vector<ColumnEvidence> SheetMapper::evidence() const { return impl_->all_evidence(); }
const std::vector<Finding>& SheetMapper::sheet_findings() const { return impl_->sheet_findings; }

const std::optional<Error>& SheetMapper::near_miss() const { return impl_->pending ? impl_->pending : impl_->near_miss; }

RowOutcome SheetMapper::map(const RawRow& row, MappedRow& out) {
    out.count = 0;
    out.begun = 0;
    out.findings.clear();
    if (impl_->sheet != nullptr) return impl_->map_row(row, out);
    if (row.cells.empty() || impl_->rows >= kMostPreamble) return RowOutcome::Preamble;
    ++impl_->rows;
    impl_->tab = row.tab;
    if (impl_->try_header(row)) impl_->last_row = row.row;
    return RowOutcome::Preamble;
}

std::vector<SheetMapper::Repeat> SheetMapper::repeats() const {
    std::vector<Repeat> all;
    for (std::size_t r = 0; r < impl_->repeats.size(); ++r)
        for (const auto& [contents, count] : impl_->repeats[r])
            if (count > 0) all.push_back({static_cast<std::uint32_t>(r), contents, count});
    return all;
}

void SheetMapper::go_on_after(std::function<std::uint32_t(std::uint32_t, std::uint64_t)> counted) {
    impl_->counted_before = std::move(counted);
}

void SheetMapper::take_back() { impl_->uncount(); }

std::string plain_text(const Cell& cell) {
    if (cell.kind == CellKind::Text) return std::string(cell.text);
    if (cell.kind == CellKind::Error) return {};
    std::string buffer;
    text_of(cell, buffer);
    return buffer;
}

void SheetMapper::finish() const {
    if (impl_->pending) throw Error(*impl_->pending);
    if (impl_->sheet != nullptr || !impl_->strict || impl_->rows == 0) return;
    std::string wanted;
    const std::vector<const SheetPlan*> candidates = impl_->candidates();
    if (!candidates.empty()) {
        for (const ColumnPlan& column : candidates.front()->columns)
            if (column.required) wanted += (wanted.empty() ? "" : ", ") + column.headers.front();
        for (const std::vector<std::size_t>& group : candidates.front()->one_of)
            wanted += (wanted.empty() ? "" : ", ") + Impl::needed(*candidates.front(), group.front());
    }
    throw Error(Exit::Data, "IMP-001",
                {{"file", impl_->file_name},
                 {"sheet", impl_->tab_name.empty() ? std::string("none") : impl_->tab_name},
                 {"missing", wanted},
                 {"mapping", impl_->plan.name}},
                impl_->file_name, impl_->tab_name);
}

}  // namespace brugwacht
