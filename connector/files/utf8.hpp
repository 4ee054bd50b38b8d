// The little of UTF-8 that a reader needs in its inner loops.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace brugwacht {

/// Appends one code point; surrogates and values above U+10FFFF become U+FFFD.
void append_utf8(std::string& out, std::uint32_t code_point);
/// Length of the valid sequence at the start of `bytes` (1..4), or 0 when it is invalid or cut short. `bytes` is not empty.
std::size_t utf8_sequence(std::string_view bytes);
/// Position of the first byte above 0x7F, or size().
std::size_t ascii_prefix(std::string_view bytes);
/// Whether `bytes` starts with what could still become a valid sequence if more bytes came.
bool utf8_cut_short(std::string_view bytes);

}  // namespace brugwacht
