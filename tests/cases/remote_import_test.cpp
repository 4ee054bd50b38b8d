// The program reads a REST source: what a user sees of it.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/support/local_server.hpp"
#include "tests/support/scratch_project.hpp"

namespace brugwacht {
namespace {

constexpr int kPeople = 20;

/// A list with a way to ask for what was changed, and one for all numbers that there are.
struct Club {
    int gone = 0;  // number of the child that left

    Answer operator()(const Call& call) const {
        const bool changes = call.path == "/changes";
        std::string records;
        for (int number = 1; number <= kPeople; ++number) {
            if (number == gone || (changes && gone > 0)) continue;
            if (!records.empty()) records += ',';
            records += R"({"id":)" + std::to_string(number) + R"(,"first":"Lotte","last":"Proefmans )" + std::to_string(number) + R"("})";
        }
        Answer answer;
        answer.headers = {{"Content-Type", "application/json"}};
        answer.body = R"({"list":[)" + records + "]}";
        return answer;
    }
};

constexpr const char* kPreset = R"(
preset = "club"
version = 1
[params]
site = { required = true, url = true }
[connection]
base_url = "{params.site}/"
[[stream]]
name = "people"
path = "changes"
records = "list"
id = "id"
fields = ["id", "first", "last"]
[stream.paging]
type = "none"
[[stream.incremental]]
mode = "window"
query = { since = "{since}" }
[[stream.deletes]]
mode = "ids"
every = "PT0S"
path = "numbers"
[map]
role = "caseload"
[[map.sheet]]
names = ["people"]
match = "name"
[map.sheet.columns]
id = "id"
first = "first"
last = "last"
[[map.sheet.record]]
entity = "person"
key = "id"
[map.sheet.record.fields]
given_name = "first"
family_name = "last"
)";

TEST(RemoteImport, WhatIsGoneIsToldByEntityThoughNothingWasRead) {
    auto club = std::make_shared<Club>();
    const LocalServer server([club](const Call& call) { return (*club)(call); });
    const ScratchProject project;
    write_bytes(project / "mappings/rest/club.toml", kPreset);
    std::string settings = read_bytes(project / "brugwacht.toml");
    const std::size_t sources = settings.find("[[source]]");
    settings.erase(sources, settings.find("[import]") - sources);
    settings += "\n[[source]]\nname = \"club\"\npreset = \"club\"\n[source.connection]\nsite = \"" + server.address() + "\"\n";
    write_bytes(project / "brugwacht.toml", settings);

    project.json({"import", "club"});
    club->gone = 7;
    project.json({"import", "club"});
    const Node told = project.json({"import", "club"});  // missing twice: gone
    const Node& file = at(told, "files").items.at(0);
    EXPECT_EQ(at(file, "read").integer, 0);
    EXPECT_EQ(at(file, "vanished").integer, 1);
    ASSERT_EQ(at(file, "records").items.size(), 1U);
    const Node& record = at(file, "records").items[0];
    EXPECT_EQ(at(record, "entity").text, "person");
    EXPECT_EQ(at(record, "vanished").integer, 1);
}

}  // namespace
}  // namespace brugwacht
