// A mapping file, checked and ready to run: names resolved to positions, words folded. Private to this room.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/core/model.hpp"
#include "engine/mapping/mapping.hpp"
#include "engine/mapping/values.hpp"

namespace brugwacht {

/// What stands around the table instead of in it.
enum class ContextFrom : std::uint8_t { Sheet, Title, File };  // its name, the rows above its header row, the file's name
enum class ContextFind : std::uint8_t { None, Year, Date };

struct ColumnPlan {
    std::string name;                     // as fields call it
    std::vector<std::string> headers;     // as the mapping has them
    std::vector<std::string> folded;      // parallel
    std::vector<std::string> categories;  // folded; empty = a column without category is preferred
    bool required = false;
    bool holds_phones = false;       // every field that takes it is a phone number
    bool fill_down = false;          // a blank cell holds the value above it
    std::vector<std::string> after;  // folded; only the cell directly right of one of these headers
    bool trailing = false;           // may also stand behind the categories, the last such header counts
    ContextFind find = ContextFind::None;
    std::vector<ContextFrom> from;  // with find: the first place in which it is found

    bool is_context() const { return find != ContextFind::None; }
};

enum class Form : std::uint8_t { ByType, Phone, Email, Postcode, Slug, Minutes, Hours };
enum class ValueFrom : std::uint8_t { Column, Join, Constant, Record, Filled };

using ValueMap = std::unordered_map<std::string, std::string>;  // folded word -> value

struct FieldPlan {
    std::size_t field = 0;  // position in the entity
    FieldType type = FieldType::Text;
    std::string name;  // "event.date"
    std::string list;  // code list
    bool closed_list = false;
    bool required = false;
    ValueFrom from = ValueFrom::Column;
    std::vector<std::size_t> columns;  // the first one with something in it counts; all of them for Join
    std::string with = " ";
    std::string constant;  // Constant, Filled: canonical already
    std::string fallback;  // when blank
    std::size_t record = 0;
    std::optional<ValueMap> map;
    DateRules dates;
    char decimal = ',';
    bool decimal_declared = false;
    std::string split;  // characters that part several values
    int part = 0;       // from 1, -1 = last; 0 = the whole
    Form form = Form::ByType;
    int year_month = 0;  // Year from a date: month and day at which the next working year begins
    int year_day = 0;

    /// Reads dates in some order of day and month.
    bool reads_dates() const {
        return type == FieldType::Date || type == FieldType::PartialDate || (type == FieldType::Year && year_month != 0);
    }
    /// Its columns are decided as a whole: order of day and month, decimal sign.
    bool is_decided() const { return from == ValueFrom::Column && (reads_dates() || type == FieldType::Decimal); }
};

struct KeyPlan {
    std::vector<std::size_t> columns;
    std::vector<std::size_t> generate;
    bool generate_row = false;
    std::optional<std::size_t> record;
    std::optional<std::size_t> scope;  // in front when filled
    std::string constant;              // one key for all rows
    std::string prefix;
    std::string suffix;
    bool slug = false;
    bool repeats = false;
};

struct ConditionPlan {
    std::size_t column = 0;
    std::vector<std::string> is;    // folded; empty = just filled
    std::vector<std::string> isnt;  // folded
    bool blank = false;             // nothing is in it
};

struct RecordPlan {
    Entity entity = Entity::Person;
    std::string name;
    std::vector<ConditionPlan> when;
    KeyPlan key;
    std::vector<FieldPlan> fields;
};

struct SkipPlan {
    std::size_t column = 0;
    bool blank = false;
    bool alone = false;  // nothing but this column is filled
    std::vector<std::string> is;
    std::vector<std::string> starts;
};

// The headers that were there when the mapping was made.
struct FingerprintPlan {
    std::vector<std::string> headers;  // as written
    std::vector<std::string> folded;   // parallel
    std::size_t other = 0;             // columns whose headers are not repeated in the mapping
};

struct SheetPlan {
    std::vector<std::string> names;   // folded, * stands for anything
    std::vector<std::string> except;  // the same; never a sheet or a file of such a name
    bool by_name = true;
    bool by_headers = true;
    std::vector<ColumnPlan> columns;
    std::vector<RecordPlan> records;
    std::vector<SkipPlan> skips;
    std::vector<std::string> foreign;              // folded patterns of categories whose columns are about somebody else
    std::vector<std::vector<std::size_t>> one_of;  // of each group at least one column must be there
    std::optional<FingerprintPlan> fingerprint;
};

struct RecognisePlan {
    std::vector<std::string> sheets;   // folded; one of them must be there
    std::vector<std::string> headers;  // folded; all of them must be there
    std::vector<std::string> any;      // folded; one of them must be there
    bool never = false;
    bool exact = false;  // only when the headers are those of the fingerprint and no others
};

struct Mapping::Plan {
    std::string name, label, role, digest, file;
    ReadHints hints;
    CodeLists lists;
    RecognisePlan recognise;
    std::vector<SheetPlan> sheets;
};

/// How decisions about a column are remembered from file to file.
std::string column_name(const Mapping::Plan& plan, const SheetPlan& sheet, std::size_t column);

/// Folded name with * for anything against a folded name.
bool name_fits(const std::string& pattern, const std::string& folded);
/// fold() that keeps *.
std::string fold_pattern(const std::string& text);

/// The one working year or the one day that a name or a title speaks of, in canonical form; nothing when there is none, or more than one.
std::optional<std::string> find_year(std::string_view text);
std::optional<std::string> find_date(std::string_view text);

/// The name of a file without its folder and its endings.
std::string file_stem(const std::string& file_name);

/// Which sheet column feeds which ColumnPlan.
struct HeaderMatch {
    std::vector<std::optional<std::uint32_t>> columns;  // parallel to SheetPlan::columns
    std::size_t matched = 0;
    std::vector<std::size_t> missing;  // required ones not found; of a group of which none was found, the first
};

struct HeaderCell {
    std::uint32_t column = 0;
    std::string text;
    std::string folded;
    std::string category;         // as written
    std::string folded_category;  // "" when none
};

/// Which headers are new and which are gone, each as often as it is; headers that may not be shown are passed over.
struct HeaderDrift {
    std::vector<std::string> fresh;  // as written in the file; more than the fingerprint's `other` unknown ones
    std::vector<std::string> gone;   // as written in the mapping
    std::size_t kept = 0;
};
/// `taken` are folded headers that feed a field: another word for one of the fingerprint is not new.
HeaderDrift compare_headers(const FingerprintPlan& fingerprint, const std::vector<HeaderCell>& cells,
                            const std::set<std::string>& taken = {});

HeaderMatch match_header(const SheetPlan& sheet, const std::vector<HeaderCell>& cells);

}  // namespace brugwacht
