// Where the reading of a stream stands between two pages, and between two runs. It holds ids and tokens of the server, so it is only ever
// kept sealed; it never holds a secret of ours.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace brugwacht {

struct StreamState {
    std::string plan;          // digest of how the stream was read: another one means that all is read again
    std::int64_t lo = -1;      // seconds since 1970: everything that changed before it was read; -1 = nothing was read yet
    std::int64_t hi = 0;       // end of the window that is being read, 0 = none
    std::string last_id;       // in that window; "" = its first page
    std::string link;          // of the next page, or a token; "" = the first page
    std::string delta;         // link to the changes since the last time
    bool no_delta = false;     // the server does not know that way
    bool reading_all = false;  // what is being read is everything there is
    std::map<std::string, std::int64_t> listed;  // number of a [[stream.deletes]] -> when it was last done
    std::map<std::string, std::int64_t> unseen;  // rows that listings have and that never came -> in how many listings in a row
    std::set<std::string> members;               // names that records had
    std::set<std::string> present;               // fields that some record had

    /// JSON.
    std::string text() const;
    /// Of what text() gave; anything else is a state in which nothing was read.
    static StreamState parse(std::string_view text);
};

}  // namespace brugwacht
