#include "tests/support/stand_in/scanner.hpp"

#include <utility>

#include "tests/support/stand_in/cloud.hpp"

namespace brugwacht::stand_in::cloud {

namespace {
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kMarks = "(),=!<>";
constexpr std::string_view kEndsWord = " \t\r\n(),=!<>'";
}  // namespace

Scanner::Scanner(std::string_view text, Quotes quotes) : rest_(text), quotes_(quotes) { advance(); }

Token Scanner::take() {
    Token taken = std::move(token_);
    advance();
    return taken;
}

bool Scanner::accept(std::string_view text) {
    if (token_.kind != Token::Kind::Word && token_.kind != Token::Kind::Mark) return false;
    if (to_lower(token_.text) != to_lower(text)) return false;
    advance();
    return true;
}

void Scanner::expect(std::string_view text) {
    if (!accept(text)) throw QueryFault("unexpected token: '" + token_.text + "'");
}

void Scanner::advance() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlanks), rest_.size()));
    token_ = {};
    if (rest_.empty()) return;
    if (rest_.front() == '\'') {
        read_text();
    } else if (kMarks.find(rest_.front()) != std::string_view::npos) {
        read_mark();
    } else {
        token_.kind = Token::Kind::Word;
        const auto length = std::min(rest_.find_first_of(kEndsWord), rest_.size());
        token_.text = rest_.substr(0, length);
        rest_.remove_prefix(length);
    }
}

void Scanner::read_text() {
    token_.kind = Token::Kind::Text;
    for (rest_.remove_prefix(1); !rest_.empty(); rest_.remove_prefix(1)) {
        const bool escapes = quotes_ == Quotes::Backslash ? rest_.front() == '\\' && rest_.size() > 1 : starts_with(rest_, "''");
        if (escapes) {
            rest_.remove_prefix(1);
        } else if (rest_.front() == '\'') {
            rest_.remove_prefix(1);
            return;
        }
        token_.text += rest_.front();
    }
    throw QueryFault("unterminated string literal");
}

void Scanner::read_mark() {
    token_.kind = Token::Kind::Mark;
    const std::string_view two = rest_.substr(0, 2);
    const std::size_t length = two == "!=" || two == "<=" || two == ">=" || two == "<>" ? 2 : 1;
    token_.text = rest_.substr(0, length);
    rest_.remove_prefix(length);
}

}  // namespace brugwacht::stand_in::cloud
