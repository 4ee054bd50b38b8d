// Every scripted story against the rules, in memory: what was derived by hand must be what the engine finds.
#include "tests/support/stories.hpp"

#include <gtest/gtest.h>

#include <map>

#include "engine/core/resources.hpp"
#include "engine/rules/agreement.hpp"
#include "engine/rules/classify.hpp"
#include "engine/rules/facts.hpp"
#include "tests/support/synthetic.hpp"

namespace brugwacht {
namespace {

std::string_view status_name(Status status) { return name(status); }

/// All children of a world as facts in memory, and what each trajectory's definitions must be.
struct Staged {
    FactBase facts;
    std::map<std::string, const Course*> courses;
    std::vector<SyntheticChild> children;
};

Staged stage(const SyntheticWorld& world) {
    Staged staged;
    world.each_child([&](const SyntheticChild& child) { staged.children.push_back(child); });
    FactBaseBuilder builder;
    std::vector<std::uint32_t> clubs;
    for (std::size_t i = 0; i < world.clubs().size(); ++i) {
        const SyntheticClub& club = world.clubs()[i];
        clubs.push_back(builder.add_club("canonical", club_key(static_cast<int>(i)), calendar_of(club.type).code, club.name));
        for (int year = world.options().as_of.year() - 4; club.confirms_list && year <= world.options().as_of.year() + 1; ++year) {
            EventInput list;
            const std::string key = "L" + club_key(static_cast<int>(i)) + "-" + std::to_string(year);
            list.source = "canonical";
            list.key = key;
            list.type = "list";
            list.club = clubs.back();
            list.year = year;
            list.date = decision_date(club.type, year).plus_days(club.list_delay_days);
            builder.add_event(list);
        }
    }
    for (const SyntheticChild& child : staged.children) {
        const std::uint32_t person = builder.add_person(person_key(child.person.number));
        for (const SyntheticTrajectory& trajectory : child.trajectories) {
            const std::string key = trajectory_key(child.person.number, trajectory.number);
            TrajectoryInput input;
            input.id = key;
            input.source = "canonical";
            input.key = key;
            input.strategy = trajectory.strategy;
            input.person = person;
            input.start = trajectory.course.start;
            if (child.person.birth_written != BirthWritten::Missing) input.age = completed_years(child.person.birth, input.start);
            const std::uint32_t index = builder.add_trajectory(input);
            staged.courses[key] = &trajectory.course;
            int number = 0;
            for (const SyntheticEvent& event : trajectory.course.events) {
                const std::string event_key = key + "-E" + std::to_string(++number);
                EventInput fact;
                fact.source = "canonical";
                fact.key = event_key;
                fact.type = event.type;
                fact.answer = event.answer;
                fact.kind = event.kind;
                fact.reason = event.reason;
                (event.by_person ? fact.person : fact.trajectory) = event.by_person ? person : index;
                if (event.club >= 0) fact.club = clubs[static_cast<std::size_t>(event.club)];
                fact.date = event.date;
                if (event.has_to) fact.to = event.to;
                if (event.year != 0) fact.year = event.year;
                builder.add_event(fact);
            }
        }
    }
    staged.facts = builder.build();
    return staged;
}

class StoriesAsOf : public testing::TestWithParam<const char*> {};

TEST_P(StoriesAsOf, EveryVerdictIsTheOneWrittenBesideTheStory) {
    const Date as_of = *Date::parse_iso(GetParam());
    const Agreement agreement = parse_agreement(resource("config/agreements/init.toml").value_or(""), "init.toml");
    std::map<std::string, int> wrong;
    int compared = 0;
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        const SyntheticWorld world({.children = 2500, .seed = seed, .as_of = as_of});
        const Staged staged = stage(world);
        const ClassificationSet set =
            classify(staged.facts, std::span(&agreement, 1), {.as_of = as_of, .known_at = {}, .definitions = {"D1", "D2", "D3"}});
        for (const Classification& c : set.results) {
            const std::string key(staged.facts.text(staged.facts.trajectories()[c.trajectory].key));
            const Course& course = *staged.courses.at(key);
            const Verdict& expected = course.verdicts[c.definition];
            const Verdict found{status_name(c.status), reason_code(staged.facts, c)};
            ++compared;
            if (found == expected) continue;
            const std::string what = std::string(course.story) + " D" + std::to_string(c.definition + 1) + ": expected " +
                                     std::string(expected.status) + " " + std::string(expected.reason) + ", found " +
                                     std::string(found.status) + " " + std::string(found.reason);
            if (++wrong[what] == 1) wrong[what + "   seed " + std::to_string(seed) + " " + key] = 0;
        }
    }
    EXPECT_GT(compared, 3 * 3 * 2400);
    for (const auto& [what, count] : wrong) ADD_FAILURE() << what << (count > 0 ? "   times " + std::to_string(count) : "");
}

INSTANTIATE_TEST_SUITE_P(ReportDates, StoriesAsOf,
                         testing::Values("2026-09-30", "2026-06-30", "2026-03-31", "2025-12-31", "2026-10-31", "2028-02-29"));

}  // namespace
}  // namespace brugwacht
