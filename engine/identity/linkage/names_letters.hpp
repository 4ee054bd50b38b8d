// From the letters people write to a-z: accents, scripts, broken encodings. Independent of locale and machine.
#pragma once

#include <string>
#include <string_view>

namespace brugwacht::names {

/// Lower-case a-z, 0-9 and these marks: blank, - ' . , ( ). Letters with accents lose them, Cyrillic, Arabic and other scripts become
/// Latin by a fixed table, UTF-8 that was once read as Windows-1252 is mended; invisible characters, combining marks and characters
/// that were lost ("?", U+FFFD) go without a trace, all else becomes a blank. Invalid UTF-8 counts as lost.
std::string plain_letters(std::string_view utf8);

/// The spellings of names that begin with "servant of" become one: "abdulkarim", "abdoulkarim", "abdalkarim" -> "abdelkarim";
/// "abderrahman", "abdurrahman", "abdirahman" -> "abdelrahman". Any other word stays as it is.
std::string with_usual_servant(std::string word);

}  // namespace brugwacht::names
