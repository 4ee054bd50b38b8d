// Every command that writes tells the audit log, with a word of the closed list that has a sentence in every language. Read from the
// sources, so that a new command cannot be forgotten.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "engine/audit/actions.hpp"
#include "engine/core/texts.hpp"
#include "engine/lib/catalogue.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = BRUGWACHT_SOURCE_DIR;

/// What each command that writes appends. "-": nothing, because it touches no project or no record of a person.
const std::map<std::string, std::vector<std::string>> kAppendedBy{
    {"init", {"init"}},
    {"run", {"import", "link", "release"}},
    {"map", {"map.changed"}},
    {"import", {"import", "import.refused"}},
    {"rejects", {"rejects"}},
    {"undo", {"undo"}},
    {"link", {"link"}},
    {"review", {"review", "link.decisions"}},
    {"agreement", {"agreement.signed"}},
    {"worklist", {"worklist"}},
    {"write-back", {"write_back.begin", "write_back"}},
    {"report", {"release", "release.refused"}},
    {"template", {"-"}},  // an empty workbook, outside of any project
    {"subject", {"subject.access", "subject.erased", "subject.restricted"}},
    {"retention", {"retention"}},
    {"key", {"key.rotate"}},
    {"register", {"register"}},
    {"backup", {"backup"}},
    {"restore", {"restore"}},
    {"migrate", {"migrate"}},
    {"share", {"share"}},
    {"schedule", {"-"}},  // units of the system, no data
};

/// Sources of a room, as one text for each file.
std::map<std::string, std::string> sources_of(const std::vector<std::string>& rooms) {
    std::map<std::string, std::string> out;
    for (const std::string& room : rooms)
        for (const auto& entry : fs::recursive_directory_iterator(kRoot / room))
            if (entry.path().extension() == ".cpp") out[entry.path().string()] = read_bytes(entry.path());
    return out;
}

std::vector<std::string> writing_commands() {
    const std::string table = read_bytes(kRoot / "cli/commands.cpp");
    const std::regex line(R"re(\{"([a-z-]+)", make_[a-z_]+, true\})re");
    std::vector<std::string> out;
    for (std::sregex_iterator it(table.begin(), table.end(), line), end; it != end; ++it) out.push_back((*it)[1]);
    return out;
}

/// "kMapChanged" for "map.changed", as engine/audit/actions.hpp names it.
std::string constant_of(const std::string& word) {
    const std::string header = read_bytes(kRoot / "engine/audit/actions.hpp");
    const std::regex line("(k[A-Za-z]+) = \"" + std::regex_replace(word, std::regex("\\."), "\\.") + "\";");
    std::smatch found;
    return std::regex_search(header, found, line) ? found[1].str() : std::string();
}

bool is_appended(const std::string& word, const std::map<std::string, std::string>& sources) {
    const std::string constant = "audit_action::" + constant_of(word);
    const std::string literal = ".action = \"" + word + "\"";
    return std::any_of(sources.begin(), sources.end(), [&](const auto& source) {
        return source.second.find(constant) != std::string::npos || source.second.find(literal) != std::string::npos;
    });
}

TEST(AuditWords, EveryCommandThatWritesTellsTheLog) {
    const auto sources = sources_of({"engine/run", "cli"});
    const std::vector<std::string> commands = writing_commands();
    ASSERT_GT(commands.size(), 8U);
    for (const std::string& command : commands) {
        const auto words = kAppendedBy.find(command);
        ASSERT_NE(words, kAppendedBy.end()) << command << " writes: say here and in the audit log what it appends";
        if (words->second.front() == "-") continue;
        EXPECT_TRUE(
            std::any_of(words->second.begin(), words->second.end(), [&](const std::string& word) { return is_appended(word, sources); }))
            << command << " appends none of its words";
        for (const std::string& word : words->second) EXPECT_TRUE(is_audit_action(word)) << word;
    }
}

TEST(AuditWords, NoSourceAppendsAWordThatIsNotOnTheList) {
    const std::regex literal(R"re(\.action = "([^"]*)")re");
    for (const auto& [file, text] : sources_of({"engine", "cli"}))
        for (std::sregex_iterator it(text.begin(), text.end(), literal), end; it != end; ++it)
            EXPECT_TRUE(is_audit_action((*it)[1].str())) << (*it)[1] << " in " << file;
}

TEST(AuditWords, EveryWordIsASentenceInEveryLanguage) {
    for (const char* language : {"nl", "fr", "en"}) {
        const Texts texts = load_texts(language);
        for (std::string word : std::vector<std::string>(kAuditActions.begin(), kAuditActions.end())) {
            std::replace(word.begin(), word.end(), '.', '_');
            EXPECT_TRUE(texts.has("audit.action." + word)) << word << " in " << language;
        }
    }
}

}  // namespace
}  // namespace brugwacht
