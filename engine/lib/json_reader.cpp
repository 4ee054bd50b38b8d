#include "engine/lib/json_reader.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/core/text.hpp"

namespace brugwacht {

namespace {

constexpr std::size_t kBlock = 64 << 10;
constexpr std::uint32_t kReplacement = 0xfffd;

bool is_space(int c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool is_digit(int c) { return c >= '0' && c <= '9'; }
bool is_word(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c >= 0x80; }

/// Drops the start of a character that was cut off at the end.
void drop_cut_character(std::string& text) {
    std::size_t back = 0;
    while (back < 3 && back < text.size() && (static_cast<unsigned char>(text[text.size() - 1 - back]) & 0xc0) == 0x80) ++back;
    if (back == text.size()) return;
    const auto first = static_cast<unsigned char>(text[text.size() - 1 - back]);
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
    if (length > back + 1) text.resize(text.size() - 1 - back);
}

}  // namespace

JsonReader::JsonReader(Feed feed, Limits limits) : feed_(std::move(feed)), limits_(limits), buffer_(kBlock) {}

void JsonReader::restart() {
    base_ += at_;
    at_ = 0;
    size_ = 0;
    ended_ = false;
    stack_.clear();
    started_ = false;
    first_ = false;
    after_key_ = false;
    trouble_ = Trouble::None;
}

/// The next byte, still to be read; -1 at the end.
int JsonReader::peek() {
    if (at_ == size_) {
        if (ended_) return -1;
        base_ += size_;
        at_ = 0;
        size_ = feed_(buffer_.data(), buffer_.size());
        if (size_ == 0) {
            ended_ = true;
            return -1;
        }
    }
    return static_cast<unsigned char>(buffer_[at_]);
}

int JsonReader::skip_space() {
    int c = peek();
    while (is_space(c)) {
        ++at_;
        c = peek();
    }
    return c;
}

JsonReader::Event JsonReader::fail(Trouble trouble) {
    trouble_ = trouble;
    return Event::Fault;
}

JsonReader::Event JsonReader::next() {
    if (trouble_ != Trouble::None) return Event::Fault;
    int c = skip_space();
    if (stack_.empty()) {
        if (started_) return c < 0 ? Event::End : fail(Trouble::More);
        // A byte order mark.
        for (const int mark : {0xef, 0xbb, 0xbf}) {
            if (c != mark) break;
            ++at_;
            c = peek();
        }
        if (is_space(c)) c = skip_space();
        started_ = true;
        return value(c);
    }
    if (c < 0) return fail(Trouble::CutShort);
    if (after_key_) {
        after_key_ = false;
        return value(c);
    }
    const bool in_object = stack_.back() == '{';
    const int closing = in_object ? '}' : ']';
    if (c == closing) {
        ++at_;
        return close();
    }
    if (!first_) {
        if (c != ',') return fail(Trouble::Syntax);
        ++at_;
        c = skip_space();
    }
    first_ = false;
    if (!in_object) return value(c);
    if (c < 0) return fail(Trouble::CutShort);
    if (c != '"') return fail(Trouble::Syntax);
    ++at_;
    if (!read_text()) return Event::Fault;
    c = skip_space();
    if (c != ':') return fail(c < 0 ? Trouble::CutShort : Trouble::Syntax);
    ++at_;
    after_key_ = true;
    return Event::Key;
}

JsonReader::Event JsonReader::value(int c) {
    if (c < 0) return fail(Trouble::CutShort);
    if (c == '{' || c == '[') {
        ++at_;
        return open(static_cast<char>(c));
    }
    if (c == '"') {
        ++at_;
        return read_text() ? Event::Text : Event::Fault;
    }
    if (is_digit(c) || c == '-') return number(c);
    return word(c);
}

JsonReader::Event JsonReader::open(char bracket) {
    if (stack_.size() >= limits_.depth) return fail(Trouble::Deep);
    stack_.push_back(bracket);
    first_ = true;
    return bracket == '{' ? Event::BeginObject : Event::BeginArray;
}

JsonReader::Event JsonReader::close() {
    const char bracket = stack_.back();
    stack_.pop_back();
    first_ = false;
    return bracket == '{' ? Event::EndObject : Event::EndArray;
}

JsonReader::Event JsonReader::number(int c) {
    text_.clear();
    cut_ = false;
    const auto take = [&] {
        if (keep_) put(static_cast<char>(c));
        ++at_;
        c = peek();
    };
    const auto digits = [&] {
        if (!is_digit(c)) return false;
        while (is_digit(c)) take();
        return true;
    };
    if (c == '-') {
        take();
        if (c == 'I') {
            text_.clear();
            return word(c);
        }
    }
    if (!digits()) return fail(c < 0 ? Trouble::CutShort : Trouble::Syntax);
    if (c == '.') {
        take();
        if (!digits()) return fail(c < 0 ? Trouble::CutShort : Trouble::Syntax);
    }
    if (c == 'e' || c == 'E') {
        take();
        if (c == '+' || c == '-') take();
        if (!digits()) return fail(c < 0 ? Trouble::CutShort : Trouble::Syntax);
    }
    return is_word(c) ? fail(Trouble::Syntax) : Event::Number;
}

JsonReader::Event JsonReader::word(int c) {
    std::string found;
    while (is_word(c) && found.size() < 16) {
        found += static_cast<char>(c);
        ++at_;
        c = peek();
    }
    text_.clear();
    cut_ = false;
    flag_ = found == "true";
    if (flag_ || found == "false") return Event::Boolean;
    if (found == "null" || found == "NaN" || found == "Infinity") return Event::Null;
    const bool begun = !found.empty() && (std::string_view("true").starts_with(found) || std::string_view("false").starts_with(found) ||
                                          std::string_view("null").starts_with(found));
    return fail(c < 0 && begun ? Trouble::CutShort : Trouble::Syntax);
}

void JsonReader::put(char c) {
    if (text_.size() < limits_.text)
        text_ += c;
    else
        cut_ = true;
}

void JsonReader::put_code_point(std::uint32_t c) {
    if (c >= 0x80) high_bytes_ = true;
    const auto byte = [&](std::uint32_t b) { put(static_cast<char>(b)); };
    if (c < 0x80) {
        byte(c);
    } else if (c < 0x800) {
        byte(0xc0 | c >> 6);
        byte(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        byte(0xe0 | c >> 12);
        byte(0x80 | (c >> 6 & 0x3f));
        byte(0x80 | (c & 0x3f));
    } else {
        byte(0xf0 | c >> 18);
        byte(0x80 | (c >> 12 & 0x3f));
        byte(0x80 | (c >> 6 & 0x3f));
        byte(0x80 | (c & 0x3f));
    }
}

/// Four hexadecimal digits, or -1.
std::int32_t JsonReader::read_hex() {
    std::int32_t result = 0;
    for (int i = 0; i < 4; ++i) {
        const int c = peek();
        std::int32_t digit = 0;
        if (is_digit(c))
            digit = c - '0';
        else if (c >= 'a' && c <= 'f')
            digit = c - 'a' + 10;
        else if (c >= 'A' && c <= 'F')
            digit = c - 'A' + 10;
        else
            return -1;
        ++at_;
        result = result * 16 + digit;
    }
    return result;
}

/// What follows a backslash. False when it is no escape.
bool JsonReader::read_escape() {
    const int c = peek();
    if (c < 0) return false;
    ++at_;
    switch (c) {
        case '"':
        case '\\':
        case '/':
            put(static_cast<char>(c));
            return true;
        case 'b':
            put('\b');
            return true;
        case 'f':
            put('\f');
            return true;
        case 'n':
            put('\n');
            return true;
        case 'r':
            put('\r');
            return true;
        case 't':
            put('\t');
            return true;
        case 'u':
            break;
        default:
            return false;
    }
    std::int32_t unit = read_hex();
    while (unit >= 0xd800 && unit < 0xdc00) {
        // Half of a pair: the other half must follow.
        if (peek() != '\\') break;
        ++at_;
        if (peek() != 'u') {
            put_code_point(kReplacement);
            return read_escape();
        }
        ++at_;
        const std::int32_t low = read_hex();
        if (low >= 0xdc00 && low < 0xe000) {
            put_code_point(0x10000 + (static_cast<std::uint32_t>(unit - 0xd800) << 10) + static_cast<std::uint32_t>(low - 0xdc00));
            return true;
        }
        put_code_point(kReplacement);
        unit = low;
    }
    if (unit < 0) return false;
    const auto code_point = static_cast<std::uint32_t>(unit);
    put_code_point(code_point >= 0xd800 && code_point < 0xe000 ? kReplacement : code_point);
    return true;
}

/// After the opening quote, up to and including the closing one.
bool JsonReader::read_text() {
    text_.clear();
    cut_ = false;
    high_bytes_ = false;
    while (true) {
        if (peek() < 0) {
            fail(Trouble::CutShort);
            return false;
        }
        const char* const first = buffer_.data() + at_;
        const char* const end = buffer_.data() + size_;
        const char* p = first;
        while (p != end && *p != '"' && *p != '\\') ++p;
        const auto length = static_cast<std::size_t>(p - first);
        if (keep_ && length > 0) {
            if (!high_bytes_) high_bytes_ = std::any_of(first, p, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
            const std::size_t room = limits_.text - std::min(limits_.text, text_.size());
            cut_ = cut_ || length > room;
            text_.append(first, std::min(length, room));
        }
        at_ += length;
        if (p == end) continue;
        ++at_;
        if (*p == '"') break;
        if (!keep_) {
            // Only a quote or a backslash behind it matters.
            if (peek() < 0) continue;
            ++at_;
            continue;
        }
        if (!read_escape()) {
            fail(peek() < 0 ? Trouble::CutShort : Trouble::Syntax);
            return false;
        }
    }
    if (cut_) drop_cut_character(text_);
    if (high_bytes_ && !is_valid_utf8(text_)) text_ = to_utf8(text_, "utf-8").value_or(std::string());
    return true;
}

bool JsonReader::skip_to(std::size_t depth) {
    keep_ = false;
    bool sound = true;
    while (sound && stack_.size() > depth) {
        const Event event = next();
        sound = event != Event::Fault && event != Event::End;
    }
    keep_ = true;
    return sound;
}

bool JsonReader::skip_value() {
    const std::size_t depth = stack_.size();
    keep_ = false;
    const Event event = next();
    keep_ = true;
    if (event == Event::Fault || event == Event::End) return false;
    return event == Event::BeginObject || event == Event::BeginArray ? skip_to(depth) : true;
}

bool JsonReader::skip_container() { return stack_.empty() || skip_to(stack_.size() - 1); }

}  // namespace brugwacht
