#include "engine/policy/lawfulness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/error.hpp"
#include "engine/core/resources.hpp"

namespace brugwacht {
namespace {

using testing::ElementsAre;

std::vector<std::string> codes(const LegalFacts& facts) {
    std::vector<std::string> found;
    for (const LegalFinding& finding : legal_rules().findings(facts)) found.push_back(finding.code + (finding.refuses ? "!" : ""));
    return found;
}

/// Nothing is wrong with it.
LegalFacts lawful() {
    return {.organisation = "municipality",
            .basis = "public_task",
            .purpose = "guidance",
            .role = "caseload",
            .secrecy = false,
            .controller = true,
            .protocol = true,
            .authorisation = false};
}

std::vector<std::string> faults_of(const std::string& text) {
    std::vector<std::string> found;
    try {
        LegalRules::parse(text, "legal.toml");
    } catch (const Error& error) {
        EXPECT_EQ(error.exit(), Exit::Config);
        for (const Fault& fault : error.faults()) found.push_back(fault.code);
    }
    return found;
}

TEST(Lawfulness, TheListsAreClosedAndKnowTheWordsThatPeopleWrite) {
    EXPECT_EQ(legal_rules().bases().size(), 6U);
    EXPECT_EQ(legal_rules().basis("Taak van algemeen belang")->code, "public_task");
    EXPECT_EQ(legal_rules().basis("legitimate_interest")->article, "6(1)(f)");
    EXPECT_EQ(legal_rules().purpose("Toeleiding naar vrije tijd")->code, "guidance");
    EXPECT_EQ(legal_rules().basis("omdat het kan"), nullptr);
    EXPECT_EQ(legal_rules().basis(""), nullptr);
    EXPECT_EQ(legal_rules().purpose("reclame"), nullptr);
}

TEST(Lawfulness, OnlySubsidyIsKeptFromLinking) {
    for (const LegalPurpose& purpose : legal_rules().purposes()) EXPECT_EQ(purpose.linked, purpose.code != "subsidy") << purpose.code;
}

TEST(Lawfulness, TheKindOfOrganisationTellsWhoSupervisesIt) {
    EXPECT_EQ(legal_rules().organisation("municipality")->authority, "VTC");
    EXPECT_EQ(legal_rules().organisation("ocmw")->authority, "VTC");
    EXPECT_EQ(legal_rules().organisation("vzw")->authority, "GBA");
    EXPECT_EQ(legal_rules().organisation("bank"), nullptr);
}

TEST(Lawfulness, ASourceWithEverythingInOrderIsLeftInPeace) { EXPECT_THAT(codes(lawful()), ElementsAre()); }

TEST(Lawfulness, APublicBodyCannotLeanOnALegitimateInterestAndAnAssociationCan) {
    LegalFacts facts = lawful();
    facts.basis = "legitimate_interest";
    EXPECT_THAT(codes(facts), ElementsAre("LEG-010!"));
    facts.organisation = "ocmw";
    EXPECT_THAT(codes(facts), ElementsAre("LEG-010!"));
    facts.organisation = "vzw";
    EXPECT_THAT(codes(facts), ElementsAre());
}

TEST(Lawfulness, AListForSubsidiesServesNothingElse) {
    LegalFacts facts = lawful();
    facts.purpose = "subsidy";
    EXPECT_THAT(codes(facts), ElementsAre());
    facts.authorisation = true;
    EXPECT_THAT(codes(facts), ElementsAre("LEG-011!"));
    facts.authorisation = false;
    facts.role = "evidence";
    EXPECT_THAT(codes(facts), ElementsAre("LEG-012!"));
}

TEST(Lawfulness, WhatIsMissingOrWeakIsAWarning) {
    LegalFacts facts = lawful();
    facts.protocol = facts.controller = false;
    EXPECT_THAT(codes(facts), ElementsAre("LEG-020", "LEG-026"));
    facts = lawful();
    facts.basis = facts.purpose = "";
    EXPECT_THAT(codes(facts), ElementsAre("LEG-021", "LEG-022"));
    facts = lawful();
    facts.basis = "consent";
    EXPECT_THAT(codes(facts), ElementsAre("LEG-023"));
    facts = lawful();
    facts.organisation = "vzw";
    EXPECT_THAT(codes(facts), ElementsAre("LEG-024"));
    facts = lawful();
    facts.secrecy = true;
    EXPECT_THAT(codes(facts), ElementsAre("LEG-025"));
}

TEST(Lawfulness, DataThatMakeNoSenseAreRefused) {
    const std::string good = "schema = \"legal/1\"\n[[basis]]\ncode = \"a\"\narticle = \"6\"\nwords = [\"een\"]\n";
    EXPECT_THAT(faults_of(good), ElementsAre());
    EXPECT_THAT(faults_of(good + "[[basis]]\ncode = \"b\"\narticle = \"6\"\nwords = [\"Een!\"]\n"), ElementsAre("LEG-001"));
    EXPECT_THAT(faults_of(good + "[[rule]]\ncode = \"X\"\nbasis = [\"c\"]\n"), ElementsAre("LEG-001"));
    EXPECT_THAT(faults_of(good + "[[rule]]\ncode = \"X\"\nmissing = [\"geluk\"]\n"), ElementsAre("LEG-001"));
    EXPECT_THAT(faults_of(good + "[[rule]]\nkode = \"X\"\n"), ElementsAre("CFG-002", "CFG-001"));
    EXPECT_THAT(faults_of("schema = \"legal/2\"\n"), ElementsAre("LEG-001"));
    EXPECT_THAT(faults_of("schema = "), ElementsAre("TOM-001"));
}

}  // namespace
}  // namespace brugwacht
