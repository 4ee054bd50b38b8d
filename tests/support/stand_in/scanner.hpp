// The words of a filter or query language.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace brugwacht::stand_in::cloud {

/// What the system says about a query it does not understand.
struct QueryFault : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Token {
    enum class Kind : std::uint8_t { End, Word, Text /* quoted, without its quotes */, Mark /* ( ) , = != < <= > >= <> */ };
    Kind kind = Kind::End;
    std::string text;
};

class Scanner {
  public:
    enum class Quotes : std::uint8_t { Doubled /* 'd''Hondt' */, Backslash /* 'd\'Hondt' */ };
    /// Throws QueryFault for a text in quotes that does not end.
    Scanner(std::string_view text, Quotes quotes);

    const Token& next() const { return token_; }
    Token take();
    /// True, and past it, when that word (whatever its case) or mark comes next.
    bool accept(std::string_view text);
    /// Throws QueryFault when it does not come next.
    void expect(std::string_view text);
    bool at_end() const { return token_.kind == Token::Kind::End; }

  private:
    void advance();
    void read_text();
    void read_mark();
    std::string_view rest_;
    Quotes quotes_;
    Token token_;
};

}  // namespace brugwacht::stand_in::cloud
