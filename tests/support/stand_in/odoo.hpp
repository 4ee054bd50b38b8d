// An Odoo: JSON-RPC as all versions have it and JSON-2 of 19, with what is awkward about them. Tables are models ("res.partner"); a
// many2one is stored as [6,"Testschool"], a many2many as [3,9]; archived is State::Trashed. Seen behaviour: 16.0 and 19.0.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/local_server.hpp"
#include "tests/support/stand_in/rows.hpp"
#include "tests/support/stand_in/tables.hpp"

namespace brugwacht::stand_in {

/// An exception of the server, which each protocol wraps in its own way.
struct OdooError {
    std::string name;  // "odoo.exceptions.AccessError"
    std::string message;
    int status = 500;  // under JSON-2
};

/// The fields of one model, and domains over them.
class OdooModel {
  public:
    using Value = std::function<std::string(const Record&)>;
    /// `version` decides how moments compare: in microseconds before 19, in whole seconds from 19 on.
    OdooModel(const System& system, int version, std::string name);

    bool exists() const { return exists_; }
    const std::string& name() const { return name_; }
    const Table& table() const { return table_; }
    /// JSON as the API shows it: false for null, moments without their fraction. Empty when there is no such field.
    Value value(const std::string& field) const;
    std::vector<std::string> fields() const;
    std::string type(const std::string& field) const;
    /// A domain in prefix notation; conditions without an operator between them are joined by "&". Throws OdooError.
    void restrict(Query& query, const Node& domain) const;
    /// Whether a domain speaks of the field `active`: then archived rows are not left out.
    static bool names_active(const Node& domain);

  private:
    Predicate term(const std::vector<Node>& terms, std::size_t& at, Query* bounds) const;
    Predicate leaf(const Node& leaf, Query* bounds) const;
    Predicate moment_leaf(const std::string& field, const std::string& sign, const Node& wanted, Query* bounds) const;
    std::int64_t moment_of(const std::string& text) const;

    int version_;
    std::string name_;
    bool exists_;
    const Table& table_;
};

class Odoo {
  public:
    explicit Odoo(System& system) : system_(system) {}

    int version = 16;  // 16 and 18: JSON-RPC; from 19 on JSON-2 too
    std::string database = "voorbeeldstad";
    std::string login = "brugwacht@voorbeeldstad.invalid";
    bool many_databases = false;                                      // JSON-2 then asks for X-Odoo-Database
    std::function<bool(const std::string&, const Record&)> row_seen;  // empty: all; what record rules leave out, without a word

    Answer operator()(const Call& call);

    /// What deleting does: nothing is left.
    void unlink(const std::string& model, const std::string& id);
    void archive(const std::string& model, const std::string& id);

  private:
    struct Arguments;
    Answer respond(const Call& call);
    Answer json_rpc(const Call& call);
    std::string rpc_result(const Node& params);
    std::string common(const std::string& method, const Node& args);
    Answer json2(const Call& call, const std::string& path);
    std::string run(const std::string& model, const std::string& method, const Arguments& arguments);
    std::string search(const OdooModel& model, const std::string& method, const Arguments& arguments);
    std::string read(const OdooModel& model, const Arguments& arguments);
    std::string write(const OdooModel& model, const Arguments& arguments);
    std::string fields_get(const OdooModel& model) const;
    std::string rows_json(const OdooModel& model, const std::vector<Row>& rows, const Arguments& arguments) const;
    Predicate seen(const OdooModel& model) const;
    std::string version_json() const;

    System& system_;
    Rows rows_{IdOrder::Number};
    std::uint64_t calls_ = 0;
};

}  // namespace brugwacht::stand_in
