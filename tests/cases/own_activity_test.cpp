// Social exports and calendars all the way: read, mapped, taken in. What other people left in them must stay behind.
#include <gtest/gtest.h>

#include "connector/source.hpp"
#include "engine/mapping/mapping.hpp"
#include "tests/support/scratch_project.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

/// Records of a document under a shipped mapping, one a line: "activity date=2026-01-01 kind=bericht". Keys are left out.
std::string records_of(const fs::path& path, const std::string& name) {
    const Mapping mapping = load_mapping(name, "");
    const auto document = open_document(path);
    std::string out;
    for (const TabInfo& tab : document->info().tabs) {
        SheetMapper mapper(mapping, tab.name, path.filename().string());
        if (!mapper.selected()) continue;
        const auto source = document->open_tab(tab.index);
        RawRow row;
        MappedRow mapped;
        while (source->next(row)) {
            const RowOutcome outcome = mapper.map(row, mapped);
            if (outcome == RowOutcome::Skipped) out += "skipped\n";
            if (outcome == RowOutcome::Rejected) out += "rejected\n";
            for (std::size_t r = 0; r < mapped.count; ++r) {
                const Record& record = mapped.records[r];
                const EntityDef& def = entity_def(record.entity);
                out += def.name;
                for (std::size_t f = 1; f < def.fields.size(); ++f)
                    if (!record.values[f].empty()) out += " " + std::string(def.fields[f].name) + "=" + record.values[f];
                for (const Finding& finding : mapped.findings) out += " !" + finding.code;
                out += '\n';
            }
        }
    }
    return out;
}

TEST(OwnActivity, PostsOfInstagramAreMessages) {
    const TempDir folder;
    write_bytes(
        folder / "content/posts_1.json",
        R"([{"media":[{"uri":"a","creation_timestamp":1767225600,"title":"Open dag"}]},{"media":[{"uri":"b","creation_timestamp":1}]}])");
    write_bytes(folder / "content/stories.json", R"({"ig_stories":[{"uri":"x","creation_timestamp":1751360400}]})");
    EXPECT_EQ(records_of(folder.path(), "instagram"),
              "activity date=2026-01-01 kind=bericht\nskipped\nactivity date=2025-07-01 kind=bericht\n");
    EXPECT_EQ(records_of(folder.path(), "facebook"), "");
}

TEST(OwnActivity, EventsOfFacebookAreWhatTheirSubjectSays) {
    const TempDir folder;
    write_bytes(
        folder / "events/your_events.json",
        R"({"your_events_v2":[{"name":"Vorming voor ouders","start_timestamp":1757152800,"attendees":12},{"name":"Kanariewietje","start_timestamp":1757152800}]})");
    write_bytes(
        folder / "events/your_event_responses.json",
        R"({"event_responses_v2":{"events_joined":[{"name":"Quiz","start_timestamp":1757152800}],"events_declined":[{"name":"Kamp","start_timestamp":1757152800}]}})");
    write_bytes(folder / "posts/your_posts_1.json", R"([{"timestamp":1767225600,"data":[{"post":"Hallo"}]}])");
    EXPECT_EQ(records_of(folder.path(), "facebook"),
              "activity date=2026-01-01 kind=bericht\n"
              "activity date=2025-09-06 kind=vorming participants=12\n"
              "activity date=2025-09-06 kind=ontmoeting\n"
              "activity date=2025-09-06 kind=ontmoeting\n"
              "skipped\n");
}

TEST(OwnActivity, AppointmentsAreWhatTheirCategoryOrSubjectSays) {
    const auto event = [](const std::string& uid, const std::string& lines) {
        return "BEGIN:VEVENT\nUID:" + uid + "\nDTSTAMP:20260110T000000Z\n" + lines + "\nEND:VEVENT\n";
    };
    const TempDir folder;
    write_bytes(folder / "agenda.ics",
                "BEGIN:VCALENDAR\n" +
                    event("1",
                          "DTSTART:20260105T090000\nDURATION:PT90M\nCATEGORIES:Vergadering,Team\nSUMMARY:Huisbezoek\nATTENDEE;PARTSTAT="
                          "ACCEPTED:mailto:x@voorbeeld.be") +
                    event("2", "DTSTART:20260106T090000\nDURATION:PT1H\nSUMMARY:Huisbezoek bij Kanariewietje") +
                    event("3", "DTSTART:20260107T090000\nCATEGORIES:Rode categorie") +
                    event("4", "DTSTART:20260107T090000\nCATEGORIES:Kanariewietje") +
                    event("5", "DTSTART;VALUE=DATE:20260107\nSTATUS:CANCELLED") +
                    event("6", "DTSTART:20260109T120000Z\nRRULE:FREQ=DAILY;UNTIL=20260110T120000Z\nCATEGORIES:vorming") +
                    event("7", "DTSTART:nonsense") + "END:VCALENDAR\n");
    EXPECT_EQ(records_of(folder / "agenda.ics", "icalendar"),
              "activity date=2026-01-05 minutes=90 kind=overleg\n"
              "activity date=2026-01-06 minutes=60 kind=bezoek\n"
              "activity date=2026-01-07 minutes=0 kind=overleg\n"
              "activity date=2026-01-07 minutes=0 kind=overleg !IMP-024\n"
              "skipped\n"
              "activity date=2026-01-09 minutes=0 kind=vorming\n"
              "activity date=2026-01-10 minutes=0 kind=vorming\n"
              "rejected\n");
}

TEST(OwnActivity, IsTakenInOnceFromFoldersZipsAndLaterCalendars) {
    const ScratchProject project;
    const fs::path exports = project.beside().path() / "exports";
    const std::string post = R"({"media":[{"uri":"a","creation_timestamp":1767225600}]})";
    write_bytes(exports / "instagram-x-2026-01/content/posts_1.json", "[" + post + "]");
    write_bytes(exports / "instagram-x-2026-02/media/posts_1.json",
                "[{\"media\":[{\"uri\":\"b\",\"creation_timestamp\":1769904000}]}," + post + "]");
    const auto counts = [&](const fs::path& path) {
        const Node result = project.json({"import", path.string()});
        const Node& file = at(result, "files").items.at(0);
        return at(file, "source").text + " read " + std::to_string(at(file, "read").integer) + " new " +
               std::to_string(at(file, "new").integer) + " unchanged " + std::to_string(at(file, "unchanged").integer);
    };
    EXPECT_EQ(counts(exports / "instagram-x-2026-01"), "instagram read 1 new 1 unchanged 0");
    EXPECT_EQ(counts(exports / "instagram-x-2026-01/"), "instagram read 1 new 0 unchanged 1");
    EXPECT_EQ(counts(exports / "instagram-x-2026-02"), "instagram read 2 new 1 unchanged 1");
    const std::string start = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20260105T120000Z\nRRULE:FREQ=WEEKLY\nDTSTAMP:";
    write_bytes(exports / "januari.ics", start + "20260120T000000Z\nEND:VEVENT\nEND:VCALENDAR\n");
    write_bytes(exports / "februari.ics", start + "20260210T000000Z\nEND:VEVENT\nEND:VCALENDAR\n");
    EXPECT_EQ(counts(exports / "januari.ics"), "icalendar read 107 new 3 unchanged 0");
    EXPECT_EQ(counts(exports / "februari.ics"), "icalendar read 110 new 3 unchanged 3");
}

TEST(OwnActivity, NothingOfOthersIsWritten) {
    const ScratchProject project;
    const fs::path exports = project.beside().path() / "exports";
    const std::string canary = "Kanariewietje";
    write_bytes(
        exports / (canary + "/content/posts_1.json"),
        R"([{"media":[{"uri":"media/Kanariewietje.jpg","creation_timestamp":1767225600,"title":"Kanariewietje"}],"title":"Kanariewietje",)"
        R"("tags":[{"name":"Kanariewietje"}]}])");
    write_bytes(exports / (canary + "/messages/inbox/Kanariewietje_1/message_1.json"),
                R"({"participants":[{"name":"Kanariewietje"}],"messages":[{"sender_name":"Kanariewietje","timestamp_ms":1767225600123}]})");
    write_bytes(
        exports / "events/your_events.json",
        R"({"your_events_v2":[{"name":"Kanariewietje","start_timestamp":1757152800,"place":{"name":"Kanariewietje"},"description":"Kanariewietje"}]})");
    write_bytes(exports / "agenda.ics",
                "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:Kanariewietje@kanarie.example\nDTSTART:20260105T090000\nSUMMARY:Kanariewietje\n"
                "CATEGORIES:Kanariewietje\nDESCRIPTION:Kanariewietje\nATTENDEE;CN=Kanariewietje:mailto:x@kanarie.example\nEND:VEVENT\n"
                "BEGIN:VEVENT\nUID:Kanariewietje2\nDTSTART:Kanariewietje\nSUMMARY:Kanariewietje\nEND:VEVENT\nEND:VCALENDAR\n");
    EXPECT_EQ(project.run({"import", (exports / canary).string()}).status, 0);
    EXPECT_EQ(project.run({"import", (exports / "events").string()}).status, 0);
    EXPECT_EQ(project.run({"import", (exports / "agenda.ics").string()}).status, 3);
    EXPECT_EQ(project.run({"import", (exports / (canary + "/messages/inbox/Kanariewietje_1/message_1.json")).string()}).status, 65);
    int files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(project.path())) {
        if (!entry.is_regular_file()) continue;
        ++files;
        const std::string bytes = read_bytes(entry.path());
        for (const char* word : {"anariewietje", "kanarie.example"}) EXPECT_EQ(bytes.find(word), std::string::npos) << entry.path();
    }
    EXPECT_GE(files, 5);
}

}  // namespace
}  // namespace brugwacht
