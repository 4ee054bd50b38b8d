// The promises of rest_source_test.cpp, kept for presets of cloud systems too.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/contract/rest_source.hpp"
#include "tests/support/stand_in/cloud.hpp"
#include "tests/support/stand_in/cloud_people.hpp"
#include "tests/support/stand_in/dataverse.hpp"
#include "tests/support/stand_in/hubspot.hpp"
#include "tests/support/stand_in/jsonapi.hpp"
#include "tests/support/stand_in/kobo.hpp"
#include "tests/support/stand_in/odata.hpp"
#include "tests/support/stand_in/odk.hpp"
#include "tests/support/stand_in/salesforce.hpp"

namespace brugwacht {
namespace {

using stand_in::System;

constexpr std::size_t kPage = 5;

/// Where the answers of one child stand, by the names that the presets for forms and lists have for them.
std::vector<std::string> answers_in(const std::string& group, std::vector<std::string> lines) {
    for (const auto& [parameter, answer] : std::map<std::string, std::string>{{"child", "nummer"},
                                                                              {"given_name", "voornaam"},
                                                                              {"family_name", "naam"},
                                                                              {"birth_date", "geboren"},
                                                                              {"gender", "geslacht"},
                                                                              {"postcode", "postcode"},
                                                                              {"municipality", "gemeente"},
                                                                              {"club", "club"},
                                                                              {"enrolled_on", "ingeschreven"},
                                                                              {"start", "start"}})
        lines.push_back(parameter + " = \"" + group + answer + "\"");
    return lines;
}

std::vector<Counterpart> cloud_counterparts() {
    // The stand-ins write links to themselves, so they have an address of this machine.
    const std::string origin = "http://127.0.0.1:8443";
    const std::string site = "site = \"" + origin + "\"";
    const std::string key = System().secret;
    const std::string page = "page_size = 10";
    const std::map<std::string, std::string> small_pages_of_100{{"page_size = 100", page}};
    return {
        {"Dataverse",
         "dataverse",
         {site, "login = \"" + origin + "\"", "tenant = \"voorbeeldstad\"", "client_id = \"brugwacht\"", page},
         {{"client_secret", key}},
         stand_in::dataverse_layout,
         "contacts",
         [](System& s) { return served<stand_in::Dataverse>(s); }},
        {"DataverseWithoutTracking",
         "dataverse",
         {site, "login = \"" + origin + "\"", "tenant = \"voorbeeldstad\"", "client_id = \"brugwacht\"", page},
         {{"client_secret", key}},
         stand_in::dataverse_layout,
         "contacts",
         [](System& s) {
             return served<stand_in::Dataverse>(s, [](stand_in::Dataverse& dataverse) { dataverse.untracked = {"contacts"}; });
         }},
        {"Salesforce",
         "salesforce-npsp",
         {site, "client_id = \"3MVG9-voorbeeld\""},
         {{"client_secret", key}},
         stand_in::salesforce_layout,
         "Contact",
         [](System& s) { return served<stand_in::Salesforce>(s, [](stand_in::Salesforce& org) { org.page_rows = kPage; }); }},
        {"HubSpot",
         "hubspot",
         {site},
         {{"token", key}},
         stand_in::hubspot_layout,
         "contacts",
         [](System& s) { return served<stand_in::HubSpot>(s); },
         small_pages_of_100},
        {"Kobo",
         "kobo",
         answers_in("kind/", {site, "form = \"aKinderen\""}),
         {{"token", key}},
         stand_in::kobo_layout,
         "aKinderen",
         [](System& s) { return served<stand_in::Kobo>(s, [](stand_in::Kobo& kobo) { kobo.most = kPage; }); }},
        {"Odk",
         "odk",
         answers_in("kind.", {site, "user = \"lezer@voorbeeld.be\"", "project = \"1\"", "form = \"kinderen\""}),
         {{"password", key}},
         stand_in::odk_layout,
         "kinderen",
         [](System& s) { return served<stand_in::Odk>(s); },
         {{"page_size = 500", page}}},
        {"OData",
         "odata",
         answers_in("", {"site = \"" + origin + "/odata/v4\"", "key_prefix = \"Basic \"", "entity_set = \"Kinderen\"", "id = \"ID\"",
                         "modified = \"modifiedAt\"", page}),
         {{"key", stand_in::cloud::base64("lezer:" + key)}},
         stand_in::plain_layout,
         "Kinderen",
         [](System& s) { return served<stand_in::OData>(s, [](stand_in::OData& service) { service.page_size = kPage; }); }},
        {"JsonApi",
         "jsonapi",
         answers_in("", {"site = \"" + origin + "/rest\"", "collection = \"Kinderen\"", page}),
         {{"key", key}},
         stand_in::plain_layout,
         "Kinderen",
         [](System& s) { return served<stand_in::JsonApi>(s, [](stand_in::JsonApi& service) { service.page_size = kPage; }); }},
    };
}

INSTANTIATE_TEST_SUITE_P(CloudPresets, RestSource, testing::ValuesIn(cloud_counterparts()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace brugwacht
