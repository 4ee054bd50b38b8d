// A SuiteCRM: the V8 JSON API and the old v4_1 service, with what is awkward about them. Tables are modules ("Contacts", "Meetings");
// times in fields are UTC texts "2026-11-23 22:04:00"; a link is a field "link:contacts" that holds a list of ids. Seen behaviour: 7.14.6.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/support/local_server.hpp"
#include "tests/support/stand_in/rows.hpp"
#include "tests/support/stand_in/tables.hpp"

namespace brugwacht::stand_in {

struct SuiteRefusal {
    int status = 400;
    std::string detail;
};

/// The columns of one module and conditions on them, in the raw texts of the database.
class SuiteModule {
  public:
    using Value = std::function<Scalar(const Record&)>;
    SuiteModule(const System& system, std::string name);

    const std::string& name() const { return name_; }
    const Table& table() const { return table_; }
    bool exists() const { return exists_; }
    /// Empty when there is no such column.
    Value value(const std::string& column) const;
    std::vector<std::string> columns() const;
    /// "Contact" of "Contacts".
    std::string object_name() const;

  private:
    std::string name_;
    bool exists_;
    const Table& table_;
};

struct SuiteColumn {
    std::string name;
    SuiteModule::Value value;
};

/// A condition of SQL ("contacts.date_modified >= '2026-11-23' AND (... OR ...)"). Comparisons, LIKE, IN, IS NULL, AND, OR, NOT and
/// brackets. Throws SuiteRefusal.
Predicate sql_condition(const std::string& sql, const SuiteModule& module);

class SuiteCrm {
  public:
    explicit SuiteCrm(System& system);

    std::string prefix;  // "/legacy" for 8
    std::string client_id = "3f2a9c10-0000-4000-8000-000000000001";
    std::string user = "brugwacht";
    std::string password = "wachtwoord-van-de-test";
    std::string shown_offset = "+00:00";  // what times end with; the digits are UTC whatever it says
    std::int64_t token_life_s = 3600;
    bool pages_ignore_filter = true;                                  // total-pages counts rows that do not fit
    bool legacy_service = true;                                       // v4_1 may be switched off
    std::function<bool(const std::string&, const Record&)> row_seen;  // empty: all; what security groups leave out, without a word

    Answer operator()(const Call& call);

    /// What deleting by hand does.
    void remove(const std::string& module, const std::string& id);

  private:
    Answer respond(const Call& call);
    Answer access_token(const Call& call);
    Answer new_token(bool with_refresh);
    bool signed_in(const Call& call) const;
    Answer v8(const Call& call, const std::string& path);
    std::string list(const Call& call, const SuiteModule& module, const Predicate& among, bool related);
    std::string one(const SuiteModule& module, const std::string& id);
    std::string related(const Call& call, const SuiteModule& module, const std::string& id, const std::string& link);
    std::string meta(const std::vector<std::string>& steps);
    Predicate filter(const Node& filter, const SuiteModule& module, Query* bounds);
    void refuse_deleted(const Node& conditions, const SuiteModule& module);
    Predicate readable(const SuiteModule& module) const;
    std::string resource(const SuiteModule& module, const Record& record, const std::vector<SuiteColumn>& fields) const;
    Answer v4(const Call& call);
    std::string login(const Node& data);
    std::string entry_list(const Node& data);

    System& system_;
    Rows rows_{IdOrder::Text};
    std::uint64_t calls_ = 0;
    std::map<std::string, std::int64_t> tokens_;  // until when
    std::vector<std::string> refresh_tokens_;
    std::vector<std::string> sessions_;
};

}  // namespace brugwacht::stand_in
