#include "connector/files/utf8.hpp"

#include <cstring>

namespace brugwacht {

void append_utf8(std::string& out, std::uint32_t code_point) {
    if (code_point > 0x10ffff || (code_point >= 0xd800 && code_point <= 0xdfff)) code_point = 0xfffd;
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xc0 | code_point >> 6);
        put(0x80 | (code_point & 0x3f));
    } else if (code_point < 0x10000) {
        put(0xe0 | code_point >> 12);
        put(0x80 | (code_point >> 6 & 0x3f));
        put(0x80 | (code_point & 0x3f));
    } else {
        put(0xf0 | code_point >> 18);
        put(0x80 | (code_point >> 12 & 0x3f));
        put(0x80 | (code_point >> 6 & 0x3f));
        put(0x80 | (code_point & 0x3f));
    }
}

namespace {

struct Shape {
    std::size_t length = 0;   // 0 = cannot start a sequence
    std::uint8_t low = 0x80;  // bounds of the second byte
    std::uint8_t high = 0xbf;
};

Shape shape_of(std::uint8_t first) {
    if (first < 0x80) return {1, 0, 0};
    if (first < 0xc2 || first > 0xf4) return {};
    if (first < 0xe0) return {2};
    if (first == 0xe0) return {3, 0xa0, 0xbf};
    if (first == 0xed) return {3, 0x80, 0x9f};
    if (first < 0xf0) return {3};
    if (first == 0xf0) return {4, 0x90, 0xbf};
    if (first == 0xf4) return {4, 0x80, 0x8f};
    return {4};
}

/// How many of the first bytes fit the shape.
std::size_t fitting(std::string_view bytes, const Shape& shape) {
    std::size_t n = 1;
    while (n < shape.length && n < bytes.size()) {
        const auto byte = static_cast<std::uint8_t>(bytes[n]);
        const std::uint8_t low = n == 1 ? shape.low : 0x80;
        const std::uint8_t high = n == 1 ? shape.high : 0xbf;
        if (byte < low || byte > high) break;
        ++n;
    }
    return n;
}

}  // namespace

std::size_t utf8_sequence(std::string_view bytes) {
    const Shape shape = shape_of(static_cast<std::uint8_t>(bytes.front()));
    return shape.length != 0 && fitting(bytes, shape) == shape.length ? shape.length : 0;
}

bool utf8_cut_short(std::string_view bytes) {
    if (bytes.empty()) return false;
    const Shape shape = shape_of(static_cast<std::uint8_t>(bytes.front()));
    return shape.length > bytes.size() && fitting(bytes, shape) == bytes.size();
}

std::size_t ascii_prefix(std::string_view bytes) {
    std::size_t at = 0;
    constexpr std::uint64_t kHigh = 0x8080808080808080ULL;
    while (at + 32 <= bytes.size()) {
        std::uint64_t words[4];
        std::memcpy(words, bytes.data() + at, sizeof words);
        if (((words[0] | words[1] | words[2] | words[3]) & kHigh) != 0) break;
        at += 32;
    }
    while (at < bytes.size() && static_cast<std::uint8_t>(bytes[at]) < 0x80) ++at;
    return at;
}

}  // namespace brugwacht
