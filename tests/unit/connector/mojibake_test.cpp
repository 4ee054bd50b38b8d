#include "connector/files/mojibake.hpp"

#include <gtest/gtest.h>

#include "connector/files/topic.hpp"

namespace brugwacht {
namespace {

std::string repaired(std::string text) {
    repair_mojibake(text);
    const std::string once = text;
    repair_mojibake(text);
    EXPECT_EQ(text, once) << "doing it twice changes nothing";
    return once;
}

TEST(Mojibake, IsRepairedWhereItIsCertain) {
    EXPECT_EQ(repaired("Rados\u00c5\u0082aw"), "Radosław");
    EXPECT_EQ(repaired("\u00f0\u009f\u0098\u0080"), "😀");
    EXPECT_EQ(repaired("\u00e2\u0082\u00ac5"), "€5");
    EXPECT_EQ(repaired("Caf\u00c3\u00a9"), "Café");
}

TEST(Mojibake, WhatIsRightStays) {
    EXPECT_EQ(repaired(""), "");
    EXPECT_EQ(repaired("Jan"), "Jan");
    EXPECT_EQ(repaired("Caf\u00e9"), "Café");
    EXPECT_EQ(repaired("\u20ac ok"), "€ ok");
    EXPECT_EQ(repaired("cut \u00c3"), "cut \u00c3");
    EXPECT_EQ(repaired("Radosław Caf\u00c3\u00a9"), "Radosław Caf\u00c3\u00a9") << "a character above U+00FF";
    EXPECT_EQ(repaired("\u00c3\u00a9\u00ff"), "\u00c3\u00a9\u00ff") << "no valid UTF-8 as a whole";
}

TEST(Topic, IsACodeOfTheListAndNeverAWordOfTheTitle) {
    EXPECT_EQ(topic_of("Open dag in de Brug!"), "open_dag");
    EXPECT_EQ(topic_of("HUISBEZOEK bij Jan Peeters"), "bezoek");
    EXPECT_EQ(topic_of("Fête de quartier"), "feest");
    EXPECT_EQ(topic_of("Réunion parents"), "overleg");
    EXPECT_EQ(topic_of("RE\u0301UNION"), "overleg") << "an accent apart from its letter";
    EXPECT_EQ(topic_of("🎉 Opendeur🎉"), "open_dag");
    EXPECT_EQ(topic_of("Ярмарка kamp"), "kamp");
    EXPECT_EQ(topic_of("\xff\xc3 kamp \xe2\x82"), "kamp") << "broken bytes";
    EXPECT_EQ(topic_of("Jan Peeters"), "");
    EXPECT_EQ(topic_of("opendagen"), "") << "whole words only";
    EXPECT_EQ(topic_of(""), "");
    EXPECT_EQ(topic_of("🎉🎉🎉"), "");
    EXPECT_EQ(topic_of(std::string(1'000'000, 'x') + " kamp"), "");
    EXPECT_EQ(topic_of(std::string(239, 'x') + "é kamp"), "") << "cut inside a character";
    EXPECT_EQ(topic_of("kamp en open dag"), "open_dag") << "the longest phrase";
}

}  // namespace
}  // namespace brugwacht
