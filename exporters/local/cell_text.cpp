#include "exporters/local/cell_text.hpp"

#include <algorithm>

#include "engine/core/text.hpp"

namespace brugwacht {

std::size_t length_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string clean(std::string_view text) {
    if (!is_valid_utf8(text)) return {};
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\0') continue;
        if (text.substr(i, 3) == "\xEF\xBF\xBE" || text.substr(i, 3) == "\xEF\xBF\xBF") {
            i += 2;
            continue;
        }
        out.push_back(text[i]);
    }
    return out;
}

std::string shortened(std::string_view text, std::size_t units) {
    std::string out;
    std::size_t used = 0;
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<unsigned char>(text[i]);
        const std::size_t bytes = first < 0x80U ? 1 : first < 0xE0U ? 2 : first < 0xF0U ? 3 : 4;
        used += bytes == 4 ? 2 : 1;
        if (used > units) break;
        out.append(text.substr(i, bytes));
        i += bytes;
    }
    return out;
}

std::size_t lines_of(std::string_view text, double width) {
    constexpr std::size_t kMostLines = 20;
    std::size_t lines = 0;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        const auto length = static_cast<double>(length_of(text.substr(start, end - start)));
        lines += 1 + static_cast<std::size_t>(length * 1.05 / width);
        start = end + 1;
    }
    return std::min(lines, kMostLines);
}

}  // namespace brugwacht
