#include "connector/files/mhtml.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>

#include "connector/files/text_encoding.hpp"
#include "engine/core/text.hpp"

namespace brugwacht {

namespace {

constexpr std::size_t kBlock = 64 << 10;
constexpr std::size_t kMaxHeader = 64 << 10;  // of one part; more is left out
constexpr std::size_t kMaxPending = 1 << 20;  // bytes of text without a line end

std::string lower_case(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return result;
}

/// "charset" in "text/html; charset=\"utf-8\"", lower case; "" when it is not there.
std::string parameter(std::string_view header, std::string_view name) {
    const std::size_t at = header.find(std::string(name) + "=");
    if (at == std::string_view::npos) return {};
    const std::size_t start = header.find_first_not_of("\" \t", at + name.size() + 1);
    if (start == std::string_view::npos) return {};
    return std::string(header.substr(start, std::min(header.find_first_of("\"; \t\r\n", start), header.size()) - start));
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char l = static_cast<char>(c | 0x20);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

int base64_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

class MhtmlDecoder : public Decoder {
  public:
    explicit MhtmlDecoder(const File& file) : file_(file) {}

    std::size_t read(char* out, std::size_t size) override {
        while (given_ == out_.size()) {
            out_.clear();
            given_ = 0;
            if (ended_) return 0;
            read_block();
        }
        const std::size_t n = std::min(size, out_.size() - given_);
        std::memcpy(out, out_.data() + given_, n);
        given_ += n;
        return n;
    }
    std::uint64_t invalid() const override { return 0; }

  private:
    enum class Transfer : std::uint8_t { Plain, Quoted, Base64 };

    void read_block() {
        const std::size_t kept = in_.size();
        in_.resize(kept + kBlock);
        const std::size_t got = file_.read_at(offset_, in_.data() + kept, kBlock);
        offset_ += got;
        in_.resize(kept + got);
        ended_ = got == 0;
        std::size_t at = 0;
        while (at < in_.size()) {
            const std::size_t end = in_.find('\n', at);
            if (end == std::string::npos && !ended_ && in_.size() - at < kMaxPending) break;
            const std::size_t next = end == std::string::npos ? in_.size() : end + 1;
            line(std::string_view(in_).substr(at, next - at));
            at = next;
        }
        in_.erase(0, at);
        if (ended_) end_part();
    }

    void line(std::string_view text) {
        if (text.starts_with("--") && is_boundary(trim(text))) {
            end_part();
            in_header_ = true;
            header_.clear();
            return;
        }
        if (!in_header_) return body(text);
        if (trim(text).empty()) {
            in_header_ = false;
            return begin_part();
        }
        if (header_.size() < kMaxHeader) header_ += lower_case(text);
    }

    bool is_boundary(std::string_view text) const {
        return !boundary_.empty() &&
               (text.substr(2) == boundary_ || (text.ends_with("--") && text.substr(2, text.size() - 4) == boundary_));
    }

    /// Behind the header of the message or of a part.
    void begin_part() {
        if (boundary_.empty()) {
            // The boundary keeps its case; it stands in the first bytes of the file.
            const std::string start = file_.read_at(0, kMaxHeader);
            const std::size_t at = lower_case(start).find("boundary=");
            if (at != std::string::npos) boundary_ = parameter("boundary=" + start.substr(at + 9, 256), "boundary");
        }
        const bool html = header_.find("text/html") != std::string::npos || header_.find("application/xhtml") != std::string::npos;
        is_style_ = header_.find("text/css") != std::string::npos;
        // Excel adds a page that only names the sheets.
        const bool tabs = header_.find("tabstrip.htm") != std::string::npos;
        is_wanted_ = (html && !tabs) || is_style_;
        transfer_ = header_.find("quoted-printable") != std::string::npos ? Transfer::Quoted
                    : header_.find("base64") != std::string::npos         ? Transfer::Base64
                                                                          : Transfer::Plain;
        encoding_ = canonical_encoding(parameter(header_, "charset"));
        bits_ = bit_count_ = 0;
        if (is_style_) out_ += "<style>";
    }

    void end_part() {
        if (is_wanted_) flush(true);
        if (is_wanted_ && is_style_) out_ += "</style>";
        is_wanted_ = is_style_ = false;
    }

    void body(std::string_view text) {
        if (!is_wanted_) return;
        const std::size_t before = pending_.size();
        switch (transfer_) {
            case Transfer::Plain:
                pending_ += text;
                break;
            case Transfer::Quoted:
                quoted(text);
                break;
            case Transfer::Base64:
                for (const char c : text) {
                    const int value = base64_value(c);
                    if (value < 0) continue;
                    bits_ = bits_ << 6 | static_cast<unsigned>(value);
                    bit_count_ += 6;
                    if (bit_count_ < 8) continue;
                    bit_count_ -= 8;
                    pending_ += static_cast<char>(bits_ >> bit_count_ & 0xff);
                }
                break;
        }
        const std::size_t line_end = std::string_view(pending_).substr(before).rfind('\n');
        if (line_end != std::string_view::npos) whole_ = before + line_end + 1;
        flush(false);
    }

    void quoted(std::string_view text) {
        std::string_view rest = text;
        while (!rest.empty() && (rest.back() == '\n' || rest.back() == '\r' || rest.back() == ' ' || rest.back() == '\t'))
            rest.remove_suffix(1);
        const bool soft = rest.ends_with('=');
        if (soft) rest.remove_suffix(1);
        for (std::size_t i = 0; i < rest.size(); ++i) {
            const int high = rest[i] == '=' && i + 2 < rest.size() ? hex_value(rest[i + 1]) : -1;
            const int low = high >= 0 ? hex_value(rest[i + 2]) : -1;
            if (low < 0) {
                pending_ += rest[i];
                continue;
            }
            pending_ += static_cast<char>(high << 4 | low);
            i += 2;
        }
        if (!soft) pending_ += '\n';
    }

    /// Converts whole lines, so that no character is cut.
    void flush(bool all) {
        const std::size_t end = all || pending_.size() > kMaxPending ? pending_.size() : whole_;
        if (end == 0 || (!all && pending_.size() < 4096)) return;
        const std::string_view text = std::string_view(pending_).substr(0, end);
        const bool wide = encoding_.starts_with("utf-16") || encoding_.starts_with("utf-32");
        const std::string encoding = !encoding_.empty() && !wide && encoding_ != "utf-8" ? encoding_
                                     : is_valid_utf8(text)                               ? "utf-8"
                                                                                         : "windows-1252";
        if (encoding == "utf-8")
            out_ += text;
        else
            out_ += to_utf8(text, encoding).value_or("");
        pending_.erase(0, end);
        whole_ = 0;
    }

    const File& file_;
    std::uint64_t offset_ = 0;
    std::string in_;
    bool ended_ = false;
    std::string boundary_;
    bool in_header_ = true;
    std::string header_;
    bool is_wanted_ = false;
    bool is_style_ = false;
    Transfer transfer_ = Transfer::Plain;
    std::string encoding_;
    std::uint32_t bits_ = 0;
    unsigned bit_count_ = 0;
    std::string pending_;    // bytes of the part, not yet converted
    std::size_t whole_ = 0;  // of them, those up to the last line end
    std::string out_;
    std::size_t given_ = 0;
};

}  // namespace

bool identify_mhtml(const Probe& probe) {
    const std::string start = lower_case(probe.head.substr(0, 8192));
    if (start.empty() || start[0] < 'a' || start[0] > 'z') return false;
    return start.find("mime-version:") != std::string::npos && start.find("multipart/related") != std::string::npos;
}

std::unique_ptr<Decoder> open_mhtml(const File& file) { return std::make_unique<MhtmlDecoder>(file); }

std::string mhtml_encoding(const File& file) {
    const std::string start = lower_case(file.read_at(0, kBlock));
    for (std::size_t at = 0; (at = start.find("text/html", at)) != std::string::npos; ++at) {
        const std::string name = canonical_encoding(parameter(std::string_view(start).substr(at, 200), "charset"));
        if (!name.empty()) return name;
    }
    return "utf-8";
}

}  // namespace brugwacht
