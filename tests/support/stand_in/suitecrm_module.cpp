#include <algorithm>
#include <cctype>
#include <set>

#include "tests/support/stand_in/suitecrm.hpp"

namespace brugwacht::stand_in {
namespace {

using Names = std::vector<std::string>;

const std::map<std::string, Names>& core_columns() {
    static const std::map<std::string, Names> kColumns{
        {"Contacts",
         {"salutation",
          "first_name",
          "last_name",
          "birthdate",
          "title",
          "department",
          "phone_home",
          "phone_mobile",
          "phone_work",
          "phone_other",
          "email1",
          "email2",
          "lawful_basis",
          "primary_address_street",
          "primary_address_city",
          "primary_address_postalcode",
          "primary_address_country",
          "account_id",
          "account_name",
          "reports_to_id",
          "lead_source",
          "campaign_id",
          "do_not_call"}},
        {"Accounts",
         {"name", "account_type", "industry", "phone_office", "website", "email1", "billing_address_street", "billing_address_city",
          "billing_address_postalcode", "parent_id"}},
        {"Meetings",
         {"name", "status", "date_start", "date_end", "duration_hours", "duration_minutes", "parent_type", "parent_id", "location"}},
        {"Calls",
         {"name", "status", "date_start", "date_end", "duration_hours", "duration_minutes", "direction", "parent_type", "parent_id"}},
        {"Tasks", {"name", "status", "priority", "date_due", "date_start", "parent_type", "parent_id", "contact_id"}},
        {"Cases", {"case_number", "name", "status", "state", "priority", "type", "account_id", "resolution"}},
        {"FP_events", {"name", "date_start", "date_end"}},
        {"AOS_Contracts", {"name", "start_date", "end_date", "status", "contract_account_id", "contact_id"}}};
    return kColumns;
}

constexpr const char* kEverywhere[] = {"date_entered",     "date_modified",    "created_by",
                                       "modified_user_id", "assigned_user_id", "description"};

bool is_link(const std::string& field) { return field.starts_with("link:"); }

const Table& table_of(const System& system, const std::string& name) {
    static const Table kNone;
    const auto found = system.tables.find(name);
    return found == system.tables.end() ? kNone : found->second;
}

/// Reads a condition of SQL by recursive descent; every step gives what it read as a predicate.
class SqlReader {
  public:
    SqlReader(const std::string& sql, const SuiteModule& module) : sql_(sql), module_(module) { advance(); }

    Predicate read() {
        Predicate condition = any();
        if (kind_ != Kind::End) fail();
        return condition;
    }

  private:
    enum class Kind : std::uint8_t { End, Word, Text, Number, Sign };

    Predicate any() {
        std::vector<Predicate> parts{all()};
        while (take("OR")) parts.push_back(all());
        return parts.size() == 1 ? parts.front() : any_of(std::move(parts));
    }
    Predicate all() {
        std::vector<Predicate> parts{negated()};
        while (take("AND")) parts.push_back(negated());
        return all_of(std::move(parts));
    }
    Predicate negated() {
        if (take("NOT")) return none_of({negated()});
        if (!take("(")) return comparison();
        Predicate inner = any();
        if (!take(")")) fail();
        return inner;
    }
    Predicate comparison() {
        if (kind_ != Kind::Word) fail();
        const std::string name = token_.substr(token_.find('.') == std::string::npos ? 0 : token_.find('.') + 1);
        const SuiteModule::Value own = module_.value(name);
        if (!own) fail();
        advance();
        if (take("IS")) {
            const bool wanted = !take("NOT");
            if (!take("NULL")) fail();
            return [own, wanted](const Record& r) { return own(r).null() == wanted; };
        }
        const bool inverse = take("NOT");
        if (take("LIKE")) {
            return [own, pattern = operand().text, inverse](const Record& r) { return like(own(r).text, pattern) != inverse; };
        }
        if (take("IN")) return in_list(own, inverse);
        const std::string sign = token_;
        if (kind_ != Kind::Sign || !is_comparison(sign)) fail();
        advance();
        return [own, sign, right = operand()](const Record& r) { return holds(own(r), sign, right); };
    }
    Predicate in_list(const SuiteModule::Value& own, bool inverse) {
        if (!take("(")) fail();
        std::vector<Scalar> list;
        do list.push_back(operand());
        while (take(","));
        if (!take(")")) fail();
        return [own, list, inverse](const Record& r) {
            const Scalar value = own(r);
            return inverse != std::any_of(list.begin(), list.end(), [&](const Scalar& item) { return holds(value, "=", item); });
        };
    }
    Scalar operand() {
        if (kind_ != Kind::Text && kind_ != Kind::Number) fail();
        const Scalar value = kind_ == Kind::Number ? number_scalar(std::stoll(token_)) : text_scalar(token_);
        advance();
        return value;
    }
    /// A word (capitals do not matter) or a sign.
    bool take(const std::string& wanted) {
        const bool same = (kind_ == Kind::Word || kind_ == Kind::Sign) && token_.size() == wanted.size() && like(token_, wanted);
        if (same) advance();
        return same;
    }
    void advance() {
        while (at_ < sql_.size() && std::isspace(static_cast<unsigned char>(sql_[at_])) != 0) ++at_;
        token_.clear();
        kind_ = Kind::End;
        if (at_ == sql_.size()) return;
        const auto more = [&](auto fits) {
            while (at_ < sql_.size() && fits(sql_[at_])) token_.push_back(sql_[at_++]);
        };
        const char first = sql_[at_];
        if (first == '\'' || first == '"') {
            kind_ = Kind::Text;
            const std::size_t end = sql_.find(first, at_ + 1);
            if (end == std::string::npos) fail();
            token_ = sql_.substr(at_ + 1, end - at_ - 1);
            at_ = end + 1;
        } else if (std::isdigit(static_cast<unsigned char>(first)) != 0) {
            kind_ = Kind::Number;
            more([](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; });
        } else if (std::isalpha(static_cast<unsigned char>(first)) != 0) {
            kind_ = Kind::Word;
            more([](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'; });
        } else {
            kind_ = Kind::Sign;
            if (std::string("<>=!").find(first) == std::string::npos)
                token_ = sql_[at_++];
            else
                more([](char c) { return std::string("<>=!").find(c) != std::string::npos; });
        }
    }
    [[noreturn]] static void fail() { throw SuiteRefusal{500, "Database failure"}; }

    std::string sql_;
    const SuiteModule& module_;
    std::size_t at_ = 0;
    std::string token_;
    Kind kind_ = Kind::End;
};

}  // namespace

SuiteModule::SuiteModule(const System& system, std::string name)
    : name_(std::move(name)),
      exists_(core_columns().count(name_) != 0 || system.tables.count(name_) != 0),
      table_(table_of(system, name_)) {}

std::string SuiteModule::object_name() const { return name_.ends_with('s') ? name_.substr(0, name_.size() - 1) : name_; }

SuiteModule::Value SuiteModule::value(const std::string& column) const {
    if (column == "id") return [](const Record& r) { return text_scalar(r.id); };
    if (column == "deleted") return [](const Record& r) { return text_scalar(r.state == State::Trashed ? "1" : "0"); };
    if (column == "date_modified") return [](const Record& r) { return text_scalar(format_time(r.modified_us, "%Y-%m-%d %H:%M:%S")); };
    const Names known = columns();
    const bool listed = std::find(known.begin(), known.end(), column) != known.end();
    if (is_link(column) || (!listed && !Rows::has_field(table_, column))) return {};
    return [column](const Record& r) {
        const auto found = r.fields.find(column);
        return found == r.fields.end() ? Scalar() : scalar_of(found->second);
    };
}

Names SuiteModule::columns() const {
    std::set<std::string> names(std::begin(kEverywhere), std::end(kEverywhere));
    if (const auto core = core_columns().find(name_); core != core_columns().end()) names.insert(core->second.begin(), core->second.end());
    const auto add = [&](const Record& r) {
        for (const auto& [name, json] : r.fields)
            if (!is_link(name)) names.insert(name);
    };
    if (!table_.records.empty()) add(table_.records.front());
    if (table_.made && !table_.made->modified_us.empty()) add(table_.made->make(0));
    return {names.begin(), names.end()};
}

Predicate sql_condition(const std::string& sql, const SuiteModule& module) {
    if (sql.find_first_not_of(' ') == std::string::npos) return [](const Record&) { return true; };
    return SqlReader(sql, module).read();
}

}  // namespace brugwacht::stand_in
