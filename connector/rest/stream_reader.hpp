// Reads one stream of a preset: rows that are new or changed since the last time, then what was deleted. Step by step; after each step it
// gives the state from which a later run goes on as if it had never stopped. Whoever calls it keeps rows and state together, or neither.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "connector/rest/exchange.hpp"
#include "connector/rest/fields.hpp"
#include "connector/rest/paginator.hpp"
#include "connector/rest/placeholders.hpp"
#include "connector/rest/preset.hpp"
#include "connector/rest/stream_state.hpp"
#include "engine/core/ports.hpp"

namespace brugwacht {

/// What a stream looks like as sheets: its own, one for each detail, one for each child stream (and its details).
struct RemoteSheet {
    std::string name;
    std::vector<std::string> headers;
};

struct SheetRow {
    std::uint32_t sheet = 0;         // position among the sheets
    std::vector<std::string> cells;  // parallel to its headers
};

/// A record of the server with all the rows it gives, those of its children included.
struct RemoteRecord {
    std::string id;
    bool deleted = false;  // the server says so; then it has no rows
    std::vector<SheetRow> rows;
};

/// Something to be told of a stream: a code with a text in the catalogues ({stream}, {count}, {names}).
struct RemoteNotice {
    std::string code;
    std::uint64_t count = 0;
    std::string names;
};

/// Ids of a complete listing of what there is; records that are not in it are missing.
struct Listing {
    bool begins = false;
    bool ends = false;  // complete: only now it says something
    double max_share = 0.1;
    std::vector<std::string> ids;
};

struct ReadStep {
    std::vector<RemoteRecord> records;
    std::optional<Listing> listing;
    std::vector<RemoteNotice> notices;
    bool stopped = false;      // the server asked to go on later: nothing more in this run
    bool refused = false;      // the stream was skipped though it is not optional
    std::optional<Fault> why;  // stopped, refused: what the server said
};

class StreamReader {
  public:
    /// All references outlive the reader. `state`: state() after the last step that was kept, or "". `meaning`: a digest of what
    /// is made of the rows; with another one everything is read again.
    StreamReader(const Preset& preset, const StreamPlan& stream, Exchange& exchange, const Clock& clock, std::string_view state,
                 std::string_view meaning);

    /// The sheets of a stream, without reading anything.
    static std::vector<RemoteSheet> sheets(const Preset& preset, const StreamPlan& stream);

    /// Asks for all listings of deletions in this run, also those of which the time has not come. Before the first step.
    void list_deletions_now() { state_.listed.clear(); }

    /// The next step; false at the end of the stream for this run. Throws Error REST-0xx (65 answers that are none, 75 the server is away,
    /// 77 rights): the state of the last step still holds.
    bool next(ReadStep& step);

    /// Rows of the listing that just ended which never came, by any number that stays the same. A row may come into sight without having
    /// changed, when rights change: one that two listings in a row have makes the next run read everything again, but once only.
    void note_unseen(const std::vector<std::int64_t>& rows);
    /// After the last step, and with what was noted since: to be kept together with the rows of that step.
    std::string state() const { return state_.text(); }

    std::uint64_t rows_read() const { return rows_read_; }
    /// What the server says the whole is, when it says so.
    std::optional<std::uint64_t> total() const { return total_; }

  private:
    enum class Phase : std::uint8_t { Rows, Deletes, Done };

    ExchangeResult send(const HttpRequest& request, const std::string& path, bool optional);
    const IncrementalPlan* way() const;
    void begin_rows();
    void end_rows(ReadStep& step);
    void restart(ReadStep& step, bool from_scratch);
    void next_way();
    void read_page(ReadStep& step);
    bool read_deletes(ReadStep& step);
    void list_deleted(const DeletesPlan& plan, ReadStep& step);
    Placeholders values(const StreamPlan& stream) const;
    HttpRequest request(const IncrementalPlan* way, std::string& path) const;
    bool settle_clock(const IncrementalPlan* way);
    /// Records of an answer; throws REST-030 when they are not where the preset says.
    JsonView records_of(const JsonTree& answer, const std::string& path, const std::string& request_path) const;
    std::vector<std::string> take_records(JsonView records, ReadStep& step);
    void take_record(JsonView record, RemoteRecord& out);
    void read_children(JsonView parent, RemoteRecord& out);
    void read_child(const StreamPlan& child, JsonView parent, Placeholders values, std::uint32_t sheet, RemoteRecord& out);
    void add_rows(const StreamPlan& stream, std::uint32_t sheet, FieldContext context, RemoteRecord& out) const;
    bool is_deleted(JsonView record) const;
    bool is_tombstone(JsonView record) const;
    void watch_members(JsonView record);
    void tell_drift(ReadStep& step);
    std::int64_t server_now() const;

    const Preset& preset_;
    const StreamPlan& stream_;
    Exchange& exchange_;
    const Clock& clock_;
    FieldReader fields_;
    std::vector<const StreamPlan*> children_;
    StreamState state_;
    Phase phase_ = Phase::Rows;

    // this reading of rows
    std::optional<Paginator> pages_;
    bool clock_guessed_ = false;  // the end of the window came from this machine's clock
    bool whole_ = false;          // it began at the first page, and not in an earlier run
    bool first_page_ = false;
    int restarts_ = 0;
    std::int64_t since_ = 0;
    std::uint64_t listed_ = 0, without_id_ = 0, rows_read_ = 0;
    std::optional<std::uint64_t> total_;
    std::set<std::string> members_, present_;
    std::uint64_t watched_ = 0;

    // deletions
    std::size_t deletes_at_ = 0;
    std::optional<Paginator> deletes_pages_;
};

}  // namespace brugwacht
