#include "connector/files/xml.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "connector/files/utf8.hpp"
#include "engine/core/error.hpp"

namespace brugwacht {

namespace {

constexpr std::size_t kBlock = 128 << 10;
constexpr std::size_t kMaxToken = 32 << 20;

/// UTF-16 turned into UTF-8 while it streams.
class Utf16Stream : public ByteStream {
  public:
    Utf16Stream(std::unique_ptr<ByteStream> stream, std::string head, bool big)
        : stream_(std::move(stream)), in_(std::move(head)), big_(big) {}

    std::size_t read(char* out, std::size_t size) override {
        while (given_ == out_.size()) {
            out_.clear();
            given_ = 0;
            if (!convert()) return 0;
        }
        const std::size_t n = std::min(size, out_.size() - given_);
        std::memcpy(out, out_.data() + given_, n);
        given_ += n;
        return n;
    }

  private:
    bool convert() {
        const std::size_t kept = in_.size();
        in_.resize(kept + 16384);
        const std::size_t got = stream_->read(in_.data() + kept, 16384);
        in_.resize(kept + got);
        if (in_.size() < 2) return false;
        std::size_t at = 0;
        while (at + 2 <= in_.size()) {
            std::uint32_t unit = unit_at(at);
            if (unit >= 0xd800 && unit < 0xdc00) {
                if (at + 4 > in_.size() && got > 0) break;
                const std::uint32_t low = at + 4 <= in_.size() ? unit_at(at + 2) : 0;
                if (low >= 0xdc00 && low < 0xe000) {
                    unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                    at += 2;
                }
            }
            at += 2;
            append_utf8(out_, unit);
        }
        in_.erase(0, at);
        return true;
    }

    std::uint32_t unit_at(std::size_t at) const {
        const auto a = static_cast<std::uint8_t>(in_[at]);
        const auto b = static_cast<std::uint8_t>(in_[at + 1]);
        return big_ ? static_cast<std::uint32_t>(a << 8 | b) : static_cast<std::uint32_t>(b << 8 | a);
    }

    std::unique_ptr<ByteStream> stream_;
    std::string in_;
    std::string out_;
    std::size_t given_ = 0;
    bool big_;
};

/// Bytes that were read ahead, then the rest.
class Prepended : public ByteStream {
  public:
    Prepended(std::string head, std::unique_ptr<ByteStream> stream) : head_(std::move(head)), stream_(std::move(stream)) {}
    std::size_t read(char* out, std::size_t size) override {
        if (given_ == head_.size()) return stream_->read(out, size);
        const std::size_t n = std::min(size, head_.size() - given_);
        std::memcpy(out, head_.data() + given_, n);
        given_ += n;
        return n;
    }

  private:
    std::string head_;
    std::size_t given_ = 0;
    std::unique_ptr<ByteStream> stream_;
};

std::unique_ptr<ByteStream> as_utf8(std::unique_ptr<ByteStream> stream) {
    std::string head(4, '\0');
    std::size_t size = 0;
    while (size < head.size()) {
        const std::size_t got = stream->read(head.data() + size, head.size() - size);
        if (got == 0) break;
        size += got;
    }
    head.resize(size);
    const auto starts = [&](std::string_view mark) { return head.compare(0, mark.size(), mark) == 0; };
    using namespace std::string_view_literals;
    if (starts("\xff\xfe"sv) || starts("<\0"sv)) {
        if (starts("\xff\xfe"sv)) head.erase(0, 2);
        return std::make_unique<Utf16Stream>(std::move(stream), head, false);
    }
    if (starts("\xfe\xff"sv) || starts("\0<"sv)) {
        if (starts("\xfe\xff"sv)) head.erase(0, 2);
        return std::make_unique<Utf16Stream>(std::move(stream), head, true);
    }
    if (starts("\xef\xbb\xbf"sv)) head.erase(0, 3);
    return std::make_unique<Prepended>(head, std::move(stream));
}

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/// Value of "amp", "#10", "#x41"; nothing when it is no entity that XML itself knows.
std::optional<std::uint32_t> entity_value(std::string_view name) {
    if (name == "lt") return '<';
    if (name == "gt") return '>';
    if (name == "amp") return '&';
    if (name == "quot") return '"';
    if (name == "apos") return '\'';
    if (name.size() < 2 || name[0] != '#') return std::nullopt;
    const bool hex = name[1] == 'x';
    const char* const first = name.data() + (hex ? 2 : 1);
    const char* const last = name.data() + name.size();
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(first, last, value, hex ? 16 : 10);
    if (error != std::errc() || end != last || first == last) return std::nullopt;
    return value;
}

/// The four digits of _xHHHH_ at `at`, or nothing.
std::optional<std::uint32_t> escape_at(std::string_view text, std::size_t at) {
    if (at + 7 > text.size() || text[at] != '_' || text[at + 1] != 'x' || text[at + 6] != '_') return std::nullopt;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data() + at + 2, text.data() + at + 6, value, 16);
    if (error != std::errc() || end != text.data() + at + 6) return std::nullopt;
    return value;
}

void resolve_escapes(std::string& text, std::size_t from) {
    if (text.find("_x", from) == std::string::npos) return;
    const std::string raw = text.substr(from);
    text.resize(from);
    for (std::size_t at = 0; at < raw.size();) {
        auto unit = escape_at(raw, at);
        if (!unit) {
            text += raw[at++];
            continue;
        }
        at += 7;
        if (*unit >= 0xd800 && *unit < 0xdc00) {
            const auto low = escape_at(raw, at);
            if (low && *low >= 0xdc00 && *low < 0xe000) {
                unit = 0x10000 + ((*unit - 0xd800) << 10) + (*low - 0xdc00);
                at += 7;
            }
        }
        append_utf8(text, *unit);
    }
}

void repair_utf8(std::string& text, std::size_t from) {
    std::size_t at = from;
    const std::string_view all = text;
    while ((at += ascii_prefix(all.substr(at))) < all.size()) {
        const std::size_t n = utf8_sequence(all.substr(at));
        if (n == 0) break;
        at += n;
    }
    if (at >= text.size()) return;
    std::string good = text.substr(0, at);
    while (at < text.size()) {
        const std::size_t n = utf8_sequence(std::string_view(text).substr(at));
        if (n == 0)
            append_utf8(good, 0xfffd);
        else
            good.append(text, at, n);
        at += n == 0 ? 1 : n;
    }
    text = std::move(good);
}

}  // namespace

void append_xml_text(std::string_view raw, bool escapes, std::string& out) {
    const std::size_t from = out.size();
    std::size_t at = 0;
    while (at < raw.size()) {
        const std::size_t special = std::min(raw.find_first_of("&\r", at), raw.size());
        out.append(raw, at, special - at);
        at = special;
        if (at == raw.size()) break;
        if (raw[at] == '\r') {
            out += '\n';
            at += raw.substr(at, 2) == "\r\n" ? 2U : 1U;
            continue;
        }
        const std::size_t semicolon = raw.substr(at, 14).find(';');
        const auto value = semicolon == std::string_view::npos ? std::nullopt : entity_value(raw.substr(at + 1, semicolon - 1));
        if (value) {
            append_utf8(out, *value);
            at += semicolon + 1;
        } else {
            out += raw[at++];
        }
    }
    if (escapes) resolve_escapes(out, from);
    repair_utf8(out, from);
}

XmlScanner::XmlScanner(std::unique_ptr<ByteStream> stream, std::string file, std::string part)
    : stream_(as_utf8(std::move(stream))), file_(std::move(file)), part_(std::move(part)), buffer_(kBlock) {
    at_ = end_ = buffer_.data();
}

XmlScanner::~XmlScanner() = default;

void XmlScanner::fail(const char* code) const { throw Error(Exit::Data, code, {{"file", file_}, {"part", part_}}, file_, part_); }

/// Moves what is left to the front and reads on behind it. False at the end of the stream.
bool XmlScanner::refill() {
    if (ended_) return false;
    const auto left = static_cast<std::size_t>(end_ - at_);
    if (at_ != buffer_.data()) {
        std::memmove(buffer_.data(), at_, left);
    } else if (left == buffer_.size()) {
        if (left >= kMaxToken) fail("XLS-010");
        buffer_.resize(left * 2);
    }
    at_ = buffer_.data();
    const std::size_t got = stream_->read(buffer_.data() + left, buffer_.size() - left);
    end_ = at_ + left + got;
    if (got == 0) ended_ = true;
    return got > 0;
}

void XmlScanner::skip_past(std::string_view mark) {
    while (true) {
        const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
        const std::size_t found = rest.find(mark);
        if (found != std::string_view::npos) {
            at_ += found + mark.size();
            return;
        }
        if (rest.size() >= mark.size()) at_ = end_ - (mark.size() - 1);
        if (!refill()) fail("XLS-004");
    }
}

/// The > of the start tag at at_; quotes may hold others.
inline const char* XmlScanner::end_of_tag() {
    std::size_t scanned = 1;
    char quote = 0;
    while (true) {
        for (const char* p = at_ + scanned; p != end_; ++p) {
            const char c = *p;
            if (quote != 0) {
                if (c == quote) quote = 0;
            } else if (c == '>') {
                return p;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '<') {
                fail("XLS-004");
            }
        }
        scanned = static_cast<std::size_t>(end_ - at_);
        if (!refill()) fail("XLS-004");
    }
}

XmlScanner::Token XmlScanner::start_tag() {
    const char* const tag_end = end_of_tag();
    const char* p = at_ + 1;
    const char* last = tag_end;
    self_closing_ = last != p && last[-1] == '/';
    if (self_closing_) --last;
    const char* const name = p;
    const char* local = p;
    while (p != last && !is_blank(*p)) {
        if (*p == ':') local = p + 1;
        ++p;
    }
    if (p == name) fail("XLS-004");
    name_ = {local, static_cast<std::size_t>(p - local)};
    attributes_ = {p, static_cast<std::size_t>(last - p)};
    at_ += tag_end + 1 - at_;
    return Token::Start;
}

XmlScanner::Token XmlScanner::next() {
    while (true) {
        if (at_ == end_ && !refill()) return Token::Eof;
        if (*at_ != '<') {
            std::size_t scanned = 0;
            while (true) {
                const auto size = static_cast<std::size_t>(end_ - at_);
                const void* found = std::memchr(at_ + scanned, '<', size - scanned);
                if (found != nullptr) {
                    scanned = static_cast<std::size_t>(static_cast<const char*>(found) - at_);
                    break;
                }
                scanned = size;
                if (!refill()) break;
            }
            text_ = {at_, scanned};
            cdata_ = false;
            at_ += scanned;
            return Token::Text;
        }
        while (end_ - at_ < 9 && refill()) {
        }
        if (end_ - at_ < 3) fail("XLS-004");
        const std::string_view start(at_, static_cast<std::size_t>(std::min<std::ptrdiff_t>(end_ - at_, 9)));
        if (start[1] == '/') {
            const void* close = std::memchr(at_, '>', static_cast<std::size_t>(end_ - at_));
            while (close == nullptr) {
                if (!refill()) fail("XLS-004");
                close = std::memchr(at_, '>', static_cast<std::size_t>(end_ - at_));
            }
            std::string_view name(at_ + 2, static_cast<std::size_t>(static_cast<const char*>(close) - at_ - 2));
            while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
            name_ = without_prefix(name);
            at_ += static_cast<const char*>(close) + 1 - at_;
            return Token::End;
        }
        if (start[1] == '?') {
            skip_past("?>");
        } else if (start[1] != '!') {
            return start_tag();
        } else if (start.substr(0, 4) == "<!--") {
            at_ += 4;
            skip_past("-->");
        } else if (start == "<![CDATA[") {
            at_ += 9;
            std::size_t found = 0;
            while ((found = std::string_view(at_, static_cast<std::size_t>(end_ - at_)).find("]]>")) == std::string_view::npos)
                if (!refill()) fail("XLS-004");
            text_ = {at_, found};
            cdata_ = true;
            at_ += found + 3;
            return Token::Text;
        } else {
            fail(start.substr(0, 9) == "<!DOCTYPE" ? "XLS-005" : "XLS-004");
        }
    }
}

void XmlScanner::append_text(std::string& out, bool escapes) const {
    if (!cdata_) return append_xml_text(text_, escapes, out);
    const std::size_t from = out.size();
    out += text_;
    if (escapes) resolve_escapes(out, from);
    repair_utf8(out, from);
}

std::optional<std::string> XmlScanner::attribute(std::string_view local_name) const {
    std::optional<std::string> result;
    attributes([&](std::string_view name, std::string_view value) {
        if (name != local_name) return;
        result.emplace();
        append_xml_text(value, false, *result);
    });
    return result;
}

bool XmlScanner::plain_cell(PlainCell& cell) {
    const char* p = at_;
    const char* const end = end_;
    if (end - p < 8 || p[0] != '<' || p[1] != 'c' || (p[2] != ' ' && p[2] != '>' && p[2] != '/')) return false;
    cell = {};
    p += 2;
    while (*p == ' ') {
        ++p;
        if (end - p < 4 || p[1] != '=' || p[2] != '"') return false;
        const char* const value = p + 3;
        const char* q = value;
        while (q != end && *q != '"' && *q != '&' && *q != '<') ++q;
        if (end - q < 2 || *q != '"') return false;
        const std::string_view text(value, static_cast<std::size_t>(q - value));
        if (*p == 'r')
            cell.reference = text;
        else if (*p == 's')
            cell.style = text;
        else if (*p == 't')
            cell.type = text;
        else
            return false;
        p = q + 1;
    }
    if (end - p >= 2 && p[0] == '/' && p[1] == '>') {
        at_ += p + 2 - at_;
        return true;
    }
    if (cell.type.size() > 1 || (cell.type.size() == 1 && cell.type[0] != 's' && cell.type[0] != 'n' && cell.type[0] != 'b')) return false;
    if (end - p < 4 || std::memcmp(p, "><v>", 4) != 0) return false;
    p += 4;
    const char* q = p;
    while (q != end && *q != '<' && *q != '&') ++q;
    if (end - q < 8 || std::memcmp(q, "</v></c>", 8) != 0) return false;
    cell.value = {p, static_cast<std::size_t>(q - p)};
    at_ += q + 8 - at_;
    return true;
}

void XmlScanner::skip_element() {
    std::size_t depth = 1;
    while (true) {
        const void* const found = std::memchr(at_, '<', static_cast<std::size_t>(end_ - at_));
        at_ += found == nullptr ? end_ - at_ : static_cast<const char*>(found) - at_;
        if (end_ - at_ < 2) {
            if (!refill()) fail("XLS-004");
            continue;
        }
        const char second = at_[1];
        if (second == '/') {
            const void* const close = std::memchr(at_, '>', static_cast<std::size_t>(end_ - at_));
            if (close == nullptr) {
                if (!refill()) fail("XLS-004");
                continue;
            }
            at_ += static_cast<const char*>(close) + 1 - at_;
            if (--depth == 0) return;
        } else if (second != '!' && second != '?') {
            const char* const tag_end = end_of_tag();
            if (tag_end[-1] != '/') ++depth;
            at_ += tag_end + 1 - at_;
        } else {
            // Comments, CDATA and processing instructions; what stands behind them comes along.
            const Token token = next();
            if (token == Token::Eof) fail("XLS-004");
            if (token == Token::Start && !self_closing_) ++depth;
            if (token == Token::End && --depth == 0) return;
        }
    }
}

}  // namespace brugwacht
