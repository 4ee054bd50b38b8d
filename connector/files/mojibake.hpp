// Repairs text whose UTF-8 bytes were each written as a character of their own ("CafÃ©"), as the exports of Facebook and Instagram do.
#pragma once

#include <string>

namespace brugwacht {

/// When every character is at most U+00FF, and those characters read as bytes are valid UTF-8 with at least one byte above 0x7F, `text`
/// becomes that. Anything else stays: text that is right already, a cut sequence. `text` is UTF-8. Doing it again changes nothing.
void repair_mojibake(std::string& text);

}  // namespace brugwacht
