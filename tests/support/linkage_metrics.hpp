// How well records were recognised as persons: pairwise precision, recall and F1, B-cubed F1, before and after clustering.
// A true pair that no blocking rule proposes is a miss like any other. Counted by intersections of clusters and persons, so that a
// million records take a second; only the pairs that the linkage names are looked at one by one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace brugwacht {

/// Which facts about a person a record tells, whatever slips were made in writing them.
using Facts = std::uint32_t;
inline constexpr Facts kName = 1;           // given name and surname, both written out
inline constexpr Facts kOtherName = 2;      // the same with the other parent's surname
inline constexpr Facts kDay = 4;            // day of birth
inline constexpr Facts kRealDay = 8;        // day of birth that differs from the registered one, 1 January
inline constexpr Facts kFirstJanuary = 16;  // 1 January as registered day of birth
inline constexpr Facts kFirstContact = 32;  // this bit and all above: a phone number, an e-mail address or a home

/// As truth.csv writes them.
std::string hexadecimal(Facts facts);

/// Whether a person could tell from two records alone that they are one child: they have two of three in common: the full name, the day
/// of birth (1 January only beside the name), a phone number, e-mail address or home. Other pairs are left out of `Accuracy::recognised`.
bool recognisable(Facts a, Facts b);

/// By position of the record.
struct Truth {
    std::vector<std::uint32_t> person;
    std::vector<Facts> facts;                                    // empty: every true pair counts as recognisable
    std::vector<std::pair<std::uint32_t, std::uint32_t>> twins;  // persons
};

struct FoundPair {
    std::uint32_t a = 0, b = 0;  // positions of records
    bool same = false;           // zone same; else review
};

/// Shares are between 0 and 1; 1 when there is nothing to count.
struct PairScore {
    std::uint64_t found = 0, right = 0, truth = 0;
    double precision() const { return found == 0 ? 1 : static_cast<double>(right) / static_cast<double>(found); }
    double recall() const { return truth == 0 ? 1 : static_cast<double>(right) / static_cast<double>(truth); }
    double f1() const;
};

struct Accuracy {
    std::uint64_t records = 0, persons = 0, clusters = 0;
    PairScore pairs;      // before clustering: pairs of zone same
    PairScore clustered;  // after clustering
    double b3_precision = 1, b3_recall = 1, b3_f1 = 1;
    PairScore proposed;              // zone same, review, or one cluster
    PairScore recognised;            // the same, of the pairs that a person could recognise; its precision says nothing
    std::uint64_t review = 0;        // pairs to be looked at by a person
    std::uint64_t review_right = 0;  // those that are one person
    std::uint64_t twins_merged = 0;  // pairs of twins with records in one cluster
};

/// `cluster` gives a number by position of the record; a pair occurs once in `pairs`.
Accuracy measure(const Truth& truth, std::span<const std::uint32_t> cluster, std::span<const FoundPair> pairs);

/// True pairs that are neither in one cluster nor proposed, and could be recognised; pairs joined wrongly, one of each cluster; pairs in
/// review, true and not. At most `limit` each.
struct Mistakes {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> missed, wrong, asked_true, asked_false;
};
Mistakes mistakes(const Truth& truth, std::span<const std::uint32_t> cluster, std::span<const FoundPair> pairs, std::size_t limit);

/// One line of a table, and its heading.
std::string accuracy_heading();
std::string accuracy_line(std::string_view name, const Accuracy& accuracy);

/// Measures files: the clusters and pairs as `brugwacht link --clusters --pairs` writes them, and a truth.csv of source,record,person and
/// perhaps facts (hexadecimal), with a twins.csv beside it perhaps. A record that is in no cluster stands alone.
/// Throws std::runtime_error when a file cannot be read, lacks a column, or names a record that the truth does not know.
Accuracy measure_files(const std::filesystem::path& clusters, const std::filesystem::path& pairs, const std::filesystem::path& truth);

}  // namespace brugwacht
