#include "tests/support/synthetic.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/support/names.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

Date date(const char* iso) { return *Date::parse_iso(iso); }

std::map<std::string, std::string> files_below(const std::filesystem::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) files[std::filesystem::relative(entry.path(), folder).string()] = read_bytes(entry.path());
    return files;
}

TEST(Synthetic, TheSameSeedGivesTheSameBytesAndAnotherSeedOthers) {
    const TempDir dir;
    write_synthetic(SyntheticWorld({.children = 60, .seed = 7}), dir / "a");
    write_synthetic(SyntheticWorld({.children = 60, .seed = 7}), dir / "b");
    write_synthetic(SyntheticWorld({.children = 60, .seed = 8}), dir / "c");
    const auto a = files_below(dir / "a");
    EXPECT_EQ(a, files_below(dir / "b"));
    EXPECT_NE(a.at("canonical/people.csv"), files_below(dir / "c").at("canonical/people.csv"));
}

TEST(Synthetic, AsManyChildrenAreMadeAsAsked) {
    for (const std::uint32_t wanted : {1U, 2U, 57U}) {
        std::set<std::uint32_t> numbers;
        SyntheticWorld({.children = wanted, .seed = 3}).each_child([&](const SyntheticChild& child) {
            numbers.insert(child.person.number);
        });
        EXPECT_EQ(numbers.size(), wanted);
        EXPECT_EQ(*numbers.rbegin(), wanted);
    }
}

TEST(Synthetic, EveryStatusOfEveryDefinitionOccurs) {
    std::map<int, std::set<std::string_view>> statuses;
    SyntheticWorld({.children = 400}).each_child([&](const SyntheticChild& child) {
        for (const SyntheticTrajectory& trajectory : child.trajectories)
            for (int i = 0; i < 3; ++i) statuses[i].insert(trajectory.course.verdicts[i].status);
    });
    const std::set<std::string_view> all{"achieved", "not_achieved", "pending", "unknown", "excluded"};
    for (int i = 0; i < 3; ++i) EXPECT_EQ(statuses[i], all) << "D" << i + 1;
}

TEST(Synthetic, EveryStoryCanBeToldOnSomeReportDate) {
    const SyntheticWorld world({.children = 400});
    for (const std::string_view story : story_names()) {
        bool told = false;
        for (const char* as_of : {"2026-09-30", "2026-06-30", "2026-10-31", "2025-12-31"}) {
            Rng rng(5);
            Course course;
            told = told || play_story(story, rng, date(as_of), world.clubs(), course);
        }
        EXPECT_TRUE(told) << story;
    }
}

TEST(Synthetic, AgesCoverTheAgreedRangeAndItsEdges) {
    std::set<int> ages;
    SyntheticWorld({.children = 3000}).each_child([&](const SyntheticChild& child) {
        for (const SyntheticTrajectory& trajectory : child.trajectories) {
            const int age = completed_years(child.person.birth, trajectory.course.start);
            const bool out = trajectory.course.scope == Scope::TooYoung || trajectory.course.scope == Scope::TooOld;
            EXPECT_EQ(out, age < 3 || age > 25) << trajectory.course.story;
            if (!out) ages.insert(age);
        }
    });
    EXPECT_EQ(*ages.begin(), 3);
    EXPECT_EQ(*ages.rbegin(), 25);
}

TEST(Synthetic, SiblingsTwinsAndSpellingsOccur) {
    unsigned siblings = 0, twins = 0, respelled = 0, first_of_january = 0, two_trajectories = 0;
    std::uint32_t household = 0;
    Date birth;
    SyntheticWorld({.children = 400}).each_child([&](const SyntheticChild& child) {
        const SyntheticPerson& person = child.person;
        siblings += person.household == household ? 1U : 0U;
        twins += person.household == household && person.birth == birth ? 1U : 0U;
        household = person.household;
        birth = person.birth;
        const WrittenPerson here = written_by(person, 1), there = written_by(person, 2);
        respelled += here.given != there.given || here.family != there.family ? 1U : 0U;
        first_of_january += person.birth_written == BirthWritten::FirstOfJanuary ? 1U : 0U;
        two_trajectories += child.trajectories.size() == 2 ? 1U : 0U;
    });
    EXPECT_GT(siblings, 100U);
    EXPECT_GT(twins, 2U);
    EXPECT_GT(respelled, 40U);
    EXPECT_GT(first_of_january, 10U);
    EXPECT_GT(two_trajectories, 5U);
}

// Three stories retold with the calendar in hand, so that the generator is not believed on its word.
TEST(Synthetic, DatesLieWhereTheStorySaysThatTheyDo) {
    const SyntheticWorld world({.children = 400});
    const Date as_of = date("2026-09-30");
    const auto tell = [&](std::string_view story, std::uint64_t seed) {
        Rng rng(seed);
        Course course;
        EXPECT_TRUE(play_story(story, rng, as_of, world.clubs(), course)) << story;
        return course;
    };
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        const Course last_day = tell("still_trying_last_day", seed);
        EXPECT_EQ(add_months(last_day.start, 6), as_of);

        const Course one_trial = tell("one_trial_window_again", seed);
        std::map<int, std::set<Date>> presences;
        for (const SyntheticEvent& event : one_trial.events)
            if ((event.type == "trial" || event.type == "attend") && event.date <= as_of) presences[event.club].insert(event.date);
        for (const auto& [club, days] : presences) EXPECT_LT(days.size(), 2U) << seed;

        const Course absent = tell("absent_twice", seed);
        std::set<Date> days;
        for (const SyntheticEvent& event : absent.events)
            if (event.type == "absent" && !event.noise) days.insert(event.date);
        EXPECT_EQ(days.size(), 2U);
    }
}

TEST(SyntheticCalendar, WorkingYearsBeginWhenRegistrationOpens) {
    EXPECT_EQ(working_year(ClubKind::Jeugdbeweging, date("2025-06-30")), 2024);
    EXPECT_EQ(working_year(ClubKind::Jeugdbeweging, date("2025-07-01")), 2025);
    EXPECT_EQ(working_year(ClubKind::Jeugdbeweging, date("2026-02-01")), 2025);
    EXPECT_EQ(working_year(ClubKind::Sportclub, date("2025-05-01")), 2025);
    EXPECT_EQ(working_year(ClubKind::Jeugdhuis, date("2025-11-30")), 2025);
    EXPECT_EQ(working_year(ClubKind::Jeugdhuis, date("2025-12-01")), 2026);
}

TEST(SyntheticCalendar, WindowsLeaveTheClosedSeason) {
    EXPECT_EQ(window_end(ClubKind::Jeugdbeweging, date("2025-09-15"), 0), date("2026-05-15"));
    EXPECT_EQ(window_end(ClubKind::Jeugdbeweging, date("2025-11-15"), 0), date("2026-09-30"));  // 15 July is closed: 31 August and a month
    EXPECT_EQ(window_end(ClubKind::Sportclub, date("2025-10-01"), 0), date("2026-08-31"));      // 1 June is closed
    EXPECT_EQ(window_end(ClubKind::Jeugdhuis, date("2025-11-15"), 0), date("2026-07-15"));
    EXPECT_EQ(window_end(ClubKind::Jeugdbeweging, date("2025-09-15"), 31), date("2026-06-15"));
}

TEST(SyntheticCalendar, ProvisionalEnrolmentsCountFromTheLaterOfFifteenOctoberAndThreeWeeks) {
    EXPECT_EQ(effective_date(ClubKind::Proefinschrijving, date("2025-09-10"), 2025), date("2025-10-15"));
    EXPECT_EQ(effective_date(ClubKind::Proefinschrijving, date("2025-10-01"), 2025), date("2025-10-22"));
    EXPECT_EQ(effective_date(ClubKind::Jeugdbeweging, date("2025-09-10"), 2025), date("2025-09-10"));
}

TEST(SyntheticNames, EverySpellingIsOneOfTheName) {
    EXPECT_EQ(spellings("Mohamed|Mohammed|Muhammad"), 3U);
    EXPECT_EQ(spelling("Mohamed|Mohammed|Muhammad", 4), "Mohammed");
    EXPECT_EQ(spelling("Emma", 9), "Emma");
}

}  // namespace
}  // namespace brugwacht
