#include "tests/support/canaries.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace brugwacht {

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(c < 0x80 ? std::tolower(c) : c); });
    return text;
}

}  // namespace

std::string utf16(std::string_view text, bool big_endian) {
    std::string out;
    for (const char c : text) {
        if (big_endian) out.push_back('\0');
        out.push_back(c);
        if (!big_endian) out.push_back('\0');
    }
    return out;
}

std::string hex(std::string_view text) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    for (const char c : text) {
        out.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
        out.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
    }
    return out;
}

std::vector<std::string> base64_cores(std::string_view text) {
    static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::vector<std::string> cores;
    for (std::size_t skip = 0; skip < 3; ++skip) {
        std::string core;
        for (std::size_t i = skip; i + 3 <= text.size(); i += 3) {
            const auto byte = [&](std::size_t k) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i + k])); };
            const std::uint32_t bits = (byte(0) << 16) | (byte(1) << 8) | byte(2);
            for (int shift = 18; shift >= 0; shift -= 6) core.push_back(kDigits[(bits >> shift) & 63]);
        }
        cores.push_back(core);
    }
    return cores;
}

std::set<std::string> canaries_in(const std::string& bytes, const std::vector<std::string_view>& canaries) {
    std::set<std::string> found;
    const std::string folded = lower(bytes);
    for (const std::string_view canary : canaries) {
        const std::string plain(canary), small = lower(plain);
        std::string capital = plain;
        std::transform(capital.begin(), capital.end(), capital.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        bool hit = folded.find(small) != std::string::npos || folded.find(utf16(small, false)) != std::string::npos ||
                   folded.find(utf16(small, true)) != std::string::npos;
        for (const std::string& form : {plain, small, capital}) {
            hit = hit || folded.find(hex(form)) != std::string::npos;
            for (const std::string& core : base64_cores(form)) hit = hit || bytes.find(core) != std::string::npos;
        }
        if (hit) found.insert(plain);
    }
    return found;
}

}  // namespace brugwacht
