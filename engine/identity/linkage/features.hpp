// A person record as the comparisons see it: small numbers of fixed size, the texts themselves kept once.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model.hpp"
#include "engine/identity/linkage/birth.hpp"
#include "engine/identity/linkage/dictionary.hpp"

namespace brugwacht {

/// The first classes of a given name that is known; 0 = none.
using NameClasses = std::array<std::uint32_t, 3>;

/// One part of a name, as "jan" of "jan pieter"; a number of NameTable's texts.
struct NameToken {
    std::uint32_t text = 0;
    NameClasses known{};
};

/// Hashes of parts of a name, for blocking; 0 = missing. Equal parts have equal hashes, whatever the order in which names arrive.
struct NameHashes {
    std::uint64_t sound = 0;
    std::uint64_t head_1 = 0, head_2 = 0, head_3 = 0;  // first letters
    std::uint64_t tail = 0;                            // last four letters
    std::uint64_t first = 0, second = 0, last = 0;     // tokens; second = 0 when there is one
};

/// The forms of a whole given or family name; numbers of NameTable's texts.
struct NameEntry {
    std::uint32_t joined = 0, core = 0, stem = 0, phonetic = 0, phonetic_joined = 0, phonetic_other = 0;
    std::uint32_t first_token = 0;
    std::uint32_t tokens = 0;
    NameClasses known{};  // of core
    NameHashes hashes;
};

enum class NameRole : std::uint8_t { Given, Family };
inline constexpr std::size_t kNameRoles = 2;

class NameTable {
  public:
    /// The number of the name's entry, from 1; 0 for a name without a letter. Equal for names that are written the same.
    std::uint32_t add(std::string_view name, NameRole role, bool counted);
    const NameEntry& entry(NameRole role, std::uint32_t number) const { return of(role).entries[number]; }
    /// Records with this joined form in this role.
    std::uint32_t count_of(NameRole role, std::uint32_t joined) const;
    const NameToken& token(const NameEntry& entry, std::uint32_t index) const { return tokens_[entry.first_token + index]; }
    std::string_view text(std::uint32_t number) const { return texts_.text(number); }
    Word word(std::uint32_t number) const { return texts_.word(number); }
    std::uint64_t hash(std::uint32_t number) const { return texts_.hash(number); }
    /// Records in which this token stands in a given name.
    std::uint32_t token_count(std::uint32_t text) const { return text < token_counts_.size() ? token_counts_[text] : 0; }
    /// Records with a given name that holds a token of this class.
    std::uint32_t class_count(std::uint32_t known) const { return known < class_counts_.size() ? class_counts_[known] : 0; }
    std::uint64_t total(NameRole role) const { return of(role).total; }

  private:
    struct Role {
        Dictionary written;                   // as sources write it
        std::vector<std::uint32_t> entry_of;  // by number in `written`
        std::vector<NameEntry> entries{1};
        std::vector<std::uint32_t> counts;  // records, by number of the joined form in texts_
        std::uint64_t total = 0;
    };
    Role& of(NameRole role) { return roles_[static_cast<std::size_t>(role)]; }
    const Role& of(NameRole role) const { return roles_[static_cast<std::size_t>(role)]; }
    std::uint32_t enter(std::string_view name, NameRole role);
    NameHashes hashes_of(const NameEntry& entry, NameRole role) const;
    std::uint64_t token_sound(const NameEntry& entry, std::uint32_t index) const;
    void count(NameRole role, const NameEntry& entry);

    std::array<Role, kNameRoles> roles_;
    Dictionary texts_;
    std::vector<NameToken> tokens_;
    std::vector<std::uint32_t> token_counts_, class_counts_;
};

enum class Gender : std::uint8_t { Unknown, Male, Female, Other };

/// Numbers of the tables of Features; 0 = missing.
struct Features {
    std::uint32_t given = 0, family = 0, call = 0;  // entries of NameTable
    Birth birth;
    std::uint32_t birth_text = 0;
    std::uint32_t street = 0, house = 0, postcode = 0, municipality = 0;
    std::uint32_t phone = 0, guardian_phone = 0, email = 0, guardian_email = 0;
    std::uint32_t guardian = 0, household = 0, member = 0;
    std::uint32_t source = 0, island = 0;
    Gender gender = Gender::Unknown;
    bool linkable = true;
};

/// All texts of the records to link, and how often each value occurs.
class FeatureTable {
  public:
    /// Adds a record; values in the order of entity_def(Entity::Person).fields.
    void add(std::string_view source, std::uint32_t island, bool linkable, const std::array<std::string, kMaxFields>& values);
    std::size_t size() const { return records_.size(); }
    const Features& operator[](std::size_t position) const { return records_[position]; }

    NameTable names;
    Dictionary births, streets, houses, postcodes, municipalities, phones, emails, guardians, households, members, sources;

  private:
    std::vector<Features> records_;
};

}  // namespace brugwacht
