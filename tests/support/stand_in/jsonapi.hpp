// Stand-in for a service that speaks JSON:API 1.0: page[limit] and page[offset], links.next, an array of errors.
#pragma once

#include <string>
#include <vector>

#include "tests/support/stand_in/cloud.hpp"
#include "tests/support/stand_in/tables.hpp"

namespace brugwacht::stand_in {

/// GET {root}/{type} with filter[name]=value (or >value, <value), sort=-a,b; the caller shows the system's secret as Bearer. Attributes are
/// the fields of a record and `changed`; only live records are shown.
class JsonApi {
  public:
    explicit JsonApi(System& system) : system_(system) {}
    Answer operator()(const Call& call) const;

    std::string root = "/rest/";
    std::string changed = "updated-at";
    std::size_t page_size = 50;         // default
    std::size_t most = 100;             // a larger limit is refused
    bool links_without_scheme = false;  // "crm.example/rest/...": a badly configured server

  private:
    Answer list(const Call& call, const std::string& type) const;
    std::vector<const Record*> matching(const Call& call, const std::string& type) const;
    std::string link(const Call& call, std::size_t limit, std::size_t offset) const;
    void write_record(JsonWriter& json, const Call& call, const std::string& type, const Record& record) const;
    Node value_of(const Record& record, const std::string& name) const;
    Answer fault(int status, const std::string& code, const std::string& detail) const;
    Answer answer(int status, std::string body) const;
    System& system_;
};

}  // namespace brugwacht::stand_in
