// Runs the cases that lie as folders beside this file. A case is:
//   cmd      a shell script; "$brugwacht" is the program, the working folder holds a copy of in/ and an empty folder for a project
//   in/      the files it works on; optional
//   expout experr expcode   what must come out; a missing expout or experr is not compared
// The working folder's path is written {DIR}. With BRUGWACHT_UPDATE_CASES=1 in the environment the expectations that exist are rewritten
// instead: look at the difference before it is kept.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "tests/support/corpus.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

fs::path cases_root() { return fs::path(BRUGWACHT_SOURCE_DIR) / "tests" / "cases"; }

std::vector<std::string> case_names() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(cases_root()))
        if (fs::exists(entry.path() / "cmd")) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
    return text;
}

void compare(const fs::path& expectation, const std::string& actual) {
    if (!fs::exists(expectation)) return;
    if (std::getenv("BRUGWACHT_UPDATE_CASES") != nullptr) {
        write_bytes(expectation, actual);
        return;
    }
    EXPECT_EQ(actual, read_bytes(expectation)) << expectation.filename();
}

class Case : public testing::TestWithParam<std::string> {};

TEST_P(Case, ComesOutAsWritten) {
    const fs::path folder = cases_root() / GetParam();
    const std::string script = read_bytes(folder / "cmd");
    if (script.find("$corpus") != std::string::npos && !corpus_present()) GTEST_SKIP() << "no corpus beside the source tree";
    const TempDir dir;
    if (fs::exists(folder / "in")) fs::copy(folder / "in", dir.path(), fs::copy_options::recursive);
    const std::string place = fs::canonical(dir.path()).string();
    const RunResult result =
        run_program("/bin/sh", {"-c", script},
                    {.directory = place,
                     .environment = {{"brugwacht", BRUGWACHT_PROGRAM}, {"corpus", corpus_root().string()}, {"LC_ALL", "C"}},
                     .limit_seconds = 120});
    EXPECT_FALSE(result.timed_out);
    compare(folder / "expout", replace_all(result.out, place, "{DIR}"));
    compare(folder / "experr", replace_all(result.err, place, "{DIR}"));
    compare(folder / "expcode", std::to_string(result.status) + "\n");
    EXPECT_TRUE(fs::exists(folder / "expcode")) << "every case says how it ends";
}

INSTANTIATE_TEST_SUITE_P(Folders, Case, testing::ValuesIn(case_names()), [](const testing::TestParamInfo<std::string>& param) {
    std::string name = param.param;
    for (char& c : name)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    return name;
});

}  // namespace
}  // namespace brugwacht
