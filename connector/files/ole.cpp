#include "connector/files/ole.hpp"

#include <algorithm>
#include <cstring>

#include "connector/files/utf8.hpp"

namespace brugwacht {

namespace {

constexpr std::uint32_t kLastSector = 0xfffffffa;  // everything above has a meaning of its own
constexpr std::uint32_t kEnd = 0xfffffffe;
constexpr std::uint32_t kNone = 0xffffffff;
constexpr std::size_t kHeader = 512;
constexpr std::size_t kHeaderTables = 109;
constexpr std::size_t kEntry = 128;
constexpr std::size_t kMaxEntries = 65536;
constexpr std::size_t kMark = 64;  // a place in a chain is remembered at every so many sectors

std::uint32_t u32(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8 | (at + i < bytes.size() ? static_cast<std::uint8_t>(bytes[at + i]) : 0U);
    return value;
}

std::uint32_t u16(std::string_view bytes, std::size_t at) { return u32(bytes, at) & 0xffff; }

bool same_name(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

/// A chain of sectors. Its length is found by walking it once; a chain that turns back on itself ends there.
class OleChain : public ByteRange {
  public:
    OleChain(const OleContainer& container, std::uint32_t first, std::uint64_t size) : container_(container) {
        const std::uint64_t sector_size = container_.sector_size_;
        const std::uint64_t file_size = container_.file_.size();
        const std::uint64_t wanted = size / sector_size + (size % sector_size != 0 ? 1 : 0);
        std::uint64_t count = 0;
        std::uint64_t there = 0;  // bytes of the last sector
        std::uint32_t waiting = kNone;
        std::uint64_t lap = 0;
        std::uint64_t power = 1;
        for (std::uint32_t sector = first; count < wanted && sector < kLastSector; sector = container_.next(sector)) {
            const std::uint64_t place = container_.place_of(sector);
            if (place >= file_size || sector == waiting) break;
            if (++lap == power) {
                waiting = sector;
                power *= 2;
                lap = 0;
            }
            if (count % kMark == 0) marks_.push_back(sector);
            ++count;
            there = std::min(sector_size, file_size - place);
        }
        sectors_ = count;
        size_ = count == 0 ? 0 : std::min(size, (count - 1) * sector_size + there);
        if (count > 0) at_sector_ = first;
    }

    std::uint64_t size() const override { return size_; }

    std::size_t read_at(std::uint64_t offset, char* out, std::size_t size) const override {
        if (offset >= size_) return 0;
        size = static_cast<std::size_t>(std::min<std::uint64_t>(size, size_ - offset));
        const std::uint64_t sector_size = container_.sector_size_;
        std::size_t done = 0;
        while (done < size) {
            const std::uint64_t inside = (offset + done) % sector_size;
            std::uint32_t sector = go_to((offset + done) / sector_size);
            const std::uint64_t place = container_.place_of(sector) + inside;
            std::uint64_t run = sector_size - inside;
            // Neighbouring sectors are read in one go.
            while (run < size - done && at_index_ + 1 < sectors_) {
                const std::uint32_t after = container_.next(sector);
                if (after != sector + 1) break;
                sector = at_sector_ = after;
                ++at_index_;
                run += sector_size;
            }
            const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(run, size - done));
            const std::size_t got = container_.file_.read_at(place, out + done, part);
            std::memset(out + done + got, 0, part - got);  // half a sector at the end of the file, in the middle of the chain
            done += part;
        }
        return done;
    }

  private:
    std::uint32_t go_to(std::uint64_t index) const {
        if (index < at_index_ || index - at_index_ > kMark) {
            at_index_ = index / kMark * kMark;
            at_sector_ = marks_[static_cast<std::size_t>(index / kMark)];
        }
        for (; at_index_ < index; ++at_index_) at_sector_ = container_.next(at_sector_);
        return at_sector_;
    }

    const OleContainer& container_;
    std::vector<std::uint32_t> marks_;
    std::uint64_t sectors_ = 0;
    std::uint64_t size_ = 0;
    mutable std::uint64_t at_index_ = 0;
    mutable std::uint32_t at_sector_ = kEnd;
};

OleContainer::OleContainer(const File& file) : file_(file) {
    const std::string header = file.read_at(0, kHeader);
    if (header.size() < kHeader) return;
    const auto shift = static_cast<std::uint8_t>(header[0x1e]);
    if (shift >= 7 && shift <= 16) sector_size_ = 1ULL << shift;
    const auto small_shift = static_cast<std::uint8_t>(header[0x20]);
    if (small_shift >= 4 && (1ULL << std::min<unsigned>(small_shift, 63)) <= sector_size_) small_size_ = 1ULL << small_shift;
    sizes_are_long_ = sector_size_ > 512;
    const std::uint32_t cutoff = u32(header, 0x38);
    if (cutoff > 0 && cutoff <= (1U << 20)) cutoff_ = cutoff;
    small_table_ = u32(header, 0x3c);
    read_tables(header);
    read_directory(u32(header, 0x30));
}

void OleContainer::read_tables(const std::string& header) {
    const std::uint64_t per_table = sector_size_ / 4;
    const std::uint64_t sectors = file_.size() / sector_size_ + 1;
    const auto limit = static_cast<std::size_t>(sectors / per_table + 2);  // more tables than that describe nothing
    for (std::size_t i = 0; i < kHeaderTables && tables_.size() < limit; ++i) tables_.push_back(u32(header, 0x4c + i * 4));
    std::uint32_t sector = u32(header, 0x44);
    while (tables_.size() < limit && sector < kLastSector) {
        const std::string bytes = file_.read_at(place_of(sector), static_cast<std::size_t>(sector_size_));
        if (bytes.size() < sector_size_) break;
        for (std::size_t at = 0; at + 4 < bytes.size() && tables_.size() < limit; at += 4) tables_.push_back(u32(bytes, at));
        sector = u32(bytes, bytes.size() - 4);
    }
}

std::uint32_t OleContainer::next(std::uint32_t sector) const {
    const std::uint64_t per_table = sector_size_ / 4;
    const std::uint64_t table = sector / per_table;
    if (table >= tables_.size() || tables_[static_cast<std::size_t>(table)] >= kLastSector) return kEnd;
    Page& page = pages_[static_cast<std::size_t>(table % pages_.size())];
    if (page.table != table) {
        page.bytes = file_.read_at(place_of(tables_[static_cast<std::size_t>(table)]), static_cast<std::size_t>(sector_size_));
        page.table = table;
    }
    const auto at = static_cast<std::size_t>(sector % per_table * 4);
    if (at + 4 <= page.bytes.size()) return u32(page.bytes, at);
    // The file ends before its table. Most programs write a stream in one piece.
    guessed_ = true;
    return sector + 1;
}

void OleContainer::read_directory(std::uint32_t first) {
    const auto bytes = chain(first, kMaxEntries * kEntry);
    std::vector<std::array<std::uint32_t, 3>> links;  // left, right, child
    std::vector<std::size_t> numbers;                 // of the entry in entries_; kNone = none
    std::array<char, kEntry> raw{};
    for (std::uint64_t at = 0; bytes->read_at(at, raw.data(), kEntry) == kEntry; at += kEntry) {
        const std::string_view entry(raw.data(), kEntry);
        const auto type = static_cast<std::uint8_t>(entry[66]);
        links.push_back({u32(entry, 68), u32(entry, 72), u32(entry, 76)});
        numbers.push_back(kNone);
        if (type != 1 && type != 2 && type != 5) continue;
        OleEntry found;
        const std::size_t length = std::min<std::size_t>(u16(entry, 64), 64);
        for (std::size_t i = 0; i + 2 < length; i += 2) append_utf8(found.name, u16(entry, i));
        found.is_stream = type == 2;
        found.first = u32(entry, 116);
        found.size = u32(entry, 120);
        if (sizes_are_long_) found.size |= std::uint64_t{u32(entry, 124)} << 32;
        if (type == 5 || links.size() == 1) {
            if (links.size() == 1) root_ = found;
            continue;
        }
        numbers.back() = entries_.size();
        entries_.push_back(std::move(found));
    }
    mark_top(links, numbers);
}

/// The names of a folder hang in a tree; that of the root starts at its child.
void OleContainer::mark_top(const std::vector<std::array<std::uint32_t, 3>>& links, const std::vector<std::size_t>& numbers) {
    std::vector<bool> seen(links.size());
    std::vector<std::uint32_t> waiting;
    if (!links.empty()) waiting.push_back(links[0][2]);
    bool any = false;
    while (!waiting.empty()) {
        const std::uint32_t number = waiting.back();
        waiting.pop_back();
        if (number == kNone) continue;
        if (number >= links.size() || seen[number] || numbers[number] == kNone) {
            tree_is_broken_ = true;
            continue;
        }
        seen[number] = true;
        any = true;
        entries_[numbers[number]].at_top = true;
        waiting.push_back(links[number][0]);
        waiting.push_back(links[number][1]);
    }
    if (!any) tree_is_broken_ = true;
}

const OleEntry* OleContainer::find(std::string_view name) const {
    for (const OleEntry& entry : entries_)
        if (entry.at_top && entry.is_stream && same_name(entry.name, name)) return &entry;
    if (!tree_is_broken_) return nullptr;
    for (const OleEntry& entry : entries_)
        if (entry.is_stream && same_name(entry.name, name)) return &entry;
    return nullptr;
}

std::unique_ptr<ByteRange> OleContainer::chain(std::uint32_t first, std::uint64_t size) const {
    return std::make_unique<OleChain>(*this, first, size);
}

std::unique_ptr<ByteRange> OleContainer::open(const OleEntry& entry) const {
    return entry.size < cutoff_ ? small(entry) : chain(entry.first, entry.size);
}

/// A small stream is gathered in memory: it has less than cutoff_ bytes.
std::unique_ptr<ByteRange> OleContainer::small(const OleEntry& entry) const {
    const auto store = chain(root_.first, root_.size);
    const auto table = chain(small_table_, store->size() / small_size_ * 4 + 4);
    std::string bytes;
    std::string part(static_cast<std::size_t>(small_size_), '\0');
    std::uint32_t sector = entry.first;
    while (bytes.size() < entry.size && sector < kLastSector) {
        const std::size_t got = store->read_at(sector * small_size_, part.data(), part.size());
        if (got == 0) break;
        bytes.append(part, 0, got);
        std::array<char, 4> link{};
        if (table->read_at(std::uint64_t{sector} * 4, link.data(), link.size()) < link.size()) break;
        sector = u32({link.data(), link.size()}, 0);
    }
    bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), entry.size)));
    return std::make_unique<MemoryRange>(std::move(bytes));
}

}  // namespace brugwacht
