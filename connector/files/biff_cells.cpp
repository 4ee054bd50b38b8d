#include "connector/files/biff_cells.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace brugwacht {

namespace {

constexpr std::size_t kBlock = 64 << 10;
constexpr std::size_t kLongText = 8 << 10;
constexpr std::size_t kMaxText = 32 << 20;
constexpr std::size_t kTidyText = 16 << 20;

}  // namespace

std::string_view TextStore::keep(std::string_view text) {
    if (text.empty()) return {};
    size_ += text.size();
    char* at = nullptr;
    if (text.size() > kLongText) {
        long_texts_.push_back(std::make_unique<char[]>(text.size()));
        at = long_texts_.back().get();
    } else {
        if (blocks_.empty() || used_ + text.size() > kBlock) {
            blocks_.push_back(std::make_unique<char[]>(kBlock));
            used_ = 0;
        }
        at = blocks_.back().get() + used_;
        used_ += text.size();
    }
    std::memcpy(at, text.data(), text.size());
    return {at, text.size()};
}

void TextStore::clear() {
    if (blocks_.size() > 1) blocks_.resize(1);
    long_texts_.clear();
    used_ = 0;
    size_ = 0;
}

void BiffCells::reserve(std::size_t cells) {
    placed_.reserve(cells);
    tidy_cells_ = std::max(tidy_cells_, cells);
}

void BiffCells::clear() {
    placed_.clear();
    texts_.clear();
    given_ = 0;
    kept_texts_ = 0;
}

void BiffCells::add(std::uint16_t row, const Cell& cell, bool lasting) {
    Placed placed{row, !lasting && !cell.text.empty(), static_cast<std::uint32_t>(placed_.size()), cell};
    if (placed.owns_text) placed.cell.text = texts_.keep(cell.text);
    placed_.push_back(placed);
}

void BiffCells::arrange() {
    const auto place = [](const Placed& p) { return static_cast<std::uint64_t>(p.row) << 32 | p.cell.column; };
    const auto before = [&](const Placed& a, const Placed& b) { return place(a) != place(b) ? place(a) < place(b) : a.order < b.order; };
    const auto not_after = [&](const Placed& a, const Placed& b) { return place(a) >= place(b); };
    given_ = 0;
    if (std::adjacent_find(placed_.begin(), placed_.end(), not_after) == placed_.end()) return;
    std::sort(placed_.begin(), placed_.end(), before);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < placed_.size(); ++i) {
        if (i + 1 < placed_.size() && place(placed_[i]) == place(placed_[i + 1])) continue;
        placed_[kept++] = placed_[i];
    }
    placed_.resize(kept);
}

bool BiffCells::next_row(std::uint16_t& row, std::vector<Cell>& cells) {
    cells.clear();
    if (given_ == placed_.size()) return false;
    row = placed_[given_].row;
    for (; given_ < placed_.size() && placed_[given_].row == row; ++given_) cells.push_back(placed_[given_].cell);
    return true;
}

bool BiffCells::too_large() {
    if (placed_.size() <= tidy_cells_ && texts_.size() < kept_texts_ + kTidyText) return false;
    arrange();
    TextStore tidy;
    for (std::size_t i = 0; i < placed_.size(); ++i) {
        placed_[i].order = static_cast<std::uint32_t>(i);
        if (placed_[i].owns_text) placed_[i].cell.text = tidy.keep(placed_[i].cell.text);
    }
    texts_ = std::move(tidy);
    kept_texts_ = texts_.size();
    return placed_.size() > tidy_cells_ || kept_texts_ > kMaxText;
}

}  // namespace brugwacht
