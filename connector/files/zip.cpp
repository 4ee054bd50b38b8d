#include "connector/files/zip.hpp"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/core/error.hpp"

namespace brugwacht {

namespace {

constexpr std::uint64_t kRatioGrace = 64ULL << 20;
constexpr std::uint64_t kMaxRatio = 250;  // sheets of real programs stay below 100; deflate itself reaches 1032
constexpr std::size_t kPackedBlock = 64 << 10;

std::uint64_t little(const char* bytes, unsigned count) {
    std::uint64_t value = 0;
    for (unsigned i = count; i-- > 0;) value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
    return value;
}
std::uint16_t u16(const char* b) { return static_cast<std::uint16_t>(little(b, 2)); }
std::uint32_t u32(const char* b) { return static_cast<std::uint32_t>(little(b, 4)); }
std::uint64_t u64(const char* b) { return little(b, 8); }

class EntryStream : public ByteStream {
  public:
    EntryStream(const File& file, const ZipEntry& entry, std::uint64_t start, std::uint64_t limit)
        : file_(file), entry_(entry), position_(start), left_(entry.packed), limit_(limit), packed_(kPackedBlock) {
        if (entry.method == 8) {
            state_ = std::make_unique<inflate_state>();
            isal_inflate_init(state_.get());
            state_->crc_flag = ISAL_DEFLATE;
        }
    }

    std::size_t read(char* out, std::size_t size) override {
        if (finished_) return 0;
        const std::size_t got = state_ ? inflate(out, size) : copy(out, size);
        produced_ += got;
        if (produced_ > limit_ || (produced_ > kRatioGrace && produced_ / kMaxRatio > entry_.packed)) fail("XLS-003");
        crc_ = crc32_gzip_refl(crc_, bytes(out), got);
        if (got == 0) {
            finished_ = true;
            if (crc_ != entry_.crc) fail("XLS-002");
        }
        return got;
    }

  private:
    static unsigned char* bytes(char* text) { return reinterpret_cast<unsigned char*>(text); }

    [[noreturn]] void fail(const char* code) const {
        throw Error(Exit::Data, code, {{"file", file_.name()}, {"part", entry_.name}}, file_.name(), entry_.name);
    }

    std::size_t copy(char* out, std::size_t size) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, left_));
        const std::size_t got = wanted == 0 ? 0 : file_.read_at(position_, out, wanted);
        if (got < wanted) fail("XLS-002");
        position_ += got;
        left_ -= got;
        return got;
    }

    std::size_t inflate(char* out, std::size_t size) {
        state_->next_out = bytes(out);
        state_->avail_out = static_cast<std::uint32_t>(std::min<std::size_t>(size, 1U << 30));
        const std::uint32_t room = state_->avail_out;
        while (state_->avail_out == room && state_->block_state != ISAL_BLOCK_FINISH) {
            if (state_->avail_in == 0 && left_ > 0) {
                const std::size_t got = copy(packed_.data(), packed_.size());
                state_->next_in = bytes(packed_.data());
                state_->avail_in = static_cast<std::uint32_t>(got);
            }
            const std::uint32_t before = state_->avail_in;
            if (isal_inflate(state_.get()) != ISAL_DECOMP_OK) fail("XLS-002");
            // No progress and nothing more to feed: the stream breaks off.
            if (state_->avail_out == room && state_->avail_in == before && left_ == 0 && state_->block_state != ISAL_BLOCK_FINISH)
                fail("XLS-002");
        }
        return room - state_->avail_out;
    }

    const File& file_;
    const ZipEntry entry_;
    std::uint64_t position_;
    std::uint64_t left_;
    std::uint64_t limit_;
    std::vector<char> packed_;
    std::unique_ptr<inflate_state> state_;
    std::uint64_t produced_ = 0;
    std::uint32_t crc_ = 0;
    bool finished_ = false;
};

struct Directory {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t base = 0;  // bytes in front of the archive
};

/// The end record, wherever it stands in the last 64 KiB; trailing bytes are allowed.
Directory find_directory(const File& file) {
    const std::uint64_t tail_size = std::min<std::uint64_t>(file.size(), 65557 + 1024);
    const std::uint64_t tail_start = file.size() - tail_size;
    const std::string tail = file.read_at(tail_start, static_cast<std::size_t>(tail_size));
    for (std::size_t at = tail.size() < 22 ? 0 : tail.size() - 22 + 1; at-- > 0;) {
        if (std::memcmp(tail.data() + at, "PK\x05\x06", 4) != 0) continue;
        const char* end = tail.data() + at;
        Directory found;
        found.size = u32(end + 12);
        found.offset = u32(end + 16);
        const std::uint64_t end_position = tail_start + at;
        if (found.offset == 0xffffffff || found.size == 0xffffffff || u16(end + 10) == 0xffff) {
            if (at >= 20 && std::memcmp(end - 20, "PK\x06\x07", 4) == 0) {
                const std::string record = file.read_at(u64(end - 20 + 8), 56);
                if (record.size() == 56 && record.compare(0, 4, "PK\x06\x06") == 0) {
                    found.size = u64(record.data() + 40);
                    found.offset = u64(record.data() + 48);
                    if (found.offset <= file.size() && found.size <= file.size() - found.offset) return found;
                }
            }
            if (u16(end + 10) != 0xffff) continue;
        }
        if (found.size > end_position || found.offset > end_position - found.size) continue;
        found.base = end_position - found.size - found.offset;
        return found;
    }
    throw Error(Exit::Data, "FIL-018", {{"file", file.name()}}, file.name());
}

/// The values that did not fit in 32 bits, from the ZIP64 extra field.
void apply_zip64(ZipEntry& entry, const char* extra, std::size_t size) {
    std::size_t at = 0;
    while (at + 4 <= size) {
        const std::uint16_t id = u16(extra + at);
        const std::size_t length = u16(extra + at + 2);
        at += 4;
        if (at + length > size) return;
        if (id == 1) {
            std::size_t field = at;
            for (std::uint64_t* value : {&entry.size, &entry.packed, &entry.offset})
                if (*value == 0xffffffff && field + 8 <= at + length) {
                    *value = u64(extra + field);
                    field += 8;
                }
        }
        at += length;
    }
}

}  // namespace

std::string normalise_part_name(std::string_view name) {
    std::vector<std::string> parts;
    std::string part;
    const auto close_part = [&] {
        if (part == "..") {
            if (!parts.empty()) parts.pop_back();
        } else if (!part.empty() && part != ".") {
            parts.push_back(part);
        }
        part.clear();
    };
    for (const char c : name) {
        if (c == '/' || c == '\\')
            close_part();
        else
            part += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    close_part();
    std::string result;
    for (const std::string& p : parts) {
        if (!result.empty()) result += '/';
        result += p;
    }
    return result;
}

Zip::Zip(const File& file, std::size_t max_entries) : file_(file) {
    const Directory directory = find_directory(file);
    const auto fail = [&](const char* code) { throw Error(Exit::Data, code, {{"file", file.name()}}, file.name()); };
    if (directory.size > (64ULL << 20)) fail("XLS-008");
    const std::string bytes = file.read_at(directory.base + directory.offset, static_cast<std::size_t>(directory.size));
    std::size_t at = 0;
    while (at + 46 <= bytes.size() && std::memcmp(bytes.data() + at, "PK\x01\x02", 4) == 0) {
        const char* record = bytes.data() + at;
        const std::size_t name_size = u16(record + 28);
        const std::size_t extra_size = u16(record + 30);
        const std::size_t total = 46 + name_size + extra_size + u16(record + 32);
        if (at + 46 + name_size + extra_size > bytes.size()) fail("FIL-018");
        ZipEntry entry;
        entry.encrypted = (u16(record + 8) & 1) != 0;
        entry.method = u16(record + 10);
        entry.crc = u32(record + 16);
        entry.packed = u32(record + 20);
        entry.size = u32(record + 24);
        entry.offset = u32(record + 42);
        entry.name = normalise_part_name({record + 46, name_size});
        apply_zip64(entry, record + 46 + name_size, extra_size);
        entry.offset += directory.base;
        entries_.push_back(std::move(entry));
        if (entries_.size() > max_entries) fail("XLS-008");
        at += total;
    }
    if (entries_.empty()) fail("FIL-018");
    std::stable_sort(entries_.begin(), entries_.end(), [](const ZipEntry& a, const ZipEntry& b) { return a.name < b.name; });
}

const ZipEntry* Zip::find(std::string_view name) const {
    const auto after = std::upper_bound(entries_.begin(), entries_.end(), name,
                                        [](std::string_view wanted, const ZipEntry& entry) { return wanted < entry.name; });
    if (after == entries_.begin() || std::prev(after)->name != name) return nullptr;
    return &*std::prev(after);
}

std::unique_ptr<ByteStream> Zip::open(const ZipEntry& entry, std::uint64_t limit) const {
    const auto fail = [&](const char* code) {
        throw Error(Exit::Data, code, {{"file", file_.name()}, {"part", entry.name}}, file_.name(), entry.name);
    };
    if (entry.encrypted) fail("XLS-006");
    if (entry.method != 0 && entry.method != 8) fail("XLS-007");
    if (entry.size > limit) fail("XLS-003");
    std::array<char, 30> header{};
    if (entry.offset > file_.size() || file_.read_at(entry.offset, header.data(), header.size()) < header.size() ||
        std::memcmp(header.data(), "PK\x03\x04", 4) != 0)
        fail("XLS-002");
    const std::uint64_t start = entry.offset + header.size() + u16(header.data() + 26) + u16(header.data() + 28);
    if (start > file_.size() || entry.packed > file_.size() - start) fail("XLS-002");
    return std::make_unique<EntryStream>(file_, entry, start, limit);
}

}  // namespace brugwacht
