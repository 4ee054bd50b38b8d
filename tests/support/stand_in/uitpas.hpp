// Stand-in for the passholders of the UiTPAS API 4.0, as publiq's description of it (docs.publiq.be) and the clients generated from it
// (github.com/steinv/ts-uitpas-sdk) show it.
//
// Documented: client_credentials at account.uitid.be/realms/uitid/protocol/openid-connect/token, a token lasting 86400 s; GET /passholders
// with start (default 0), limit (default 20, at most 500, more is an error), sortName, dateOfBirthFrom, dateOfBirthTo, name, firstName,
// uitpasNumber; answering {totalItems, member}; sorted by last name. GET /passholders/{id}. Nothing tells or filters the moment of change:
// there is no list of changes, and pages shift when somebody is renamed. uitpasNumber can change, the passholder's id does not. Errors are
// problems of RFC 7807 (type, title, status); 403 without the permission PASSHOLDERS_SEARCH.
//
// Assumed: "complete or partial" names are found anywhere in the name, capitals or not; the wording of titles.
#pragma once

#include <string>
#include <vector>

#include "tests/support/stand_in/cloud.hpp"
#include "tests/support/stand_in/tables.hpp"
#include "tests/support/stand_in/tokens.hpp"

namespace brugwacht::stand_in {

/// Table "passholders"; a record's id is that of the passholder, its fields are shown as they are (name, firstName, dateOfBirth, ...).
class UiTPas {
  public:
    explicit UiTPas(System& system) : office(system), system_(system) {}
    Answer operator()(const Call& call);

    std::int64_t token_lifetime_s = 86'400;
    cloud::TokenOffice office;

  private:
    Answer search(const Call& call) const;
    std::vector<const Record*> matching(const Call& call) const;
    Answer problem(int status, const std::string& type, const std::string& title) const;
    System& system_;
};

}  // namespace brugwacht::stand_in
