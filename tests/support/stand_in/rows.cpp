#include "tests/support/stand_in/rows.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "tests/support/rng.hpp"

namespace brugwacht::stand_in {
namespace {

bool visible(const Record& record, std::int64_t now_us) { return record.state != State::Gone && record.visible_us <= now_us; }

bool inside(std::int64_t modified_us, const Query& query) { return modified_us >= query.since_us && modified_us <= query.until_us; }

Row borrowed(const Record& record) { return {std::shared_ptr<void>(), &record}; }

/// The made rows of a table from one on, those outside the window passed over without being made.
class MadeRows {
  public:
    MadeRows(const Made* made, const Query& query) : made_(made), query_(query) {}
    void start_after(IdOrder order, const std::string& id) {
        if (made_ == nullptr || id.empty()) return;
        std::size_t low = 0;
        std::size_t high = made_->modified_us.size();
        while (low < high) {
            const std::size_t middle = (low + high) / 2;
            if (id_before(order, id, made_->id(middle)))
                high = middle;
            else
                low = middle + 1;
        }
        next_ = low;
    }
    /// Nothing when there are no more.
    Row peek() {
        if (made_ == nullptr || row_) return row_;
        while (next_ < made_->modified_us.size() && !inside(made_->modified_us[next_], query_)) ++next_;
        if (next_ < made_->modified_us.size()) row_ = std::make_shared<const Record>(made_->make(next_++));
        return row_;
    }
    void pop() { row_.reset(); }

  private:
    const Made* made_;
    const Query& query_;
    std::size_t next_ = 0;
    Row row_;
};

}  // namespace

bool id_before(IdOrder order, const std::string& a, const std::string& b) {
    if (order == IdOrder::Number && a.size() != b.size()) return a.size() < b.size();  // no leading zeros
    return a < b;
}

Predicate all_of(std::vector<Predicate> parts) {
    if (parts.size() == 1) return std::move(parts.front());
    return [parts = std::move(parts)](const Record& r) {
        return std::all_of(parts.begin(), parts.end(), [&](const Predicate& part) { return part(r); });
    };
}

Predicate any_of(std::vector<Predicate> parts) {
    return [parts = std::move(parts)](const Record& r) {
        return std::any_of(parts.begin(), parts.end(), [&](const Predicate& part) { return part(r); });
    };
}

Predicate none_of(std::vector<Predicate> parts) {
    return [parts = std::move(parts)](const Record& r) {
        return std::none_of(parts.begin(), parts.end(), [&](const Predicate& part) { return part(r); });
    };
}

RowOrder order_by(std::vector<SortKey> keys, RowOrder ties) {
    return [keys = std::move(keys), ties = std::move(ties)](const Record& a, const Record& b) {
        for (const SortKey& key : keys) {
            const Scalar x = key.value(a);
            const Scalar y = key.value(b);
            const int nulls = static_cast<int>(y.null()) - static_cast<int>(x.null());
            const int order = compare(x, y).value_or(nulls);
            if (order != 0) return key.descending ? order > 0 : order < 0;
        }
        return ties(a, b);
    };
}

RowOrder shuffled(std::uint64_t salt) {
    const auto rank = [salt](const Record& r) { return Rng(salt, std::hash<std::string>()(r.id)).next(); };
    return [rank](const Record& a, const Record& b) { return rank(a) < rank(b); };
}

bool is_comparison(const std::string& sign) {
    return sign == "=" || sign == "!=" || sign == "<>" || sign == "<" || sign == "<=" || sign == ">" || sign == ">=";
}

bool holds(const Scalar& left, const std::string& sign, const Scalar& right) {
    const auto order = compare(left, right);
    if (!order) return false;
    if (sign == "=") return *order == 0;
    if (sign == "!=" || sign == "<>") return *order != 0;
    if (sign == "<") return *order < 0;
    if (sign == "<=") return *order <= 0;
    if (sign == ">") return *order > 0;
    return sign == ">=" && *order >= 0;
}

void Query::narrow_stamp(const std::string& sign, std::int64_t us, std::int64_t unit_us) {
    if (sign == ">=" || sign == ">" || sign == "=") since_us = std::max(since_us, us);
    if (sign == "<=" || sign == "<" || sign == "=") until_us = std::min(until_us, us + unit_us - 1);
}

const std::vector<std::size_t>& Rows::places(const Table& table) {
    std::vector<std::size_t>& places = places_[&table];
    if (places.size() != table.records.size()) {
        places.resize(table.records.size());
        std::iota(places.begin(), places.end(), std::size_t{0});
        std::stable_sort(places.begin(), places.end(),
                         [&](std::size_t a, std::size_t b) { return id_before(order_, table.records[a].id, table.records[b].id); });
    }
    return places;
}

void Rows::scan(const Table& table, const Query& query, std::int64_t now_us, const Visit& visit) {
    const std::vector<std::size_t>& order = places(table);
    auto stored = query.after_id.empty()
                      ? order.begin()
                      : std::upper_bound(order.begin(), order.end(), query.after_id, [&](const std::string& id, std::size_t place) {
                            return id_before(order_, id, table.records[place].id);
                        });
    MadeRows made(table.made.get(), query);
    made.start_after(order_, query.after_id);
    const auto show = [&](const Row& row) {
        const bool fits = visible(*row, now_us) && inside(row->modified_us, query) && (!query.fits || query.fits(*row));
        return !fits || visit(row);
    };
    while (true) {
        const Row next = made.peek();
        if (!next && stored == order.end()) return;
        const bool from_store = stored != order.end() && (!next || !id_before(order_, next->id, table.records[*stored].id));
        // A record in the store goes before the made one of the same id: it is that one, changed since.
        if (from_store && next && next->id == table.records[*stored].id) made.pop();
        if (!show(from_store ? borrowed(table.records[*stored]) : next)) return;
        from_store ? static_cast<void>(++stored) : made.pop();
    }
}

Result Rows::select(const Table& table, const Query& query, std::int64_t now_us) {
    Result result;
    const std::size_t end = query.limit ? query.offset + *query.limit : std::numeric_limits<std::size_t>::max();
    scan(table, query, now_us, [&](const Row& row) {
        ++result.matched;
        if (query.before || (result.matched > query.offset && result.matched <= end)) result.rows.push_back(row);
        return query.count || query.before || result.matched < end;
    });
    if (!query.before) return result;
    std::stable_sort(result.rows.begin(), result.rows.end(), [&](const Row& a, const Row& b) { return query.before(*a, *b); });
    const std::size_t from = std::min(query.offset, result.rows.size());
    const std::size_t until = std::min(end, result.rows.size());
    result.rows =
        std::vector<Row>(result.rows.begin() + static_cast<std::ptrdiff_t>(from), result.rows.begin() + static_cast<std::ptrdiff_t>(until));
    return result;
}

Row Rows::get(const Table& table, const std::string& id, std::int64_t now_us) {
    Row found;
    const std::vector<std::size_t>& order = places(table);
    const auto place = std::lower_bound(order.begin(), order.end(), id, [&](std::size_t p, const std::string& wanted) {
        return id_before(order_, table.records[p].id, wanted);
    });
    if (place != order.end() && table.records[*place].id == id) {
        found = borrowed(table.records[*place]);
    } else if (table.made) {
        if (const auto n = table.made->find(id)) found = std::make_shared<const Record>(table.made->make(*n));
    }
    return found && visible(*found, now_us) ? found : nullptr;
}

bool Rows::has_field(const Table& table, const std::string& name) {
    if (table.made && !table.made->modified_us.empty() && table.made->make(0).fields.count(name) != 0) return true;
    return std::any_of(table.records.begin(), table.records.end(), [&](const Record& r) { return r.fields.count(name) != 0; });
}

}  // namespace brugwacht::stand_in
