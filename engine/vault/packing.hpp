// Texts and numbers one after another in a string of bytes, as they stand inside what the vault seals. Little-endian.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace brugwacht {

/// Its length in 4 bytes, then the text.
void put_text(std::string& out, std::string_view text);
/// 8 bytes.
void put_number(std::string& out, std::int64_t value);
/// Fills with zeros up to the next multiple of `step` bytes, so that the length of what is sealed says little.
void pad(std::string& text, std::size_t step);

/// The reverse; what was taken is gone from `rest`. Throw Error VLT-003 (65) when there is less than that.
std::string_view take_text(std::string_view& rest);
std::int64_t take_number(std::string_view& rest);
std::string_view take_bytes(std::string_view& rest, std::size_t count);

/// What is sealed was changed, or its seal is of another place. Throws Error VLT-003 (65).
[[noreturn]] void tampered(const std::string& file = "vault.db");

}  // namespace brugwacht
