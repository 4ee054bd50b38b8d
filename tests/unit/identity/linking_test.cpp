#include "engine/identity/linking.hpp"

#include <gtest/gtest.h>

#include <map>

#include "engine/core/hash.hpp"
#include "engine/identity/intake.hpp"
#include "engine/identity/subject.hpp"
#include "engine/identity/undo.hpp"
#include "engine/lib/crypto.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

Record record(Entity entity, const Fields& fields) {
    Record made;
    made.entity = entity;
    for (const auto& [name, value] : fields) made.set(name, value);
    return made;
}

Record person(const std::string& key, const std::string& given, const std::string& family, const std::string& birth, Fields more = {}) {
    Fields fields{{"key", key}, {"given_name", given}, {"family_name", family}, {"birth_date", birth}};
    fields.insert(fields.end(), more.begin(), more.end());
    return record(Entity::Person, fields);
}

Record trajectory(const std::string& key, const std::string& of) {
    return record(Entity::Trajectory, {{"key", key}, {"person", of}, {"start", "2025-09-01"}});
}

constexpr std::int64_t kDay = 86400;

class Project {
  public:
    std::int64_t import(const std::string& source, const std::vector<Record>& records, std::int64_t at = 1'700'000'000) {
        return run("import", at, [&](Intake& intake) {
            const std::string content = source + std::to_string(++files_);
            intake.begin_file({source, source == "club" ? "evidence" : "caseload", sha256(content), "x.csv", "canonical", "1"});
            std::uint64_t row = 1;
            for (const Record& r : records) intake.put(std::vector<Record>{r}, {1, 1, ++row});
            intake.end_file();
        });
    }
    std::int64_t link(std::int64_t at = 1'700'000'000) {
        return run("link", at, [&](Intake& intake) { summary = intake.link(&(report = {})); });
    }
    std::int64_t decide(const std::string& a, const std::string& b, LinkAnswer answer) {
        return run("review", 1'700'000'000, [&](Intake& intake) {
            Decision decision;
            decision.a = id(a);
            decision.b = id(b);
            decision.answer = answer;
            decision.print_a = vault_.fingerprint(decision.a).value_or(0);
            decision.print_b = vault_.fingerprint(decision.b).value_or(0);
            intake.decide(decision);
            summary = intake.link(&(report = {}));
        });
    }
    UndoSummary undo(std::int64_t run) { return undo_run(store_, vault_, keys_, run, 1'700'000'100, false); }

    std::int64_t id(const std::string& source_key) const {
        const std::size_t colon = source_key.find(':');
        return RecordIds(keys_.record_id).id(source_key.substr(0, colon), Entity::Person, source_key.substr(colon + 1));
    }
    std::map<std::string, std::string> persons() {
        std::map<std::string, std::string> ids;
        for (const PersonKey& key : person_keys(reader(), vault_)) ids.emplace(key.source_key, key.person_id);
        return ids;
    }
    bool together(const std::string& a, const std::string& b) {
        auto ids = persons();
        return ids.contains(a) && ids[a] == ids[b];
    }
    StoreReader reader() { return StoreReader::open(dir_ / "store.db"); }
    Vault& vault() { return vault_; }

    IntakeSettings settings;
    LinkSummary summary;
    LinkReport report;

  private:
    std::int64_t run(const char* kind, std::int64_t at, const std::function<void(Intake&)>& work) {
        Intake intake(store_, vault_, keys_, settings, at, kind);
        work(intake);
        intake.commit();
        return intake.run();
    }

    TempDir dir_;
    Keys keys_ = derive_keys(Secret(std::string(32, 'm')));
    Store store_ = Store::open(dir_ / "store.db");
    Vault vault_ = Vault::open(dir_ / "vault.db", keys_);
    int files_ = 0;
};

const Fields kHome{{"street", "Kerkstraat"}, {"house_number", "12"}, {"postcode", "9300"}, {"municipality", "Aalst"}};

void two_unlike(Project& project) {
    project.import("crm", {person("1", "Wiske", "Van Zwollem", "2015-03-14", kHome)});
    project.import("school", {person("1", "Lambik", "Vandersteen", "2011-07-02")});
    project.link();
}

TEST(Linking, ADecisionJoinsWhatNoWeightWouldAndTakingItBackPartsThemAgain) {
    Project project;
    two_unlike(project);
    EXPECT_FALSE(project.together("crm:1", "school:1"));
    const auto before = project.persons();
    project.decide("crm:1", "school:1", LinkAnswer::Same);
    EXPECT_TRUE(project.together("crm:1", "school:1"));
    EXPECT_EQ(project.summary.statistics.decided, 1U);
    project.link();
    EXPECT_TRUE(project.together("crm:1", "school:1")) << "it survives every later linking";
    project.decide("school:1", "crm:1", LinkAnswer::Unsure);
    EXPECT_EQ(project.persons(), before) << "the ids too";
    EXPECT_EQ(all_decisions(project.vault()).size(), 2U) << "append-only";
}

TEST(Linking, ADecisionPartsWhatEveryWeightWouldJoin) {
    Project project;
    project.import("crm", {person("1", "Wiske", "Van Zwollem", "2015-03-14", kHome)});
    project.import("school", {person("1", "Wiske", "Van Zwollem", "2015-03-14", kHome)});
    project.link();
    ASSERT_TRUE(project.together("crm:1", "school:1"));
    project.decide("crm:1", "school:1", LinkAnswer::Different);
    EXPECT_FALSE(project.together("crm:1", "school:1"));
    project.import("club", {person("1", "Wiske", "Van Zwollem", "2015-03-14", kHome)});
    project.link();
    EXPECT_FALSE(project.together("crm:1", "school:1")) << "a third record is no bridge";
}

TEST(Linking, UndoingADecisionIsAsIfItWasNeverMade) {
    Project project, never;
    two_unlike(project);
    two_unlike(never);
    const std::int64_t run = project.decide("crm:1", "school:1", LinkAnswer::Same);
    project.undo(run);
    EXPECT_EQ(project.persons(), never.persons());
    EXPECT_TRUE(all_decisions(project.vault()).empty());
    project.link();
    never.link();
    EXPECT_EQ(project.persons(), never.persons());
}

TEST(Linking, AnIdFromBeforeAMergeStillLeadsToThePerson) {
    Project project;
    two_unlike(project);
    const auto before = project.persons();
    project.decide("crm:1", "school:1", LinkAnswer::Same);
    const auto after = project.persons();
    const std::string kept = after.at("crm:1");
    const std::string lost = kept == before.at("crm:1") ? before.at("school:1") : before.at("crm:1");
    EXPECT_EQ(find_subject(project.reader(), project.vault(), lost).person_id, kept);
    EXPECT_EQ(find_subject(project.reader(), project.vault(), kept).records.size(), 2U);
}

TEST(Linking, ContradictingDecisionsAreReportedAndTheDifferenceStands) {
    Project project;
    two_unlike(project);
    project.import("club", {person("1", "Suske", "Bibber", "2012-01-20")});
    project.link();
    project.decide("crm:1", "school:1", LinkAnswer::Same);
    project.decide("school:1", "club:1", LinkAnswer::Same);
    project.decide("crm:1", "club:1", LinkAnswer::Different);
    ASSERT_EQ(project.summary.contradictions.size(), 1U);
    EXPECT_FALSE(project.together("crm:1", "club:1"));
}

TEST(Linking, ADecisionAboutARecordThatChangedSinceIsAppliedAndCounted) {
    Project project;
    two_unlike(project);
    project.decide("crm:1", "school:1", LinkAnswer::Same);
    EXPECT_EQ(project.summary.outdated, 0U);
    project.import("school", {person("1", "Lambik", "Vandersteen", "2011-07-03")});
    project.link();
    EXPECT_EQ(project.summary.outdated, 1U);
    EXPECT_TRUE(project.together("crm:1", "school:1"));
}

TEST(Linking, ASourceThatMayNotBeLinkedGivesNoLinks) {
    Project project;
    project.settings.link_scopes = {{"subsidy", LinkScope::Nobody}, {"ocmw", LinkScope::OwnSource}};
    const auto wiske = [](const std::string& key) { return person(key, "Wiske", "Van Zwollem", "2015-03-14", kHome); };
    project.import("crm", {wiske("1"), wiske("2")});
    project.import("subsidy", {wiske("1"), wiske("2")});
    project.import("ocmw", {wiske("1"), wiske("2")});
    project.link();
    EXPECT_TRUE(project.together("crm:1", "crm:2"));
    EXPECT_TRUE(project.together("ocmw:1", "ocmw:2"));
    EXPECT_FALSE(project.together("ocmw:1", "crm:1"));
    EXPECT_FALSE(project.together("subsidy:1", "subsidy:2"));
    EXPECT_FALSE(project.together("subsidy:1", "crm:1"));
    EXPECT_EQ(project.summary.unlinkable, 2U);
    EXPECT_EQ(project.summary.persons, 4U);
}

TEST(Linking, APersonOfAMemberListInReviewWaitsThirtyDaysAndOthersGoAtOnce) {
    Project project;
    const std::int64_t start = 1'700'000'000;
    Record child = person("1", "Wiske", "Van Zwollem", "2015-03-14", kHome);
    project.import("crm", {child}, start);
    project.import("crm", {trajectory("T1", "1")}, start);
    // A name without a birth date may be hers or that of a namesake.
    project.import("club", {person("7", "Wiske", "Van Zwollem", ""), person("8", "Barabas", "Tijdteletijdmachine", "1999-09-09")}, start);
    project.settings.evidence_sources = {"club"};
    project.link(start);
    const auto pair = std::find_if(project.report.pairs.begin(), project.report.pairs.end(),
                                   [](const ScoredPair& p) { return p.zone == LinkZone::Review; });
    ASSERT_NE(pair, project.report.pairs.end());
    EXPECT_EQ(project.summary.removed, 1U);
    EXPECT_EQ(project.summary.waiting, 1U);
    EXPECT_TRUE(project.persons().contains("club:7"));
    EXPECT_FALSE(project.persons().contains("club:8"));
    project.link(start + 29 * kDay);
    EXPECT_TRUE(project.persons().contains("club:7"));
    project.link(start + 31 * kDay);
    EXPECT_FALSE(project.persons().contains("club:7"));
    EXPECT_EQ(project.summary.removed, 1U);
}

TEST(Linking, TheReportNamesEachRecordOnceAndExplainsItsPairs) {
    Project project;
    project.import("crm", {person("1", "Wiske", "Van Zwollem", "2015-03-14", kHome), person("2", "Suske", "Bibber", "2012-01-20")});
    project.import("school", {person("9", "Wiske", "Van Zwollem", "2015-03-14", kHome)});
    project.link();
    const LinkReport& report = project.report;
    ASSERT_EQ(report.records.size(), 3U);
    EXPECT_EQ(report.records[0].source_key, "crm:1");
    EXPECT_EQ(report.records[2].source_key, "school:9");
    EXPECT_EQ(report.records[2].first, 0U);
    EXPECT_EQ(report.records[2].source(), "school");
    EXPECT_EQ(report.records[2].key(), "9");
    ASSERT_EQ(report.pairs.size(), 1U);
    EXPECT_EQ(report.pairs[0].zone, LinkZone::Same);
    const PairExplanation found = report.explain(0, 2);
    double sum = 0;
    for (const LinkEvidence& evidence : found.evidence) sum += evidence.weight;
    EXPECT_NEAR(sum, report.pairs[0].weight, 1e-6);
}

}  // namespace
}  // namespace brugwacht
