#include "engine/core/texts.hpp"

#include <unicode/fmtable.h>
#include <unicode/locid.h>
#include <unicode/msgfmt.h>
#include <unicode/numfmt.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <unordered_map>

namespace brugwacht {
namespace {

icu::UnicodeString from_utf8(std::string_view text) {
    return icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
}

std::string to_utf8_string(const icu::UnicodeString& u) {
    std::string out;
    u.toUTF8String(out);
    return out;
}

}  // namespace

struct Texts::Impl {
    std::string language;
    icu::Locale locale;
    std::map<std::string, std::string> patterns;
    std::unique_ptr<icu::NumberFormat> numbers;
    // Patterns that were used, parsed once: parsing takes ten times as long as filling in. ICU fills in lazily, so one at a time.
    std::mutex one_at_a_time;
    std::unordered_map<std::string, std::unique_ptr<icu::MessageFormat>> parsed;

    std::unique_ptr<icu::MessageFormat> parse(const std::string& pattern, UErrorCode& status) const {
        return std::make_unique<icu::MessageFormat>(from_utf8(pattern), locale, status);
    }
};

Texts::Texts(std::string language) : impl_(std::make_unique<Impl>()) {
    const std::string region = language == "en" ? "GB" : "BE";
    impl_->locale = icu::Locale(language.c_str(), region.c_str());
    impl_->language = std::move(language);
    UErrorCode status = U_ZERO_ERROR;
    impl_->numbers.reset(icu::NumberFormat::createInstance(impl_->locale, status));
    if (U_FAILURE(status)) throw Error(Exit::Software, "TXT-003");
}

Texts::~Texts() = default;
Texts::Texts(Texts&&) noexcept = default;
Texts& Texts::operator=(Texts&&) noexcept = default;

const std::string& Texts::language() const { return impl_->language; }

void Texts::add(const std::string& key, const std::string& pattern) {
    if (!impl_->patterns.emplace(key, pattern).second) throw Error(Exit::Software, "TXT-001", {{"key", key}});
}

bool Texts::has(const std::string& key) const { return impl_->patterns.contains(key); }

std::vector<std::string> Texts::keys() const {
    std::vector<std::string> all;
    all.reserve(impl_->patterns.size());
    for (const auto& [key, pattern] : impl_->patterns) all.push_back(key);
    return all;
}

std::vector<std::string> Texts::arguments(const std::string& key) const {
    UErrorCode status = U_ZERO_ERROR;
    const auto found = impl_->patterns.find(key);
    if (found == impl_->patterns.end()) return {};
    const auto format = impl_->parse(found->second, status);
    if (U_FAILURE(status)) throw Error(Exit::Software, "TXT-001", {{"key", key}});
    const std::unique_ptr<icu::StringEnumeration> names(format->getFormatNames(status));
    std::set<std::string> sorted;
    if (names)
        while (const icu::UnicodeString* name = names->snext(status)) sorted.insert(to_utf8_string(*name));
    return {sorted.begin(), sorted.end()};
}

std::string Texts::operator()(const std::string& key, const TextArgs& args) const {
    const auto found = impl_->patterns.find(key);
    if (found == impl_->patterns.end()) return "\xE2\x80\xB9" + key + "\xE2\x80\xBA";
    if (found->second.find_first_of("{'") == std::string::npos) return found->second;
    UErrorCode status = U_ZERO_ERROR;
    std::vector<icu::UnicodeString> names;
    std::vector<icu::Formattable> values;
    for (const auto& [name, value] : args) {
        names.push_back(from_utf8(name));
        if (const auto* text = std::get_if<std::string>(&value)) {
            values.emplace_back(from_utf8(*text));
        } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
            values.emplace_back(static_cast<int64_t>(*whole));
        } else {
            values.emplace_back(std::get<double>(value));
        }
    }
    icu::UnicodeString out;
    const std::lock_guard lock(impl_->one_at_a_time);
    std::unique_ptr<icu::MessageFormat>& format = impl_->parsed[key];
    if (format == nullptr) format = impl_->parse(found->second, status);
    if (U_SUCCESS(status)) format->format(names.data(), values.data(), static_cast<int32_t>(values.size()), out, status);
    if (U_FAILURE(status)) {
        format.reset();
        return "\xE2\x80\xB9" + key + "\xE2\x80\xBA";
    }
    return to_utf8_string(out);
}

std::string Texts::date(Date date) const {
    const std::string iso = date.iso();
    return iso.substr(8, 2) + "/" + iso.substr(5, 2) + "/" + iso.substr(0, 4);
}

std::string Texts::number(std::int64_t value) const {
    icu::UnicodeString out;
    impl_->numbers->format(static_cast<int64_t>(value), out);
    return to_utf8_string(out);
}

}  // namespace brugwacht
