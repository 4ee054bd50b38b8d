#include "connector/files/ics.hpp"

#include <gtest/gtest.h>

#include "tests/unit/connector/reading.hpp"

namespace brugwacht {
namespace {

/// A calendar of one event with these lines, between its UID and its end.
std::string calendar(const std::string& lines, const std::string& more = {}) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + more + "BEGIN:VEVENT\r\nUID:1\r\n" + lines + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
}

/// The rows of a calendar, some columns joined with blanks: "date start end_date end minutes" by default.
std::string rows(const std::string& bytes, const std::vector<std::string>& wanted = {"date", "start", "end_date", "end", "minutes"}) {
    const TempDir folder;
    write_bytes(folder / "file", bytes);
    std::string out;
    try {
        const auto document = open_document(folder / "file");
        EXPECT_EQ(document->info().kind, "ics");
        const auto source = document->open_tab(1);
        RawRow row;
        std::vector<std::string> names;
        while (source->next(row)) {
            std::vector<std::string> texts(16);
            for (const Cell& cell : row.cells) append_cell_text(cell, texts.at(cell.column));
            if (row.row == 1) {
                names = texts;
                continue;
            }
            for (const std::string& name : wanted) {
                const auto at = std::find(names.begin(), names.end(), name);
                EXPECT_NE(at, names.end()) << name;
                out += (name == wanted.front() ? "" : " ") + texts[static_cast<std::size_t>(at - names.begin())];
            }
            out += '\n';
        }
    } catch (const Error& error) {
        return error.what();
    }
    return out;
}

std::string dates(const std::string& bytes) { return rows(bytes, {"date", "start"}); }

TEST(Ics, TimesAreCivilTimesOfBrussels) {
    EXPECT_EQ(rows(calendar("DTSTART:20260115T090000Z\r\nDTEND:20260115T103000Z")), "2026-01-15 10:00:00 2026-01-15 11:30:00 90\n");
    EXPECT_EQ(rows(calendar("DTSTART:20260715T230000Z\r\nDTEND:20260715T233000Z")), "2026-07-16 01:00:00 2026-07-16 01:30:00 30\n");
    EXPECT_EQ(rows(calendar("DTSTART:20260715T090000\r\nDTEND:20260715T100000")), "2026-07-15 09:00:00 2026-07-15 10:00:00 60\n")
        << "floating";
    for (const char* zone : {"Europe/Brussels", "\"W. Europe Standard Time\"", "Romance Standard Time", "\"Europe/Amsterdam\"",
                             "/freeassociation.sourceforge.net/Europe/Brussels", "/citadel.org/20190914_1/Europe/Brussels"})
        EXPECT_EQ(dates(calendar(std::string("DTSTART;TZID=") + zone + ":20260715T090000")), "2026-07-15 09:00:00\n") << zone;
    EXPECT_EQ(dates(calendar("DTSTART;TZID=America/New_York:20260115T090000")), "2026-01-15 15:00:00\n");
    EXPECT_EQ(dates(calendar("DTSTART:20260115T0900Z")), "2026-01-15 10:00:00\n") << "without seconds";
}

TEST(Ics, AnUnknownZoneIsReadAsBrusselsAndReported) {
    const std::string text = calendar("DTSTART;TZID=Atlantis:20260715T090000");
    EXPECT_EQ(dates(text), "2026-07-15 09:00:00\n");
    EXPECT_EQ(warning_codes(text), "ICS-033");
}

const std::string kNewYork =
    "BEGIN:VTIMEZONE\r\nTZID:Customized Time Zone\r\n"
    "BEGIN:STANDARD\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:-0400\r\nTZOFFSETTO:-0500\r\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\r\nEND:"
    "STANDARD\r\n"
    "BEGIN:DAYLIGHT\r\nDTSTART:19700308T020000\r\nTZOFFSETFROM:-0500\r\nTZOFFSETTO:-0400\r\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\r\nEND:"
    "DAYLIGHT\r\n"
    "END:VTIMEZONE\r\n";

TEST(Ics, AZoneThatOnlyTheFileDescribesIsComputed) {
    std::string zone = kNewYork;
    zone.replace(zone.find("16010101"), 8, "19701101");
    const auto in = [&](const std::string& time) { return dates(calendar("DTSTART;TZID=Customized Time Zone:" + time, zone)); };
    EXPECT_EQ(in("20260115T090000"), "2026-01-15 15:00:00\n");
    EXPECT_EQ(in("20260715T090000"), "2026-07-15 15:00:00\n");
    EXPECT_EQ(in("20260320T090000"), "2026-03-20 14:00:00\n") << "summer time there, not yet here";
    EXPECT_EQ(in("20260308T023000"), "2026-03-08 08:30:00\n") << "skipped by the clock: from the time before";
    EXPECT_EQ(in("20261101T013000"), "2026-11-01 06:30:00\n") << "twice on the clock: the first one";
    EXPECT_EQ(in("19300101T090000"), "1930-01-01 14:00:00\n") << "before its first change; Brussels had the time of Greenwich";
}

TEST(Ics, AZoneDescribedFrom1601AsOutlookDoesIsComputedToo) {
    EXPECT_EQ(dates(calendar("DTSTART;TZID=Customized Time Zone:20260115T090000", kNewYork)), "2026-01-15 15:00:00\n");
    EXPECT_EQ(dates(calendar("DTSTART;TZID=Customized Time Zone:20260715T090000", kNewYork)), "2026-07-15 15:00:00\n");
}

TEST(Ics, EndsAreExclusiveAndMayBeMissing) {
    const auto days = [](const std::string& lines) { return rows(calendar(lines), {"date", "start", "end_date", "minutes", "all_day"}); };
    EXPECT_EQ(days("DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20260102"), "2026-01-01  2026-01-01  TRUE\n");
    EXPECT_EQ(days("DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20260104"), "2026-01-01  2026-01-03  TRUE\n");
    EXPECT_EQ(days("DTSTART;VALUE=DATE:20260101"), "2026-01-01  2026-01-01  TRUE\n");
    EXPECT_EQ(days("DTSTART;VALUE=DATE:20260101\r\nDURATION:P3D"), "2026-01-01  2026-01-03  TRUE\n");
    EXPECT_EQ(days("DTSTART;VALUE=DATE:20260105\r\nDTEND;VALUE=DATE:20260101"), "2026-01-05  2026-01-05  TRUE\n");
    EXPECT_EQ(days("DTSTART:20260101T120000"), "2026-01-01 12:00:00 2026-01-01 0 FALSE\n");
    EXPECT_EQ(days("DTSTART:20260101T120000\r\nDURATION:P1DT1H30M"), "2026-01-01 12:00:00 2026-01-02 1530 FALSE\n");
    EXPECT_EQ(days("DTSTART:20260101T120000\r\nDURATION:P2W"), "2026-01-01 12:00:00 2026-01-15 20160 FALSE\n");
    EXPECT_EQ(days("DTSTART:20260101T120000\r\nDTEND:20260101T110000"), "2026-01-01 12:00:00 2026-01-01 0 FALSE\n");
    for (const char* odd : {"PT", "P", "1H", "-PT1H", "PT1X", "P99999999999999D", "PT5"})
        EXPECT_EQ(days(std::string("DTSTART:20260101T120000\r\nDURATION:") + odd), "2026-01-01 12:00:00 2026-01-01 0 FALSE\n") << odd;
    EXPECT_EQ(rows(calendar("DTSTART;TZID=Europe/Brussels:20260328T220000\r\nDTEND;TZID=Europe/Brussels:20260329T080000")),
              "2026-03-28 22:00:00 2026-03-29 08:00:00 540\n")
        << "an hour less that night";
}

TEST(Ics, LinesAreUnfoldedAsBytes) {
    const std::string summary = "SUMMARY:Ontmoeting bij Zo\xc3\r\n \xab in het caf\xc3\n\t\xa9";
    EXPECT_EQ(rows(calendar("DTSTART:20260101T120000\r\n" + summary), {"summary", "topic"}), "Ontmoeting bij Zoë in het café ontmoeting\n");
    EXPECT_EQ(info_of(calendar("DTSTART:20260101T120000\r\n" + summary)).encoding, "utf-8");
    EXPECT_EQ(rows("\xef\xbb\xbf" + calendar("DTSTART:20260101T120000\r\nSUMMARY:a\r\n \r\n"), {"summary"}), "a\n")
        << "a blank folded line";
    std::string bare = calendar("DTSTART:20260101T120000\r\nSUMMARY:b");
    std::erase(bare, '\r');
    EXPECT_EQ(rows(bare, {"summary"}), "b\n");
    EXPECT_EQ(rows(calendar("DTSTART:20260101T120000\r\nSUMMARY:Ren\xe9"), {"summary"}), "René\n");
    std::string wide = "\xff\xfe";
    for (const char c : bare) wide += std::string(1, c) + '\0';
    EXPECT_EQ(rows(wide, {"summary"}), "b\n");
    EXPECT_EQ(rows("begin:vcalendar\nbegin:vevent\nuid:1\ndtstart:20260101T120000\nsummary:c\nend:vevent\nend:vcalendar\n", {"summary"}),
              "c\n");
}

TEST(Ics, EscapesQuotesAndCaretsAreResolved) {
    EXPECT_EQ(rows(calendar("DTSTART:20260101T120000\r\nSUMMARY:a\\, b\\; c\\\\d"), {"summary"}), "a, b; c\\d\n");
    EXPECT_EQ(rows(calendar("DTSTART:20260101T120000\r\nSUMMARY;LANGUAGE=nl;X=\"a:b;c,d\";Y=^n^^^':e: f"), {"summary"}), "e: f\n");
    EXPECT_EQ(rows(calendar("DTSTART:20260101T120000\r\nCATEGORIES:Overleg,Team\\, groot\r\nCATEGORIES:Extra"), {"categories"}),
              "Overleg|Team, groot|Extra\n");
    EXPECT_EQ(dates(calendar("DTSTART;X=\"a:b\";TZID=\"America/New_York\":20260115T090000")), "2026-01-15 15:00:00\n");
}

TEST(Ics, OfPeopleOnlyTheirNumberIsGiven) {
    const std::string text = calendar(
        "DTSTART:20260101T120000\r\nORGANIZER;CN=Kanariewietje:mailto:kanarie@voorbeeld.be\r\n"
        "ATTENDEE;CN=\"Kanariewietje; A: B\";PARTSTAT=ACCEPTED:mailto:kanarie@voorbeeld.be\r\n"
        "ATTENDEE;partstat=accepted;CN=Kanariewietje:mailto:b@voorbeeld.be\r\n"
        "ATTENDEE;PARTSTAT=DECLINED:mailto:c@voorbeeld.be\r\nATTENDEE;CUTYPE=ROOM;PARTSTAT=ACCEPTED:mailto:zaal@voorbeeld.be\r\n"
        "CONTACT:Kanariewietje\r\nLOCATION:Kanariestraat 3\r\nGEO:50.9;4.7\r\nDESCRIPTION:Kanariewietje\r\nURL:https://x.be/Kanarie\r\n"
        "COMMENT:Kanariewietje\r\nX-ALT-DESC:Kanariewietje\r\nBEGIN:VALARM\r\nSUMMARY:Kanariewietje\r\nEND:VALARM");
    EXPECT_EQ(rows(text, {"attendees", "accepted", "summary"}), "3 2 \n");
    std::string whole = peek_csv(text);
    for (const char* word : {"anarie", "voorbeeld", "50.9", "https", "mailto"}) EXPECT_EQ(whole.find(word), std::string::npos) << word;
}

TEST(Ics, AKeyTellsNothingOfItsUid) {
    std::string text = calendar("DTSTART:20260101T120000");
    text.replace(text.find("UID:1"), 5, "UID:wietje@kanarie.example");
    const std::string key = rows(text, {"key"});
    EXPECT_EQ(key.size(), 34U);
    EXPECT_EQ(key.find_first_not_of("~0123456789abcdef\n"), std::string::npos);
    EXPECT_NE(key, rows(calendar("DTSTART:20260101T120000"), {"key"}));
    std::string moved = text;
    moved.replace(moved.find("20260101"), 8, "20260102");
    EXPECT_EQ(rows(moved, {"key"}), key) << "an appointment that was moved stays the same one";
}

TEST(Ics, PrivateAppointmentsHaveNoText) {
    for (const char* access : {"PRIVATE", "CONFIDENTIAL", "X-OTHER"})
        EXPECT_EQ(rows(calendar(std::string("SUMMARY:Dokter\r\nCATEGORIES:Overleg\r\nDTSTART:20260101T120000\r\nCLASS:") + access),
                       {"date", "summary", "categories", "topic"}),
                  "2026-01-01   \n");
    EXPECT_EQ(rows(calendar("SUMMARY:x\r\nDTSTART:20260101T120000\r\nCLASS:PUBLIC"), {"summary", "class"}), "x \n");
}

TEST(Ics, ARepetitionKeepsItsHourOverTheChangeToSummerTime) {
    EXPECT_EQ(rows(calendar("DTSTART;TZID=Europe/Brussels:20260323T093000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=3"),
                   {"date", "start", "end", "minutes", "recurrence"}),
              "2026-03-23 09:30:00 10:30:00 60 series\n2026-03-30 09:30:00 10:30:00 60 series\n2026-04-06 09:30:00 10:30:00 60 series\n");
    EXPECT_EQ(dates(calendar("DTSTART:20260323T083000Z\r\nRRULE:FREQ=WEEKLY;COUNT=2")), "2026-03-23 09:30:00\n2026-03-30 10:30:00\n")
        << "UTC moves";
}

TEST(Ics, UntilIsInUtcOrADayOrFloating) {
    const std::string start = "DTSTART;TZID=Europe/Brussels:20260601T003000\r\nRRULE:FREQ=DAILY;UNTIL=";
    EXPECT_EQ(dates(calendar(start + "20260602T223000Z")), "2026-06-01 00:30:00\n2026-06-02 00:30:00\n2026-06-03 00:30:00\n");
    EXPECT_EQ(dates(calendar(start + "20260602T222959Z")), "2026-06-01 00:30:00\n2026-06-02 00:30:00\n");
    EXPECT_EQ(dates(calendar(start + "20260602")), "2026-06-01 00:30:00\n2026-06-02 00:30:00\n");
    EXPECT_EQ(rows(calendar("DTSTART;VALUE=DATE:20260601\r\nRRULE:FREQ=DAILY;UNTIL=20260602"), {"date"}), "2026-06-01\n2026-06-02\n");
}

TEST(Ics, DatesAreAddedAndTakenOut) {
    const std::string series = "DTSTART;TZID=Europe/Brussels:20260601T093000\r\nRRULE:FREQ=DAILY;COUNT=4\r\n";
    EXPECT_EQ(dates(calendar(series + "EXDATE;TZID=Europe/Brussels:20260602T093000,20260603T093000")),
              "2026-06-01 09:30:00\n2026-06-04 09:30:00\n");
    EXPECT_EQ(dates(calendar(series + "EXDATE:20260602T073000Z\r\nEXDATE:20260603T073000Z")), "2026-06-01 09:30:00\n2026-06-04 09:30:00\n");
    EXPECT_EQ(dates(calendar(series + "EXDATE;VALUE=DATE:20260602,20260603,20260604")), "2026-06-01 09:30:00\n");
    EXPECT_EQ(
        dates(calendar("DTSTART:20260601T093000\r\nRDATE:20260610T093000,20260605T100000\r\nRDATE;VALUE=PERIOD:20260620T110000/PT1H")),
        "2026-06-01 09:30:00\n2026-06-05 10:00:00\n2026-06-10 09:30:00\n2026-06-20 11:00:00\n");
}

std::string two_events(const std::string& first, const std::string& second) {
    return "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n" + first + "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:1\r\n" + second +
           "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
}

TEST(Ics, OfOneUidTheNewestCounts) {
    const std::string old = "DTSTART:20260101T120000\r\nSEQUENCE:1\r\nDTSTAMP:20260101T000000Z";
    const std::string later = "DTSTART:20260102T120000\r\nSEQUENCE:2\r\nDTSTAMP:20250101T000000Z";
    EXPECT_EQ(dates(two_events(old, later)), "2026-01-02 12:00:00\n");
    EXPECT_EQ(dates(two_events(later, old)), "2026-01-02 12:00:00\n");
    const std::string stamped = "DTSTART:20260103T120000\r\nSEQUENCE:1\r\nLAST-MODIFIED:20260301T000000Z\r\nDTSTAMP:20240101T000000Z";
    EXPECT_EQ(dates(two_events(stamped, old)), "2026-01-03 12:00:00\n");
}

TEST(Ics, AChangedOccurrenceTakesThePlaceOfTheOldOne) {
    const std::string series = "DTSTART;TZID=Europe/Brussels:20260601T093000\r\nRRULE:FREQ=DAILY;COUNT=3\r\nSUMMARY:a";
    const std::string changed = "RECURRENCE-ID:20260602T073000Z\r\nDTSTART;TZID=Europe/Brussels:20260602T140000\r\nSUMMARY:b";
    const std::string expected = "2026-06-01 09:30:00 a series\n2026-06-02 14:00:00 b changed\n2026-06-03 09:30:00 a series\n";
    EXPECT_EQ(rows(two_events(series, changed), {"date", "start", "summary", "recurrence"}), expected);
    EXPECT_EQ(rows(two_events(changed, series), {"date", "start", "summary", "recurrence"}), expected);
    EXPECT_EQ(rows(two_events(series, "RECURRENCE-ID;VALUE=DATE:20260602\r\nDTSTART:20260602T073000Z\r\nSUMMARY:b"), {"date", "summary"}),
              "2026-06-01 a\n2026-06-02 b\n2026-06-03 a\n")
        << "named by its day";
    const std::string before = rows(two_events(series, "RECURRENCE-ID:20300101T000000Z\r\nDTSTART:20300101T000000Z"), {"key"});
    const std::string after = rows(two_events(series, changed), {"key"});
    EXPECT_EQ(after.substr(34, 34), before.substr(34, 34)) << "it keeps its key";
    EXPECT_EQ(
        rows(two_events(series, "RECURRENCE-ID:20260602T073000Z\r\nDTSTART:20260602T073000Z\r\nSTATUS:CANCELLED"), {"date", "status"}),
        "2026-06-01 \n2026-06-02 cancelled\n2026-06-03 \n");
}

TEST(Ics, CancelledAppointmentsSaySo) {
    EXPECT_EQ(rows(calendar("DTSTART:20260101T120000\r\nSTATUS:CANCELLED"), {"status"}), "cancelled\n");
    EXPECT_EQ(
        rows("BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260101T120000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
             {"status"}),
        "cancelled\n");
}

TEST(Ics, RepetitionsNotYetComeAreMarked) {
    const std::string text = calendar("DTSTAMP:20260103T000000Z\r\nDTSTART:20260101T120000Z\r\nRRULE:FREQ=DAILY");
    const std::string all = rows(text, {"date", "planned"});
    EXPECT_EQ(all.substr(0, 66), "2026-01-01 FALSE\n2026-01-02 FALSE\n2026-01-03 TRUE\n2026-01-04 TRUE\n");
    EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 734) << "up to two years after the newest date";
    EXPECT_EQ(rows(calendar("DTSTAMP:20260103T000000Z\r\nDTSTART:20260101T120000Z\r\nRRULE:FREQ=DAILY;COUNT=4"), {"planned"}),
              "FALSE\nFALSE\nFALSE\nFALSE\n")
        << "those of a series with an end were written down";
}

TEST(Ics, RepetitionsThatCannotBeReadGiveTheirFirstTime) {
    for (const char* rule : {"RRULE:FREQ=SECONDLY", "RRULE:FREQ=MINUTELY;COUNT=1000000000", "RRULE:FREQ=YEARLY;BYWEEKNO=3",
                             "RRULE:nonsense", "RRULE:FREQ=DAILY\r\nEXRULE:FREQ=WEEKLY"}) {
        const std::string text = calendar(std::string("DTSTART:20260101T120000\r\n") + rule);
        EXPECT_EQ(dates(text), "2026-01-01 12:00:00\n") << rule;
        EXPECT_EQ(warning_codes(text), "ICS-034") << rule;
    }
}

TEST(Ics, EndlessAndVeryLongSeriesAreBounded) {
    const std::string old = calendar("DTSTART:19000101T120000\r\nRRULE:FREQ=DAILY;COUNT=1000000000");
    const std::string all = dates(old);
    EXPECT_EQ(all.substr(0, 20), "1900-01-01 12:00:00\n");
    EXPECT_LT(std::count(all.begin(), all.end(), '\n'), 5001);
    const std::string future = calendar("DTSTART:22000101T120000\r\nRRULE:FREQ=DAILY;UNTIL=99991231");
    EXPECT_LT(dates(future).size(), 5000U * 20 + 1);
    std::string many = "BEGIN:VCALENDAR\r\n";
    for (int i = 0; i < 3000; ++i)
        many += "BEGIN:VEVENT\r\nUID:" + std::to_string(i) +
                "\r\nDTSTART:19000101T120000\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\r\nEND:VEVENT\r\n" + "BEGIN:VEVENT\r\nUID:x" +
                std::to_string(i) + "\r\nDTSTART:20010101T120000\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n";
    const std::string rows_of_many = dates(many + "END:VCALENDAR\r\n");
    EXPECT_LT(std::count(rows_of_many.begin(), rows_of_many.end(), '\n'), 106'001);
    EXPECT_EQ(warning_codes(many + "END:VCALENDAR\r\n"), "ICS-035");
}

TEST(Ics, BrokenCalendarsAreReadAsFarAsTheyGo) {
    const std::string text = calendar("DTSTART:20260101T120000\r\nno property\r\n:x\r\n;\r\nDTEND");
    EXPECT_EQ(dates(text), "2026-01-01 12:00:00\n");
    EXPECT_EQ(warning_codes(text), "ICS-030");
    const std::string cut = two_events("DTSTART:20260101T120000", "DTSTART:20260102T120000").substr(0, 120);
    EXPECT_EQ(dates(cut), "2026-01-01 12:00:00\n");
    EXPECT_EQ(warning_codes(cut), "ICS-031");
    for (const char* start :
         {"DTSTART:20260231T120000", "DTSTART:nonsense", "DTSTART:", "DTSTART:99999999", "DTSTART:18000101", "SUMMARY:x"}) {
        EXPECT_EQ(dates(calendar(start)), " \n") << start;
        EXPECT_EQ(warning_codes(calendar(start)), "ICS-032") << start;
    }
    EXPECT_EQ(dates("BEGIN:VCALENDAR\r\n" + std::string(100'000, '\n') + std::string(3, '\r')), "");
    std::string deep = "BEGIN:VCALENDAR\r\n";
    for (int i = 0; i < 100'000; ++i) deep += "BEGIN:VEVENT\r\n";
    EXPECT_EQ(dates(deep), "");
    EXPECT_EQ(
        rows(calendar("DTSTART:20260101T120000\r\nATTACH;ENCODING=BASE64:" + std::string(20 << 20, 'A') + "\r\nSUMMARY:x"), {"summary"}),
        "x\n");
    std::string folded = "DTSTART:20260101T120000\r\nSUMMARY:x";
    for (int i = 0; i < 1'000'000; ++i) folded += "\r\n y";
    EXPECT_EQ(rows(calendar(folded), {"summary"}).size(), 501U);
    EXPECT_EQ(dates(calendar("DTSTART;" + std::string(100'000, ';') + ":20260101T120000")), " \n") << "cut before its value";
}

TEST(Ics, TooManyEventsAreANamedError) {
    std::string many = "BEGIN:VCALENDAR\r\n";
    for (int i = 0; i < 100'001; ++i) many += "BEGIN:VEVENT\r\nUID:" + std::to_string(i) + "\r\nEND:VEVENT\r\n";
    EXPECT_EQ(dates(many), "ICS-001");
}

}  // namespace
}  // namespace brugwacht
