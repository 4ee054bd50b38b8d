// The address functions of http.hpp.
#include <arpa/inet.h>
#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include "connector/rest/http.hpp"
#include "engine/core/date.hpp"

namespace brugwacht {
namespace {

struct FreeUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

/// Absolute, without a user name; nullptr when it is not.
Url parse_url(std::string_view text) {
    Url url(curl_url());
    const std::string copy(text);
    const bool complete = copy.find('\0') == std::string::npos;
    const unsigned flags = CURLU_PATH_AS_IS | CURLU_DISALLOW_USER;
    if (!url || !complete || curl_url_set(url.get(), CURLUPART_URL, copy.c_str(), flags) != CURLUE_OK) return nullptr;
    return url;
}

std::string part(const Url& url, CURLUPart which, unsigned flags = 0) {
    char* text = nullptr;
    if (!url || curl_url_get(url.get(), which, &text, flags) != CURLUE_OK) return {};
    std::string copy(text);
    curl_free(text);
    return copy;
}

bool is_http(const Url& url) {
    const std::string scheme = part(url, CURLUPART_SCHEME);
    return scheme == "http" || scheme == "https";
}

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

/// A name that only looks like this machine ("127.0.0.1.example.org") is another one.
bool is_this_machine(const std::string& host) {
    in_addr four{};
    if (::inet_pton(AF_INET, host.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24U) == 127;
    in6_addr six{};
    if (host.size() > 2 && host.front() == '[' && ::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &six) == 1)
        return IN6_IS_ADDR_LOOPBACK(&six);
    return lower(host) == "localhost";
}

/// Cursor over the value of a Link header.
class LinkReader {
  public:
    explicit LinkReader(std::string_view text) : text_(text) {}

    /// Target and relations of the next link; false at the end, or where the text is no list of links.
    bool next(std::string& target, std::string& relations) {
        skip(" \t,");
        if (!take('<')) return false;
        const std::size_t end = text_.find('>', at_);
        if (end == std::string_view::npos) return false;
        target = text_.substr(at_, end - at_);
        at_ = end + 1;
        relations.clear();
        bool known = false;
        for (skip(" \t"); take(';'); skip(" \t")) {
            const std::string name = lower(token());
            skip(" \t");
            const std::string value = take('=') ? parameter_value() : std::string();
            if (name == "rel" && !known) relations = lower(value);  // RFC 8288 3.3: the first counts
            known = known || name == "rel";
        }
        return true;
    }

  private:
    void skip(std::string_view blanks) { at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size()); }
    bool take(char c) {
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    std::string token() {
        skip(" \t");
        const std::size_t end = std::min(text_.find_first_of(" \t=;,", at_), text_.size());
        const std::size_t begin = std::exchange(at_, end);
        return std::string(text_.substr(begin, end - begin));
    }
    std::string parameter_value() {
        skip(" \t");
        if (!take('"')) return token();
        std::string value;
        while (at_ < text_.size() && text_[at_] != '"') {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
            value.push_back(text_[at_++]);
        }
        take('"');
        return value;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

bool names_next(std::string_view relations) {
    while (!relations.empty()) {
        const std::string_view word = relations.substr(0, relations.find_first_of(" \t"));
        if (word == "next") return true;
        relations.remove_prefix(std::min(relations.size(), word.size() + 1));
    }
    return false;
}

std::optional<int> whole(std::string_view text, std::size_t min_digits, std::size_t max_digits) {
    int value = 0;
    if (text.size() < min_digits || text.size() > max_digits || text.find_first_not_of("0123456789") != std::string_view::npos)
        return std::nullopt;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::optional<int> month_number(std::string_view name) {
    static constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto* const it = std::find(kMonths.begin(), kMonths.end(), name);
    if (it == kMonths.end()) return std::nullopt;
    return static_cast<int>(it - kMonths.begin()) + 1;
}

bool is_day_name(std::string_view name) {
    static constexpr std::array<std::string_view, 7> kDays{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    return std::any_of(kDays.begin(), kDays.end(), [name](std::string_view day) { return name == day || name == day.substr(0, 3); });
}

std::optional<int> seconds_of_day(std::string_view text) {
    if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
    const auto hour = whole(text.substr(0, 2), 2, 2), minute = whole(text.substr(3, 2), 2, 2), second = whole(text.substr(6, 2), 2, 2);
    if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return *hour * 3600 + *minute * 60 + *second;
}

std::optional<std::int64_t> moment(std::string_view year, std::string_view month, std::string_view day, std::string_view time) {
    auto y = whole(year, 4, 4);
    // Two digits stand for a year of which nobody knows the century; servers that still send them send the present.
    if (const auto two = whole(year, 2, 2)) y = *two + (*two < 70 ? 2000 : 1900);
    const auto m = month_number(month), d = whole(day, 1, 2), seconds = seconds_of_day(time);
    if (!y || !m || !d || !seconds) return std::nullopt;
    const auto date = Date::from_ymd(*y, *m, *d);
    if (!date) return std::nullopt;
    return std::int64_t{date->days()} * 86400 + *seconds;
}

}  // namespace

std::string origin_of(std::string_view url) {
    const Url parsed = parse_url(url);
    if (!is_http(parsed)) return {};
    return part(parsed, CURLUPART_SCHEME) + "://" + lower(part(parsed, CURLUPART_HOST)) + ":" +
           part(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

bool is_safe_address(std::string_view url) {
    const Url parsed = parse_url(url);
    return is_http(parsed) && (part(parsed, CURLUPART_SCHEME) == "https" || is_this_machine(part(parsed, CURLUPART_HOST)));
}

std::string resolve_link(std::string_view base, std::string_view link) {
    if (link.empty()) return {};
    if (const Url absolute = parse_url(link)) return is_http(absolute) ? std::string(link) : std::string();
    const Url url = parse_url(base);
    const std::string copy(link);
    const unsigned flags = CURLU_PATH_AS_IS | CURLU_DISALLOW_USER;
    const bool whole_text = copy.find('\0') == std::string::npos;
    if (!is_http(url) || !whole_text || curl_url_set(url.get(), CURLUPART_URL, copy.c_str(), flags) != CURLUE_OK || !is_http(url))
        return {};
    return part(url, CURLUPART_URL);
}

std::string percent_encode(std::string_view text) {
    static constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    static constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (kPlain.find(c) != std::string_view::npos) {
            out.push_back(c);
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out.push_back('%');
            out.push_back(kHex[byte >> 4U]);
            out.push_back(kHex[byte & 15U]);
        }
    }
    return out;
}

std::string without_parameters(std::string_view url, const std::vector<std::string>& names) {
    const std::size_t hash = std::min(url.find('#'), url.size());
    const std::size_t mark = url.substr(0, hash).find('?');
    if (mark == std::string_view::npos) return std::string(url);
    std::string_view query = url.substr(mark + 1, hash - mark - 1);
    std::string kept;
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        if (std::find(names.begin(), names.end(), pair.substr(0, pair.find('='))) != names.end()) continue;
        kept += (kept.empty() ? '?' : '&');
        kept += pair;
    }
    return std::string(url.substr(0, mark)) + kept + std::string(url.substr(hash));
}

std::string next_of_link_header(std::string_view value) {
    LinkReader reader(value);
    std::string target, relations;
    while (reader.next(target, relations))
        if (names_next(relations)) return target;
    return {};
}

std::optional<std::int64_t> parse_http_date(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find_first_of(" ,-"));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (!word.empty()) words.push_back(word);
    }
    if (words.size() < 5 || !is_day_name(words[0])) return std::nullopt;
    if (words.size() == 6 && words[5] == "GMT") return moment(words[3], words[2], words[1], words[4]);  // RFC 9110 5.6.7, and RFC 850
    if (words.size() == 5) return moment(words[4], words[1], words[2], words[3]);                       // asctime()
    return std::nullopt;
}

}  // namespace brugwacht
