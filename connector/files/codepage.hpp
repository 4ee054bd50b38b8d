// Windows and Mac code pages by number, as old workbooks name them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace brugwacht {

class CodePage {
  public:
    /// An unknown number is read as windows-1252.
    explicit CodePage(std::uint16_t number = 1252);
    bool known() const { return known_; }
    /// Appends what `bytes` mean, in UTF-8.
    void append(std::string_view bytes, std::string& out) const;

  private:
    std::string encoding_;
    std::vector<std::string> table_;  // of encodings of one byte a character
    bool known_ = true;
};

}  // namespace brugwacht
