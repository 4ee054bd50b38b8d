#include "connector/files/mojibake.hpp"

#include "connector/files/utf8.hpp"
#include "engine/core/text.hpp"

namespace brugwacht {

void repair_mojibake(std::string& text) {
    if (ascii_prefix(text) == text.size()) return;
    std::string bytes;
    bytes.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto first = static_cast<unsigned char>(text[at]);
        if (first < 0x80) {
            bytes += text[at++];
            continue;
        }
        // U+0080 to U+00FF are the two bytes C2 or C3 and one more.
        if ((first != 0xc2 && first != 0xc3) || at + 1 == text.size()) return;
        bytes += static_cast<char>((first & 0x03) << 6 | (static_cast<unsigned char>(text[at + 1]) & 0x3f));
        at += 2;
    }
    if (is_valid_utf8(bytes)) text = std::move(bytes);
}

}  // namespace brugwacht
