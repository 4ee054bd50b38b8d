#include "engine/policy/minimisation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/resources.hpp"
#include "engine/policy/lawfulness.hpp"

namespace brugwacht {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> purposes() {
    std::vector<std::string> all;
    for (const LegalPurpose& purpose : legal_rules().purposes()) all.push_back(purpose.code);
    return all;
}

std::string shipped() { return std::string(resource("config/minimisation.toml").value()); }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error("not there: " + from);
    return text.replace(at, from.size(), to);
}

std::vector<std::string> faults_of(const std::string& text) {
    std::vector<std::string> found;
    try {
        Minimisation::parse(text, "minimisation.toml", purposes());
    } catch (const Error& error) {
        EXPECT_EQ(error.exit(), Exit::Config);
        for (const Fault& fault : error.faults()) found.push_back(fault.code);
    }
    return found;
}

std::vector<std::string> words(const std::vector<FieldFate>& fates) {
    std::vector<std::string> all;
    for (const FieldFate& fate : fates) all.push_back(fate_word(fate));
    return all;
}

ModelField field(std::string_view name) { return model_field(name).value(); }

std::vector<Tightening> tightened(const std::string& text, std::vector<std::string>* faults = nullptr) {
    std::vector<Fault> found;
    std::vector<Tightening> made = read_tightenings(parse_toml(text, "brugwacht.toml"), "brugwacht.toml", found);
    std::vector<std::string> codes;
    for (const Fault& fault : found) codes.push_back(fault.code);
    if (faults != nullptr) {
        *faults = std::move(codes);
    } else {
        EXPECT_THAT(codes, IsEmpty()) << text;
    }
    return made;
}

Record person() {
    Record record;
    record.entity = Entity::Person;
    for (const auto& [name, value] : {std::pair{"key", "P1"},
                                      {"given_name", "Noor"},
                                      {"birth_date", "2014-03-07"},
                                      {"phone", "+32470000000"},
                                      {"house_number", "7"},
                                      {"street", "Dorpsstraat"}})
        record.set(name, value);
    return record;
}

TEST(Minimisation, EveryFieldOfTheModelHasOneFateForEveryPurpose) {
    std::size_t seen = 0;
    for (const std::string& purpose : purposes()) {
        for (std::size_t e = 0; e < kEntities; ++e) {
            const EntityDef& def = entity_def(static_cast<Entity>(e));
            for (std::size_t i = 0; i < def.fields.size(); ++i, ++seen) {
                const ModelField one{def.entity, i};
                EXPECT_FALSE(minimisation().fates(purpose, one).empty()) << purpose << " " << one.name();
                EXPECT_FALSE(minimisation().need(one).empty()) << one.name();
            }
        }
    }
    EXPECT_EQ(seen, purposes().size() * 89U);
}

TEST(Minimisation, AFieldThatIsMissingOrUnknownOrDoubleIsAFault) {
    const std::string line = "given_name             = \"sealed\"\n";
    EXPECT_THAT(faults_of(shipped()), IsEmpty());
    EXPECT_THAT(faults_of(replaced(shipped(), line, "")), ElementsAre("LEG-002"));
    EXPECT_THAT(faults_of(replaced(shipped(), line, line + "nickname = \"sealed\"\n")), ElementsAre("CFG-001"));
    EXPECT_THAT(faults_of(replaced(shipped(), line, line + line)), ElementsAre("TOM-001"));
}

TEST(Minimisation, TheDataCannotLoosenWhatTheModelSays) {
    const std::string line = "given_name             = \"sealed\"\n";
    for (const char* word : {"kept", "coded gender", "banded age", "banded", "sealed twice", "open", ""})
        EXPECT_THAT(faults_of(replaced(shipped(), line, std::string("given_name = \"") + word + "\"\n")), testing::Contains("LEG-001"))
            << word;
    EXPECT_THAT(faults_of(replaced(shipped(), "start                  = \"kept\"", "start = \"dropped\"")), testing::Contains("LEG-001"));
}

TEST(Minimisation, EveryPurposeHasItsRulesOnce) {
    EXPECT_THAT(faults_of(replaced(shipped(), "purposes = [\"subsidy\"]", "purposes = [\"lottery\"]")), ElementsAre("LEG-003", "LEG-003"));
    EXPECT_THAT(faults_of(replaced(shipped(), "purposes = [\"subsidy\"]", "purposes = [\"subsidy\", \"guidance\"]")),
                ElementsAre("LEG-003"));
}

TEST(Minimisation, SubsidyNeedsABirthYearAndNoContact) {
    EXPECT_THAT(words(minimisation().fates("subsidy", field("person.birth_date"))), ElementsAre("banded year", "sealed", "banded age"));
    for (const char* name : {"phone", "email", "street", "guardian_name", "trajectory.needs", "activity.counterpart"})
        EXPECT_THAT(words(minimisation().fates("subsidy", field(name))), ElementsAre("dropped")) << name;
    EXPECT_THAT(words(minimisation().fates("guidance", field("phone"))), ElementsAre("sealed"));
}

TEST(Minimisation, AnUnknownPurposeIsTreatedAsTheStrictest) {
    EXPECT_THAT(words(minimisation().fates("lottery", field("phone"))), ElementsAre("dropped"));
}

TEST(Tightening, AProjectMayBeStricterNeverLooser) {
    std::vector<std::string> faults;
    tightened("phone = \"dropped\"\nbirth_date = \"banded year\"\n\"event.reason\" = \"dropped\"\n", &faults);
    EXPECT_THAT(faults, IsEmpty());
    tightened(
        "phone = \"kept\"\nemail = \"sealed\"\nstreet = 3\nbirth_day = \"dropped\"\n\"event.date\" = \"dropped\"\nphone2 = \"\"\n"
        "given_name = \"banded year\"\nhouse_number = \"dropped \"\n",
        &faults);
    EXPECT_THAT(faults, testing::UnorderedElementsAre("LEG-005", "LEG-005", "CFG-003", "LEG-005", "LEG-004", "LEG-006", "LEG-004",
                                                      "LEG-006", "LEG-005"));
}

TEST(FieldFilter, LetsGuidancePassAsItIs) {
    const FieldFilter filter(minimisation(), "guidance", false, {});
    for (std::size_t e = 0; e < kEntities; ++e) EXPECT_FALSE(filter.touches(static_cast<Entity>(e)));
    EXPECT_EQ(filter.text(), "");
}

TEST(FieldFilter, DropsWhatTheProjectDropsAndCountsOnlyWhatWasThere) {
    const FieldFilter filter(minimisation(), "guidance", false,
                             tightened("phone = \"dropped\"\nemail = \"dropped\"\nhouse_number = \"dropped\"\n"));
    Record record = person();
    DropCounts dropped;
    filter.apply(record, dropped);
    EXPECT_EQ(record.get("phone"), "");
    EXPECT_EQ(record.get("house_number"), "");
    EXPECT_EQ(record.get("street"), "Dorpsstraat");
    EXPECT_EQ(record.get("birth_date"), "2014-03-07");
    EXPECT_EQ(dropped, (DropCounts{{{"person.phone", "project"}, 1}, {{"person.house_number", "project"}, 1}}));
    EXPECT_NE(filter.text(), "");
}

TEST(FieldFilter, KeepsTheYearOfADateAndNothingOfWhatIsNone) {
    const FieldFilter filter(minimisation(), "subsidy", false, {});
    for (const auto& [given, left] :
         {std::pair{"2014-03-07", "2014"}, {"2014", "2014"}, {"2014-03", "2014"}, {"7 maart 2014", ""}, {"20140307", ""}, {"", ""}}) {
        Record record = person();
        record.set("birth_date", given);
        DropCounts dropped;
        filter.apply(record, dropped);
        EXPECT_EQ(record.get("birth_date"), left) << given;
        EXPECT_EQ(dropped.count({"person.birth_date", "purpose"}), std::string(given) == left ? 0U : 1U) << given;
    }
}

TEST(FieldFilter, OfASecrecySourceNeitherCounterpartNorSubjectIsKept) {
    const FieldFilter filter(minimisation(), "guidance", true, {});
    DropCounts dropped;
    Record activity;
    activity.entity = Entity::Activity;
    activity.set("counterpart", "P9");
    activity.set("minutes", "30");
    filter.apply(activity, dropped);
    EXPECT_EQ(activity.get("counterpart"), "");
    EXPECT_EQ(activity.get("minutes"), "30");
    Record signal;
    signal.entity = Entity::Signal;
    signal.set("theme", "schulden");
    filter.apply(signal, dropped);
    EXPECT_EQ(signal.get("theme"), "");
    EXPECT_EQ(dropped, (DropCounts{{{"activity.counterpart", "secrecy"}, 1}, {{"signal.theme", "secrecy"}, 1}}));
}

}  // namespace
}  // namespace brugwacht
