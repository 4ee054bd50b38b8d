// Stand-in for Microsoft Dataverse (Web API v9.2) with its token endpoint. What it does is what Microsoft's documentation and the reports
// of its users say. Assumptions: the texts and codes of errors (but for that of an expired token and of the limits), ids sorting as text, a
// table without change tracking answering 400.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/support/stand_in/cloud.hpp"
#include "tests/support/stand_in/conditions.hpp"
#include "tests/support/stand_in/tables.hpp"
#include "tests/support/stand_in/tokens.hpp"

namespace brugwacht::stand_in {

/// Tables of the system are entity sets: "contacts", "activityparties". A record's id is the value of its key ("contactid"), its moment of
/// change that of modifiedon; State::Trashed shows as statecode 1. Fields named "COLUMN@ANNOTATION" are annotations of a column.
/// POST /{tenant}/oauth2/v2.0/token; GET /api/data/v9.2/: {set}, {set}/$count, EntityDefinitions,
/// EntityDefinitions(LogicalName='x')/Attributes, WhoAmI, RetrieveVersion().
class Dataverse {
  public:
    explicit Dataverse(System& system);
    Answer operator()(const Call& call);

    bool ignores_preferences = false;  // track-changes and maxpagesize, without a word
    std::set<std::string> untracked;   // entity sets without change tracking
    std::set<std::string> dropped;     // "contacts.emailaddress1": columns that are no longer there
    std::size_t page_size = 5000;      // default and most
    std::int64_t token_lifetime_s = 3599;
    std::int64_t tracking_days = 7;                                     // life of a token of changes
    int fraction_digits = 0;                                            // of modifiedon, 0 to 6
    std::map<std::string, std::map<std::int64_t, std::string>> labels;  // column -> value -> label in the user's language
    cloud::Rate rate;                                                   // 6000 in 5 minutes there; no limit here unless set
    cloud::TokenOffice office;

    /// What it says when there were too many requests.
    Answer throttled(std::int64_t retry_after_s) const;

  private:
    /// What the caller saw of a table when a tracked reading of it began, and the ids that this reading goes through.
    struct Tracking {
        std::string set;
        std::int64_t at_us = 0;
        std::map<std::string, std::string> seen;  // id -> state and content
        std::vector<std::string> changed;
        std::vector<std::string> gone;
    };
    /// Where a next link goes on.
    struct Position {
        std::string tracking;     // number of a tracked reading, or ""
        std::size_t index = 0;    // in it
        std::vector<Node> after;  // otherwise: the last row's values of the sorted columns
        std::size_t page = 1;
    };
    struct Query;

    Answer service(const Call& call, const std::string& path);
    Answer definitions(const Call& call) const;
    Answer attributes(const std::string& logical_name) const;
    Answer count(const Call& call, const std::string& set) const;
    Answer list(const Call& call, const std::string& set);
    Answer listed_page(const Call& call, const Query& query, const Position& from);
    Answer tracked_page(const Call& call, const Query& query, const Position& from);
    Position begin_tracking(const Call& call, const std::string& set);
    Position continue_from(const Call& call) const;
    Query read_query(const Call& call, const std::string& set) const;
    std::vector<const Record*> matching(const Query& query) const;
    Answer page_answer(const Query& query, std::string body) const;
    std::string next_link(const Call& call, const Query& query, Position next, const std::string& last_id);
    void write_row(JsonWriter& json, const Query& query, const Record& record) const;
    void write_annotations(JsonWriter& json, const Query& query, const Record& record, const std::string& column) const;
    std::string label_of(const std::string& column, const Node& value) const;
    Node value_of(const std::string& set, const Record& record, const std::string& column) const;
    std::set<std::string> columns_of(const std::string& set) const;
    void check_columns(const std::string& set, const std::vector<std::string>& columns) const;
    Answer fault(int status, const std::string& code, const std::string& message) const;

    System& system_;
    std::map<std::string, Position> issued_;     // next links, byte for byte
    std::map<std::string, Tracking> trackings_;  // by number
    std::int64_t refused_ = 0;                   // calls over the limit in a row
};

}  // namespace brugwacht::stand_in
