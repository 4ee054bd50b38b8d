// On which legal basis and for which purpose a source may be used, as far as a program can tell: closed lists, and combinations that are
// refused or warned about. All of it is data (config/legal.toml); nothing here is legal advice.
// Source: reference privacy 3.1, 3.3 and 3.6.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace brugwacht {

struct LegalBasis {
    std::string code;     // "public_task"
    std::string article;  // of the GDPR: "6(1)(e)"
    std::vector<std::string> words;
};

struct LegalPurpose {
    std::string code;    // "guidance"
    bool linked = true;  // persons may be recognised in other sources
    std::vector<std::string> words;
};

struct LegalOrganisation {
    std::string kind;       // "municipality"
    std::string authority;  // who supervises it: "VTC", "GBA", or "" = not known
    std::string basis;      // of a source that names none; "" = none
};

/// What is known of one source and of who uses it.
struct LegalFacts {
    std::string organisation;    // kind
    std::string basis, purpose;  // codes; "" = not given
    std::string role;            // "caseload", "evidence", or "" = as the mapping says
    bool secrecy = false;
    bool controller = false, protocol = false, authorisation = false;  // given?
};

struct LegalFinding {
    std::string code;  // text of the catalogue, with the argument {source}
    bool refuses = false;
    friend bool operator==(const LegalFinding&, const LegalFinding&) = default;
};

class LegalRules {
  public:
    /// Throws Error (78) with every fault: TOM-001, CFG-xxx, LEG-001 for words with two meanings or codes that no list has.
    static LegalRules parse(std::string_view text, const std::string& file);

    const std::vector<LegalBasis>& bases() const { return bases_; }
    const std::vector<LegalPurpose>& purposes() const { return purposes_; }
    const std::vector<LegalOrganisation>& organisations() const { return organisations_; }
    /// By code, or by one of its words without regard to case, accents and punctuation; nullptr when there is none.
    const LegalBasis* basis(std::string_view word) const;
    const LegalPurpose* purpose(std::string_view word) const;
    const LegalOrganisation* organisation(std::string_view kind) const;
    /// In the order of the file.
    std::vector<LegalFinding> findings(const LegalFacts& facts) const;

  private:
    /// Holds when everything holds that it names.
    struct Rule {
        LegalFinding finding;
        std::set<std::string> organisations, bases, purposes, roles;  // empty = any
        std::optional<bool> secrecy;
        std::vector<std::string> missing, given;
    };
    static bool holds(const Rule& rule, const LegalFacts& facts);

    std::vector<LegalBasis> bases_;
    std::vector<LegalPurpose> purposes_;
    std::vector<LegalOrganisation> organisations_;
    std::vector<Rule> rules_;
};

/// Those that are shipped, read once.
const LegalRules& legal_rules();

}  // namespace brugwacht
