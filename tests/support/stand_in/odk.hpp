// Stand-in for ODK Central: the OData subset of a form's submissions, and its sessions. Assumptions: newest submission first; deleted
// submissions are shown only to a $filter that speaks of __system/deletedAt; the texts of errors.
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

/// GET /v1/projects/{p}/forms/{f}.svc/Submissions for Basic authentication (`user`, the system's secret) or a session (POST /v1/sessions).
/// A table is a form. A record's id is __id; the first modified_us that was ever seen is __system/submissionDate, a later one
/// __system/updatedAt; State::Trashed has __system/deletedAt. A field that is an array of objects is a repeat, shown inside with $expand=*.
class Odk {
  public:
    explicit Odk(System& system) : office(system), system_(system) {}
    Answer operator()(const Call& call);

    std::string user = "lezer@voorbeeld.be";
    cloud::TokenOffice office;

  private:
    Answer session(const Call& call);
    Answer submissions(const Call& call, const std::string& form);
    std::vector<const Record*> matching(const Call& call, const std::string& form);
    Node value_of(const std::string& form, const Record& record, const std::string& name) const;
    void write_row(JsonWriter& json, const std::string& form, const Record& record, bool expand) const;
    Answer problem(int status, const std::string& code, const std::string& message) const;
    System& system_;
    std::map<std::string, std::int64_t> submitted_;  // "form/id"
};

}  // namespace brugwacht::stand_in
