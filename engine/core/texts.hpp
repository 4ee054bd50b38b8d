// Everything a user reads, in Dutch, French and English: ICU message patterns by key. Code holds keys, never sentences.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/date.hpp"
#include "engine/core/error.hpp"

namespace brugwacht {

class Texts {
  public:
    explicit Texts(std::string language);  // "nl", "fr" or "en"
    ~Texts();
    Texts(Texts&&) noexcept;
    Texts& operator=(Texts&&) noexcept;

    const std::string& language() const;
    /// Adds a pattern (ICU MessageFormat with named arguments). Throws Error TXT-001 when it does not parse or the key is taken.
    void add(const std::string& key, const std::string& pattern);
    bool has(const std::string& key) const;
    std::vector<std::string> keys() const;  // sorted
    /// Names of the arguments of a pattern, sorted, each once.
    std::vector<std::string> arguments(const std::string& key) const;
    /// The text in this language. An unknown key is our mistake: gives the key itself between angle quotes.
    std::string operator()(const std::string& key, const TextArgs& args = {}) const;
    /// dd/mm/yyyy in every language we speak.
    std::string date(Date date) const;
    /// "1.234" (nl), "1 234" (fr, narrow no-break space), "1,234" (en).
    std::string number(std::int64_t value) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace brugwacht
