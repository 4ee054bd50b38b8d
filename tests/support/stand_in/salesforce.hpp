// Stand-in for Salesforce's REST API with its token endpoint, and the objects of NPSP and the Program Management Module. Assumptions: the
// wording of errors; a session lasts two hours.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/stand_in/cloud.hpp"
#include "tests/support/stand_in/soql.hpp"
#include "tests/support/stand_in/tables.hpp"
#include "tests/support/stand_in/tokens.hpp"

namespace brugwacht::stand_in {

/// POST /services/oauth2/token; GET /services/data, /services/oauth2/userinfo and /services/data/v62.0/: query, queryAll, query/{locator},
/// sobjects/{X}/describe. Tables are objects ("Contact", "pmdm__ServiceDelivery__c"). A record's id has 15 characters and is shown with 18;
/// its moment of change is SystemModstamp in whole seconds; State::Trashed is in the bin (IsDeleted, for queryAll only). A field
/// "RecordType.DeveloperName" is one of a related record.
class Salesforce {
  public:
    explicit Salesforce(System& system) : office(system), system_(system) {}
    Answer operator()(const Call& call);

    std::string consumer_key = "3MVG9-voorbeeld";  // client_id, or iss of an assertion
    std::string user = "lezer@voorbeeld.be";       // sub
    std::string public_key;                        // PEM: assertions must be signed with its private key; "" = none is accepted
    std::set<std::string> audiences = {"https://login.salesforce.com", "https://test.salesforce.com"};
    std::int64_t session_s = 7200;
    bool useless_session = false;  // 401 that a new token does not mend
    std::size_t page_rows = 2000;  // rows of a page at most; the caller's batchSize (200 to 2000) is a hint
    std::size_t used = 0;          // calls of the whole organisation today
    std::size_t per_day = 100'000;
    std::set<std::string> without_stamp_filter;  // objects that cannot be filtered by SystemModstamp
    std::set<std::string> dropped;               // "Contact.Email": fields that are no longer there, or hidden
    cloud::TokenOffice office;

  private:
    struct Cursor {
        cloud::SoqlQuery query;
        std::vector<std::string> ids;
        std::int64_t made_us = 0;
        std::size_t rows = 0;  // of a page
    };

    Answer token(const Call& call);
    std::string fault_of_assertion(const std::string& assertion, const std::string& here) const;
    Answer service(const Call& call);
    Answer query(const Call& call, const std::string& version, bool all);
    Answer more(const std::string& version, const std::string& locator);
    Answer page(const std::string& version, const std::string& cursor_id, std::size_t from) const;
    Answer describe(const std::string& object) const;
    void check(cloud::SoqlQuery& query) const;
    std::string known_field(const std::string& object, const std::string& name) const;
    std::set<std::string> fields_of(const std::string& object) const;
    Node value_of(const Record& record, const std::string& field) const;
    void write_record(JsonWriter& json, const std::string& version, const cloud::SoqlQuery& query, const Record& record) const;
    void write_related(JsonWriter& json, const cloud::SoqlQuery& query, const Record& record, const std::string& relation) const;
    void require_object(const std::string& object) const;

    System& system_;
    std::map<std::string, Cursor> cursors_;
};

/// The 18 characters of an id that tell capitals and small letters apart for programs that do not.
std::string salesforce_id(const std::string& id15);

}  // namespace brugwacht::stand_in
