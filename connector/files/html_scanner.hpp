// Cuts HTML, however it was written, into tags and text, as a stream. It follows browsers where that matters for reading tables: quotes,
// comments, scripts, entities with or without a semicolon. Memory is bounded by the longest tag.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connector/files/file.hpp"

namespace brugwacht {

class HtmlScanner {
  public:
    enum class Token : std::uint8_t { Start, End, Text, Eof };

    /// `stream` gives UTF-8; `file` and `part` name the place in errors.
    HtmlScanner(std::unique_ptr<ByteStream> stream, std::string file, std::string part);
    ~HtmlScanner();
    HtmlScanner(const HtmlScanner&) = delete;
    HtmlScanner& operator=(const HtmlScanner&) = delete;

    /// The views of the token live until the next call. Scripts and frames for old browsers give no text. Throws Error XLS-010 (65) for a
    /// tag above 16 MiB.
    Token next();
    /// Start, End: lower case, with its prefix.
    const std::string& name() const { return name_; }
    bool self_closing() const { return self_closing_; }
    /// Text: appended, entities decoded; one run of text may come in several tokens.
    void append_text(std::string& out) const;
    /// Start: an attribute by its lower-case name, decoded; "" when it has no value.
    std::optional<std::string> attribute(std::string_view name) const;
    /// Start: calls use(lower-case name, raw value) for each attribute, in order.
    template <typename Use>
    void attributes(Use&& use) const;
    const std::string& file() const { return file_; }
    const std::string& part() const { return part_; }

  private:
    bool refill();
    void skip_past(std::string_view mark);
    bool starts_with(std::string_view lower_mark);
    Token text_up_to(std::size_t size, bool raw);
    bool tag(bool closing);
    bool raw_text();
    std::size_t rest() const { return static_cast<std::size_t>(end_ - at_); }

    std::unique_ptr<ByteStream> stream_;
    std::string file_;
    std::string part_;
    std::vector<char> buffer_;
    char* at_ = nullptr;
    char* end_ = nullptr;
    bool ended_ = false;
    bool self_closing_ = false;
    bool raw_ = false;  // of the text: no entities
    bool in_cdata_ = false;
    std::string name_;
    std::string raw_name_;  // inside this element everything is text up to its end tag; "" = none
    std::string_view text_;
    std::string_view attributes_;
};

/// Decodes numeric and named entities; unknown ones stay as they are.
void append_html_text(std::string_view raw, std::string& out);

template <typename Use>
void HtmlScanner::attributes(Use&& use) const {
    const auto blank = [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; };
    const std::string_view all = attributes_;
    std::size_t at = 0;
    std::string name;
    while (true) {
        while (at < all.size() && (blank(all[at]) || all[at] == '/')) ++at;
        if (at == all.size()) return;
        name.clear();
        do {
            name += all[at] >= 'A' && all[at] <= 'Z' ? static_cast<char>(all[at] + 32) : all[at];
            ++at;
        } while (at < all.size() && !blank(all[at]) && all[at] != '/' && all[at] != '=');
        std::size_t ahead = at;
        while (ahead < all.size() && blank(all[ahead])) ++ahead;
        std::string_view value;
        if (ahead < all.size() && all[ahead] == '=') {
            at = ahead + 1;
            while (at < all.size() && blank(all[at])) ++at;
            const std::size_t start = at;
            if (at < all.size() && (all[at] == '"' || all[at] == '\'')) {
                const std::size_t close = std::min(all.find(all[at], at + 1), all.size());
                value = all.substr(start + 1, close - start - 1);
                at = std::min(close + 1, all.size());
            } else {
                while (at < all.size() && !blank(all[at])) ++at;
                value = all.substr(start, at - start);
            }
        }
        use(std::string_view(name), value);
    }
}

}  // namespace brugwacht
