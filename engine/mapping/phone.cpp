// The only file that knows libphonenumber.
#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>

#include "engine/core/text.hpp"
#include "engine/mapping/values.hpp"

namespace brugwacht {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Most numbers here are Belgian mobile ones; they need no library. Only prefixes that are surely in use are taken.
std::optional<std::string> belgian_mobile(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (is_digit(c)) {
            digits.push_back(c);
        } else if (c == '+' && digits.empty()) {
            digits = "00";
        } else if (c != ' ' && c != '.' && c != '/' && c != '-') {
            return std::nullopt;
        }
        if (digits.size() > 13) return std::nullopt;
    }
    std::string_view national = digits;
    if (national.starts_with("0032")) {
        national.remove_prefix(4);
    } else if (national.size() == 10 && national[0] == '0') {
        national.remove_prefix(1);
    }
    if (national.size() != 9 || national[0] != '4' || national[1] < '7') return std::nullopt;
    return "+32" + std::string(national);
}

}  // namespace

std::optional<std::string> read_phone(std::string_view text) {
    using i18n::phonenumbers::PhoneNumber;
    using i18n::phonenumbers::PhoneNumberUtil;
    text = trim(text);
    if (text.empty() || text.size() > 60) return std::nullopt;
    if (auto mobile = belgian_mobile(text)) return mobile;
    std::string plain;
    // "0475 12 34 56 (mama)": a note in brackets is dropped, the optional zero of "+32 (0)475" stays.
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '(') {
            const std::size_t close = text.find(')', i);
            const std::string_view inside = close == std::string_view::npos ? std::string_view() : text.substr(i + 1, close - i - 1);
            if (!inside.empty() && std::none_of(inside.begin(), inside.end(), is_digit)) {
                i = close;
                continue;
            }
        }
        plain.push_back(text[i]);
    }
    const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    if (util.Parse(plain, "BE", &number) != PhoneNumberUtil::NO_PARSING_ERROR || !util.IsValidNumber(number)) return std::nullopt;
    std::string out;
    util.Format(number, PhoneNumberUtil::E164, &out);
    return out;
}

}  // namespace brugwacht
