// Stand-in for Stamhoofd's API, as its public source (github.com/stamhoofd/stamhoofd) and its page "De Stamhoofd API gebruiken" describe
// it.
//
// Documented: the address of an association is https://{id}.api.stamhoofd.app/v{version}; a key is sent as Bearer; GET /members and
// /members/count take filter and pageFilter (JSON), sort ("createdAt DESC,id DESC"), limit (1 to 100) and search; limit and sort are
// required. The answer is {results: {members, organizations}, next}; `next` is no address but the members of the next request, its
// pageFilter being a text of JSON, and absent at the end; it is there whenever a page is full, so the last page may be empty. Members sort
// by id, memberNumber, firstName, lastName, birthDay, createdAt: NOT by the moment of change, so there is no list of changes. Moments, and
// days of birth, are milliseconds since 1970, a day being midnight in Brussels. Errors are {errors: [{code, message, field}]}. Limits: 25
// requests in 5 s, 120 in 2 min, 1000 an hour, 2000 a day. Deleted members vanish.
//
// Assumed: the code and status of an exceeded limit (rate_limit, 429) and of an unknown field in a filter; that `users` and other members
// of no use here may be left out. Not played: filters on relations ($elemMatch), versions that are no longer served.
#pragma once

#include <string>
#include <vector>

#include "tests/support/stand_in/cloud.hpp"
#include "tests/support/stand_in/conditions.hpp"
#include "tests/support/stand_in/tables.hpp"
#include "tests/support/stand_in/tokens.hpp"

namespace brugwacht::stand_in {

/// Table "members", with the fields details and registrations (JSON as the system has it) and createdAt (milliseconds).
class Stamhoofd {
  public:
    explicit Stamhoofd(System& system) : system_(system) { rate.window_us = 5'000'000; }
    Answer operator()(const Call& call);

    std::string organization = "634d549b-862e-4a5e-852d-3d4a9814e22d";
    cloud::Rate rate;  // no limit unless set

  private:
    Answer members(const Call& call) const;
    Answer count(const Call& call) const;
    std::vector<const Record*> matching(const Call& call, const std::vector<cloud::Order>& orders, bool paged) const;
    Node value_of(const Record& record, const std::string& name) const;
    void write_member(JsonWriter& json, const Record& record) const;
    std::string page_filter(const Record& last, const std::vector<cloud::Order>& orders) const;
    void write_page_filter(JsonWriter& json, const Record& last, const std::vector<cloud::Order>& orders, std::size_t from) const;
    Answer fault(int status, const std::string& code, const std::string& message) const;
    System& system_;
};

}  // namespace brugwacht::stand_in
