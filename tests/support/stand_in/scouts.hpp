// Stand-in for the Groepsadministratie of Scouts en Gidsen Vlaanderen, as its API description
// (github.com/ScoutsGidsenVL/groepsadmin-client, docs/api.apib) and public clients of it show it.
//
// Documented: an access token of the Keycloak at login.scoutsengidsenvlaanderen.be as Bearer; GET /ledenlijst with offset (from 0) and
// aantal (the server may give fewer), answering {aantal, totaal, offset, leden: [{id, waarden, links}], links: [{rel: next, href}]}; WHICH
// members and columns it lists is the filter "huidige" that is kept at the server for the user, set by PATCH /ledenlijst/filter/huidige
// {kolommen, criteria, sortering}, so that whoever uses the same account changes the list; one member may stand in it several times;
// GET /lid/{id} with its sections, aangepast, ETag and 304; ids of merged members go on working and lead to one member; errors {id, titel,
// beschrijving}; a function without `einde` is running; criteria functies, groepen, geslacht, leeftijd; columns are Java class names.
//
// Assumed: client_credentials (the public clients log in with a person's password); days in the list as dd/mm/yyyy; a member is listed once
// for each group with a running function that fits; criteria.oudleden (seen in clients): true = only those without a running function; the
// shape of /groep and /functie; POST /ledenlijst/filter/stateless (seen in clients) lists as /ledenlijst does; 403 without rights.
// Individual medical cards are not played at all: they are never to be read.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/stand_in/cloud.hpp"
#include "tests/support/stand_in/tables.hpp"
#include "tests/support/stand_in/tokens.hpp"

namespace brugwacht::stand_in {

/// Below /groepsadmin/rest-ga; POST ../protocol/openid-connect/token. Tables "leden" (fields are sections as JSON: vgagegevens,
/// verbondsgegevens, persoonsgegevens, adressen, contacten, functies), "groepen" and "functies".
class Scouts {
  public:
    explicit Scouts(System& system);
    Answer operator()(const Call& call);

    std::size_t page_rows = 100;  // rows of a list at most, whatever `aantal` says
    std::int64_t token_lifetime_s = 300;
    std::map<std::string, std::string> merged;  // id of a member that was merged -> the one that is left
    cloud::TokenOffice office;

  private:
    /// A place in the list.
    struct Row {
        const Record* member = nullptr;
        std::string group;
    };
    Answer member_list(const Call& call) const;
    Answer member(const Call& call, const std::string& id);
    Answer table(const std::string& name) const;
    Answer stateless(const Call& call);
    Answer filter(const Call& call);
    std::vector<Row> rows() const;
    bool fits(const Record& member) const;
    std::vector<std::string> groups_of(const Record& member) const;
    bool matches_function(const Node& function) const;
    bool matches_age(const Record& member) const;
    std::string column(const Record& member, const std::string& id) const;
    Answer fault(int status, const std::string& title) const;
    System& system_;
    Node current_;  // the filter "huidige"
};

}  // namespace brugwacht::stand_in
