// From one page of a list to the next. A list ends where its marker of continuation is absent; a marker that comes back is a circle.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "connector/rest/http.hpp"
#include "connector/rest/placeholders.hpp"
#include "connector/rest/preset.hpp"
#include "engine/lib/json_tree.hpp"

namespace brugwacht {

/// What the paginator looks at in one answer.
struct PageSeen {
    JsonView answer;
    const HttpResponse& response;
    const std::string& url;               // that was asked for
    const std::vector<std::string>& ids;  // of its records, in their order
    std::size_t records = 0;              // with those that have no id
    std::optional<std::uint64_t> total;   // rows of the whole list, when the server says so
};

class Paginator {
  public:
    /// `plan` and `connection` outlive the paginator. `stream` is how messages call the list.
    Paginator(const PagingPlan& plan, const ConnectionPlan& connection, std::string stream);

    /// Goes on where an earlier run had come to.
    void resume(std::string last_id, std::string link);
    /// {last_id}, {page}, {offset}, {token} of the page that comes.
    void set_values(Placeholders& values) const;
    /// The address of the page that comes, when the last answer gave one; "" = the request of the stream.
    const std::string& address() const { return plan_->type == PagingType::NextLink ? link_ : nothing_; }
    /// Of the last record seen, and the marker of continuation: what resume() wants.
    const std::string& last_id() const { return last_id_; }
    const std::string& link() const { return link_; }

    /// True when that was the last page. Throws Error (65): REST-032 the list goes in circles, REST-033 it is not sorted by id, REST-034 a
    /// link to another host.
    bool advance(const PageSeen& page);

  private:
    /// `place`: of the marker, when it means something only there.
    bool follow(std::string marker, const std::string& place = {});
    std::string link_of(const PageSeen& page) const;
    void stop_circles(bool circle) const;

    const PagingPlan* plan_;
    const ConnectionPlan* connection_;
    std::string stream_;
    std::string last_id_, link_, first_, nothing_;
    std::int64_t page_, offset_ = 0;
    std::uint64_t pages_seen_ = 0;
    std::unordered_set<std::size_t> markers_;  // hashes of those that came before
};

/// The number that a text is, nothing when it is none.
std::optional<std::uint64_t> whole_number(const std::string& text);
/// `link` as seen from `url`, when it stays at the server of the connection. Throws Error REST-034 (65).
std::string same_server_link(const ConnectionPlan& connection, const std::string& url, const std::string& link, const std::string& stream);

}  // namespace brugwacht
