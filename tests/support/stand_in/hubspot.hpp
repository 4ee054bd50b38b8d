// Stand-in for HubSpot's CRM API v3. Assumptions: the list is in order of the number of ids; wordings of errors; which properties come
// without asking.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tests/support/stand_in/cloud.hpp"
#include "tests/support/stand_in/tables.hpp"
#include "tests/support/stand_in/tokens.hpp"

namespace brugwacht::stand_in {

/// GET /crm/v3/objects/{type}, POST /crm/v3/objects/{type}/search, GET /crm/v3/properties/{type} (or /crm/objects/2026-03/{type} ...); the
/// caller shows the system's secret as Bearer. A record's id is hs_object_id, its moment of change lastmodifieddate of contacts and
/// hs_lastmodifieddate of all others; State::Trashed is archived. A field "associations.companies" is an array of ids.
class HubSpot {
  public:
    explicit HubSpot(System& system) : system_(system) {
        rolling.window_us = 10'000'000;
        searches.window_us = 1'000'000;
    }
    Answer operator()(const Call& call);

    std::size_t result_cap = 10'000;     // of one search
    std::int64_t index_lag_us = 0;       // how long a change stays out of searches
    std::set<std::string> concealed;     // ids that take a place on a page but are not shown: short and empty pages
    std::size_t association_page = 100;  // ids of one association inside a record
    std::size_t per_day = 0;             // calls; 0 = no limit
    std::size_t used_today = 0;
    cloud::Rate rolling;   // 100 to 190 in 10 s there; no limit here unless set
    cloud::Rate searches;  // 5 in a second there; no limit here unless set
    bool tells_when_to_come_back = false;

  private:
    Answer objects(const Call& call, const std::string& type);
    Answer search(const Call& call, const std::string& type);
    Answer properties(const std::string& type) const;
    Node value_of(const std::string& type, const Record& record, const std::string& property) const;
    std::set<std::string> properties_of(const std::string& type) const;
    void write_record(JsonWriter& json, const std::string& type, const Record& record, const std::vector<std::string>& properties,
                      const std::vector<std::string>& associations) const;
    void write_associations(JsonWriter& json, const Record& record, const std::vector<std::string>& types) const;
    Answer limited(const std::string& policy) const;
    Answer problem(int status, const std::string& category, const std::string& message) const;
    System& system_;
};

}  // namespace brugwacht::stand_in
