// An EspoCRM: REST under /api/v1, with what is awkward about it. Tables are entity types ("Contact", "Meeting"); a link is a field
// "contactsIds" (a list) or "accountId". Seen behaviour: EspoCRM 8.4.2, and 9 where the version says so.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/local_server.hpp"
#include "tests/support/stand_in/rows.hpp"
#include "tests/support/stand_in/tables.hpp"

namespace brugwacht::stand_in {

/// How a request fails: a status, often an empty body, and the reason in a header.
struct EspoRefusal {
    int status = 400;
    std::string reason;
    std::string body;
};

class EspoCrm {
  public:
    explicit EspoCrm(System& system);

    int version = 8;  // from 9 on the aliases whereGroup and attributeSelect are known; before that they are passed over
    std::string hmac_key = "hmac-sleutel-van-de-test";
    std::size_t max_size = 200;
    bool admin = false;                                               // sees ActionHistoryRecord
    std::set<std::pair<std::string, std::string>> hidden_fields;      // entity type and field, by the role
    std::function<bool(const std::string&, const Record&)> row_seen;  // empty: all; what a role with level "own" leaves out
    std::set<std::string> without_total{"ActionHistoryRecord", "Note"};

    Answer operator()(const Call& call);

    /// What deleting by hand does: the API never shows the record again; the history of actions does.
    void remove(const std::string& entity, const std::string& id);

  private:
    using Value = std::function<std::string(const Record&)>;
    struct Column {
        std::string name;
        Value value;
    };
    Answer respond(const Call& call);
    void authenticate(const Call& call, const std::string& path);
    bool known_key(const Call& call, const std::string& path) const;
    std::string list(const std::string& entity, const Node& params, const Predicate& among, bool no_total);
    std::string one(const std::string& entity, const std::string& id);
    std::string related(const std::string& entity, const std::string& id, const std::string& link, const Node& params, bool no_total);
    std::string update(const std::string& entity, const std::string& id, const std::string& body);
    std::string metadata(const std::string& key);
    Predicate linked_to(const Record& owner, const std::string& entity, const std::string& link) const;
    Node parameters(const Call& call) const;
    void check_readable(const std::string& entity) const;
    Query query_of(const std::string& entity, const Node& params, std::vector<std::string>& select) const;
    Predicate condition(const std::string& entity, const Node& item, Query* bounds) const;
    Predicate junction(const std::string& entity, const Node& item, const std::string& type, Query* bounds) const;
    Predicate comparison(const std::string& entity, const Node& item, const std::string& type, Query* bounds) const;
    Predicate relative_days(const Value& own, const std::string& type, const Node* value) const;
    Value value(const std::string& entity, const std::string& attribute) const;
    bool known(const std::string& entity, const std::string& attribute) const;
    bool hidden(const std::string& entity, const std::string& attribute) const { return hidden_fields.count({entity, attribute}) != 0; }
    std::vector<std::string> attributes(const std::string& entity) const;
    std::vector<Column> columns(const std::string& entity, const std::vector<std::string>& select) const;
    static std::string row(const Record& record, const std::vector<Column>& columns);

    System& system_;
    Rows rows_{IdOrder::Text};
    std::deque<std::int64_t> denied_logins_us_;
};

}  // namespace brugwacht::stand_in
