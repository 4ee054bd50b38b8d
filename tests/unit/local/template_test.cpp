#include "exporters/local/template.hpp"

#include <gtest/gtest.h>

#include "engine/lib/catalogue.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

TEST(Template, IsTheSameFileEveryTime) {
    const TempDir dir;
    for (const char* language : {"nl", "fr", "en"}) {
        const Texts texts = load_texts(language);
        write_template(dir / "a.xlsx", texts);
        write_template(dir / "b.xlsx", texts);
        EXPECT_EQ(read_bytes(dir / "a.xlsx"), read_bytes(dir / "b.xlsx")) << language;
        EXPECT_EQ(read_bytes(dir / "a.xlsx").substr(0, 2), "PK") << language;
    }
}

TEST(Template, LeavesNothingBesideItself) {
    const TempDir dir;
    write_template(dir / "a.xlsx", load_texts("nl"));
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(dir.path())) files += entry.exists() ? 1u : 0u;
    EXPECT_EQ(files, 1u);
}

TEST(Template, SaysWhenItsFolderIsMissing) {
    const TempDir dir;
    try {
        write_template(dir / "nergens", load_texts("nl"));
        write_template(dir.path() / "geen" / "a.xlsx", load_texts("nl"));
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.first().code, "FIL-005");
    }
}

}  // namespace
}  // namespace brugwacht
