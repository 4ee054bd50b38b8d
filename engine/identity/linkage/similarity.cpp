#include "engine/identity/linkage/similarity.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace brugwacht {

unsigned edits_between(std::string_view a, std::string_view b) {
    a = a.substr(0, kLongestCompared);
    b = b.substr(0, kLongestCompared);
    while (!a.empty() && !b.empty() && a.front() == b.front()) a.remove_prefix(1), b.remove_prefix(1);
    while (!a.empty() && !b.empty() && a.back() == b.back()) a.remove_suffix(1), b.remove_suffix(1);
    if (a.empty() || b.empty()) return static_cast<unsigned>(a.size() + b.size());

    // Where each byte stands in `a`; cleared again afterwards, which is cheaper than filling it anew for every pair.
    thread_local std::array<std::uint64_t, 256> where{};
    for (std::size_t i = 0; i < a.size(); ++i) where[static_cast<unsigned char>(a[i])] |= std::uint64_t{1} << i;
    const std::uint64_t last = std::uint64_t{1} << (a.size() - 1);
    std::uint64_t vp = ~std::uint64_t{0}, vn = 0, d0 = 0, previous = 0;
    auto distance = static_cast<unsigned>(a.size());
    for (const char c : b) {
        const std::uint64_t match = where[static_cast<unsigned char>(c)];
        const std::uint64_t swap = (((~d0) & match) << 1) & previous;
        d0 = (((match & vp) + vp) ^ vp) | match | vn | swap;
        const std::uint64_t hp = vn | ~(d0 | vp), hn = d0 & vp;
        if (hp & last) ++distance;
        if (hn & last) --distance;
        const std::uint64_t shifted = (hp << 1) | 1;
        vp = (hn << 1) | ~(d0 | shifted);
        vn = d0 & shifted;
        previous = match;
    }
    for (const char c : a) where[static_cast<unsigned char>(c)] = 0;
    return distance;
}

std::uint64_t letters_of(std::string_view text) {
    std::uint64_t letters = 0;
    for (const char c : text) letters |= std::uint64_t{1} << (static_cast<unsigned char>(c) % 64);
    return letters;
}

bool one_edit_apart(std::string_view a, std::string_view b) {
    if (a.size() > b.size()) std::swap(a, b);
    if (b.size() - a.size() > 1) return false;
    const std::size_t same = static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin()).first - a.begin());
    const std::string_view rest_a = a.substr(same), rest_b = b.substr(same);
    if (a.size() != b.size()) return rest_a == rest_b.substr(1);
    if (rest_a.size() < 2 || rest_a.substr(1) == rest_b.substr(1)) return true;
    return rest_a[0] == rest_b[1] && rest_a[1] == rest_b[0] && rest_a.substr(2) == rest_b.substr(2);
}

bool is_slip(const Word& a, const Word& b) {
    constexpr std::size_t kShortest = 3, kLong = 7;
    const std::size_t shortest = std::min(a.text.size(), b.text.size());
    if (shortest < kShortest || std::max(a.text.size(), b.text.size()) - shortest > 2) return false;
    if (std::popcount(a.letters ^ b.letters) > 4) return false;  // an edit changes at most two letters
    return one_edit_apart(a.text, b.text) || (shortest >= kLong && edits_between(a.text, b.text) <= 2);
}

bool are_alike(const Word& a, const Word& b, double likeness) {
    const auto size_a = static_cast<double>(std::min(a.text.size(), kLongestCompared));
    const auto size_b = static_cast<double>(std::min(b.text.size(), kLongestCompared));
    if (size_a == 0 || size_b == 0) return false;
    const double common = std::min(size_a - std::popcount(a.letters & ~b.letters), size_b - std::popcount(b.letters & ~a.letters));
    const double jaro = (common / size_a + common / size_b + 1) / 3;
    if (a.text.size() <= kLongestCompared && b.text.size() <= kLongestCompared && jaro + 0.4 * (1 - jaro) < likeness) return false;
    return jaro_winkler(a.text, b.text) >= likeness;
}

double jaro_winkler(std::string_view a, std::string_view b) {
    a = a.substr(0, kLongestCompared);
    b = b.substr(0, kLongestCompared);
    if (a.empty() || b.empty()) return 0;
    if (a == b) return 1;
    const std::size_t longest = std::max(a.size(), b.size());
    const std::size_t window = longest / 2 > 0 ? longest / 2 - 1 : 0;
    std::uint64_t taken_a = 0, taken_b = 0;
    unsigned common = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const std::size_t end = std::min(b.size(), i + window + 1);
        for (std::size_t j = i > window ? i - window : 0; j < end; ++j) {
            if (a[i] != b[j] || (taken_b >> j & 1)) continue;
            taken_a |= std::uint64_t{1} << i;
            taken_b |= std::uint64_t{1} << j;
            ++common;
            break;
        }
    }
    if (common == 0) return 0;
    unsigned moved = 0;
    for (std::size_t i = 0, j = 0; i < a.size(); ++i) {
        if (!(taken_a >> i & 1)) continue;
        while (!(taken_b >> j & 1)) ++j;
        moved += a[i] != b[j++];
    }
    const double m = common;
    const double jaro = (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) + (m - moved / 2.0) / m) / 3;
    std::size_t prefix = 0;
    while (prefix < 4 && prefix < a.size() && prefix < b.size() && a[prefix] == b[prefix]) ++prefix;
    return jaro + 0.1 * static_cast<double>(prefix) * (1 - jaro);
}

}  // namespace brugwacht
