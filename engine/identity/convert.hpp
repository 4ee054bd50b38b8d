// One mapped record -> one row of its table: codes become numbers, references ids, keys what may be shown. Inside this room only.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/identity/intake.hpp"

namespace brugwacht {

class Converter {
  public:
    Converter(Store& store, const RecordIds& ids) : store_(store), ids_(ids) {}

    /// Appends to `batch`. False when the key or a value that the entity cannot do without is unreadable; nothing is appended then.
    /// Dropped cells are counted under their code in `warnings`.
    bool append(const Record& record, std::string_view source, FactRow row, FactBatch& batch,
                std::unordered_map<std::string, std::uint64_t>& warnings);
    /// Number of a code, or 0 when the text may not stand in the store.
    std::int64_t code(std::string_view text);

  private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    bool is_label(std::string_view text);
    std::int64_t codes(std::string_view text);

    Store& store_;
    const RecordIds& ids_;
    std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>> codes_, lists_;
    std::unordered_map<std::string, bool, TextHash, std::equal_to<>> labels_;
};

/// Marks a run in both databases, so that they know each other's commits.
std::int64_t random_tag();

/// Birth date as far as it is known. Days since 1970 of the earliest day it can be.
struct Birth {
    bool known = false;
    bool uncertain = false;  // a year, a month, or the first of January
    Date date;
};

/// yyyy, yyyy-mm or yyyy-mm-dd; anything else is unknown.
Birth read_birth(std::string_view text);
/// Gives a trajectory the age in completed years at its start; none when the birth date is unknown or the start is out of range. True when
/// it has one.
bool set_age(Store& store, const Store::Start& start, const Birth& birth);
/// 32 bytes: HMAC of both folded names in either order and an exact birth date; "" when one of them is missing or the date is incomplete.
class Hmac;
std::string match_token(const Hmac& link, std::string_view given_name, std::string_view family_name, std::string_view birth_date);

}  // namespace brugwacht
