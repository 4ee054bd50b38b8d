// Stand-in for KoboToolbox (API v2). Assumptions: error texts; an asset that may not be read is "not found".
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/support/stand_in/cloud.hpp"
#include "tests/support/stand_in/conditions.hpp"
#include "tests/support/stand_in/tables.hpp"

namespace brugwacht::stand_in {

/// GET /api/v2/assets/{uid}/data/ with limit, start, sort and query (as MongoDB writes them), and /api/v2/assets/{uid}/, for a caller with
/// "Authorization: Token SECRET". A table is the data of an asset; a record's id is its _id (a number), the first modified_us that was
/// ever seen its _submission_time: an edit does not move it. Field names hold slashes ("groep/vraag").
class Kobo {
  public:
    explicit Kobo(System& system) : system_(system) {}
    Answer operator()(const Call& call);

    std::size_t page_size = 100;  // without a limit: the rest is behind `next`, which is easily overlooked
    std::size_t most = 1000;      // a larger limit is cut to it without a word
    std::size_t overstated = 0;   // how many rows more `count` tells than there are

  private:
    Answer data(const Call& call, const std::string& asset);
    Answer asset(const std::string& uid) const;
    std::vector<const Record*> matching(const Call& call, const std::string& asset);
    Node value_of(const Record& record, const std::string& asset, const std::string& name);
    std::string next_link(const Call& call, std::size_t limit, std::size_t start) const;
    Answer detail(int status, const std::string& text) const;
    System& system_;
    std::map<std::string, std::int64_t> submitted_;  // "asset/id"
};

}  // namespace brugwacht::stand_in
