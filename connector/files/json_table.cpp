#include "connector/files/json_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace brugwacht {

namespace {

using Event = JsonReader::Event;

constexpr std::size_t kMaxColumns = 16384;
constexpr std::size_t kMaxNames = 4 << 20;  // bytes of all column names
constexpr std::size_t kMaxPath = 4096;
constexpr std::size_t kMaxRow = 16 << 20;  // bytes of the texts of one object
constexpr std::size_t kMaxPieces = 1 << 20;
constexpr std::size_t kMaxLevels = 3;
constexpr std::size_t kExactDigits = 15;  // a double holds so many decimal digits, always

/// What a double holds exactly; nothing for longer numbers and for digits that are rather a code (007).
std::optional<double> exact_number(std::string_view digits) {
    const std::string_view plain = digits.starts_with('-') ? digits.substr(1) : digits;
    if (plain.size() > 1 && plain[0] == '0' && plain[1] >= '0' && plain[1] <= '9') return std::nullopt;
    std::size_t significant = 0;
    std::size_t zeros = 0;  // that only count when a digit follows
    for (const char c : plain) {
        if (c == 'e' || c == 'E') break;
        if (c == '.') continue;
        if (c == '0') {
            ++zeros;
            continue;
        }
        significant += significant == 0 ? 1 : zeros + 1;
        zeros = 0;
    }
    if (significant > kExactDigits) return std::nullopt;
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

}  // namespace

std::optional<std::uint32_t> JsonColumns::find(std::string_view path) const {
    const auto found = index_.find(path);
    return found == index_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::uint32_t> JsonColumns::add(std::string_view path) {
    if (const auto known = find(path)) return known;
    if (names_.size() >= kMaxColumns || bytes_ + path.size() > kMaxNames || path.size() > kMaxPath) {
        ++refused_;
        return std::nullopt;
    }
    const auto column = static_cast<std::uint32_t>(names_.size());
    names_.emplace_back(path);
    index_.emplace(path, column);
    bytes_ += path.size();
    return column;
}

/// Calls take(path, event) for every single value. Containers in an array add nothing to the path.
template <typename Take>
JsonRow::Outcome JsonRow::walk(JsonReader& json, Take take) {
    const std::size_t outside = json.depth() - 1;
    path_.clear();
    levels_.assign(1, 0);
    cut_ = 0;
    while (true) {
        const Event event = json.next();
        switch (event) {
            case Event::Key:
                path_.resize(levels_.back());
                if (!path_.empty() && path_.size() <= kMaxPath) path_ += '.';
                if (path_.size() <= kMaxPath) path_ += json.text();
                break;
            case Event::BeginObject:
            case Event::BeginArray:
                levels_.push_back(path_.size());
                break;
            case Event::EndObject:
            case Event::EndArray:
                path_.resize(levels_.back());
                levels_.pop_back();
                if (json.depth() == outside) return Outcome::Read;
                break;
            case Event::Null:
                break;
            case Event::End:
            case Event::Fault:
                return Outcome::Fault;
            default:
                if (!take(path_, event)) return Outcome::TooLarge;
                break;
        }
    }
}

JsonRow::Outcome JsonRow::survey(JsonReader& json, const JsonColumns& columns) {
    fresh_.clear();
    fresh_refused_ = 0;
    std::size_t bytes = 0;
    return walk(json, [&](std::string_view path, Event) {
        if (columns.find(path) || (!fresh_.empty() && fresh_.back() == path)) return true;
        if (path.size() > kMaxPath || fresh_.size() >= kMaxColumns || bytes + path.size() > kMaxNames) {
            ++fresh_refused_;
            return true;
        }
        fresh_.emplace_back(path);
        bytes += path.size();
        return true;
    });
}

void JsonRow::keep_columns(JsonColumns& columns) {
    for (const std::string& path : fresh_) columns.add(path);
    columns.refuse(fresh_refused_);
}

JsonRow::Outcome JsonRow::read(JsonReader& json, const JsonColumns& columns) {
    pieces_.clear();
    texts_.clear();
    cells_.clear();
    const Outcome outcome = walk(json, [&](std::string_view path, Event event) {
        const auto column = columns.find(path);
        if (!column) return true;
        Piece piece;
        piece.column = *column;
        piece.from = texts_.size();
        if (event == Event::Boolean) {
            piece.kind = CellKind::Boolean;
            texts_ += json.flag() ? "true" : "false";
        } else {
            piece.kind = event == Event::Number ? CellKind::Number : CellKind::Text;
            texts_ += json.text();
            if (json.was_cut()) ++cut_;
        }
        piece.size = texts_.size() - piece.from;
        if (piece.size > 0) pieces_.push_back(piece);
        return texts_.size() <= kMaxRow && pieces_.size() <= kMaxPieces;
    });
    if (outcome == Outcome::Read) lay_out();
    return outcome;
}

void JsonRow::lay_out() {
    std::stable_sort(pieces_.begin(), pieces_.end(), [](const Piece& a, const Piece& b) { return a.column < b.column; });
    joined_.clear();
    joined_.reserve(texts_.size() + pieces_.size());  // no text may move once a cell looks at it
    for (std::size_t i = 0; i < pieces_.size();) {
        std::size_t end = i + 1;
        while (end < pieces_.size() && pieces_[end].column == pieces_[i].column) ++end;
        Cell& cell = cells_.emplace_back();
        cell.column = pieces_[i].column;
        cell.kind = CellKind::Text;
        cell.text = std::string_view(texts_).substr(pieces_[i].from, pieces_[i].size);
        if (end > i + 1) {
            const std::size_t from = joined_.size();
            for (std::size_t p = i; p < end; ++p) {
                if (p > i) joined_ += '|';
                joined_.append(texts_, pieces_[p].from, pieces_[p].size);
            }
            cell.text = std::string_view(joined_).substr(from);
        } else if (pieces_[i].kind == CellKind::Boolean) {
            cell.kind = CellKind::Boolean;
            cell.number = cell.text == "true" ? 1 : 0;
            cell.text = {};
        } else if (pieces_[i].kind == CellKind::Number) {
            if (const auto value = exact_number(cell.text)) {
                cell.kind = CellKind::Number;
                cell.number = *value;
            }
        }
        i = end;
    }
}

void JsonRow::take_names(const JsonColumns& columns) {
    cells_.clear();
    for (std::uint32_t i = 0; i < columns.names().size(); ++i) {
        if (columns.names()[i].empty()) continue;
        Cell& cell = cells_.emplace_back();
        cell.column = i;
        cell.kind = CellKind::Text;
        cell.text = columns.names()[i];
    }
}

bool JsonTables::next() {
    while (true) {
        switch (json_.next()) {
            case Event::Key:
                path_.resize(levels_.back());
                if (!path_.empty()) path_ += '.';
                path_ += json_.text().substr(0, 200);
                break;
            case Event::BeginObject:
                if (in_array_) {
                    is_table_ = true;
                    return true;
                }
                if (levels_.size() < kMaxLevels)
                    levels_.push_back(path_.size());
                else if (!json_.skip_container())
                    return false;
                break;
            case Event::EndObject:
                path_.resize(levels_.back());
                levels_.pop_back();
                break;
            case Event::BeginArray:
                if (in_array_) {
                    if (is_table_) ++strays_;
                    if (!json_.skip_container()) return false;
                    break;
                }
                in_array_ = true;
                is_table_ = false;
                table_ = path_;
                break;
            case Event::EndArray:
                in_array_ = false;
                break;
            case Event::End:
            case Event::Fault:
                return false;
            default:
                if (in_array_ && is_table_) ++strays_;
                break;
        }
    }
}

}  // namespace brugwacht
