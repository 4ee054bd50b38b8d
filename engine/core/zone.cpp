#include "engine/core/zone.hpp"

#include <unicode/basictz.h>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "engine/core/error.hpp"

namespace brugwacht {
namespace {

constexpr std::size_t kLongestName = 100;
constexpr std::int64_t kFarAway = 400'000'000'000;  // seconds, beyond the year 9999

std::unique_ptr<icu::BasicTimeZone> known_zone(const icu::UnicodeString& name) {
    std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(name));
    if (!zone || *zone == icu::TimeZone::getUnknown()) return nullptr;
    auto* const basic = dynamic_cast<icu::BasicTimeZone*>(zone.get());
    if (basic == nullptr) return nullptr;
    static_cast<void>(zone.release());
    return std::unique_ptr<icu::BasicTimeZone>(basic);
}

double milliseconds(std::int64_t seconds) { return static_cast<double>(std::clamp(seconds, -kFarAway, kFarAway)) * 1000.0; }

}  // namespace

struct Zone::Impl {
    std::unique_ptr<icu::BasicTimeZone> zone;
};

const Zone& Zone::brussels() {
    static const Zone kBrussels = [] {
        auto found = find("Europe/Brussels");
        if (!found) throw Error(Exit::Software, "TXT-003");
        return *found;
    }();
    return kBrussels;
}

std::optional<Zone> Zone::find(std::string_view name) {
    if (name.empty() || name.size() > kLongestName) return std::nullopt;
    const icu::UnicodeString wanted = icu::UnicodeString::fromUTF8({name.data(), static_cast<std::int32_t>(name.size())});
    auto zone = known_zone(wanted);
    if (!zone) {
        UErrorCode status = U_ZERO_ERROR;
        icu::UnicodeString iana;
        icu::TimeZone::getIDForWindowsID(wanted, "BE", iana, status);
        if (U_SUCCESS(status) && !iana.isEmpty()) zone = known_zone(iana);
    }
    if (!zone) return std::nullopt;
    return Zone(std::make_shared<const Impl>(Impl{std::move(zone)}));
}

std::int64_t Zone::to_civil(std::int64_t moment) const {
    UErrorCode status = U_ZERO_ERROR;
    std::int32_t raw = 0;
    std::int32_t summer = 0;
    impl_->zone->getOffset(milliseconds(moment), 0, raw, summer, status);
    return U_FAILURE(status) ? moment : moment + (raw + summer) / 1000;
}

std::int64_t Zone::to_moment(std::int64_t civil) const {
    UErrorCode status = U_ZERO_ERROR;
    std::int32_t raw = 0;
    std::int32_t summer = 0;
    impl_->zone->getOffsetFromLocal(milliseconds(civil), UCAL_TZ_LOCAL_FORMER, UCAL_TZ_LOCAL_FORMER, raw, summer, status);
    return U_FAILURE(status) ? civil : civil - (raw + summer) / 1000;
}

}  // namespace brugwacht
