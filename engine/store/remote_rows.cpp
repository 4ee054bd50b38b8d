#include "engine/store/remote_rows.hpp"

#include <algorithm>
#include <cassert>

namespace brugwacht {
namespace {

constexpr std::size_t kMostUnknown = 2000;
constexpr std::uint64_t kFewMissing = 2;  // in a short list one or two are a large share of it

// The line of a row that made no record.
constexpr MadeRecord kNothing{Entity::Person, 0};

std::int64_t number(Entity entity) { return static_cast<std::int64_t>(entity); }
MadeRecord made(const Statement& s, int entity_column) {
    return {static_cast<Entity>(s.integer(entity_column)), s.integer(entity_column + 1)};
}

}  // namespace

void RemoteRows::reset() {
    streams_.clear();
    rows_.clear();
    swept_.clear();
    for (IdSet& ids : withdrawn_) ids.clear();
}

std::optional<std::int64_t> RemoteRows::known_stream(std::int64_t source, std::string_view name) {
    const auto key = std::make_pair(source, std::string(name));
    if (const auto at = streams_.find(key); at != streams_.end()) return at->second;
    Statement s = database_.prepare("SELECT id FROM stream WHERE source = ? AND name = ?");
    if (!s.bind(0, source).bind(1, name).step()) return std::nullopt;
    return streams_[key] = s.integer(0);
}

std::int64_t RemoteRows::stream(std::int64_t source, std::string_view name) {
    if (const auto known = known_stream(source, name)) return *known;
    database_.prepare("INSERT INTO stream (source, name) VALUES (?, ?)").bind(0, source).bind(1, name).execute();
    return streams_[{source, std::string(name)}] = database_.last_insert_id();
}

RemoteRows::Statements RemoteRows::statements() {
    return {
        database_.prepare(
            R"(SELECT entity, record, file, missing_since IS NOT NULL FROM remote_row WHERE stream = ? AND "row" = ? ORDER BY entity, record)"),
        database_.prepare(R"(INSERT INTO remote_row (stream, "row", entity, record, file) VALUES (?, ?, ?, ?, ?))"),
        database_.prepare(R"(DELETE FROM remote_row WHERE stream = ? AND "row" = ? AND entity = ? AND record = ?)"),
        database_.prepare(R"(UPDATE remote_row SET missing_since = NULL WHERE stream = ? AND "row" = ? AND missing_since IS NOT NULL)")};
}

void RemoteRows::read(Statements& s, std::int64_t stream, std::int64_t row, std::vector<Line>& lines) {
    lines.clear();
    for (s.lines.bind(0, stream).bind(1, row); s.lines.step();)
        lines.push_back({made(s.lines, 0), s.lines.integer(2), s.lines.integer(3) != 0});
    s.lines.reset();
    rows_.insert(row);
    for (const Line& line : lines) journal_.met_file(line.file);
}

void RemoteRows::write(std::int64_t file, const RowBatch& batch, std::vector<MadeRecord>& dropped) {
    if (batch.rows.empty()) return;
    // In the order of the table every page is visited once; a row that came more than once keeps the order in which it came.
    std::vector<const RowBatch::Row*> order;
    order.reserve(batch.rows.size());
    for (const RowBatch::Row& row : batch.rows) order.push_back(&row);
    std::stable_sort(order.begin(), order.end(), [](const RowBatch::Row* a, const RowBatch::Row* b) {
        return a->stream != b->stream ? a->stream < b->stream : a->row < b->row;
    });
    Statements s = statements();
    std::vector<Line> before;
    std::vector<MadeRecord> now;
    for (const RowBatch::Row* row : order) {
        read(s, row->stream, row->row, before);
        const auto first = batch.made.begin() + static_cast<std::ptrdiff_t>(row->made_at);
        now.assign(first, first + static_cast<std::ptrdiff_t>(row->made_count));
        if (row->keeps)
            for (const Line& line : before)
                if (line.made != kNothing) now.push_back(line.made);
        if (now.empty()) now.push_back(kNothing);
        std::sort(now.begin(), now.end());
        now.erase(std::unique(now.begin(), now.end()), now.end());
        for (const Line& line : before) {
            if (std::binary_search(now.begin(), now.end(), line.made)) continue;
            s.remove.bind(0, row->stream).bind(1, row->row).bind(2, number(line.made.entity)).bind(3, line.made.id).execute();
            if (line.made != kNothing) dropped.push_back(line.made);
        }
        for (const MadeRecord& record : now) {
            const bool known = std::any_of(before.begin(), before.end(), [&](const Line& line) { return line.made == record; });
            if (known) continue;
            s.insert.bind(0, row->stream).bind(1, row->row).bind(2, number(record.entity)).bind(3, record.id).bind(4, file).execute();
        }
        if (!before.empty() && before.front().marked) s.unmark.bind(0, row->stream).bind(1, row->row).execute();
    }
}

void RemoteRows::take_out(Statements& s, std::int64_t stream, std::int64_t row, const std::vector<Line>& lines,
                          std::vector<MadeRecord>& dropped) {
    for (const Line& line : lines) {
        s.remove.bind(0, stream).bind(1, row).bind(2, number(line.made.entity)).bind(3, line.made.id).execute();
        if (line.made != kNothing) dropped.push_back(line.made);
    }
}

bool RemoteRows::remove(std::int64_t stream, std::int64_t row, std::vector<MadeRecord>& dropped) {
    Statements s = statements();
    std::vector<Line> lines;
    read(s, stream, row, lines);
    take_out(s, stream, row, lines, dropped);
    return !lines.empty();
}

Sweep RemoteRows::sweep(std::int64_t stream, const std::vector<std::int64_t>& listed, double max_share, std::int64_t now,
                        std::vector<MadeRecord>& dropped) {
    assert(std::is_sorted(listed.begin(), listed.end()));
    swept_.insert(stream);
    Sweep found;
    std::vector<std::int64_t> unmarked, marked, back;
    IdSet files;
    auto at = listed.begin();
    const auto unknown = [&found](std::int64_t row) {
        if (found.unknown.size() < kMostUnknown) found.unknown.push_back(row);
    };
    std::optional<std::int64_t> last;
    Statement s = database_.prepare(R"(SELECT "row", file, missing_since IS NOT NULL FROM remote_row WHERE stream = ? ORDER BY "row")");
    for (s.bind(0, stream); s.step();) {
        const std::int64_t row = s.integer(0);
        files.insert(s.integer(1));
        if (row == last) continue;  // the next line of the same row
        last = row;
        ++found.known;
        for (; at != listed.end() && *at < row; ++at) unknown(*at);
        const bool there = at != listed.end() && *at == row;
        while (at != listed.end() && *at == row) ++at;
        const bool was_missing = s.integer(2) != 0;
        if (there && was_missing) back.push_back(row);
        if (!there) (was_missing ? marked : unmarked).push_back(row);
    }
    for (; at != listed.end(); ++at) unknown(*at);
    found.missing = marked.size() + unmarked.size();
    found.back = back.size();
    if (found.missing + found.back == 0) return found;
    for (const std::int64_t file : files.sorted()) journal_.met_file(file);
    Statements change = statements();
    for (const std::int64_t row : back) change.unmark.bind(0, stream).bind(1, row).execute();
    const bool many = found.missing > kFewMissing && static_cast<double>(found.missing) > max_share * static_cast<double>(found.known);
    found.refused = found.missing > 0 && (listed.empty() || many);
    if (found.refused) return found;
    Statement mark = database_.prepare(R"(UPDATE remote_row SET missing_since = ? WHERE stream = ? AND "row" = ?)");
    for (const std::int64_t row : unmarked) mark.bind(0, now).bind(1, stream).bind(2, row).execute();
    std::vector<Line> lines;
    for (const std::int64_t row : marked) {
        read(change, stream, row, lines);
        take_out(change, stream, row, lines, dropped);
    }
    found.gone = marked.size();
    return found;
}

std::vector<MadeRecord> RemoteRows::without_row(const std::vector<MadeRecord>& records) {
    std::array<IdSet, kEntities> wanted, held, absent;
    for (const MadeRecord& record : records) {
        wanted[static_cast<std::size_t>(record.entity)].insert(record.id);
        withdrawn_[static_cast<std::size_t>(record.entity)].insert(record.id);
    }
    for (Statement s = database_.prepare("SELECT entity, record, file FROM remote_row"); s.step();) {
        const MadeRecord of_row = made(s, 0);
        const auto e = static_cast<std::size_t>(of_row.entity);
        if (of_row == kNothing || !wanted.at(e).contains(of_row.id)) continue;
        held[e].insert(of_row.id);
        journal_.met_file(s.integer(2));
    }
    std::vector<MadeRecord> free;
    for (std::size_t e = 0; e < kEntities; ++e) {
        if (wanted[e].empty()) continue;
        const auto entity = static_cast<Entity>(e);
        Statement there = database_.prepare("SELECT 1 FROM " + std::string(entity_def(entity).name) + " WHERE id = ?");
        for (const std::int64_t id : wanted[e].sorted()) {
            if (held[e].contains(id)) continue;
            const bool found = there.bind(0, id).step();
            there.reset();
            if (found)
                free.push_back({entity, id});
            else
                absent[e].insert(id);
        }
        if (!absent[e].empty()) journal_.met_absent(entity, absent[e]);
    }
    return free;
}

void RemoteRows::forget(const std::string& persons_query) {
    database_.execute("DELETE FROM remote_row WHERE entity = " + std::to_string(number(Entity::Person)) + " AND record IN (" +
                      persons_query + ")");
}

void RemoteRows::finish() {
    const bool withdrew = std::any_of(withdrawn_.begin(), withdrawn_.end(), [](const IdSet& ids) { return !ids.empty(); });
    if (rows_.empty() && swept_.empty() && !withdrew) return;
    Statement s = database_.prepare(R"(SELECT run, stream, "row", entity, record FROM before_remote_row WHERE run <> ?)");
    for (s.bind(0, journal_.run()); s.step();) {
        const MadeRecord of_row = made(s, 3);
        const IdSet& withdrawn = withdrawn_.at(static_cast<std::size_t>(of_row.entity));
        if (rows_.contains(s.integer(2)) || swept_.contains(s.integer(1)) || (of_row != kNothing && withdrawn.contains(of_row.id)))
            journal_.met_run(s.integer(0));
    }
}

}  // namespace brugwacht
