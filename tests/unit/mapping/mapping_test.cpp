#include "engine/mapping/mapping.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "engine/core/resources.hpp"
#include "engine/lib/catalogue.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/mapping/rows.hpp"

namespace brugwacht {
namespace {

using test::faults;
using test::mapping;
using test::Rows;
using test::run;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kEvents = R"(
[[sheet]]
[sheet.columns]
id = { headers = ["Nr", "Nummer"], required = true }
day = { headers = ["Datum"], required = true }
type = ["Soort"]
child = ["Kind"]
club = ["Vereniging"]
reason = ["Reden"]
[[sheet.record]]
entity = "event"
key = "id"
[sheet.record.fields]
date = "day"
type = { column = "type", default = "attend" }
person = "child"
club = "club"
reason = "reason"
)";

// ---------------------------------------------------------------- headers

TEST(Headers, AreMatchedWithoutCaseAccentsAndPunctuation) {
    const auto out =
        run(mapping(kEvents), Rows().add({"N\xC2\xB0 nr.", "NR.", " d\xC3\xA2tum ", "SOORT:"}).add({"", "e1", "1/9/2025", "proef"}));
    EXPECT_THAT(out.records, ElementsAre("event key=e1 date=2025-09-01 type=trial"));
}

TEST(Headers, AreFoundBelowTitleRows) {
    const auto out =
        run(mapping(kEvents), Rows().add({"Overzicht 2025"}).add({"Gemaakt op", "1/9/2025"}).add({"Nr", "Datum"}).add({"e1", "2/9/2025"}));
    EXPECT_EQ(out.header_row, 3u);
    EXPECT_THAT(out.rows, ElementsAre(RowOutcome::Preamble, RowOutcome::Preamble, RowOutcome::Preamble, RowOutcome::Mapped));
}

TEST(Headers, MayStandInAnyOrderWithColumnsNobodyKnowsBetween) {
    const auto out = run(mapping(kEvents), Rows().add({"Opmerking", "Datum", "x", "Nr"}).add({"mama belt", "1/9/2025", "zz", "e1"}));
    EXPECT_THAT(out.records, ElementsAre("event key=e1 date=2025-09-01 type=attend"));
    ASSERT_EQ(out.columns.size(), 4u);
    EXPECT_FALSE(out.columns[0].mapped);
    EXPECT_TRUE(out.columns[1].mapped);
}

TEST(Headers, ThatAreRequiredAndMissingStopTheFileWithWhatWasFound) {
    try {
        run(mapping(kEvents), Rows().add({"Nr", "Soort", "Kind"}).add({"e1", "proef", "k1"}), "", "export.csv");
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.exit(), Exit::Data);
        EXPECT_EQ(error.first().code, "IMP-002");
        const Texts nl = load_texts("nl");
        const std::string text = nl("IMP-002.message", error.first().args);
        EXPECT_EQ(text, "In export.csv ontbreekt een verplichte kolom: Datum. Gevonden op rij 1: Nr, Soort, Kind.");
    }
}

TEST(Headers, ThatComeCloseInAWorkbookSheetAreRememberedForTheMessage) {
    const Mapping events = mapping(kEvents);
    SheetMapper mapper(events, "Blad1", "export.xlsx");
    Rows rows;
    rows.add({"Nr", "Soort", "Kind"}).add({"e1", "proef", "k1"});
    MappedRow out;
    mapper.map(rows.at(0), out);
    mapper.map(rows.at(1), out);
    EXPECT_NO_THROW(mapper.finish());
    ASSERT_TRUE(mapper.near_miss());
    EXPECT_THAT(load_texts("nl")("IMP-002.message", mapper.near_miss()->first().args),
                HasSubstr("In export.xlsx (blad Blad1) ontbreekt een verplichte kolom: Datum."));
}

TEST(Headers, ThatAreNowhereStopTheFileAtItsEnd) {
    try {
        run(mapping(kEvents), Rows().add({"a", "b"}).add({"c", "d"}));
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.first().code, "IMP-001");
    }
}

TEST(Headers, OfAFoundHeaderRowNeverShowAValueThatLooksLikeAPerson) {
    try {
        run(mapping(kEvents), Rows().add({"Nr", "Soort", "an@voorbeeld.be", "85.07.30-033.28"}));
        FAIL() << "no error";
    } catch (const Error& error) {
        const std::string text = load_texts("nl")("IMP-002.message", error.first().args);
        EXPECT_THAT(text, ::testing::Not(HasSubstr("voorbeeld")));
        EXPECT_THAT(text, ::testing::Not(HasSubstr("85.07")));
    }
}

TEST(Headers, RepeatedFurtherDownAreNoRow) {
    const auto out =
        run(mapping(kEvents), Rows().add({"Nr", "Datum"}).add({"e1", "1/9/2025"}).add({"Nr", "Datum"}).add({"e2", "2/9/2025"}));
    EXPECT_THAT(out.rows, ElementsAre(RowOutcome::Preamble, RowOutcome::Mapped, RowOutcome::Preamble, RowOutcome::Mapped));
    EXPECT_THAT(out.findings, IsEmpty());
}

TEST(Headers, WithACategoryAboveAreToldApart) {
    const Mapping stamhoofd = load_mapping("stamhoofd", "");
    const auto out =
        run(stamhoofd,
            Rows()
                .add({"", "", "", "", "Ouder 1", "", "Ouder 2", ""})
                .add({"Lidnummer", "Voornaam", "Achternaam", "Geboortedatum", "Voornaam", "Achternaam", "Voornaam", "Achternaam"})
                .add({"L1", "Lotte", "Claes", "12/05/2012", "Mia", "Maes", "Tom", "Claes"}),
            "Leden", "leden.xlsx");
    EXPECT_THAT(
        out.records,
        ElementsAre("person key=L1 given_name=Lotte family_name=Claes birth_date=2012-05-12 guardian_name=Mia Maes member_number=L1"));
    EXPECT_EQ(out.columns[5].category, "Ouder 1");
    EXPECT_EQ(out.columns[6].category, "Ouder 2");
    EXPECT_FALSE(out.columns[6].mapped);
}

TEST(Headers, MayHoldTheirCategoryThemselves) {
    const Mapping stamhoofd = load_mapping("stamhoofd", "");
    const auto out = run(stamhoofd,
                         Rows()
                             .add({"Voornaam", "Achternaam", "Geboortedatum", "Ouder 1 Voornaam", "Lidnummer"})
                             .add({"Lotte", "Claes", "2012", "Mia", "L1"}),
                         "Leden");
    EXPECT_THAT(out.records, ElementsAre(HasSubstr("guardian_name=Mia")));
}

TEST(Sheets, AreChosenByTheirNames) {
    const Mapping canonical = load_mapping("canonical", "");
    EXPECT_TRUE(SheetMapper(canonical, "", "people.csv").selected());
    EXPECT_TRUE(SheetMapper(canonical, "Events", "map.xlsx").selected());
    EXPECT_FALSE(SheetMapper(canonical, "Blad1", "map.xlsx").selected());
    const Mapping pattern = mapping("[[sheet]]\nnames = [\"Week *\"]\nmatch = \"name\"\nmodel = \"event\"");
    EXPECT_TRUE(SheetMapper(pattern, "WEEK 12", "x.xlsx").selected());
    EXPECT_FALSE(SheetMapper(pattern, "Midweek", "x.xlsx").selected());
}

// ---------------------------------------------------------------- rows

TEST(Rows, OfTotalsAndBlanksAreSkipped) {
    const auto out = run(mapping(kEvents), Rows().add({"Nr", "Datum"}).add({" ", ""}).add({"e1", "1/9/2025"}).add({"TOTAAL", "1"}));
    EXPECT_THAT(out.rows, ElementsAre(RowOutcome::Preamble, RowOutcome::Skipped, RowOutcome::Mapped, RowOutcome::Skipped));
}

TEST(Rows, WithoutAKeyAreRejected) {
    const auto out = run(mapping(kEvents), Rows().add({"Nr", "Datum"}).add({"", "1/9/2025"}));
    EXPECT_THAT(out.rows.back(), RowOutcome::Rejected);
    EXPECT_THAT(out.findings, ElementsAre("!IMP-010 Nr event.key"));
    EXPECT_THAT(out.records, IsEmpty());
}

TEST(Rows, WithAnUnreadableOrMissingDateOfAnEventAreRejected) {
    const auto out =
        run(mapping(kEvents),
            Rows().add({"Nr", "Datum"}).add({"e1", "12/25/2024"}).add({"e2", ""}).add({"e3", "#"}).cell(1, CellKind::Error, 0));
    EXPECT_THAT(out.findings, ElementsAre("!IMP-012 Datum event.date", "!IMP-011 Datum event.date", "!IMP-022 Datum event.date"));
    EXPECT_THAT(out.records, IsEmpty());
}

TEST(Rows, WithAnEventTypeNobodyKnowsAreRejected) {
    const auto out = run(mapping(kEvents), Rows().add({"Nr", "Datum", "Soort"}).add({"e1", "1/9/2025", "feestje"}));
    EXPECT_THAT(out.findings, ElementsAre("!IMP-024 Soort event.type"));
}

TEST(Rows, WithAnotherUnreadableCellLoseOnlyThatCell) {
    const auto out = run(mapping(R"(
[[sheet]]
[sheet.columns]
id = "Nr"
day = "Datum"
minutes = "Duur"
people = "Aantal"
[[sheet.record]]
entity = "activity"
key = "id"
[sheet.record.fields]
date = "day"
minutes = { column = "minutes", as = "minutes" }
participants = "people"
)"),
                         Rows().add({"Nr", "Datum", "Duur", "Aantal"}).add({"a1", "1/9/2025", "lang", "een paar"}));
    EXPECT_THAT(out.records, ElementsAre("activity key=a1 date=2025-09-01"));
    EXPECT_THAT(out.findings, ElementsAre("IMP-013 Duur activity.minutes", "IMP-013 Aantal activity.participants"));
}

TEST(Rows, KeepABirthDateThatIsNoneAsWritten) {
    const Mapping canonical = load_mapping("canonical", "");
    const auto out = run(
        canonical, Rows().add({"key", "given_name", "birth_date"}).add({"p1", "Amina", "rond de zomer"}).add({"p2", "Bo", "00/00/2012"}),
        "", "people.csv");
    EXPECT_THAT(out.records, ElementsAre("person key=p1 given_name=Amina birth_date=rond de zomer",
                                         "person key=p2 given_name=Bo birth_date=00/00/2012"));
    EXPECT_THAT(out.findings, ElementsAre("IMP-021 birth_date person.birth_date", "IMP-021 birth_date person.birth_date"));
}

TEST(Rows, CarryTheirOrigin) {
    const Mapping canonical = load_mapping("canonical", "");
    SheetMapper mapper(canonical, "", "people.csv");
    Rows rows;
    rows.add({"key", "given_name"}).add({"p1"});
    MappedRow out;
    mapper.map(rows.at(0), out);
    mapper.map(rows.at(1), out);
    ASSERT_EQ(out.count, 1u);
    EXPECT_EQ(out.records[0].origin.row, 2u);
    EXPECT_EQ(out.records[0].origin.tab, 1u);
}

TEST(Rows, LeaveNothingBehindForTheNextOne) {
    const auto out =
        run(mapping(kEvents), Rows().add({"Nr", "Datum", "Kind", "Reden"}).add({"e1", "1/9/2025", "k1", "prijs"}).add({"e2", "2/9/2025"}));
    EXPECT_THAT(out.records,
                ElementsAre("event key=e1 person=k1 date=2025-09-01 type=attend reason=price", "event key=e2 date=2025-09-02 type=attend"));
}

TEST(Rows, GiveSeveralRecordsWhenTheMappingSaysSo) {
    const Mapping sheet = load_mapping("registratie-excel", "");
    const auto out =
        run(sheet, Rows()
                       .add({"Nr", "Voornaam", "Naam", "Geboortedatum", "Start traject", "Proef 1", "Proef 2", "Ingeschreven op", "Club",
                             "Soort club", "Werkjaar", "Navraag op", "Neemt nog deel", "Gestopt op", "Reden", "Drempels"})
                       .add({"7", "Amina", "El Amrani", "12/05/2012", "01/09/2025", "10/09/2025", "", "20/09/2025", "Chiro Sint-Jan",
                             "Chiro", "2025-2026", "1/4/2026", "ja", "", "", "Betaalbaarheid, vertrouwen"}));
    EXPECT_THAT(
        out.records,
        ElementsAre("person key=7 given_name=Amina family_name=El Amrani birth_date=2012-05-12",
                    "club key=chiro-sint-jan name=Chiro Sint-Jan kind=jeugdbeweging_proefinschrijving",
                    "trajectory key=7 person=7 start=2025-09-01 strategy=individuele_toeleiding barriers=betaalbaarheid|betrouwbaarheid",
                    "event key=7:proef1 trajectory=7 date=2025-09-10 type=trial club=chiro-sint-jan",
                    "event key=7:inschrijving trajectory=7 date=2025-09-20 type=enrol club=chiro-sint-jan year=2025",
                    "event key=7:navraag trajectory=7 date=2026-04-01 type=check club=chiro-sint-jan answer=yes"));
    EXPECT_THAT(out.findings, IsEmpty());
}

TEST(Rows, WithoutANumberGetAKeyFromTheirContentThatIsNeverPlain) {
    const Mapping sheet = load_mapping("registratie-excel", "");
    const std::vector<std::string> header{"Voornaam", "Naam", "Geboortedatum", "Start traject", "Toeleider"};
    const auto first = run(sheet, Rows().add(header).add({"Amina", "El Amrani", "12/05/2012", "1/9/2025", "An"}));
    const auto again = run(sheet, Rows().add(header).add({" AMINA", "el amrani", "2012-05-12", "01/09/2025", "An"}));
    EXPECT_EQ(first.records[0].substr(0, 38), "person key=~amina|el amrani|2012-05-12");
    EXPECT_EQ(first.records[0].substr(0, 38), again.records[0].substr(0, 38));
    EXPECT_EQ(first.records[2], again.records[2]);
    EXPECT_THAT(first.records[2], HasSubstr("key=~amina|el amrani|2012-05-12|2025-09-01 person=~amina"));
    EXPECT_EQ(first.records[1], "worker key=~an name=An");
}

TEST(Rows, OfTwoChildrenWhoCannotBeToldApartStayTwo) {
    const Mapping sheet = load_mapping("registratie-excel", "");
    const std::vector<std::string> row{"Jan", "Peeters", "", "1/9/2025"};
    const auto out = run(sheet, Rows().add({"Voornaam", "Naam", "Geboortedatum", "Start traject"}).add(row).add(row));
    EXPECT_THAT(out.records, ElementsAre(HasSubstr("key=~jan|peeters| "), HasSubstr("person=~jan|peeters| "),
                                         HasSubstr("key=~jan|peeters|#2 "), HasSubstr("person=~jan|peeters|#2 ")));
}

TEST(Rows, ThatRepeatAnActivityStayTwoActivities) {
    const Mapping log = load_mapping("activiteitenlog", "");
    const std::vector<std::string> row{"1/9/2025", "30", "bericht", "gezin"};
    const auto out = run(log, Rows().add({"Datum", "Duur", "Soort", "Met wie"}).add(row).add(row));
    ASSERT_EQ(out.records.size(), 2u);
    EXPECT_NE(out.records[0], out.records[1]);
    EXPECT_THAT(out.records[0], HasSubstr("minutes=30 kind=bericht counterpart_kind=gezin"));
}

TEST(Rows, OfAWaitingListAreNoEnrolment) {
    const Mapping stamhoofd = load_mapping("stamhoofd", "");
    const std::vector<std::string> header{"ID",         "Lidnummer",    "Voornaam",   "Achternaam", "Geboortedatum", "Inschrijvingsdatum",
                                          "Startdatum", "Proefperiode", "Vereniging", "Type"};
    const auto out = run(
        stamhoofd,
        Rows()
            .add(header)
            .add({"i1", "L1", "Lotte", "Claes", "12/05/2012", "20/08/2025", "01/09/2025", "", "KSA Voorbeeld", "Inschrijvingsgroep"})
            .add({"i2", "L2", "Bo", "Maes", "12/05/2013", "20/08/2025", "01/09/2025", "15/9/2025", "KSA Voorbeeld", "Inschrijvingsgroep"})
            .add({"i3", "L3", "Sam", "Wouters", "12/05/2013", "20/08/2025", "", "", "KSA Voorbeeld", "Wachtlijst"}),
        "Inschrijvingen");
    EXPECT_THAT(
        out.records,
        ElementsAre(HasSubstr("person key=L1"), HasSubstr("club"),
                    "event key=~L1:2025-08-20|2025-09-01|ksa voorbeeld person=L1 date=2025-08-20 type=enrol club=ksa-voorbeeld year=2025",
                    HasSubstr("person key=L2"), HasSubstr("club"),
                    "event key=~L2:2025-08-20|2025-09-01|ksa voorbeeld person=L2 date=2025-08-20 type=enrol club=ksa-voorbeeld year=2025",
                    "event key=~L2:2025-08-20|2025-09-01|ksa voorbeeld:proef person=L2 date=2025-08-20 to=2025-09-15 type=enrol "
                    "club=ksa-voorbeeld year=2025 kind=provisional",
                    HasSubstr("person key=L3"), HasSubstr("club")));
    EXPECT_EQ(stamhoofd.role(), "evidence");
}

// ---------------------------------------------------------------- values

TEST(Cells, OfASpreadsheetAreReadByTheirKind) {
    const auto out = run(
        mapping(kEvents),
        Rows().add({"Nr", "Datum"}).add({"", ""}).cell(0, CellKind::Number, 12).cell(1, CellKind::DateTime, 1756684800.0 + 86399, true));
    EXPECT_THAT(out.records, ElementsAre("event key=12 date=2025-09-01 type=attend"));
}

TEST(Cells, ThatGuardAgainstFormulasLoseTheirApostrophe) {
    const Mapping canonical = load_mapping("canonical", "");
    const auto out = run(canonical, Rows().add({"key", "given_name"}).add({"p1", "'=Ann"}).add({"p2", "'t Jantje"}), "", "people.csv");
    EXPECT_THAT(out.records, ElementsAre("person key=p1 given_name==Ann", "person key=p2 given_name='t Jantje"));
}

TEST(Codes, AreMatchedByLabelOrAlias) {
    const auto out = run(mapping(kEvents), Rows()
                                               .add({"Nr", "Datum", "Reden"})
                                               .add({"e1", "1/9/2025", "GEEN PLAATS"})
                                               .add({"e2", "1/9/2025", "verhuisd"})
                                               .add({"e3", "1/9/2025", "trop cher"}));
    EXPECT_THAT(out.records, ElementsAre(HasSubstr("reason=no_places"), HasSubstr("reason=moved"), HasSubstr("reason=price")));
    EXPECT_THAT(out.findings, IsEmpty());
}

TEST(Codes, ThatNoListKnowsAreKeptAsSlugOrDropped) {
    const auto out = run(mapping(kEvents), Rows()
                                               .add({"Nr", "Datum", "Reden"})
                                               .add({"e1", "1/9/2025", "Te Koud"})
                                               .add({"e2", "1/9/2025", "mama wil eerst nog kijken"})
                                               .add({"e3", "1/9/2025", "bel 0475 12 34 56"})
                                               .add({"e4", "1/9/2025", "an@voorbeeld.be"})
                                               .add({"e5", "1/9/2025", "12"}));
    EXPECT_THAT(out.records, ElementsAre(HasSubstr("reason=te_koud"), "event key=e2 date=2025-09-01 type=attend",
                                         "event key=e3 date=2025-09-01 type=attend", "event key=e4 date=2025-09-01 type=attend",
                                         "event key=e5 date=2025-09-01 type=attend"));
    EXPECT_THAT(out.findings, ElementsAre("IMP-015 Reden event.reason", "POL-006 Reden event.reason", "POL-004 Reden event.reason",
                                          "POL-003 Reden event.reason", "IMP-016 Reden event.reason"));
}

TEST(Canonical, EveryFieldOfTheModelIsReadUnderItsOwnName) {
    const Mapping canonical = load_mapping("canonical", "");
    const auto events = run(
        canonical,
        Rows()
            .add({"key", "trajectory", "person", "date", "to", "type", "club", "year", "reason", "answer", "kind", "recorded_on"})
            .add({"e1", "*", "", "2025-09-01", "2025-10-01", "stop", "*", "2025-2026", "no_places", "yes", "provisional", "2025-09-02"}),
        "", "events.csv");
    EXPECT_THAT(events.records, ElementsAre("event key=e1 trajectory=* date=2025-09-01 to=2025-10-01 type=stop club=* year=2025 "
                                            "reason=no_places answer=yes kind=provisional "
                                            "recorded_on=2025-09-02"));
    const auto trajectories = run(canonical,
                                  Rows()
                                      .add({"key", "person", "worker", "start", "strategy", "referrer_kind", "needs", "barriers"})
                                      .add({"t1", "p1", "w1", "2025-09-01", "bottom_up", "ocmw", "taal|vervoer", "betaalbaarheid"}),
                                  "trajectories", "x.xlsx");
    EXPECT_THAT(trajectories.records, ElementsAre("trajectory key=t1 person=p1 worker=w1 start=2025-09-01 strategy=bottom_up "
                                                  "referrer_kind=ocmw needs=taal|vervoer barriers=betaalbaarheid"));
    const auto activities = run(canonical,
                                Rows()
                                    .add({"key", "date", "minutes", "kind", "counterpart_kind", "side", "participants", "first_contact"})
                                    .add({"a1", "2025-09-01", "90", "bezoek", "gezin", "demand", "12", "ja"}),
                                "", "activities.csv");
    EXPECT_THAT(activities.records, ElementsAre("activity key=a1 date=2025-09-01 minutes=90 kind=bezoek counterpart_kind=gezin side=demand "
                                                "participants=12 first_contact=true"));
}

TEST(CodeLists, OfEveryFieldExistAndHaveLabelsInThreeLanguages) {
    for (std::size_t e = 0; e < kEntities; ++e) {
        for (const FieldDef& field : entity_def(static_cast<Entity>(e)).fields) {
            if ((field.type != FieldType::Code && field.type != FieldType::Codes) || field.list.empty()) continue;
            const CodeList* list = code_lists().find(field.list);
            ASSERT_NE(list, nullptr) << field.list;
            for (const Code& code : list->codes) {
                EXPECT_FALSE(code.nl.empty() || code.fr.empty() || code.en.empty()) << code.code;
                for (const std::string& label : {code.code, code.nl, code.fr, code.en})
                    EXPECT_EQ(*code_lists().match(field.list, label), code.code) << label;
            }
        }
    }
    EXPECT_EQ(code_lists().label("reason", "no_places", "fr"), "pas de place");
    EXPECT_EQ(code_lists().label("reason", "te_koud", "nl"), "te koud");
}

// ---------------------------------------------------------------- what never passes

TEST(NationalNumbers, AreDroppedInEveryColumnAndCounted) {
    const Mapping canonical = load_mapping("canonical", "");
    for (const std::string number : {"85073003328", "85.07.30-033.28", "17 07 30 033 84", "nr 170730-033-84 (mama)"}) {
        for (const std::string column :
             {"given_name", "member_number", "street", "phone", "household", "birth_date", "gender", "notities"}) {
            const auto out = run(canonical, Rows().add({"key", "family_name", column}).add({"p1", "Claes", number}), "", "people.csv");
            EXPECT_THAT(out.records, ElementsAre("person key=p1 family_name=Claes")) << column << " " << number;
            EXPECT_THAT(out.findings, ElementsAre("POL-001 " + column + " ")) << column << " " << number;
        }
    }
}

TEST(NationalNumbers, InANumberCellAreDroppedToo) {
    const Mapping canonical = load_mapping("canonical", "");
    const auto out =
        run(canonical, Rows().add({"key", "member_number"}).add({"p1", ""}).cell(1, CellKind::Number, 17073003384.0), "", "people.csv");
    EXPECT_THAT(out.records, ElementsAre("person key=p1"));
    EXPECT_THAT(out.findings, ElementsAre("POL-001 member_number "));
}

TEST(NationalNumbers, AsKeyRejectTheRow) {
    const Mapping canonical = load_mapping("canonical", "");
    const auto out = run(canonical, Rows().add({"key", "family_name"}).add({"85073003328", "Claes"}), "", "people.csv");
    EXPECT_THAT(out.records, IsEmpty());
    EXPECT_THAT(out.findings, ElementsAre("POL-001 key ", "!IMP-025 key person.key"));
}

TEST(NationalNumbers, SpreadOverTwoColumnsAreSeenWhenTheyAreJoined) {
    const auto out = run(mapping(R"(
[[sheet]]
[sheet.columns]
id = "Nr"
a = "A"
b = "B"
[[sheet.record]]
entity = "person"
key = "id"
[sheet.record.fields]
member_number = { join = ["a", "b"], with = "-" }
)"),
                         Rows().add({"Nr", "A", "B"}).add({"p1", "850730", "03328"}));
    EXPECT_THAT(out.records, ElementsAre("person key=p1"));
    EXPECT_THAT(out.findings, ElementsAre("POL-001 A ", "POL-001 B "));  // both cells, so that neither is shown anywhere
}

// ---------------------------------------------------------------- keys made from contents, when rows are rejected and come back

const char* const kVisits = R"(
[[sheet]]
[sheet.columns]
day = "Dag"
what = "Wat"
minutes = "Minuten"
[[sheet.record]]
entity = "activity"
key = { generate = ["day", "what"], repeats = true }
[sheet.record.fields]
date = "day"
kind = "what"
minutes = "minutes"
)";

/// Keys of the records of a row, in order; "-" for a rejected one.
std::vector<std::string> keys_of(SheetMapper& mapper, const Rows& rows) {
    std::vector<std::string> keys;
    MappedRow mapped;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const RowOutcome outcome = mapper.map(rows.at(i), mapped);
        if (outcome == RowOutcome::Rejected) keys.push_back("-");
        if (outcome == RowOutcome::Mapped) keys.push_back(mapped.records[0].key());
    }
    return keys;
}

TEST(GeneratedKeys, OfRejectedRowsTakeNoNumberAndThoseThatComeBackGoOnCounting) {
    const Mapping visits = mapping(kVisits);
    const std::vector<std::string> header{"Dag", "Wat", "Minuten"};
    SheetMapper first(visits, "", "log.csv");
    EXPECT_THAT(keys_of(first, Rows()
                                   .add(header)
                                   .add({"2025-02-30", "bezoek", "10"})
                                   .add({"2025-02-28", "bezoek", "20"})
                                   .add({"2025-02-28", "bezoek", "30"})
                                   .add({"2025-02-30", "bezoek", "40"})),
                ElementsAre("-", "~2025-02-28|bezoek", "~2025-02-28|bezoek#2", "-"));
    const std::vector<SheetMapper::Repeat> counted = first.repeats();
    ASSERT_EQ(counted.size(), 1U);
    EXPECT_EQ(counted[0].count, 2U);

    SheetMapper again(visits, "", "log.csv");
    again.go_on_after([&](std::uint32_t record, std::uint64_t contents) {
        return record == counted[0].record && contents == counted[0].contents ? counted[0].count : 0U;
    });
    Rows corrected;
    corrected.add(header).add({"28/02/2025", "bezoek", "10"}).add({"28/02/2025", "bezoek", "40"}).add({"2025-03-01", "bezoek", "5"});
    EXPECT_THAT(keys_of(again, corrected), ElementsAre("~2025-02-28|bezoek#3", "~2025-02-28|bezoek#4", "~2025-03-01|bezoek"));
}

TEST(GeneratedKeys, OfARowThatIsTakenBackAreFreeAgain) {
    const Mapping visits = mapping(kVisits);
    SheetMapper mapper(visits, "", "log.csv");
    MappedRow mapped;
    Rows rows;
    rows.add({"Dag", "Wat", "Minuten"}).add({"2025-02-28", "bezoek", "10"}).add({"2025-02-28", "bezoek", "10"});
    mapper.map(rows.at(0), mapped);
    mapper.map(rows.at(1), mapped);
    mapper.take_back();
    mapper.map(rows.at(2), mapped);
    EXPECT_EQ(mapped.records[0].key(), "~2025-02-28|bezoek");
}

TEST(Rows, ThatAreRejectedStillTellTheKeysTheyHave) {
    const Mapping canonical = load_mapping("canonical", "");
    SheetMapper mapper(canonical, "", "events.csv");
    MappedRow mapped;
    Rows rows;
    rows.add({"key", "trajectory", "date", "type"}).add({"E-1", "T-1", "kaas", "trial"}).add({"", "T-1", "2025-09-01", "trial"});
    mapper.map(rows.at(0), mapped);
    EXPECT_EQ(mapper.map(rows.at(1), mapped), RowOutcome::Rejected);
    EXPECT_EQ(mapped.count, 0U);
    ASSERT_EQ(mapped.begun, 1U);
    EXPECT_EQ(mapped.records[0].key(), "E-1");
    EXPECT_EQ(mapper.map(rows.at(2), mapped), RowOutcome::Rejected);
    EXPECT_EQ(mapped.begun, 0U);
}

TEST(Columns, ThatFeedCodesOnlyAreKnown) {
    const Mapping canonical = load_mapping("canonical", "");
    const auto out = run(canonical, Rows().add({"key", "type", "reason", "club", "notities", "date"}).add({"E-1"}), "", "events.csv");
    ASSERT_EQ(out.columns.size(), 6U);
    EXPECT_FALSE(out.columns[0].coded);
    EXPECT_TRUE(out.columns[1].coded);
    EXPECT_TRUE(out.columns[2].coded);
    EXPECT_FALSE(out.columns[3].coded);
    EXPECT_FALSE(out.columns[4].coded || out.columns[4].mapped);
}

TEST(PlainText, IsWhatTheMappingReads) {
    EXPECT_EQ(plain_text({0, CellKind::Number, false, 350.0, "350.00"}), "350");
    EXPECT_EQ(plain_text({0, CellKind::Number, false, 1.5, ""}), "1.5");
    EXPECT_EQ(plain_text({0, CellKind::DateTime, true, 86400.0 * 20000 + 3600, ""}), "2024-10-04");
    EXPECT_EQ(plain_text({0, CellKind::Time, false, 37800, ""}), "10:30");
    EXPECT_EQ(plain_text({0, CellKind::Boolean, false, 1, ""}), "true");
    EXPECT_EQ(plain_text({0, CellKind::Error, false, 0, "#N/A"}), "");
    EXPECT_EQ(plain_text({0, CellKind::Text, false, 0, " x "}), " x ");
}

TEST(UitpasNumbers, AreDroppedByHeaderOrByShape) {
    const Mapping numbers = mapping(R"(
[[sheet]]
[sheet.columns]
id = "Nr"
pass = ["UiTPAS-nummer", "Kaart"]
[[sheet.record]]
entity = "person"
key = "id"
[sheet.record.fields]
member_number = "pass"
)");
    EXPECT_THAT(run(numbers, Rows().add({"Nr", "UiTPAS-nummer"}).add({"p1", "1234567890"})).records, ElementsAre("person key=p1"));
    EXPECT_THAT(run(numbers, Rows().add({"Nr", "Kaart"}).add({"p1", "0900 0000 95 902"})).records, ElementsAre("person key=p1"));
    EXPECT_THAT(run(numbers, Rows().add({"Nr", "Kaart"}).add({"p1", "1234567890"})).records,
                ElementsAre("person key=p1 member_number=1234567890"));
}

TEST(FreeText, NeverLeavesInAFieldOfTheStore) {
    const std::string story = "Mama Fatima belde op 3 maart, ze wil dat Amina naar de Chiro kan gaan";
    const Mapping canonical = load_mapping("canonical", "");
    const auto club =
        run(canonical, Rows().add({"key", "name", "kind", "municipality"}).add({"c1", story + story, story, "an@voorbeeld.be"}), "",
            "clubs.csv");
    EXPECT_THAT(club.records, ElementsAre("club key=c1"));
    const auto out =
        run(canonical, Rows().add({"key", "start", "person", "needs", "barriers"}).add({"t1", "2025-09-01", "p1", story, "taal|" + story}),
            "", "trajectories.csv");
    EXPECT_THAT(out.records, ElementsAre("trajectory key=t1 person=p1 start=2025-09-01 barriers=taal"));
}

// ---------------------------------------------------------------- faults of a mapping file

TEST(MappingFiles, ReportAllTheirFaultsAtOnceWithLineAndNearestName) {
    const std::string text = R"(schema = "mapping/1"
rol = "caseload"
[[sheet]]
[sheet.columns]
id = "Nr"
day = "Datum"
[[sheet.record]]
entity = "event"
key = "id"
[sheet.record.fields]
date = { column = "dag", dates = ["d-m-y"] }
typ = { constant = "trial" }
type = { constant = "trail" }
club = { record = "klub" }
)";
    EXPECT_THAT(faults(text), ::testing::UnorderedElementsAre("CFG-001 2:7", "MAP-006 11:34", "MAP-005 11:19", "MAP-004 12:7",
                                                              "MAP-011 13:21", "MAP-009 14:19"));
    try {
        Mapping::parse("proef", text, "proef.toml");
    } catch (const Error& error) {
        const Texts nl = load_texts("nl");
        std::set<std::string> messages;
        for (const Fault& fault : error.faults()) messages.insert(nl(fault.code + ".message", fault.args));
        EXPECT_EQ(messages.count("event heeft geen veld 'typ'. Bedoelt u 'type'?"), 1u);
        EXPECT_EQ(messages.count("'d-m-y' is geen datumvorm."), 1u);
    }
}

TEST(MappingFiles, ThatAreRefusedListWhatIsAccepted) {
    const std::string text = R"(schema = "mapping/1"
[[sheet]]
[sheet.columns]
id = "Nr"
[[sheet.record]]
entity = "club"
key = "nummer"
[sheet.record.fields]
naam = "id"
kind = { constant = "voetbal" }
places = { constant = "veel" }
engagement_signed_on = { constant = "morgen" }
[[sheet.record]]
entity = "kind"
key = "id"
)";
    try {
        Mapping::parse("proef", text, "proef.toml");
        FAIL() << "no error";
    } catch (const Error& error) {
        const Texts nl = load_texts("nl");
        std::vector<std::string> remedies;
        for (const Fault& fault : error.faults()) remedies.push_back(fault.code + " " + nl(fault.code + ".remedy", fault.args));
        EXPECT_THAT(remedies,
                    ::testing::Contains(
                        "MAP-004 Velden van club: name, kind, side, vcode, municipality, places, engagement_signed_on, naming_agreed_on."));
        EXPECT_THAT(remedies,
                    ::testing::Contains(
                        "MAP-003 Kies uit: person, club, worker, employment, trajectory, event, activity, result, signal, factor, goal."));
        EXPECT_THAT(remedies, ::testing::Contains("MAP-005 Voeg ze daar toe, of gebruik een van: id."));
        EXPECT_THAT(remedies, ::testing::Contains("MAP-011 Mogelijke waarden: 0, 1, 2."));
        EXPECT_THAT(remedies, ::testing::Contains("MAP-011 Mogelijke waarden: 2025-09-01."));
    }
}

TEST(MappingFiles, NeedASchemaASheetAKeyAndTheRequiredFields) {
    EXPECT_THAT(faults(""), ElementsAre("CFG-002 1:1", "MAP-010 1:1"));
    EXPECT_THAT(faults("schema = \"mapping/2\"\n[[sheet]]\nmodel = \"event\""), ElementsAre("MAP-002 1:10"));
    EXPECT_THAT(faults("schema = \"mapping/1\"\n[[sheet]]\nmodel = \"evnt\""), ElementsAre("MAP-003 3:9"));
    EXPECT_THAT(faults("schema = \"mapping/1\"\n[[sheet]]\n[[sheet.record]]\nentity = \"event\""),
                ElementsAre("MAP-012 3:1", "MAP-018 3:1", "MAP-018 3:1"));
}

TEST(MappingFiles, RefuseTwoWaysToFillOneField) {
    EXPECT_THAT(
        faults("schema = \"mapping/1\"\n[[sheet]]\nmodel = \"club\"\n[sheet.fields]\nname = { column = \"name\", constant = \"x\" }"),
        ElementsAre("MAP-013 5:8"));
}

TEST(MappingFiles, RefuseACodeListThatSaysTwoThings) {
    EXPECT_THAT(
        faults("schema = \"mapping/1\"\n[list.reason]\ncodes = [{ code = \"koud\", nl = \"verhuisd\" }]\n[[sheet]]\nmodel = \"event\""),
        ElementsAre("MAP-015 3:10"));
}

TEST(MappingFiles, SurviveWhateverStandsInThem) {
    for (const std::string text :
         {"sheet = 3", "[sheet]\nrecord = 1", "schema = 1\n[[sheet]]\ncolumns = []", "[values]\na = 1", "list = []",
          "[[sheet]]\nmodel = \"event\"\nkey = 3", "[[sheet]]\nmodel=\"event\"\n[sheet.fields]\ndate = 4", "[[sheet]]\nskip = [1]",
          "dates = [1]", "[[sheet]]\n[[sheet.record]]\nentity=\"event\"\nwhen = [3]"})
        EXPECT_FALSE(faults(text).empty()) << text;
}

TEST(MappingFiles, ThatAreShippedAllParse) {
    for (const Resource& file : resources_under("mappings/")) {
        const std::string path(file.path);
        const bool preset = path.starts_with("mappings/rest/");
        if (!preset) {
            EXPECT_NO_THROW(Mapping::parse("x", file.text, path)) << path;
        }
    }
    for (const std::string& name : preset_names("")) {
        const PresetText preset = load_preset_text(name, "");
        if (preset.text.find("[map]") == std::string::npos && preset.text.find("[[map.sheet]]") == std::string::npos) continue;
        EXPECT_NO_THROW(Mapping::parse_preset(name, preset.text, preset.file)) << name;
    }
}

TEST(MappingFiles, OfPresetsOfTheProjectComeFirst) {
    const TempDir dir;
    std::filesystem::create_directory(dir.path() / "rest");
    write_bytes(dir.path() / "rest" / "espocrm.toml",
                "preset = \"espocrm\"\n[map]\nrole = \"caseload\"\n[[map.sheet]]\nmodel = \"person\"\n");
    const PresetText own = load_preset_text("espocrm", dir.path());
    EXPECT_EQ(Mapping::parse_preset("espocrm", own.text, own.file).role(), "caseload");
    EXPECT_NE(load_preset_text("espocrm", "").file, own.file);
    EXPECT_THROW(load_preset_text("../stamhoofd", dir.path()), Error);
    const auto mappings = mapping_names(dir.path());
    EXPECT_EQ(std::count(mappings.begin(), mappings.end(), "espocrm"), 0);
}

TEST(MappingFiles, OfTheProjectComeFirst) {
    const TempDir dir;
    write_bytes(dir.path() / "stamhoofd.toml", "schema = \"mapping/1\"\nlabel = \"Eigen\"\n[[sheet]]\nmodel = \"person\"\n");
    EXPECT_EQ(load_mapping("stamhoofd", dir.path()).label(), "Eigen");
    EXPECT_EQ(load_mapping("stamhoofd", "").label(), "Stamhoofd");
    EXPECT_NE(load_mapping("stamhoofd", dir.path()).digest(), load_mapping("stamhoofd", "").digest());
}

TEST(MappingFiles, OfTheProjectMayAddCodes) {
    const TempDir dir;
    write_bytes(dir.path() / "canonical.toml",
                "schema = \"mapping/1\"\n[list.reason]\ncodes = [{ code = \"te_koud\", nl = \"te koud\", also = [\"kou\"] }]\n");
    const Mapping canonical = load_mapping("canonical", dir.path());
    const auto out =
        run(canonical, Rows().add({"key", "date", "type", "reason"}).add({"e1", "2025-09-01", "stop", "Kou"}), "", "events.csv");
    EXPECT_THAT(out.records, ElementsAre("event key=e1 date=2025-09-01 type=stop reason=te_koud"));
    EXPECT_THAT(out.findings, IsEmpty());
}

TEST(MappingFiles, ThatDoNotExistAreNamedWithTheNearest) {
    try {
        load_mapping("stamhofd", "");
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.exit(), Exit::Config);
        EXPECT_THAT(load_texts("nl")("MAP-001.message", error.first().args), HasSubstr("Bedoelt u 'stamhoofd'?"));
    }
    EXPECT_THROW(load_mapping("../../etc/passwd", ""), Error);
}

// ---------------------------------------------------------------- recognition

FileShape shape(const std::string& file, const std::vector<std::pair<std::string, std::vector<std::string>>>& sheets) {
    FileShape out{file, {}};
    for (const auto& [name, header] : sheets) out.sheets.push_back({name, {header, {"1"}}});
    return out;
}

TEST(Recognition, KnowsTheShippedLayouts) {
    EXPECT_EQ(recognise_mapping(shape("people.csv", {{"", {"key", "given_name", "family_name", "birth_date"}}}), ""), "canonical");
    EXPECT_EQ(recognise_mapping(shape("export.xlsx", {{"Leden", {"Voornaam", "Achternaam", "Geboortedatum", "Lidnummer"}}}), ""),
              "stamhoofd");
    EXPECT_EQ(recognise_mapping(shape("log.csv", {{"", {"Datum", "Duur", "Soort", "Met wie", "Opmerking"}}}), ""), "activiteitenlog");
    EXPECT_EQ(recognise_mapping(shape("2025.csv", {{"", {"Voornaam", "Naam", "Geboortedatum", "Start traject", "Proef 1", "Club"}}}), ""),
              "registratie-excel");
    EXPECT_EQ(recognise_mapping(shape("x.xlsx", {{"Uitleg", {"Lees dit"}},
                                                 {"Kinderen", {"Nummer", "Voornaam", "Familienaam", "Geboortedatum"}},
                                                 {"Trajecten", {"Nummer", "Kind", "Start"}}}),
                                ""),
              "registratie");
}

TEST(Recognition, SaysNothingWhenUnsure) {
    EXPECT_EQ(recognise_mapping(shape("lijst.csv", {{"", {"Voornaam", "Achternaam", "Geboortedatum"}}}), ""), std::nullopt);
    EXPECT_EQ(recognise_mapping(shape("x.csv", {{"", {"a", "b", "c"}}}), ""), std::nullopt);
    EXPECT_EQ(recognise_mapping(shape("x.csv", {}), ""), std::nullopt);
}

}  // namespace
}  // namespace brugwacht
