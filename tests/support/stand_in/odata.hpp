// Stand-in for a small OData 4 service of the kind that frameworks make, not that of one vendor: relative next links with %24 for $,
// skip tokens that are offsets, error codes that are numbers, no preferences, no "+" for a blank.
#pragma once

#include <string>
#include <vector>

#include "tests/support/local_server.hpp"
#include "tests/support/stand_in/cloud.hpp"
#include "tests/support/stand_in/tables.hpp"

namespace brugwacht::stand_in {

/// GET {root}/{Table} for a caller with Basic authentication, `user` and the system's secret. A record's id is its `key`, its moment of
/// change `changed`; only live records are shown.
class OData {
  public:
    explicit OData(System& system) : system_(system) {}
    Answer operator()(const Call& call) const;

    std::string root = "/odata/v4/";
    std::string user = "lezer";
    std::string key = "ID";
    std::string changed = "modifiedAt";
    std::size_t page_size = 1000;  // of the server; 0 = all rows at once, without any next link

  private:
    Answer list(const Call& call, const std::string& table) const;
    Node value_of(const Record& record, const std::string& name) const;
    std::vector<const Record*> matching(const Call& call, const std::string& table) const;
    void write_row(JsonWriter& json, const Record& record, const std::vector<std::string>& select) const;
    Answer fault(int status, const std::string& message) const;
    System& system_;
};

}  // namespace brugwacht::stand_in
