// The shared strings of a workbook, packed: 4 bytes and a length beside the text itself, in blocks that never move.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connector/files/xml.hpp"

namespace brugwacht {

class SharedStrings {
  public:
    /// Reads a whole sharedStrings part. Throws Error as XmlScanner does.
    void load(XmlScanner& xml);
    void add(std::string_view text);
    std::size_t size() const { return size_; }
    /// Lives as long as this object. Nothing when `index` is out of range.
    std::optional<std::string_view> get(std::uint64_t index) const {
        if (index >= size_) return std::nullopt;
        const std::uint32_t place = index_[index >> kIndexBits][index & (kIndexBlock - 1)];
        if ((place & kLongFlag) != 0) return long_texts_[place & ~kLongFlag];
        const char* at = text_[place >> kTextBits].get() + (place & (kTextBlock - 1));
        std::uint32_t length = 0;
        unsigned shift = 0;
        while ((static_cast<std::uint8_t>(*at) & 0x80) != 0) {
            length |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(*at++) & 0x7f) << shift;
            shift += 7;
        }
        length |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(*at++)) << shift;
        return std::string_view(at, length);
    }

  private:
    static constexpr unsigned kIndexBits = 14;
    static constexpr std::uint32_t kIndexBlock = 1U << kIndexBits;
    static constexpr unsigned kTextBits = 18;
    static constexpr std::uint32_t kTextBlock = 1U << kTextBits;
    static constexpr std::size_t kLongText = 16384;
    static constexpr std::uint32_t kLongFlag = 1U << 31;

    std::vector<std::unique_ptr<std::uint32_t[]>> index_;
    std::vector<std::unique_ptr<char[]>> text_;
    std::vector<std::string> long_texts_;
    std::size_t size_ = 0;
    std::uint32_t used_ = kTextBlock;  // of the last text block
};

/// After the Start of an element with rich text (si, is): its runs joined, phonetic readings left out, up to and including its End.
void read_rich_text(XmlScanner& xml, std::string_view element, std::string& out);

}  // namespace brugwacht
