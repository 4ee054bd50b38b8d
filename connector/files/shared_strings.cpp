#include "connector/files/shared_strings.hpp"

#include <cstring>

namespace brugwacht {

using Token = XmlScanner::Token;

void read_rich_text(XmlScanner& xml, std::string_view element, std::string& out) {
    bool in_text = false;
    while (true) {
        switch (xml.next()) {
            case Token::Start:
                if (xml.self_closing()) break;
                if (xml.name() == "rPh")
                    xml.skip_element();
                else if (xml.name() == "t")
                    in_text = true;
                break;
            case Token::End:
                if (xml.name() == element) return;
                if (xml.name() == "t") in_text = false;
                break;
            case Token::Text:
                if (in_text) xml.append_text(out, true);
                break;
            case Token::Eof:
                return;
        }
    }
}

void SharedStrings::add(std::string_view text) {
    if ((size_ & (kIndexBlock - 1)) == 0) index_.push_back(std::make_unique<std::uint32_t[]>(kIndexBlock));
    std::uint32_t place = 0;
    if (text.size() > kLongText) {
        place = kLongFlag | static_cast<std::uint32_t>(long_texts_.size());
        long_texts_.emplace_back(text);
    } else {
        const auto needed = static_cast<std::uint32_t>(text.size() + 5);
        if (used_ + needed > kTextBlock) {
            text_.push_back(std::make_unique<char[]>(kTextBlock));
            used_ = 0;
        }
        place = static_cast<std::uint32_t>(text_.size() - 1) << kTextBits | used_;
        char* at = text_.back().get() + used_;
        const char* const start = at;
        auto length = static_cast<std::uint32_t>(text.size());
        while (length >= 0x80) {
            *at++ = static_cast<char>(0x80 | (length & 0x7f));
            length >>= 7;
        }
        *at++ = static_cast<char>(length);
        if (!text.empty()) std::memcpy(at, text.data(), text.size());
        used_ += static_cast<std::uint32_t>(at + text.size() - start);
    }
    index_[size_ >> kIndexBits][size_ & (kIndexBlock - 1)] = place;
    ++size_;
}

void SharedStrings::load(XmlScanner& xml) {
    std::string text;
    while (true) {
        const Token token = xml.next();
        if (token == Token::Eof) return;
        if (token != Token::Start || xml.name() != "si") continue;
        text.clear();
        if (!xml.self_closing()) read_rich_text(xml, "si", text);
        add(text);
    }
}

}  // namespace brugwacht
