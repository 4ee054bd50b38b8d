// Keeps secrets out of what people read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace brugwacht {

/// Takes known secrets out of texts, by value: as they are, percent-encoded, in base64 and escaped for JSON.
class Redactor {
  public:
    /// Secrets shorter than 4 characters are not looked for.
    void add(std::string_view secret);
    /// `text` with each secret replaced by "***".
    std::string operator()(std::string_view text) const;

  private:
    std::vector<std::string> forms_;
};

}  // namespace brugwacht
