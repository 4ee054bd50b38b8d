#include "engine/core/zone.hpp"

#include <gtest/gtest.h>

#include <string>

#include "engine/core/date.hpp"

namespace brugwacht {
namespace {

std::int64_t at(int year, int month, int day, int hour, int minute = 0) {
    return Date::from_ymd(year, month, day)->days() * 86400LL + hour * 3600 + minute * 60;
}

TEST(Zone, BrusselsIsOneHourAheadInWinterAndTwoInSummer) {
    const Zone& zone = Zone::brussels();
    EXPECT_EQ(zone.to_civil(at(2026, 1, 1, 0)), at(2026, 1, 1, 1));
    EXPECT_EQ(zone.to_civil(at(2026, 7, 1, 12)), at(2026, 7, 1, 14));
    EXPECT_EQ(zone.to_moment(at(2026, 1, 1, 1)), at(2026, 1, 1, 0));
    EXPECT_EQ(zone.to_moment(at(2026, 7, 1, 14)), at(2026, 7, 1, 12));
}

TEST(Zone, TheClockGoesForwardAndBackOnTheLastSundays) {
    const Zone& zone = Zone::brussels();
    EXPECT_EQ(zone.to_civil(at(2026, 3, 29, 0, 59)), at(2026, 3, 29, 1, 59));
    EXPECT_EQ(zone.to_civil(at(2026, 3, 29, 1)), at(2026, 3, 29, 3));
    EXPECT_EQ(zone.to_civil(at(2026, 10, 25, 0, 59)), at(2026, 10, 25, 2, 59));
    EXPECT_EQ(zone.to_civil(at(2026, 10, 25, 1)), at(2026, 10, 25, 2));
}

TEST(Zone, AnHourThatComesTwiceIsTheFirstAndOneThatIsSkippedCountsFromBefore) {
    const Zone& zone = Zone::brussels();
    EXPECT_EQ(zone.to_moment(at(2026, 10, 25, 2, 30)), at(2026, 10, 25, 0, 30));
    EXPECT_EQ(zone.to_moment(at(2026, 3, 29, 2, 30)), at(2026, 3, 29, 1, 30));
}

TEST(Zone, EveryHourOfAYearGoesThereAndBack) {
    const Zone& zone = Zone::brussels();
    int lost = 0;
    for (std::int64_t moment = at(2026, 1, 1, 0); moment < at(2027, 1, 1, 0); moment += 3600)
        if (zone.to_moment(zone.to_civil(moment)) != moment) ++lost;
    EXPECT_EQ(lost, 1) << "the second half of the hour that comes twice";
}

TEST(Zone, IanaAndWindowsNamesAreKnownAndOthersAreNot) {
    for (const char* name : {"Europe/Brussels", "Romance Standard Time", "W. Europe Standard Time", "Central European Standard Time"}) {
        const auto zone = Zone::find(name);
        ASSERT_TRUE(zone) << name;
        EXPECT_EQ(zone->to_civil(at(2026, 7, 1, 12)), at(2026, 7, 1, 14)) << name;
    }
    ASSERT_TRUE(Zone::find("America/New_York"));
    EXPECT_EQ(Zone::find("Eastern Standard Time")->to_civil(at(2026, 1, 1, 12)), at(2026, 1, 1, 7));
    for (const std::string& name : {std::string(), std::string("Atlantis/Capital"), std::string("Customized Time Zone"),
                                    std::string(100000, 'x'), std::string("\xff\xfe")})
        EXPECT_FALSE(Zone::find(name));
}

TEST(Zone, MomentsFarAwayDoNoHarm) {
    for (const std::int64_t moment : {INT64_MIN / 2, INT64_MAX / 2, std::int64_t{-62'135'596'800}}) {
        Zone::brussels().to_civil(moment);
        Zone::brussels().to_moment(moment);
    }
}

}  // namespace
}  // namespace brugwacht
