#include "engine/lib/zip_patch.hpp"

#include <array>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace brugwacht {

namespace {

constexpr std::uint32_t kLocal = 0x04034b50;
constexpr std::uint32_t kCentral = 0x02014b50;
constexpr std::uint32_t kEnd = 0x06054b50;
constexpr std::uint16_t kDosDate = 0x0021;  // 1980-01-01

[[noreturn]] void broken() { throw std::runtime_error("zip"); }

std::uint32_t get(std::string_view bytes, std::size_t at, unsigned count) {
    if (at + count > bytes.size()) broken();
    std::uint32_t value = 0;
    for (unsigned i = 0; i < count; ++i) value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    return value;
}

void put(std::string& out, std::uint32_t value, unsigned count) {
    for (unsigned i = 0; i < count; ++i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xFFU));
}

std::uint32_t crc32_of(std::string_view bytes) {
    static const auto table = [] {
        std::array<std::uint32_t, 256> t{};
        for (std::uint32_t n = 0; n < 256; ++n) {
            std::uint32_t c = n;
            for (int k = 0; k < 8; ++k) c = (c & 1U) != 0 ? 0xEDB88320U ^ (c >> 1) : c >> 1;
            t[n] = c;
        }
        return t;
    }();
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const char byte : bytes) crc = table[(crc ^ static_cast<unsigned char>(byte)) & 0xFFU] ^ (crc >> 8);
    return crc ^ 0xFFFFFFFFU;
}

// Canonical Huffman decoding by code length (RFC 1951, 3.2.2).
struct Codes {
    std::array<std::uint16_t, 16> count{};
    std::vector<std::uint16_t> symbols;

    explicit Codes(const std::vector<std::uint8_t>& lengths) : symbols(lengths.size()) {
        for (const std::uint8_t length : lengths) ++count.at(length);
        count[0] = 0;
        std::array<std::uint16_t, 16> next{};
        for (std::size_t i = 1; i < 15; ++i) next.at(i + 1) = static_cast<std::uint16_t>(next.at(i) + count.at(i));
        for (std::size_t s = 0; s < lengths.size(); ++s)
            if (lengths[s] != 0) symbols.at(next.at(lengths[s])++) = static_cast<std::uint16_t>(s);
    }
};

class Inflater {
  public:
    explicit Inflater(std::string_view in) : in_(in) {}

    std::string run() {
        bool last = false;
        while (!last) {
            last = bits(1) != 0;
            switch (bits(2)) {
                case 0:
                    stored();
                    break;
                case 1:
                    fixed();
                    break;
                case 2:
                    dynamic();
                    break;
                default:
                    broken();
            }
        }
        return std::move(out_);
    }

  private:
    std::uint32_t bits(unsigned count) {
        while (have_ < count) {
            if (at_ >= in_.size()) broken();
            hold_ |= static_cast<std::uint32_t>(static_cast<unsigned char>(in_[at_++])) << have_;
            have_ += 8;
        }
        const std::uint32_t value = hold_ & ((1U << count) - 1U);
        hold_ >>= count;
        have_ -= count;
        return value;
    }

    unsigned symbol(const Codes& codes) {
        unsigned code = 0;
        unsigned first = 0;
        unsigned index = 0;
        for (std::size_t length = 1; length <= 15; ++length) {
            code |= bits(1);
            const unsigned count = codes.count.at(length);
            if (code - first < count) return codes.symbols.at(index + (code - first));
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        broken();
    }

    void stored() {
        hold_ = 0;
        have_ = 0;
        const std::uint32_t length = get(in_, at_, 2);
        at_ += 4;
        if (at_ + length > in_.size()) broken();
        out_.append(in_.substr(at_, length));
        at_ += length;
    }

    void fixed() {
        std::vector<std::uint8_t> lengths(288, 8);
        for (std::size_t i = 144; i < 256; ++i) lengths[i] = 9;
        for (std::size_t i = 256; i < 280; ++i) lengths[i] = 7;
        body(Codes(lengths), Codes(std::vector<std::uint8_t>(30, 5)));
    }

    void dynamic() {
        static constexpr std::array<std::uint8_t, 19> order = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
        const std::size_t literals = bits(5) + 257;
        const std::size_t distances = bits(5) + 1;
        const std::size_t codes = bits(4) + 4;
        std::vector<std::uint8_t> lengths(19, 0);
        for (std::size_t i = 0; i < codes; ++i) lengths.at(order.at(i)) = static_cast<std::uint8_t>(bits(3));
        const Codes meta(lengths);
        std::vector<std::uint8_t> all;
        while (all.size() < literals + distances) {
            const unsigned s = symbol(meta);
            if (s < 16) {
                all.push_back(static_cast<std::uint8_t>(s));
            } else {
                if (s == 16 && all.empty()) broken();
                const std::uint8_t value = s == 16 ? all.back() : std::uint8_t{0};
                const std::size_t times = s == 16 ? 3 + bits(2) : s == 17 ? 3 + bits(3) : 11 + bits(7);
                all.insert(all.end(), times, value);
            }
        }
        if (all.size() != literals + distances) broken();
        const auto split = all.begin() + static_cast<std::ptrdiff_t>(literals);
        body(Codes(std::vector<std::uint8_t>(all.begin(), split)), Codes(std::vector<std::uint8_t>(split, all.end())));
    }

    void body(const Codes& literals, const Codes& distances) {
        static constexpr std::array<std::uint16_t, 29> base = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                                               31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
        static constexpr std::array<std::uint8_t, 29> extra = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                               2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
        static constexpr std::array<std::uint16_t, 30> far = {1,    2,    3,    4,    5,    7,    9,    13,    17,    25,
                                                              33,   49,   65,   97,   129,  193,  257,  385,   513,   769,
                                                              1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
        for (unsigned s = symbol(literals); s != 256; s = symbol(literals)) {
            if (s < 256) {
                out_.push_back(static_cast<char>(s));
                continue;
            }
            const std::size_t length = base.at(s - 257) + bits(extra.at(s - 257));
            const unsigned d = symbol(distances);
            const std::size_t distance = far.at(d) + bits(d < 2 ? 0 : d / 2 - 1);
            if (distance > out_.size()) broken();
            for (std::size_t i = 0; i < length; ++i) out_.push_back(out_[out_.size() - distance]);
        }
    }

    std::string_view in_;
    std::size_t at_ = 0;
    std::uint32_t hold_ = 0;
    unsigned have_ = 0;
    std::string out_;
};

struct Entry {
    std::string name;
    std::uint32_t method = 0;
    std::uint32_t crc = 0;
    std::uint32_t size = 0;
    std::string packed;
    std::uint32_t offset = 0;
};

std::vector<Entry> entries_of(std::string_view zip) {
    if (zip.size() < 22 || get(zip, zip.size() - 22, 4) != kEnd) broken();
    const std::uint32_t count = get(zip, zip.size() - 12, 2);
    std::size_t at = get(zip, zip.size() - 6, 4);
    std::vector<Entry> entries(count);
    for (Entry& entry : entries) {
        if (get(zip, at, 4) != kCentral) broken();
        entry.method = get(zip, at + 10, 2);
        entry.crc = get(zip, at + 16, 4);
        const std::uint32_t packed = get(zip, at + 20, 4);
        entry.size = get(zip, at + 24, 4);
        const std::uint32_t name_length = get(zip, at + 28, 2);
        const std::size_t local = get(zip, at + 42, 4);
        entry.name = std::string(zip.substr(at + 46, name_length));
        at += 46 + name_length + get(zip, at + 30, 2) + get(zip, at + 32, 2);
        if (get(zip, local, 4) != kLocal) broken();
        const std::size_t data = local + 30 + get(zip, local + 26, 2) + get(zip, local + 28, 2);
        if (data + packed > zip.size()) broken();
        entry.packed = std::string(zip.substr(data, packed));
    }
    return entries;
}

// The fields that local header and central directory share, from "version needed" on.
void put_common(std::string& out, const Entry& entry) {
    put(out, 20, 2);
    put(out, 0x0800, 2);  // names are UTF-8
    put(out, entry.method, 2);
    put(out, 0, 2);
    put(out, kDosDate, 2);
    put(out, entry.crc, 4);
    put(out, static_cast<std::uint32_t>(entry.packed.size()), 4);
    put(out, entry.size, 4);
    put(out, static_cast<std::uint32_t>(entry.name.size()), 2);
    put(out, 0, 2);
}

}  // namespace

std::string patch_zip(std::string_view zip, const std::function<bool(std::string_view)>& wanted,
                      const std::function<std::string(std::string_view, std::string)>& patch) {
    std::vector<Entry> entries = entries_of(zip);
    std::string out;
    out.reserve(zip.size() + 65536);
    for (Entry& entry : entries) {
        if (wanted(entry.name)) {
            std::string content = entry.method == 0 ? entry.packed : Inflater(entry.packed).run();
            if (content.size() != entry.size || crc32_of(content) != entry.crc) broken();
            entry.packed = patch(entry.name, std::move(content));
            entry.method = 0;
            entry.size = static_cast<std::uint32_t>(entry.packed.size());
            entry.crc = crc32_of(entry.packed);
        }
        entry.offset = static_cast<std::uint32_t>(out.size());
        put(out, kLocal, 4);
        put_common(out, entry);
        out += entry.name;
        out += entry.packed;
    }
    const std::size_t directory = out.size();
    for (const Entry& entry : entries) {
        put(out, kCentral, 4);
        put(out, 20, 2);
        put_common(out, entry);
        put(out, 0, 2);  // comment
        put(out, 0, 2);  // disk
        put(out, 0, 2);  // internal attributes
        put(out, 0, 4);  // external attributes
        put(out, entry.offset, 4);
        out += entry.name;
    }
    const std::size_t size = out.size() - directory;
    put(out, kEnd, 4);
    put(out, 0, 4);
    put(out, static_cast<std::uint32_t>(entries.size()), 2);
    put(out, static_cast<std::uint32_t>(entries.size()), 2);
    put(out, static_cast<std::uint32_t>(size), 4);
    put(out, static_cast<std::uint32_t>(directory), 4);
    put(out, 0, 2);
    return out;
}

}  // namespace brugwacht
