// A CiviCRM: APIv4 and APIv3 behind AuthX, with what is awkward about them. Tables are entities ("Contact", "Activity", ...), fields of
// records bear the names of APIv4, custom ones "Group.Field". `created_date` of records is UTC text; times of activities and events are
// what the site's clock shows. Trashed is is_deleted. Seen behaviour: CiviCRM 5.77 on WordPress and on Drupal.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/zone.hpp"
#include "tests/support/local_server.hpp"
#include "tests/support/stand_in/rows.hpp"
#include "tests/support/stand_in/tables.hpp"

namespace brugwacht::stand_in {

/// A failure as the API tells it in its answer.
struct CiviRefusal {
    int status = 500;
    std::string message;
};

/// What can be asked of one entity: its fields, their values as JSON text, and conditions on them.
class CiviEntity {
  public:
    using Value = std::function<std::string(const Record&)>;
    using Options = std::map<std::string, std::vector<std::string>>;  // of a field: names, from 1

    CiviEntity(System& system, Rows& rows, const Zone& zone, const Options& options, std::string name);

    /// Empty when the entity has no such field.
    Value value(const std::string& field) const;
    /// All columns of the table itself; custom ones ("Group.Field") apart.
    std::vector<std::string> columns() const;
    std::vector<std::string> custom_columns() const;
    /// Conditions in the notation of `where`; narrows the bounds of the query where it can. Throws CiviRefusal.
    void restrict(Query& query, const Node& where) const;
    const Table& table() const { return table_; }
    const std::string& name() const { return name_; }
    /// Integer, Boolean, Timestamp (shown in the site's zone), Datetime and Date (as they stand), String.
    std::string data_type(const std::string& field) const;

  private:
    Predicate condition(const Node& item, Query* bounds) const;
    Predicate junction(const Node& item, const std::string& word, Query* bounds) const;
    Predicate comparison(const std::string& field, const std::string& sign, const Node* wanted, Query* bounds) const;
    Predicate time_comparison(const std::string& field, const std::string& sign, const Node* wanted, Query* bounds) const;
    Scalar time_scalar(const std::string& field, const Node& wanted) const;
    bool stamped() const;
    bool has_trash() const;
    bool known(const std::string& field) const;

    System& system_;
    Rows& rows_;
    const Zone& zone_;
    const Options& options_;
    std::string name_;
    const Table& table_;
};

class CiviCrm {
  public:
    enum class Cms : std::uint8_t {
        Drupal,    // the HTTP status is the one in the answer
        WordPress  // always 200
    };
    explicit CiviCrm(System& system);

    Cms cms = Cms::Drupal;
    Zone zone = Zone::brussels();
    std::string site_key = "sleutel-van-de-site";
    bool may_use_key = true;             // permission "authenticate with api key"; without it the site key is asked for
    bool sees_trash = true;              // permission "access deleted contacts"
    bool trash_moves_modified = false;   // true since late 2025
    bool permalinks = true;              // WordPress: false answers 404 in HTML but for ?civiwp=CiviCRM&q=...
    CiviEntity::Options options;         // names behind numbers, for FIELD:name and FIELD:label
    std::vector<std::string> untracked;  // custom fields whose change does not move modified_date: their triggers are missing

    Answer operator()(const Call& call);

    /// What deleting by hand does: Contact and Case go to the bin, everything else is gone.
    void remove(const std::string& entity, const std::string& id);

  private:
    enum class Caller : std::uint8_t { Anonymous, User };
    Answer respond(const Call& call);
    std::string route(const Call& call) const;
    Answer api4(const Call& call, const std::string& rest, Caller caller);
    Answer api3(const Call& call, Caller caller, bool wordpress_wrapper);
    std::string calls4(const Node& calls, Caller caller);
    std::string action4(const std::string& entity, const std::string& action, const Node& params, Caller caller);
    std::string get4(const CiviEntity& entity, const Node& params, bool empty);
    std::string fields4(const CiviEntity& entity, const Node& params);
    std::string update4(const CiviEntity& entity, const Node& params);
    std::string delete4(const CiviEntity& entity, const Node& params);
    std::string get3(const CiviEntity& entity, const Node& params, bool empty);
    /// False: rows are hidden without a word. Throws CiviRefusal where the system says so.
    bool may_read(const std::string& entity, Caller caller) const;
    Predicate permitted(const CiviEntity& entity) const;
    CiviEntity entity(const std::string& name);
    Answer answer(int status, std::string body) const;

    System& system_;
    Rows rows_{IdOrder::Number};
    std::uint64_t calls_ = 0;
};

}  // namespace brugwacht::stand_in
