// What every REST source promises, checked with each shipped preset against a stand-in for its system: the whole way from a page of the
// server to the store.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "tests/contract/rest_source.hpp"
#include "tests/support/stand_in/civicrm.hpp"
#include "tests/support/stand_in/espocrm.hpp"
#include "tests/support/stand_in/odoo.hpp"
#include "tests/support/stand_in/suitecrm.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;
using stand_in::CiviCrm;
using stand_in::EspoCrm;
using stand_in::Odoo;
using stand_in::SuiteCrm;
using stand_in::System;

const std::vector<Counterpart>& counterparts() {
    const std::string site = "site = \"https://crm.voorbeeldstad.invalid\"";
    const std::string key = System().secret;
    const std::string page = "page_size = 10";
    // What the stand-in does not know: tags and projects by name.
    const std::vector<std::string> untagged{"club_tag = \"\"", "meeting_tag = \"\"", "project = \"\""};
    const auto with = [&](std::vector<std::string> lines) {
        lines.insert(lines.end(), untagged.begin(), untagged.end());
        return lines;
    };
    static const std::vector<Counterpart> kAll{
        {"CiviCrm",
         "civicrm-api4",
         {site, "case_type = \"\"", page},
         {{"api_key", key}},
         stand_in::civicrm_layout,
         "Contact",
         [](System& s) { return served<CiviCrm>(s); }},
        {"EspoCrm",
         "espocrm",
         {site, page},
         {{"api_key", key}},
         stand_in::espocrm_layout,
         "Contact",
         [](System& s) { return served<EspoCrm>(s); }},
        {"SuiteCrm",
         "suitecrm",
         {site, "client_id = \"3f2a9c10-0000-4000-8000-000000000001\"", page},
         {{"client_secret", key}},
         stand_in::suitecrm_layout,
         "Contacts",
         [](System& s) { return served<SuiteCrm>(s); }},
        {"OdooJsonRpc",
         "odoo-jsonrpc",
         with({site, "database = \"voorbeeldstad\"", "user = \"brugwacht@voorbeeldstad.invalid\"", "mobile = \"\"",
               "membership_product = \"\"", page}),
         {{"api_key", key}},
         stand_in::odoo_layout,
         "res.partner",
         [](System& s) { return served<Odoo>(s); }},
        {"OdooJson2",
         "odoo-json2",
         with({site, page}),
         {{"api_key", key}},
         stand_in::odoo_layout,
         "res.partner",
         [](System& s) { return served<Odoo>(s, [](Odoo& odoo19) { odoo19.version = 19; }); }},
    };
    return kAll;
}

TEST_P(RestSource, EveryRecordComesOnceAndASecondReadingChangesNothing) {
    const auto project = this->project();
    const ImportSummary first = project->sync();
    EXPECT_EQ(error_codes(first), "");
    EXPECT_GE(project->store().count("person"), 60U);
    const FileCounts counts = total_of(first);
    EXPECT_EQ(counts.rejected, 0U);
    EXPECT_EQ(counts.read, counts.fresh + counts.changed + counts.unchanged + counts.duplicate + counts.rejected + counts.skipped);
    const std::string facts = facts_of(project->path());

    pass(*project, 3600);
    const ImportSummary second = project->sync();
    EXPECT_EQ(error_codes(second), "");
    EXPECT_EQ(total_of(second).fresh, 0U);
    EXPECT_EQ(vanished(second), 0U);
    EXPECT_EQ(facts_of(project->path()), facts);
}

TEST_P(RestSource, TwoProjectsOfOneKeyReadTheSame) {
    const auto one = project();
    const auto two = project(one->path());
    one->sync();
    two->sync();
    EXPECT_EQ(facts_of(one->path()), facts_of(two->path()));
}

TEST_P(RestSource, AReadingThatBreaksOffAnywhereGoesOnToTheSameEnd) {
    const auto whole = project();
    whole->sync();
    const std::string facts = facts_of(whole->path());
    const std::size_t requests = whole->calls.size();
    ASSERT_GT(requests, 10U);
    for (std::size_t after = 1; after < requests; after += 1 + requests / 12) {
        SCOPED_TRACE("broken off after " + std::to_string(after) + " requests");
        const auto broken = project(whole->path());
        const Responder works = broken->respond;
        broken->respond = [&](const Call& call) {
            if (broken->calls.size() <= after) return works(call);
            Answer cut;
            cut.cut_after = 0;
            return cut;
        };
        try {
            EXPECT_NE(broken->sync().exit(), Exit::Ok);
        } catch (const Error& error) {
            EXPECT_EQ(error.exit(), Exit::TryLater);
        }
        broken->respond = works;
        EXPECT_EQ(error_codes(broken->sync()), "");
        EXPECT_EQ(facts_of(broken->path()), facts);
    }
}

TEST_P(RestSource, AChangeArrivesAndADeletionIsBelievedTheSecondTimeItIsSeen) {
    const auto project = this->project();
    project->sync();
    const std::uint64_t persons = project->store().count("person");
    const std::string gone = system_.tables.at(counterpart().persons).records.front().id;
    pass(*project, 7200);
    stand_in::erase(system_, counterpart().persons, gone);

    std::uint64_t removed = 0;
    for (int week = 0; week < 3; ++week) {
        pass(*project, 8 * 86400);
        const ImportSummary summary = project->sync();
        EXPECT_EQ(error_codes(summary), "");
        removed += vanished(summary);
        if (week == 0) {
            EXPECT_EQ(project->store().count("person"), persons);
        }
    }
    EXPECT_GT(removed, 0U);
    EXPECT_EQ(project->store().count("person"), persons - 1);
}

TEST_P(RestSource, LostRightsAreNeverTakenForDeletion) {
    const auto project = this->project();
    project->sync();
    const std::string facts = facts_of(project->path());
    stand_in::lose_permission(system_);
    for (int week = 0; week < 3; ++week) {
        pass(*project, 8 * 86400);
        try {
            project->sync();
        } catch (const Error&) {
        }
        EXPECT_EQ(facts_of(project->path()), facts);
    }
    stand_in::regain_permissions(system_);
    pass(*project, 8 * 86400);
    EXPECT_EQ(vanished(project->sync()), 0U);
    EXPECT_EQ(facts_of(project->path()), facts);
}

TEST_P(RestSource, ATrialRunLeavesNothing) {
    const auto project = this->project();
    ImportRequest request;
    request.dry_run = true;
    const ImportSummary trial = project->sync(request);
    EXPECT_GT(total_of(trial).fresh, 0U);
    std::error_code ignored;
    if (fs::exists(project->path() / "store.db", ignored)) {
        EXPECT_EQ(project->store().count("person"), 0U);
        EXPECT_TRUE(project->store().runs().empty());
    }
    EXPECT_EQ(total_of(project->sync()).fresh, total_of(trial).fresh);
}

TEST_P(RestSource, SecretsStandNowhere) {
    const auto project = this->project();
    project->sync();
    std::string said;
    stand_in::lose_permission(system_);
    try {
        for (const ImportedFile& file : project->sync().files)
            if (file.error) said += readable(file.error->first());
    } catch (const Error& error) {
        said += readable(error.first());
    }
    for (const auto& [name, secret] : counterpart().secrets) {
        EXPECT_EQ(said.find(secret), std::string::npos);
        for (const auto& entry : fs::recursive_directory_iterator(project->path())) {
            if (!entry.is_regular_file() || entry.path().extension() == ".secret") continue;
            EXPECT_EQ(read_bytes(entry.path()).find(secret), std::string::npos) << entry.path();
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Presets, RestSource, testing::ValuesIn(counterparts()), [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace brugwacht
