#include <gtest/gtest.h>

#include <functional>

#include "engine/lib/catalogue.hpp"
#include "engine/run/subject_export.hpp"
#include "engine/run/subject_letter.hpp"
#include "engine/run/subject_rectify.hpp"

namespace brugwacht {
namespace {

std::string code_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const Error& error) {
        return error.first().code + " " + std::to_string(static_cast<int>(error.exit()));
    }
    return "nothing";
}

Date day(const char* iso) { return Date::parse_iso(iso).value(); }
constexpr const char* kToday = "2026-03-01";

std::string value(std::string_view field, std::string_view text) { return canonical_value(field, text, day(kToday), code_lists()); }
std::string refusal(std::string_view field, std::string_view text) {
    return code_of([&] { value(field, text); });
}

TEST(SubjectRequest, NeedsAReasonAndAKnownRequester) {
    const auto refused = [](const SubjectRequest& request) { return code_of([&] { check_request(request, day(kToday)); }); };
    SubjectRequest request;
    EXPECT_EQ(refused(request), "SUB-003 64");
    request.reason = " \t\n";
    EXPECT_EQ(refused(request), "SUB-003 64");
    request.reason = "brief";
    EXPECT_EQ(refused(request), "nothing");
    for (const char* who : {"child", "parent", "guardian", "counsel", "other"}) {
        request.requested_by = who;
        EXPECT_EQ(refused(request), "nothing") << who;
    }
    request.requested_by = "neighbour";
    EXPECT_EQ(refused(request), "SUB-004 64");
    request.requested_by = "child";
    request.received = day("2026-03-02");
    EXPECT_EQ(refused(request), "SUB-009 64");
}

TEST(SubjectRequest, IsOverdueFromTheDayAfterTheMonth) {
    RequestEntry entry;
    entry.due = day("2026-03-31");
    EXPECT_FALSE(entry.is_overdue(day("2026-03-31")));
    EXPECT_TRUE(entry.is_overdue(day("2026-04-01")));
    entry.closed = day("2026-04-02");
    EXPECT_FALSE(entry.is_overdue(day("2026-04-03")));
}

TEST(Rectify, ReadsValuesAsAnImportWould) {
    EXPECT_EQ(value("birth_date", "14/03/2015"), "2015-03-14");
    EXPECT_EQ(value("birth_date", "2015"), "2015");
    EXPECT_EQ(value("gender", "meisje"), "f");
    EXPECT_EQ(value("phone", "0470 12 34 56"), "+32470123456");
    EXPECT_EQ(value("email", "Wiske <WISKE@voorbeeld.be>"), "wiske@voorbeeld.be");
    EXPECT_EQ(value("postcode", " 2540 "), "2540");
    EXPECT_EQ(value("given_name", "  D'hondt \"Wiske\" "), "D'hondt \"Wiske\"");
    EXPECT_EQ(value("street", "   "), "") << "blank: not known";
}

TEST(Rectify, RefusesWhatMayNotOrCannotBeKept) {
    EXPECT_EQ(refusal("birth_date", "31/02/2015"), "SUB-012 64");
    EXPECT_EQ(refusal("birth_date", "02/03/2026"), "SUB-012 64") << "after today";
    EXPECT_EQ(refusal("birth_date", "2027"), "SUB-012 64");
    EXPECT_EQ(refusal("email", "wiske"), "SUB-012 64");
    EXPECT_EQ(refusal("given_name", std::string(201, 'x')), "SUB-012 64");
    EXPECT_EQ(refusal("given_name", "Wis\nke"), "SUB-012 64");
    EXPECT_EQ(refusal("member_number", "85.07.30-033.28"), "SUB-013 64");
    EXPECT_EQ(refusal("key", "P1"), "SUB-011 64");
    EXPECT_EQ(refusal("age", "9"), "SUB-011 64");
}

TEST(SubjectExport, KnowsTheTwoBasesOfArticle20) {
    for (const char* basis : {"consent", "Toestemming", " contract ", "overeenkomst", "consentement"})
        EXPECT_TRUE(is_portable_basis(basis)) << basis;
    for (const char* basis : {"", "algemeen belang", "public_task", "legitimate interest", "geen toestemming"})
        EXPECT_FALSE(is_portable_basis(basis)) << basis;
}

TEST(AnswerLetter, SaysWhomToAskAndWhereToComplainInEveryLanguage) {
    ProjectSettings settings;
    settings.organisation = "Stad Voorbeeld";
    settings.dpo = "dpo@voorbeeld.be";
    settings.authority = "VTC";
    RequestEntry entry;
    entry.id = "3f09b2c41d7e";
    entry.received = day("2026-02-01");
    entry.due = day("2026-03-01");
    entry.reason = "Wiskeqz";
    for (const char* language : {"nl", "fr", "en"}) {
        const Texts texts = load_texts(language);
        for (const char* right : {"access", "export", "rectify", "restrict", "object", "erase"}) {
            entry.right = right;
            const std::string letter = answer_letter(settings, entry, day(kToday), texts);
            for (const char* part : {"Stad Voorbeeld", "dpo@voorbeeld.be", "VTC", "3f09b2c41d7e", "01/02/2026", "01/03/2026"})
                EXPECT_NE(letter.find(part), std::string::npos) << language << ' ' << right << ' ' << part;
            EXPECT_EQ(letter.find("subject."), std::string::npos) << "a text is missing: " << letter;
            EXPECT_EQ(letter.find("Wiskeqz"), std::string::npos);
        }
    }
}

}  // namespace
}  // namespace brugwacht
