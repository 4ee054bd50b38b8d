#include "connector/files/json_export.hpp"

#include <gtest/gtest.h>

#include "tests/unit/connector/reading.hpp"
#include "tests/unit/connector/workbook_builder.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

// ---- plain tables

TEST(JsonTable, AnArrayOfObjectsIsATable) {
    EXPECT_EQ(peek_csv(R"([{"a":1,"b":"x"},{"c":true,"a":2.50}])"), "a,b,c\n1,x,\n2.5,,TRUE\n");
    EXPECT_EQ(info_of(R"([{"a":1}])").kind, "json_export");
    EXPECT_EQ(info_of(R"([{"a":1}])").tabs.at(0).name, "");
}

TEST(JsonTable, NestedObjectsArePathsAndListsAreJoined) {
    EXPECT_EQ(peek_csv(R"([{"a":{"b":{"c":1}},"d":["x","y"],"e":[{"f":1},{"f":2,"g":null}],"h":[],"i":null,"j":""}])"),
              "a.b.c,d,e.f,j\n1,x|y,1|2,\n");
}

TEST(JsonTable, NumbersAreExact) {
    EXPECT_EQ(
        peek_csv(R"([{"a":12345678901234567890,"b":0.1,"c":007,"d":1e3,"e":-0.0,"f":1e400,"g":123456789012345,"h":0.12345678901234567}])"),
        "a,b,c,d,e,f,g,h\n12345678901234567890,0.1,007,1000,0,1e400,123456789012345,0.12345678901234567\n");
}

TEST(JsonTable, EveryArrayOfObjectsInAnObjectIsATab) {
    const std::string text = R"({"count":2,"items":[{"a":1},{"a":2}],"meta":{"page":1,"users":[{"n":"x"}]},"ids":[1,2]})";
    const DocumentInfo info = info_of(text);
    ASSERT_EQ(info.tabs.size(), 2U);
    EXPECT_EQ(info.tabs[0].name, "items");
    EXPECT_EQ(info.tabs[1].name, "meta.users");
    EXPECT_EQ(peek_csv(text), "a\n1\n2\n");
    EXPECT_EQ(peek_csv(R"({"name":"x","at":{"city":"Gent"}})"), "name,at.city\nx,Gent\n") << "no array: one row";
}

TEST(JsonTable, EncodingsAreSeen) {
    EXPECT_EQ(peek_csv("\xef\xbb\xbf[{\"naam\":\"Zoë\"}]"), "naam\nZoë\n");
    EXPECT_EQ(peek_csv("[{\"naam\":\"Zo\xeb\"},{\"naam\":\"Ren\xe9\x65\"},{\"naam\":\"Jos\xe9\"}]"), "naam\nZoë\nRenée\nJosé\n");
    std::string wide;
    for (const char c : std::string("[{\"a\":1}]")) wide += std::string(1, c) + '\0';
    EXPECT_EQ(peek_csv("\xff\xfe" + wide), "a\n1\n");
}

TEST(JsonTable, DamagedTextsEndInANamedError) {
    EXPECT_EQ(peek_csv("[{\"a\":1},{\"a\":"), "JSN-001");
    EXPECT_EQ(peek_csv("{\"items\":[{\"a\":1},{\"a\":2"), "JSN-001");
    std::string deep = "[{\"a\":";
    for (int i = 0; i < 1'000'000; ++i) deep += '[';
    EXPECT_EQ(peek_csv(deep), "JSN-002");
    EXPECT_EQ(peek_csv("{}"), "JSN-005");
    EXPECT_EQ(peek_csv("{\"a\":[{}]}"), "") << "records without anything in them";
}

TEST(JsonTable, LongTextsAreCutAndLongRecordsRefused) {
    const std::string text = "[{\"a\":\"" + std::string(5 << 20, 'x') + "\",\"b\":1}]";
    EXPECT_EQ(warning_codes(text), "JSN-032");
    std::string record = "[{\"a\":[";
    for (int i = 0; i < 30; ++i) record += "\"" + std::string(700'000, 'x') + "\",";
    EXPECT_EQ(peek_csv(record + "1]}]"), "JSN-003");
}

TEST(JsonTable, ColumnsAndTablesStayWithinTheirBounds) {
    std::string wide = "[{";
    for (int i = 0; i < 20'000; ++i) wide += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":1";
    EXPECT_EQ(warning_codes(wide + "}]"), "JSN-031");
    std::string many = "{";
    for (int i = 0; i < 100; ++i) many += (i == 0 ? "\"t" : ",\"t") + std::to_string(i) + "\":[{\"a\":1}]";
    EXPECT_EQ(info_of(many + "}").tabs.size(), 64U);
    EXPECT_EQ(warning_codes("[{\"a\":1},2,[3],{\"a\":4}]"), "JSN-033");
}

TEST(JsonTable, ObjectsOnLinesThatTheStartDidNotShowAreReadAsLines) {
    EXPECT_EQ(peek_csv("{\"a\":1} {\"a\":2}"), "JSN-004") << "two on one line are none";
    EXPECT_EQ(peek_csv("{\"a\":\"" + std::string(100'000, 'x') + "\"}\n{\"b\":1}\n{\"b\":2}\n").substr(0, 4), "a,b\n");
}

TEST(JsonTable, TextThatMerelyBeginsWithABracketIsNoJson) {
    for (const char* text : {"[a];[b]\n1;2\n", "[1,2]\n[3,4]\n", "{x}\n1\n", "[]\n", "[{\n1\n", "{\"a\";\"b\"}\n1;2\n"})
        EXPECT_EQ(info_of(text).kind, "csv") << text;
}

// ---- social exports

const std::string kInstagramPosts =
    R"([{"media":[{"uri":"media/posts/202601/a.jpg","creation_timestamp":1767225600,"title":"Caf\u00c3\u00a9"},)"
    R"({"uri":"media/posts/202601/b.jpg","creation_timestamp":1767225600,"title":""}],"title":"Open dag","creation_timestamp":1767225601},)"
    R"({"media":[{"uri":"media/posts/202507/c.mp4","creation_timestamp":1751320800,"media_metadata":{"video_metadata":{"subtitles":{"uri":"x.srt"}}},)"
    R"("title":"F\u00c3\u00aate de quartier"}]}])";
const std::string kFacebookPosts =
    R"([{"timestamp":1767225600,"title":"Buurthuis was with Kanariewietje.","data":[{"post":"Welkom op onze infoavond"},{"update_timestamp":1767225700}],)"
    R"("attachments":[{"data":[{"media":{"uri":"your_facebook_activity/posts/media/x.jpg","creation_timestamp":1767225590,"thumbnail":{"uri":"t.jpg"}}},)"
    R"({"place":{"name":"Wijkcentrum","coordinate":{"latitude":50.9,"longitude":4.7}}}]}]}])";
const std::string kMessages =
    R"({"participants":[{"name":"Ann\u00c3\u00a9"}],"messages":[{"sender_name":"Ann\u00c3\u00a9","timestamp_ms":1767225600123,"content":"Ik kom!"}],)"
    R"("thread_path":"inbox/anne_178"})";

/// Every tab without its keys, as "name: row; row".
std::string lines_of(Document& document) {
    std::string out;
    for (const TabInfo& tab : document.info().tabs) {
        out += tab.name + ":";
        const auto source = document.open_tab(tab.index);
        RawRow row;
        while (source->next(row)) {
            if (row.row == 1) continue;
            EXPECT_EQ(row.cells[0].text.size(), 33U);
            EXPECT_TRUE(row.cells[0].text.starts_with('~'));
            std::vector<std::string> texts(6);
            for (const Cell& cell : row.cells) append_cell_text(cell, texts.at(cell.column));
            out += ' ' + texts[1] + ' ' + texts[2] + ' ' + texts[3] + ' ' + texts[4] + ' ' + texts[5] + ';';
        }
        out += '\n';
    }
    return out;
}

std::vector<std::string> keys_of(Document& document, std::uint32_t tab) {
    std::vector<std::string> keys;
    const auto source = document.open_tab(tab);
    RawRow row;
    while (source->next(row))
        if (row.row > 1) keys.emplace_back(row.cells[0].text);
    return keys;
}

std::string lines_of_file(const std::string& name, const std::string& bytes) {
    const TempDir folder;
    write_bytes(folder / name, bytes);
    try {
        return lines_of(*open_document(folder / name));
    } catch (const Error& error) {
        return error.what();
    }
}

TEST(SocialExport, AFolderGivesATabForEachSortOfOwnActivity) {
    const TempDir folder;
    write_bytes(folder / "instagram-user-2026/your_instagram_activity/media/posts_1.json", kInstagramPosts);
    write_bytes(folder / "instagram-user-2026/your_instagram_activity/media/stories.json",
                R"({"ig_stories":[{"uri":"media/stories/x.jpg","creation_timestamp":1751360400,"title":""}]})");
    write_bytes(folder / "instagram-user-2026/your_instagram_activity/media/reels.json",
                R"({"ig_reels_media":[{"media":[{"uri":"r.mp4","creation_timestamp":1751360400,"title":"Kamp!"}]}]})");
    write_bytes(folder / "instagram-user-2026/your_instagram_activity/media/archived_posts.json",
                R"({"ig_archived_post_media":[{"media":[{"uri":"r.mp4","creation_timestamp":1651360400,"title":""}]}]})");
    write_bytes(folder / "instagram-user-2026/your_instagram_activity/media/profile_photos.json",
                R"({"ig_profile_picture":[{"uri":"p.jpg","creation_timestamp":1651360400}]})");
    write_bytes(folder / "instagram-user-2026/your_instagram_activity/messages/inbox/anne_178/message_1.json", kMessages);
    const auto document = open_document(folder.path());
    EXPECT_EQ(document->info().kind, "json_export");
    EXPECT_EQ(
        lines_of(*document),
        "instagram_posts: 2026-01-01 01:00:01 post open_dag 2; 2025-07-01 00:00:00 post feest 1; 2022-05-01 01:13:20 archived_post  1;\n"
        "instagram_stories: 2025-07-01 11:00:00 story  1;\n"
        "instagram_reels: 2025-07-01 11:00:00 reel kamp 1;\n");
    EXPECT_EQ(document->parts().size(), 4U);
}

TEST(SocialExport, EveryShapeOfTheFilesIsRead) {
    const std::string story = "instagram_stories: 2025-07-01 11:00:00 story  1;\n";
    EXPECT_EQ(lines_of_file("stories.json", R"({"ig_stories":[{"uri":"x.jpg","creation_timestamp":1751360400}]})"), story);
    EXPECT_EQ(lines_of_file("renamed.json", R"({"ig_stories":[{"uri":"x.jpg","creation_timestamp":1751360400}]})"), story);
    EXPECT_EQ(lines_of_file("stories_2.json", R"([{"media":[{"uri":"x.jpg"}],"timestamp":1751360400,"fbid":"1","label_values":[]}])"),
              story);
    EXPECT_EQ(
        lines_of_file("posts_1.json",
                      R"([{"timestamp":1751360400,"media":[{"uri":"x.jpg"}],"label_values":[{"label":"Bijschrift","value":"Kamp"}]}])"),
        "instagram_posts: 2025-07-01 11:00:00 post kamp 1;\n");
    EXPECT_EQ(
        lines_of_file("posts_1.json",
                      R"([{"media_map_data":{},"string_map_data":{"Tijd":{"timestamp":1751360400},"L\u00c3\u00a9gende":{"value":"x"}}}])"),
        "instagram_posts: 2025-07-01 11:00:00 post  0;\n");
    EXPECT_EQ(lines_of_file("renamed.json", kInstagramPosts),
              "instagram_posts: 2026-01-01 01:00:01 post open_dag 2; 2025-07-01 00:00:00 post feest 1;\n");
    const std::string post = "facebook_posts: 2026-01-01 01:00:00 post infomoment 1;\n";
    EXPECT_EQ(lines_of_file("your_posts_1.json", kFacebookPosts), post);
    EXPECT_EQ(lines_of_file("your_posts__check_ins__photos_and_videos_1.json", kFacebookPosts), post);
    EXPECT_EQ(lines_of_file("profile_posts_1.json", kFacebookPosts), post);
    EXPECT_EQ(lines_of_file("renamed.json", kFacebookPosts), post);
    EXPECT_EQ(
        lines_of_file(
            "your_videos.json",
            R"({"videos_v2":[{"uri":"v.mp4","creation_timestamp":1751360400,"comments":[{"author":"Kanariewietje","timestamp":2}]}]})"),
        "facebook_videos: 2025-07-01 11:00:00 video  1;\n");
    EXPECT_EQ(
        lines_of_file(
            "group_posts_and_comments.json",
            R"({"group_posts_v2":[{"timestamp":1751360400,"data":[{"post":"Hallo"}]}],"group_comments_v2":[{"timestamp":1751360401}]})"),
        "facebook_posts: 2025-07-01 11:00:00 group_post  0;\n");
    EXPECT_EQ(
        lines_of_file(
            "your_events.json",
            R"({"your_events_v2":[{"name":"Vorming","start_timestamp":1757152800,"end_timestamp":0,"create_timestamp":1750000000,"attending_count":12}]})"),
        "facebook_events: 2025-09-06 12:00:00 event vorming 12;\n");
    EXPECT_EQ(lines_of_file("your_events.json", R"({"your_events":[{"name":"Quiz","start_timestamp":1757152800}]})"),
              "facebook_events: 2025-09-06 12:00:00 event  ;\n");
    EXPECT_EQ(
        lines_of_file(
            "your_event_responses.json",
            R"({"event_responses_v2":{"events_joined":[{"name":"a","start_timestamp":1757152800}],"events_interested":[{"name":"b","start_timestamp":1757152800}],"events_declined":[{"name":"c","start_timestamp":1757152800}]}})"),
        "facebook_events: 2025-09-06 12:00:00 event_joined  ; 2025-09-06 12:00:00 event_interested  ; 2025-09-06 12:00:00 event_declined  "
        ";\n");
}

TEST(SocialExport, DataOfOthersIsRefused) {
    for (const std::string& bytes :
         {kMessages, std::string(R"({"messages":[{"sender_name":"x","timestamp_ms":1767225600123}],"participants":[{"name":"x"}]})"),
          std::string(
              R"({"participants":["A","B"],"threadName":"x_1","messages":[{"senderName":"A","text":"x","timestamp":1767225600123}]})"),
          std::string(R"([{"title":"","media_list_data":[],"string_list_data":[{"href":"h","value":"kanarie","timestamp":1767225600}]}])"),
          std::string(R"({"relationships_following":[{"title":"kanarie","string_list_data":[{"href":"h","timestamp":1767225600}]}]})"),
          std::string(R"({"friends_v2":[{"name":"Kanariewietje","timestamp":1767225600}]})"),
          std::string(
              R"([{"media_list_data":[{"uri":""}],"string_map_data":{"Opmerking":{"value":"leuk"},"Tijd":{"timestamp":1767225600}}}])"),
          std::string(R"({"comments_v2":[{"timestamp":1767225600,"data":[{"comment":{"comment":"x","author":"y"}}],"title":"x"}]})"),
          std::string(R"([{"timestamp":1767225600,"data":[{"reaction":{"reaction":"LIKE","actor":"y"}}],"title":"x"}])"),
          std::string(R"([{"timestamp":1767225600,"media":[],"label_values":[{"label":"Naam","value":"Kanariewietje"}],"fbid":"1"}])"),
          std::string(R"({"ig_profile_picture":[{"uri":"p.jpg","creation_timestamp":1651360400}]})")}) {
        EXPECT_EQ(lines_of_file("message_1.json", bytes), "SOC-001") << bytes;
        EXPECT_EQ(lines_of_file("export.json", bytes), "SOC-001") << bytes;
    }
    EXPECT_EQ(peek_csv(R"({"participants":[{"name":"Kind"}],"date":"2026-01-01"})"), "name\nKind\n")
        << "another system's list stays a table";
}

TEST(SocialExport, AZipIsKnownByWhatIsInside) {
    const TempDir folder;
    write_bytes(folder / "holiday.bin",
                zip_of({{"instagram-user-2026-01-01-xxxx/", ""},
                        {"instagram-user-2026-01-01-xxxx/content/posts_1.json", kInstagramPosts},
                        {"..\\..\\content/stories.json", R"({"ig_stories":[{"uri":"x","creation_timestamp":1751360400}]})"},
                        {"messages/inbox/anne_178/message_1.json", kMessages},
                        {"content/no-data.txt", ""}}));
    const auto document = open_document(folder / "holiday.bin");
    EXPECT_EQ(document->info().kind, "json_export");
    EXPECT_EQ(lines_of(*document),
              "instagram_posts: 2026-01-01 01:00:01 post open_dag 2; 2025-07-01 00:00:00 post feest 1;\n"
              "instagram_stories: 2025-07-01 11:00:00 story  1;\n");
}

TEST(SocialExport, FilesOfOneSortAreReadInTheOrderOfTheirNumbers) {
    std::vector<ZipPart> parts;
    for (const int n : {10, 2, 1})
        parts.push_back(
            {"posts/your_posts_" + std::to_string(n) + ".json", R"([{"timestamp":17513604)" + std::to_string(10 + n) + R"(,"data":[]}])"});
    const TempDir folder;
    write_bytes(folder / "x.zip", zip_of(parts));
    EXPECT_EQ(lines_of(*open_document(folder / "x.zip")),
              "facebook_posts: 2025-07-01 11:00:11 post  0; 2025-07-01 11:00:12 post  0; 2025-07-01 11:00:20 post  0;\n");
}

TEST(SocialExport, KeysStayTheSameInALaterExport) {
    const TempDir folder;
    write_bytes(
        folder / "a/content/posts_1.json",
        R"([{"media":[{"uri":"a","creation_timestamp":1751360400,"title":"Kamp"}]},{"media":[{"uri":"b","creation_timestamp":1751360400}]}])");
    write_bytes(
        folder / "b/your_instagram_activity/media/posts_1.json",
        R"([{"media":[{"uri":"n","creation_timestamp":1767225600}]},{"media":[{"creation_timestamp":1751360400}]},{"media":[{"creation_timestamp":1751360400}]}])");
    const auto before = keys_of(*open_document(folder / "a"), 1);
    const auto after = keys_of(*open_document(folder / "b/"), 1);
    ASSERT_EQ(before.size(), 2U);
    ASSERT_EQ(after.size(), 3U);
    EXPECT_NE(before[0], before[1]) << "two in one second are two";
    EXPECT_EQ(before[0], after[1]);
    EXPECT_EQ(before[1], after[2]);
    EXPECT_NE(after[0], after[1]);
}

TEST(SocialExport, TheSameFileInTwoFoldersOfAnExportGivesTheSameKeys) {
    const TempDir folder;
    const std::string posts = R"([{"media":[{"uri":"a","creation_timestamp":1751360400}]}])";
    write_bytes(folder / "your_instagram_activity/content/posts_1.json", posts);
    write_bytes(folder / "your_instagram_activity/media/posts_1.json", posts);
    const auto keys = keys_of(*open_document(folder.path()), 1);
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_EQ(keys[0], keys[1]);
}

TEST(SocialExport, AnUnknownMomentIsLeftBlankAndReported) {
    for (const char* moment : {"0", "1", "-5", "99999999999999999999", "\"x\"", "null", "1e9", "[]"}) {
        const TempDir folder;
        write_bytes(folder / "content/posts_1.json", std::string(R"([{"media":[{"uri":"a","creation_timestamp":)") + moment + "}]}]");
        const auto document = open_document(folder.path());
        EXPECT_EQ(lines_of(*document), "instagram_posts:   post  1;\n") << moment;
        ASSERT_EQ(document->warnings().size(), 1U);
        EXPECT_EQ(document->warnings()[0].code, "SOC-030");
    }
}

TEST(SocialExport, OtherFoldersAndEmptyExportsAreNamedErrors) {
    const TempDir folder;
    const auto code = [&](const char* name) {
        try {
            open_document(folder / name);
        } catch (const Error& error) {
            return std::string(error.what()) + " " + std::to_string(static_cast<int>(error.exit()));
        }
        return std::string();
    };
    fs::create_directories(folder / "empty");
    write_bytes(folder / "other/content/posts.json", R"([{"id":1,"body":"x"}])");
    write_bytes(folder / "html/your_instagram_activity/media/posts_1.html", "<html></html>");
    write_bytes(folder / "part/your_facebook_activity/messages/inbox/x_1/message_1.json", kMessages);
    write_bytes(folder / "part.zip", zip_of({{"your_facebook_activity/messages/inbox/x_1/message_1.json", kMessages}}));
    write_bytes(folder / "other.zip", zip_of({{"readme.txt", "x"}}));
    EXPECT_EQ(code("empty"), "FIL-002 65");
    EXPECT_EQ(code("other"), "FIL-002 65");
    EXPECT_EQ(code("html"), "SOC-002 65");
    EXPECT_EQ(code("part"), "SOC-003 65");
    EXPECT_EQ(code("part.zip"), "SOC-003 65");
    EXPECT_EQ(code("other.zip"), "FIL-017 65");
}

TEST(SocialExport, DamagedMembersAreReadAsFarAsTheyGo) {
    const TempDir folder;
    write_bytes(folder / "x.zip",
                zip_of({{"content/posts_1.json", kInstagramPosts.substr(0, kInstagramPosts.size() - 20)},
                        {"content/posts_2.json", R"([{"media":[{"uri":"a","creation_timestamp":1751360400}]}])", 0, 0, true},
                        {"content/posts_3.json", R"([{"media":[{"uri":"a","creation_timestamp":1751360400}]}])"}}));
    const auto document = open_document(folder / "x.zip");
    EXPECT_EQ(lines_of(*document),
              "instagram_posts: 2026-01-01 01:00:01 post open_dag 2; 2025-07-01 11:00:00 post  1; 2025-07-01 11:00:00 post  1;\n");
    ASSERT_EQ(document->warnings().size(), 1U);
    EXPECT_EQ(document->warnings()[0].code, "SOC-031");
    EXPECT_EQ(document->warnings()[0].count, 2U);
    write_bytes(folder / "locked.zip", zip_of({{"jan_peeters/content/posts_1.json", kInstagramPosts, 1}}));
    try {
        open_document(folder / "locked.zip");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(std::string(error.what()), "XLS-006");
        EXPECT_EQ(error.first().where, "posts.json") << "no folder name";
    }
    const std::string whole = zip_of({{"content/posts_1.json", kInstagramPosts}});
    write_bytes(folder / "cut.zip", whole.substr(0, whole.size() / 2));
    EXPECT_THROW(open_document(folder / "cut.zip"), Error);
}

TEST(SocialExport, DeepAndHugeRecordsDoNoHarm) {
    std::string deep = R"([{"media":[{"uri":"a","creation_timestamp":1751360400}]},{"media":)" + std::string(1'000'000, '[');
    EXPECT_EQ(lines_of_file("posts_1.json", deep), "instagram_posts: 2025-07-01 11:00:00 post  1;\n");
    const std::string huge = R"([{"media":[{"uri":")" + std::string(30 << 20, 'x') + R"(","creation_timestamp":1751360400,"title":")" +
                             std::string(30 << 20, 'y') + R"("}]}])";
    const TempDir folder;
    write_bytes(folder / "content/posts_1.json", R"([{"title":"x","creation_timestamp":1751360401}])");
    write_bytes(folder / "content/posts_2.json", huge);
    EXPECT_EQ(lines_of(*open_document(folder.path())), "instagram_posts: 2025-07-01 11:00:01 post  0;\n")
        << "a file that does not look like one within its first bytes is left out";
}

TEST(SocialExport, NothingOfOthersComesOut) {
    const std::string canary = "Kanariewietje";
    const TempDir folder;
    const auto plant = [&](std::string text) {
        for (std::size_t at = 0; (at = text.find("Ann", at)) != std::string::npos;) text.replace(at, 3, canary);
        return text;
    };
    write_bytes(
        folder / (canary + "-2026/your_instagram_activity/media/posts_1.json"),
        plant(R"([{"media":[{"uri":"media/Ann.jpg","creation_timestamp":1767225600,"title":"Ann","media_metadata":{"photo_metadata":)"
              R"({"exif_data":[{"latitude":50.91,"longitude":4.71}]}}}],"title":"Ann","creation_timestamp":1767225601,)"
              R"("tags":[{"name":"Ann"}],"Ann":"Ann"}])"));
    write_bytes(
        folder / (canary + "-2026/your_facebook_activity/posts/your_posts_1.json"),
        plant(R"([{"timestamp":1767225600,"title":"Ann added a photo with Ann.","data":[{"post":"Ann"}],"tags":[{"name":"Ann"}],)"
              R"("attachments":[{"data":[{"place":{"name":"Ann"}},{"external_context":{"url":"https://x.be/Ann"}},{"name":"Ann"}]}]}])"));
    write_bytes(folder / (canary + "-2026/your_facebook_activity/events/your_events.json"),
                plant(R"({"your_events_v2":[{"name":"Ann","start_timestamp":1757152800,"place":{"name":"Ann"},"description":"Ann"}]})"));
    write_bytes(folder / (canary + "-2026/your_facebook_activity/messages/inbox/Ann_1/message_1.json"), plant(kMessages));
    const auto document = open_document(folder / (canary + "-2026"));
    std::ostringstream out;
    for (const TabInfo& tab : document->info().tabs) write_peek(*document, {PeekFormat::Csv, tab.name, "export"}, out);
    for (const PeekFormat format : {PeekFormat::Json, PeekFormat::Table}) write_peek(*document, {format, {}, "export"}, out);
    EXPECT_EQ(document->info().tabs.size(), 3U);
    for (const std::string& word : {canary, std::string("kanarie"), std::string("50.9"), std::string(".jpg"), std::string("https")})
        EXPECT_EQ(out.str().find(word), std::string::npos) << word;
}

}  // namespace
}  // namespace brugwacht
