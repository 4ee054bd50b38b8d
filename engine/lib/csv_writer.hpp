// Writes CSV that a spreadsheet program opens as text: UTF-8 with byte order mark, every value quoted, and no value that could be taken for
// a formula. Source: OWASP ASVS 5, 1.2.10; CWE-1236.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace brugwacht {

/// An apostrophe before a value that begins with = + - @ TAB CR or NUL; a sign with only digits, blanks and dots after it is left alone
/// (+32 475 12 34 56).
std::string guarded(std::string_view value);
/// The value before guarded(): takes off one apostrophe that it would have put there.
std::string_view unguarded(std::string_view value);

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// One row, guarded and quoted, ended by CR LF.
void append_csv_row(std::string& out, const std::vector<std::string>& values, char delimiter = ';');

}  // namespace brugwacht
