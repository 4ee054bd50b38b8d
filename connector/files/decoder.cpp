#include "connector/files/decoder.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "connector/files/utf8.hpp"
#include "engine/core/error.hpp"
#include "engine/core/text.hpp"

namespace brugwacht {

namespace {

constexpr std::size_t kBlock = 64 << 10;

/// Hands out what a derived class converts block by block.
class BlockDecoder : public Decoder {
  public:
    BlockDecoder(const File& file, std::uint64_t offset) : file_(file), offset_(offset) {}

    std::size_t read(char* out, std::size_t size) override {
        while (given_ == out_.size()) {
            out_.clear();
            given_ = 0;
            const std::size_t kept = in_.size();
            in_.resize(kept + kBlock);
            const std::size_t got = file_.read_at(offset_, in_.data() + kept, kBlock);
            offset_ += got;
            in_.resize(kept + got);
            if (in_.empty()) return 0;
            in_.erase(0, convert(in_, got < kBlock));
        }
        const std::size_t n = std::min(size, out_.size() - given_);
        std::memcpy(out, out_.data() + given_, n);
        given_ += n;
        return n;
    }
    std::uint64_t invalid() const override { return invalid_; }

  protected:
    /// Appends to out_ what `bytes` means; gives how many bytes were used, all of them when `last`.
    virtual std::size_t convert(const std::string& bytes, bool last) = 0;

    std::string out_;
    std::uint64_t invalid_ = 0;

  private:
    const File& file_;
    std::uint64_t offset_;
    std::string in_;
    std::size_t given_ = 0;
};

class WideDecoder : public BlockDecoder {
  public:
    WideDecoder(const File& file, std::uint64_t offset, std::size_t unit, bool big) : BlockDecoder(file, offset), unit_(unit), big_(big) {}

  protected:
    std::size_t convert(const std::string& bytes, bool last) override {
        std::size_t at = 0;
        while (at + unit_ <= bytes.size()) {
            std::uint32_t c = unit_at(bytes, at);
            std::size_t used = unit_;
            if (unit_ == 2 && c >= 0xd800 && c < 0xdc00) {
                if (at + 4 > bytes.size() && !last) break;
                const std::uint32_t low = at + 4 <= bytes.size() ? unit_at(bytes, at + 2) : 0;
                if (low >= 0xdc00 && low < 0xe000) {
                    c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                    used = 4;
                }
            }
            if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) ++invalid_;
            append_utf8(out_, c);
            at += used;
        }
        if (!last) return at;
        if (at < bytes.size()) ++invalid_;
        return bytes.size();
    }

  private:
    std::uint32_t unit_at(const std::string& bytes, std::size_t at) const {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < unit_; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[at + (big_ ? i : unit_ - 1 - i)]);
        return value;
    }
    std::size_t unit_;
    bool big_;
};

/// Encodings of one byte a character: a table of 256.
class TableDecoder : public BlockDecoder {
  public:
    TableDecoder(const File& file, std::uint64_t offset, std::vector<std::string> table)
        : BlockDecoder(file, offset), table_(std::move(table)) {}

  protected:
    std::size_t convert(const std::string& bytes, bool) override {
        std::size_t at = 0;
        while (at < bytes.size()) {
            const std::size_t plain = ascii_prefix(std::string_view(bytes).substr(at));
            out_.append(bytes, at, plain);
            at += plain;
            if (at == bytes.size()) break;
            const std::string& meaning = table_[static_cast<std::uint8_t>(bytes[at++])];
            if (meaning == "\xef\xbf\xbd") ++invalid_;
            out_ += meaning;
        }
        return bytes.size();
    }

  private:
    std::vector<std::string> table_;
};

/// Encodings of several bytes a character, converted line by line: no such encoding uses the byte LF inside a character.
class LineDecoder : public BlockDecoder {
  public:
    LineDecoder(const File& file, std::uint64_t offset, std::string encoding)
        : BlockDecoder(file, offset), encoding_(std::move(encoding)) {}

  protected:
    std::size_t convert(const std::string& bytes, bool last) override {
        std::size_t end = last ? bytes.size() : bytes.rfind('\n') + 1;
        if (end == 0) end = bytes.size() < kBlock * 16 ? 0 : bytes.size();
        const std::string text = to_utf8(std::string_view(bytes).substr(0, end), encoding_).value_or(std::string());
        for (std::size_t at = 0; (at = text.find("\xef\xbf\xbd", at)) != std::string::npos; at += 3) ++invalid_;
        out_ += text;
        return end;
    }

  private:
    std::string encoding_;
};

std::vector<std::string> byte_table(const std::string& encoding) {
    std::vector<std::string> table(256);
    for (unsigned i = 0; i < 256; ++i) table[i] = to_utf8(std::string(1, static_cast<char>(i)), encoding).value_or("\xef\xbf\xbd");
    return table;
}

/// UTF-8: checked, and handed through untouched wherever it is sound.
class Utf8Decoder : public Decoder {
  public:
    Utf8Decoder(const File& file, std::uint64_t offset) : file_(file), offset_(offset) {}

    std::size_t read(char* out, std::size_t size) override {
        if (given_ < repaired_.size()) return give(out, size);
        if (size < 16) {
            std::array<char, 64> small{};
            const std::size_t got = read(small.data(), small.size());
            repaired_.assign(small.data(), got);
            given_ = 0;
            return got == 0 ? 0 : give(out, size);
        }
        std::memcpy(out, cut_.data(), cut_.size());
        const std::size_t kept = cut_.size();
        cut_.clear();
        const std::size_t wanted = size - kept;
        const std::size_t got = file_.read_at(offset_, out + kept, wanted);
        offset_ += got;
        const std::string_view bytes(out, kept + got);
        const bool last = got < wanted;
        std::size_t at = 0;
        while ((at += ascii_prefix(bytes.substr(at))) < bytes.size()) {
            const std::size_t n = utf8_sequence(bytes.substr(at));
            if (n == 0) {
                if (!last && utf8_cut_short(bytes.substr(at))) {
                    cut_ = bytes.substr(at);
                    return at > 0 ? at : read(out, size);
                }
                return repair(std::string(bytes), at, last, out, size);
            }
            at += n;
        }
        return bytes.size();
    }
    std::uint64_t invalid() const override { return invalid_; }

  private:
    std::size_t give(char* out, std::size_t size) {
        const std::size_t n = std::min(size, repaired_.size() - given_);
        std::memcpy(out, repaired_.data() + given_, n);
        given_ += n;
        return n;
    }

    std::size_t repair(const std::string& bytes, std::size_t at, bool last, char* out, std::size_t size) {
        if (table_.empty()) table_ = byte_table("windows-1252");
        repaired_.assign(bytes, 0, at);
        given_ = 0;
        while (at < bytes.size()) {
            const std::string_view rest = std::string_view(bytes).substr(at);
            const std::size_t n = utf8_sequence(rest);
            if (n == 0 && !last && utf8_cut_short(rest)) {
                cut_ = rest;
                break;
            }
            if (n == 0) {
                ++invalid_;
                repaired_ += table_[static_cast<std::uint8_t>(rest.front())];
            } else {
                repaired_.append(rest, 0, n);
            }
            at += n == 0 ? 1 : n;
        }
        return give(out, size);
    }

    const File& file_;
    std::uint64_t offset_;
    std::string cut_;  // the start of a sequence whose rest is still in the file
    std::string repaired_;
    std::size_t given_ = 0;
    std::uint64_t invalid_ = 0;
    std::vector<std::string> table_;
};

}  // namespace

std::unique_ptr<Decoder> open_decoder(const File& file, std::uint64_t offset, const std::string& encoding, bool big_endian) {
    if (encoding == "utf-8" || encoding == "us-ascii") return std::make_unique<Utf8Decoder>(file, offset);
    if (encoding.starts_with("utf-16")) return std::make_unique<WideDecoder>(file, offset, 2, big_endian || encoding == "utf-16be");
    if (encoding.starts_with("utf-32")) return std::make_unique<WideDecoder>(file, offset, 4, big_endian || encoding == "utf-32be");
    if (!to_utf8("a", encoding)) throw Error(Exit::Data, "FIL-022", {{"file", file.name()}, {"encoding", encoding}}, file.name());
    const bool several = encoding == "shift_jis" || encoding.starts_with("gb") || encoding.starts_with("big5") ||
                         encoding.starts_with("euc") || encoding.starts_with("iso-2022") || encoding.starts_with("windows-93") ||
                         encoding == "windows-949";
    if (several) return std::make_unique<LineDecoder>(file, offset, encoding);
    return std::make_unique<TableDecoder>(file, offset, byte_table(encoding));
}

}  // namespace brugwacht
