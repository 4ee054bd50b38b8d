// A scanner for the XML inside workbooks: streaming, in its own buffer, names without prefix. It checks as much as reading needs, not
// well-formedness: no DTD, no entities beyond the five and the numeric ones, no network, memory bounded by the longest token.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connector/files/file.hpp"

namespace brugwacht {

class XmlScanner {
  public:
    enum class Token : std::uint8_t { Start, End, Text, Eof };

    /// `stream` gives UTF-8, or UTF-16 with a mark or an XML declaration; `file` and `part` name the place in errors.
    XmlScanner(std::unique_ptr<ByteStream> stream, std::string file, std::string part);
    ~XmlScanner();
    XmlScanner(const XmlScanner&) = delete;
    XmlScanner& operator=(const XmlScanner&) = delete;

    /// The views of the token live until the next call. Throws Error XLS-004 (65) for what is no XML or breaks off inside a token,
    /// XLS-005 for a DTD, XLS-010 for a token above 32 MiB.
    Token next();
    /// Start, End: the name without its prefix.
    std::string_view name() const { return name_; }
    bool self_closing() const { return self_closing_; }
    /// Text: as it stands in the file, with entities; see append_text().
    std::string_view raw_text() const { return text_; }
    /// Text: decoded and appended, line ends as LF. `escapes` also resolves the _x000D_ notation of Office Open XML.
    void append_text(std::string& out, bool escapes) const;
    /// Start: an attribute by its name without prefix, decoded.
    std::optional<std::string> attribute(std::string_view local_name) const;
    /// Start: calls use(name without prefix, raw value) for each attribute, in order.
    template <typename Use>
    void attributes(Use&& use) const;
    const std::string& part() const { return part_; }
    /// A cell of the commonest shape, in one go: <c r="A1" s="1" t="s"><v>7</v></c>, attributes r, s, t in any order and number, type "",
    /// n, s or b, a value without entities; or <c .../> . Otherwise nothing is read and it is next()'s turn.
    struct PlainCell {
        std::string_view reference, style, type, value;
    };
    bool plain_cell(PlainCell& cell);
    /// After a Start that is not self-closing: reads on to its End.
    void skip_element();
    /// The stream gave its last byte: after XLS-004 it tells a document that breaks off from one that is no XML.
    bool at_end() const { return ended_; }

  private:
    bool refill();
    void skip_past(std::string_view mark);
    Token start_tag();
    const char* end_of_tag();
    [[noreturn]] void fail(const char* code) const;

    std::unique_ptr<ByteStream> stream_;
    std::string file_;
    std::string part_;
    std::vector<char> buffer_;
    char* at_ = nullptr;
    char* end_ = nullptr;
    bool ended_ = false;
    bool self_closing_ = false;
    bool cdata_ = false;
    std::string_view name_;
    std::string_view text_;
    std::string_view attributes_;
};

/// Decodes entities and line ends of XML text; unknown entities stay as they are. Invalid UTF-8 becomes U+FFFD.
void append_xml_text(std::string_view raw, bool escapes, std::string& out);

inline std::string_view without_prefix(std::string_view name) {
    const std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

template <typename Use>
void XmlScanner::attributes(Use&& use) const {
    const char* p = attributes_.data();
    const char* const end = p + attributes_.size();
    const auto blank = [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; };
    while (true) {
        while (p != end && blank(*p)) ++p;
        const char* const name = p;
        while (p != end && *p != '=' && !blank(*p)) ++p;
        const char* const name_end = p;
        while (p != end && *p != '"' && *p != '\'') ++p;
        if (p == end) return;
        const char quote = *p++;
        const char* const value = p;
        while (p != end && *p != quote) ++p;
        use(without_prefix({name, static_cast<std::size_t>(name_end - name)}),
            std::string_view(value, static_cast<std::size_t>(p - value)));
        if (p != end) ++p;
    }
}

}  // namespace brugwacht
