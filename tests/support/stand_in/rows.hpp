// Queries over the tables of a stand-in: in the order of the ids as the system compares them, with an index that lasts over requests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/stand_in/scalar.hpp"
#include "tests/support/stand_in/tables.hpp"

namespace brugwacht::stand_in {

/// How a system compares ids: as whole numbers, or as texts byte by byte.
enum class IdOrder : std::uint8_t { Number, Text };
bool id_before(IdOrder order, const std::string& a, const std::string& b);

/// Shared, because rows that are made on demand have no other owner.
using Row = std::shared_ptr<const Record>;
using Predicate = std::function<bool(const Record&)>;
using RowOrder = std::function<bool(const Record&, const Record&)>;

Predicate all_of(std::vector<Predicate> parts);
Predicate any_of(std::vector<Predicate> parts);
Predicate none_of(std::vector<Predicate> parts);

/// One key of ORDER BY; null comes before everything.
struct SortKey {
    std::function<Scalar(const Record&)> value;
    bool descending = false;
};
/// Rows that are equal under all keys come as `ties` says.
RowOrder order_by(std::vector<SortKey> keys, RowOrder ties);
/// An order without meaning, another one for each salt: what a database gives that was not asked for an order.
RowOrder shuffled(std::uint64_t salt);
/// Comparison as a filter says it: "=", "!=", "<>", "<", "<=", ">", ">=". With null nothing holds. False for any other sign.
bool holds(const Scalar& left, const std::string& sign, const Scalar& right);
bool is_comparison(const std::string& sign);

struct Query {
    Predicate fits;  // empty: every record
    // No record outside these bounds fits: what lets a window over a large table be answered without looking at all of it.
    std::string after_id;
    std::int64_t since_us = std::numeric_limits<std::int64_t>::min();
    std::int64_t until_us = std::numeric_limits<std::int64_t>::max();  // inclusive
    RowOrder before;                                                   // empty: by id, ascending
    std::size_t offset = 0;
    std::optional<std::size_t> limit;
    bool count = false;  // `matched` is wanted

    /// For a condition on the stamp that every row has to meet; `sign` as in holds(), the stamp in whole units of `unit_us`.
    void narrow_stamp(const std::string& sign, std::int64_t us, std::int64_t unit_us);
};

struct Result {
    std::vector<Row> rows;
    std::size_t matched = 0;  // without offset and limit, when it was wanted
};

class Rows {
  public:
    explicit Rows(IdOrder order) : order_(order) {}

    /// Records that are there (State::Gone is not) and that were committed before `now_us`.
    Result select(const Table& table, const Query& query, std::int64_t now_us);
    /// The record, when it is there and visible.
    Row get(const Table& table, const std::string& id, std::int64_t now_us);
    /// Whether any record of the table has a field of this name.
    static bool has_field(const Table& table, const std::string& name);

  private:
    using Visit = std::function<bool(const Row&)>;  // false: enough
    const std::vector<std::size_t>& places(const Table& table);
    void scan(const Table& table, const Query& query, std::int64_t now_us, const Visit& visit);

    IdOrder order_;
    std::map<const Table*, std::vector<std::size_t>> places_;  // positions in `records` by id
};

}  // namespace brugwacht::stand_in
