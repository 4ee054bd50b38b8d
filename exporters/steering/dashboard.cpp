// One page: six tiles, what stands out, and charts of published numbers only.
#include <algorithm>

#include "exporters/steering/layout.hpp"

namespace brugwacht::steering {

namespace {

struct Tile {
    std::string label, value, note;
};

/// The text key of the last part of a label, "achieved" for "tally.status.achieved".
bool is_label(const Label& label, std::string_view key) { return label.list.empty() && label.value == key; }

const ReleasedCell* cell_of(const ReleasedTable& table, std::size_t row, std::string_view column_key) {
    for (std::size_t c = 0; c < table.columns(); ++c)
        if (is_label(table.layout().columns[c], column_key)) return &table.at(row, c);
    return nullptr;
}

std::string short_id(const Label& label) { return label.value.substr(0, label.value.find(' ')); }

std::string shown(const Book& book, const ReleasedCell* cell) {
    return cell != nullptr && cell->count ? book.number(*cell->count) : book.withheld();
}

Tile started_tile(const Book& book) {
    Tile tile{book.text("tile.started"), book.withheld(), book.text("tile.withheld")};
    const ReleasedTable* table = book.table("started");
    if (table == nullptr || table->rows() == 0) return tile;
    const ReleasedCell& total = table->at(table->rows() - 1, 0);
    if (!total.count) return tile;
    tile.value = book.number(*total.count);
    const ReleasedTable* children = book.table("children");
    tile.note = children != nullptr && children->at(0, 0).count
                    ? book.text("tile.started_children", {{"children", book.number(*children->at(0, 0).count)}})
                    : book.text("tile.started_note");
    return tile;
}

const ReleasedTable* rate_of(const Book& book, const Label& definition) {
    for (const ReleasedTable* table : book.tables_like("rate"))
        if (table->layout().subject == definition && !table->withheld()) return table;
    return nullptr;
}

Tile definition_tile(const Book& book, const ReleasedTable& status, std::size_t row) {
    const Label& definition = status.layout().rows[row];
    Tile tile{definition.value, book.withheld(), book.text("tile.withheld")};
    if (const ReleasedTable* rate = rate_of(book, definition); rate != nullptr) {
        const ReleasedCell& achieved = rate->at(0, 0);
        const ReleasedCell& mature = rate->at(0, rate->columns() - 1);
        if (achieved.share && mature.count) {
            tile.value = book.percent(achieved.share->value, achieved.share->decimals);
            tile.note = book.text("tile.rate", {{"achieved", book.number(*achieved.count)},
                                                {"mature", book.number(*mature.count)},
                                                {"low", book.percent(achieved.share->low, achieved.share->decimals)},
                                                {"high", book.percent(achieved.share->high, achieved.share->decimals)}});
            return tile;
        }
    }
    const ReleasedCell* achieved = cell_of(status, row, "tally.status.achieved");
    const ReleasedCell* total = cell_of(status, row, "tally.label.total");
    if (achieved == nullptr || !achieved->count) return tile;
    tile.value = book.number(*achieved->count);
    tile.note = book.text("tile.count", {{"total", shown(book, total)},
                                         {"pending", shown(book, cell_of(status, row, "tally.status.pending"))},
                                         {"unknown", shown(book, cell_of(status, row, "tally.status.unknown"))}});
    return tile;
}

Tile follow_up_tile(const Book& book) {
    Tile tile{book.text("tile.follow_up"), book.withheld(), book.text("tile.follow_up_none")};
    for (const ReleasedTable* table : book.tables_like("rate")) {
        if (table->withheld() || table->columns() != 4 || table->layout().subject.value.rfind("D2", 0) != 0) continue;
        const ReleasedCell& unknown = table->at(0, 2);
        const ReleasedCell& mature = table->at(0, 3);
        if (!unknown.count || !mature.count) continue;
        const auto share = percentage(*mature.count - *unknown.count, *mature.count);
        if (!share) continue;
        tile.value = book.percent(share->value, share->decimals);
        tile.note = book.text("tile.follow_up_note",
                              {{"known", book.number(*mature.count - *unknown.count)}, {"mature", book.number(*mature.count)}});
    }
    if (book.report.follow_up_target > 0)
        tile.note += book.text("tile.follow_up_target", {{"target", book.percent(book.report.follow_up_target * 100, 0)}});
    return tile;
}

Tile open_tile(const Book& book) {
    Tile tile{book.text("tile.open"), book.withheld(), book.text("tile.withheld")};
    const ReleasedTable* status = book.table("status");
    if (status == nullptr) return tile;
    std::int64_t sum = 0;
    for (std::size_t r = 0; r < status->rows(); ++r) {
        const ReleasedCell* pending = cell_of(*status, r, "tally.status.pending");
        if (pending == nullptr || !pending->count) return tile;
        sum += *pending->count;
    }
    tile.value = book.number(sum);
    tile.note = book.text("tile.open_note");
    return tile;
}

void draw_tiles(Sheet& sheet, std::uint32_t row, const std::vector<Tile>& tiles) {
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        const auto column = static_cast<std::uint16_t>(2 * i);
        sheet.text(row, column, tiles[i].label,
                   {.size = 11,
                    .bold = true,
                    .wrap = true,
                    .vertical = VerticalAlign::Centre,
                    .indent = 1,
                    .colour = kInk,
                    .fill = kAccentPale,
                    .line_above = kAccent});
        sheet.text(row + 1, column, tiles[i].value,
                   {.size = 26,
                    .bold = true,
                    .align = Align::Left,
                    .vertical = VerticalAlign::Centre,
                    .indent = 1,
                    .colour = kAccent,
                    .fill = kAccentPale});
        sheet.text(row + 2, column, tiles[i].note, {.size = 10, .wrap = true, .indent = 1, .colour = kQuiet, .fill = kAccentPale});
    }
    sheet.row_height(row, 44);
    sheet.row_height(row + 1, 40);
    sheet.row_height(row + 2, 58);
}

std::vector<std::string> what_stands_out(const Book& book) {
    std::vector<std::string> out;
    if (const ReleasedTable* table = book.table("started"); table != nullptr && table->rows() >= 3) {
        const std::size_t last = table->rows() - 2;
        const ReleasedCell& now = table->at(last, 0);
        const ReleasedCell& before = table->at(last - 1, 0);
        if (now.count && before.count)
            out.push_back(book.text("notice.started", {{"quarter", book.label(table->layout().rows[last])},
                                                       {"now", book.number(*now.count)},
                                                       {"before", book.number(*before.count)}}));
    }
    if (const ReleasedTable* status = book.table("status"); status != nullptr)
        for (std::size_t r = 0; r < status->rows(); ++r) {
            const ReleasedCell* pending = cell_of(*status, r, "tally.status.pending");
            const ReleasedCell* unknown = cell_of(*status, r, "tally.status.unknown");
            if (pending == nullptr || unknown == nullptr || !pending->count || !unknown->count || *pending->count + *unknown->count == 0)
                continue;
            out.push_back(book.text("notice.pending", {{"definition", short_id(status->layout().rows[r])},
                                                       {"pending", book.number(*pending->count)},
                                                       {"unknown", book.number(*unknown->count)}}));
            break;
        }
    if (const ReleasedTable* table = book.table("strategies"); table != nullptr && !table->withheld()) {
        const ReleasedCell& all = table->at(table->rows() - 1, table->columns() - 1);
        if (all.count && *all.count > 0) out.push_back(book.text("notice.activities", {{"activities", book.number(*all.count)}}));
    }
    if (out.empty()) out.push_back(book.text("notice.none"));
    return out;
}

std::string spoken(const ChartBlock& block, const Book& book) {
    std::string out;
    for (std::size_t i = 0; i < block.numbers.size(); ++i)
        out += (i == 0 ? "" : "; ") + block.names[i] + " " + book.number(block.numbers[i]);
    return out;
}

/// Published rows of one column; the total is left out.
ChartBlock column_block(Book& book, const std::string& chart, const ReleasedTable& table, std::size_t column) {
    std::vector<std::string> names;
    std::vector<std::int64_t> numbers;
    const std::size_t rows = table.rows() - (table.layout().column_total ? 1 : 0);
    for (std::size_t r = 0; r < rows; ++r)
        if (const auto& count = table.at(r, column).count; count) {
            names.push_back(book.label(table.layout().rows[r]));
            numbers.push_back(*count);
        }
    return book.chart_block(chart, names, numbers);
}

void place(Book& book, Sheet& sheet, std::uint32_t row, std::uint16_t column, Chart chart, const ChartBlock& block,
           const std::string& name) {
    if (block.empty()) {
        sheet.text(row, column, chart.title, {.bold = true});
        sheet.text(row + 1, column, book.text("empty.chart"), styles::quiet());
        return;
    }
    chart.sheet = book.sheet_name("charts");
    chart.alt_text = book.text("chart.alt", {{"title", chart.title}, {"numbers", spoken(block, book)}, {"stand", book.stand()}});
    chart.series.push_back(
        {.name = name, .categories = block.categories, .values = block.values, .colour = kAccent, .labels = true, .label_colour = kInk});
    sheet.chart(row, column, chart);
}

void started_chart(Book& book, Sheet& sheet, std::uint32_t row) {
    Chart chart{.kind = ChartKind::Column, .title = book.text("chart.started"), .hide_value_axis = true, .width_px = 650, .height_px = 230};
    ChartBlock block;
    if (const ReleasedTable* table = book.table("started"); table != nullptr) block = column_block(book, chart.title, *table, 0);
    place(book, sheet, row, 0, std::move(chart), block, book.plain("tally.unit.trajectories"));
}

void strategies_chart(Book& book, Sheet& sheet, std::uint32_t row) {
    Chart chart{.kind = ChartKind::Bar,
                .title = book.text("chart.strategies"),
                .reversed = true,
                .hide_value_axis = true,
                .gap_percent = 40,
                .width_px = 650,
                .height_px = 230};
    ChartBlock block;
    if (const ReleasedTable* table = book.table("strategies"); table != nullptr)
        block = column_block(book, chart.title, *table, table->columns() - 1);
    place(book, sheet, row, 6, std::move(chart), block, book.plain("tally.unit.activities"));
}

// One small chart per definition, all on one scale: each bar carries its own name, so that nobody has to hunt for a legend.
void status_charts(Book& book, Sheet& sheet, std::uint32_t row) {
    const ReleasedTable* status = book.table("status");
    if (status == nullptr) {
        sheet.text(row, 0, book.text("empty.chart"), styles::quiet());
        return;
    }
    std::int64_t most = 1;
    for (std::size_t r = 0; r < status->rows(); ++r)
        for (std::size_t c = 0; c + 1 < status->columns(); ++c) most = std::max(most, status->at(r, c).count.value_or(0));
    for (std::size_t r = 0; r < std::min<std::size_t>(3, status->rows()); ++r) {
        Chart chart{.kind = ChartKind::Bar,
                    .title = status->layout().rows[r].value,
                    .reversed = true,
                    .hide_value_axis = true,
                    .value_max = static_cast<double>(most) * 1.15,
                    .gap_percent = 40,
                    .width_px = 440,
                    .height_px = 230};
        std::vector<std::string> names;
        std::vector<std::int64_t> numbers;
        for (std::size_t c = 0; c + 1 < status->columns(); ++c)
            if (const auto& count = status->at(r, c).count; count) {
                names.push_back(book.label(status->layout().columns[c]));
                numbers.push_back(*count);
            }
        const ChartBlock block = book.chart_block(chart.title, names, numbers);
        place(book, sheet, row, static_cast<std::uint16_t>(4 * r), std::move(chart), block, book.plain("tally.unit.trajectories"));
    }
}

/// Names what the status charts leave out, so that a missing bar is not taken for a zero.
std::string left_out(const Book& book) {
    std::string out;
    if (const ReleasedTable* status = book.table("status"); status != nullptr)
        for (std::size_t r = 0; r < std::min<std::size_t>(3, status->rows()); ++r) {
            std::string names;
            for (std::size_t c = 0; c + 1 < status->columns(); ++c)
                if (!status->at(r, c).count) names += (names.empty() ? "" : ", ") + book.label(status->layout().columns[c]);
            if (!names.empty()) out += (out.empty() ? "" : "; ") + short_id(status->layout().rows[r]) + " " + names;
        }
    return out.empty() ? out : book.text("chart.left_out", {{"names", out}});
}

}  // namespace

void Book::write_dashboard() {
    Sheet& sheet = page("dashboard", {.one_page_high = true});
    for (std::uint16_t c = 0; c < 11; ++c) sheet.column_width(c, c, c % 2 == 0 ? 29.0 : 1.6);
    std::vector<Tile> tiles = {started_tile(*this)};
    if (const ReleasedTable* status = table("status"); status != nullptr)
        for (std::size_t r = 0; r < std::min<std::size_t>(3, status->rows()); ++r) tiles.push_back(definition_tile(*this, *status, r));
    tiles.push_back(follow_up_tile(*this));
    tiles.push_back(open_tile(*this));
    draw_tiles(sheet, 4, tiles);
    std::uint32_t row = 8;
    sheet.text(row++, 0, text("notice.heading"), {.size = 13, .bold = true, .colour = kAccent});
    for (const std::string& sentence : what_stands_out(*this)) sheet.text(row++, 0, "•  " + sentence, styles::body());
    row = 13;
    started_chart(*this, sheet, row);
    strategies_chart(*this, sheet, row);
    row += 13;
    sheet.text(row - 1, 0, text("chart.status_heading"), {.size = 13, .bold = true, .colour = kAccent});
    status_charts(*this, sheet, row);
    row += 12;
    if (const std::string missing = left_out(*this); !missing.empty()) sheet.text(row++, 0, missing, styles::quiet());
    for (const char* note : {"note.withheld", "note.rates", "note.capacity"}) sheet.text(row++, 0, text(note), styles::quiet());
}

}  // namespace brugwacht::steering
