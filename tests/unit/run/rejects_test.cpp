#include "engine/run/rejects.hpp"

#include <gtest/gtest.h>

#include "engine/run/reject_list.hpp"
#include "engine/run/retention.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

TEST(RejectMark, IsReadBackAsWritten) {
    const auto mark = read_mark(" " + mark_text({12, 3, 2, 1048576, 500, "0123456789ab"}) + " ");
    ASSERT_TRUE(mark);
    EXPECT_EQ(mark->run, 12);
    EXPECT_EQ(mark->file, 3U);
    EXPECT_EQ(mark->tab, 2U);
    EXPECT_EQ(mark->row, 1048576U);
    EXPECT_EQ(mark->width, 500U);
    EXPECT_EQ(mark->hash, "0123456789ab");
}

TEST(RejectMark, AnythingElseIsNone) {
    for (const char* text :
         {"", "brugwacht:", "brugwacht:1", "brugwacht:1.2.3.4.5.", "brugwacht:1.2.3.4.0123456789ab", "brugwacht:1.2.3.4.7.0123456789AB",
          "brugwacht:0.2.3.4.7.0123456789ab", "brugwacht:1.0.3.4.7.0123456789ab", "brugwacht:-1.2.3.4.7.0123456789ab",
          "brugwacht:1.2.3.4.5.6.7.0123456789ab", "brugwacht:99999999999999999999.2.3.4.7.0123456789ab",
          "brugwacht:1.2.3.4.7.0123456789abc", "x brugwacht:1.2.3.4.7.0123456789ab"})
        EXPECT_FALSE(read_mark(text)) << text;
}

TEST(RejectFileName, KeepsTheNameWithoutItsEnding) {
    EXPECT_EQ(reject_file_name(12, file_stem("leden.2025.xlsx"), ".xlsx"), "12-leden.2025.rejects.xlsx");
    EXPECT_EQ(file_stem("a/b\\leden.csv"), "leden");
    EXPECT_EQ(file_stem(""), "export");
    EXPECT_LE(file_stem(std::string(300, 'x') + ".csv").size(), 100U);
    EXPECT_TRUE(file_stem("\xC3\xA9t\xC3\xA9.csv") == "\xC3\xA9t\xC3\xA9");
}

TEST(ColumnLetters, AreThoseOfASpreadsheet) {
    EXPECT_EQ(column_letters(1), "A");
    EXPECT_EQ(column_letters(26), "Z");
    EXPECT_EQ(column_letters(27), "AA");
    EXPECT_EQ(column_letters(16384), "XFD");
    EXPECT_EQ(column_letters(0), "");
}

class Retention : public testing::Test {
  protected:
    static constexpr std::int64_t kNow = 1'780'000'000;
    void SetUp() override {
        write_bytes(dir_ / "brugwacht.toml", "schema = \"brugwacht/1\"\n[privacy]\nkeep_exports_days = 3\n");
        for (const char* name : {"processed", "rejected", "inbox"}) fs::create_directories(dir_ / name);
    }
    fs::path file(const std::string& name, std::int64_t days_old, std::int64_t seconds = 0) {
        const fs::path path = dir_ / name;
        write_bytes(path, "x");
        fs::last_write_time(path, file_time(kNow - days_old * 86400 - seconds));
        return path;
    }
    std::int64_t purge() {
        const auto files = disk_files();
        const auto clock = fixed_clock(kNow);
        const auto log = no_log();
        return delete_old_exports(Project::load(dir_.path(), *files), *clock, *log);
    }
    TempDir dir_;
};

TEST_F(Retention, WhatHasBeenThereLongEnoughGoesAndNothingElse) {
    const fs::path young = file("processed/1-a.csv", 2), edge = file("processed/2-b.csv", 3), old = file("rejected/1-a.rejects.xlsx", 30);
    const fs::path almost = file("rejected/1-b.rejects.csv", 3, -60), inbox = file("inbox/oud.csv", 300),
                   future = file("processed/f.csv", -5);
    EXPECT_EQ(purge(), 2);
    EXPECT_TRUE(fs::exists(young) && fs::exists(almost) && fs::exists(inbox) && fs::exists(future));
    EXPECT_FALSE(fs::exists(edge) || fs::exists(old));
    EXPECT_EQ(purge(), 0);
}

TEST_F(Retention, ALinkGoesButNotWhatItPointsTo) {
    const fs::path elsewhere = file("elders.csv", 300);
    fs::create_symlink(elsewhere, dir_ / "processed/link.csv");
    fs::create_directories(dir_ / "processed/map");
    EXPECT_EQ(purge(), 1);
    EXPECT_TRUE(fs::exists(elsewhere));
    EXPECT_TRUE(fs::exists(dir_ / "processed/map"));
}

TEST_F(Retention, FoldersThatAreNotThereAreNoFault) {
    fs::remove_all(dir_ / "processed");
    fs::remove_all(dir_ / "rejected");
    EXPECT_EQ(purge(), 0);
}

}  // namespace
}  // namespace brugwacht
