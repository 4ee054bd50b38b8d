// What a server notices of us: few requests, none faster than agreed, and no work for nothing.
#include <gtest/gtest.h>

#include <numeric>

#include "engine/run/remote_check.hpp"
#include "tests/contract/rest_source.hpp"
#include "tests/support/stand_in/espocrm.hpp"

namespace brugwacht {
namespace {

class RestPoliteness : public testing::Test {
  protected:
    RestPoliteness() {
        stand_in::PeopleOptions options;
        options.people = 40;
        options.activities = 90;
        stand_in::fill(system_, options, stand_in::espocrm_layout);
        system_.now_us = 1'795'651'200 * kSecond;
        project_ = std::make_unique<RestProject>(
            "espocrm", std::vector<std::string>{"site = \"https://crm.voorbeeldstad.invalid\"", "page_size = 20"},
            std::map<std::string, std::string>{{"api_key", system_.secret}}, served<stand_in::EspoCrm>(system_));
        project_->clock.at = system_.now_us / kSecond;
    }
    void pass(std::int64_t seconds) {
        stand_in::pass(system_, seconds);
        project_->clock.at += seconds;
    }
    std::size_t streams() {
        RemotePorts remote = project_->remote();
        Ports ports = project_->ports();
        const auto files = disk_files();
        const Project project = Project::load(project_->path(), *files);
        return RemoteSource(project, *project.source_named("crm"), remote, ports).preset().streams.size();
    }

    stand_in::System system_;
    std::unique_ptr<RestProject> project_;
};

TEST_F(RestPoliteness, NothingNewTakesOneRequestAStream) {
    project_->sync();
    const std::size_t first = project_->calls.size();
    pass(86400);
    const ImportSummary second = project_->sync();
    EXPECT_EQ(error_codes(second), "");
    EXPECT_EQ(total_of(second).read, 0U);
    EXPECT_EQ(project_->calls.size() - first, streams());
}

TEST_F(RestPoliteness, ARowThatComesIntoSightWithAnOldStampIsReadAndOnlyOnceEverythingWithIt) {
    bool all_seen = false;
    const std::string hidden = system_.tables.at("Contact").records.front().id;
    project_->respond = served<stand_in::EspoCrm>(system_, [&](stand_in::EspoCrm& crm) {
        crm.row_seen = [&](const std::string&, const stand_in::Record& record) { return all_seen || record.id != hidden; };
    });
    project_->add_setting("role = \"caseload\"");
    project_->sync();
    EXPECT_EQ(project_->store().count("person"), 39U);
    all_seen = true;
    // Two listings have to agree; the run after them reads everything.
    std::vector<std::size_t> requests;
    for (int week = 0; week < 6; ++week) {
        pass(8 * 86400);
        const std::size_t before = project_->calls.size();
        project_->sync();
        requests.push_back(project_->calls.size() - before);
    }
    EXPECT_EQ(project_->store().count("person"), 40U);
    EXPECT_GT(requests[2], requests[1]);
    EXPECT_EQ(requests[5], requests[1]) << "not again and again";
}

TEST_F(RestPoliteness, RequestsAreNoFasterThanThePresetSays) {
    const double begun = project_->pause.now();
    project_->sync();
    const double rate = static_cast<double>(project_->calls.size()) / std::max(project_->pause.now() - begun, 0.001);
    EXPECT_LE(rate, 5.5) << "the preset says five a second";
    EXPECT_GT(project_->calls.size(), 10U);
}

TEST_F(RestPoliteness, ACheckTellsWhatIsThereAndTakesNothing) {
    RemotePorts remote = project_->remote();
    Ports ports = project_->ports();
    const auto files = disk_files();
    const Project project = Project::load(project_->path(), *files);
    const RemoteCheck check = check_remote(project, remote_source_named(project, "crm"), remote, ports);
    EXPECT_EQ(check.exit(), Exit::Ok);
    ASSERT_FALSE(check.streams.empty());
    for (const StreamCheck& stream : check.streams) EXPECT_FALSE(stream.error) << stream.name;
    EXPECT_EQ(check.streams.front().count, 40U);
    std::error_code ignored;
    EXPECT_FALSE(std::filesystem::exists(project_->path() / "store.db", ignored));
    EXPECT_THROW(remote_source_named(project, "niets"), Error);
}

TEST_F(RestPoliteness, ACheckNoticesThatRowsAreSuddenlyOutOfSight) {
    project_->sync();
    stand_in::System emptied = system_;
    for (auto& [name, table] : emptied.tables) table.records.clear();
    project_->respond = served<stand_in::EspoCrm>(emptied);
    RemotePorts remote = project_->remote();
    Ports ports = project_->ports();
    const auto files = disk_files();
    const Project project = Project::load(project_->path(), *files);
    const RemoteCheck check = check_remote(project, remote_source_named(project, "crm"), remote, ports);
    EXPECT_EQ(check.exit(), Exit::Config);
    EXPECT_TRUE(check.streams.front().emptied());
    EXPECT_EQ(check.streams.front().known, 40U);
}

}  // namespace
}  // namespace brugwacht
