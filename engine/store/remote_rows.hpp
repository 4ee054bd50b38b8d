// Which records each row of a remote source made, so that what a row makes no more can go. For store.cpp only.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lib/database.hpp"
#include "engine/store/id_set.hpp"
#include "engine/store/journal.hpp"
#include "engine/store/store.hpp"

namespace brugwacht {

class RemoteRows {
  public:
    RemoteRows(Database& database, Journal& journal) : database_(database), journal_(journal) {}

    /// At the start of a run and after a rollback.
    void reset();
    std::optional<std::int64_t> known_stream(std::int64_t source, std::string_view name);
    std::int64_t stream(std::int64_t source, std::string_view name);

    void write(std::int64_t file, const RowBatch& batch, std::vector<MadeRecord>& dropped);
    bool remove(std::int64_t stream, std::int64_t row, std::vector<MadeRecord>& dropped);
    Sweep sweep(std::int64_t stream, const std::vector<std::int64_t>& listed, double max_share, std::int64_t now,
                std::vector<MadeRecord>& dropped);
    std::vector<MadeRecord> without_row(const std::vector<MadeRecord>& records);
    /// Rows that made these persons (a query) forget them.
    void forget(const std::string& persons_query);
    /// Before the commit: meets the runs that, undone, would bring back lines that mattered here.
    void finish();

  private:
    struct Line {
        MadeRecord made;
        std::int64_t file = 0;
        bool marked = false;
    };
    struct Statements {
        Statement lines, insert, remove, unmark;
    };
    Statements statements();
    void read(Statements& s, std::int64_t stream, std::int64_t row, std::vector<Line>& lines);
    void take_out(Statements& s, std::int64_t stream, std::int64_t row, const std::vector<Line>& lines, std::vector<MadeRecord>& dropped);

    Database& database_;
    Journal& journal_;
    std::map<std::pair<std::int64_t, std::string>, std::int64_t, std::less<>> streams_;
    IdSet rows_;                              // read or taken out in this run
    std::set<std::int64_t> swept_;            // streams compared with a listing
    std::array<IdSet, kEntities> withdrawn_;  // records that a row stopped making
};

}  // namespace brugwacht
