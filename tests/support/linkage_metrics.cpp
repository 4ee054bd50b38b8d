#include "tests/support/linkage_metrics.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <stdexcept>
#include <unordered_map>

#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

using Pair = std::pair<std::uint32_t, std::uint32_t>;

/// Positions of records, those of one group together; groups by their number.
struct Groups {
    std::vector<std::uint32_t> members;
    std::vector<std::size_t> starts;  // one more than there are groups

    explicit Groups(std::span<const std::uint32_t> group_of) {
        members.resize(group_of.size());
        for (std::uint32_t i = 0; i < members.size(); ++i) members[i] = i;
        std::stable_sort(members.begin(), members.end(), [&](std::uint32_t a, std::uint32_t b) { return group_of[a] < group_of[b]; });
        for (std::size_t i = 0; i < members.size(); ++i)
            if (i == 0 || group_of[members[i]] != group_of[members[i - 1]]) starts.push_back(i);
        starts.push_back(members.size());
    }
    std::size_t size() const { return starts.size() - 1; }
    std::span<std::uint32_t> operator[](std::size_t g) { return {members.data() + starts[g], starts[g + 1] - starts[g]}; }
    std::span<const std::uint32_t> operator[](std::size_t g) const { return {members.data() + starts[g], starts[g + 1] - starts[g]}; }
};

std::uint64_t pairs_of(std::uint64_t n) { return n * (n - 1) / 2; }
std::uint64_t key_of(std::uint32_t a, std::uint32_t b) { return (std::uint64_t{std::min(a, b)} << 32) | std::max(a, b); }
double harmonic(double a, double b) { return a + b == 0 ? 0 : 2 * a * b / (a + b); }

/// The true pairs that the linkage names, sorted; clusters do not matter.
std::vector<std::uint64_t> named_pairs(const Truth& truth, std::span<const FoundPair> pairs) {
    std::vector<std::uint64_t> named;
    for (const FoundPair& pair : pairs)
        if (truth.person[pair.a] == truth.person[pair.b]) named.push_back(key_of(pair.a, pair.b));
    std::sort(named.begin(), named.end());
    return named;
}

template <typename Visit>
void each_pair_within(const Groups& groups, Visit visit) {
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const std::span<const std::uint32_t> members = groups[g];
        for (std::size_t i = 0; i < members.size(); ++i)
            for (std::size_t k = i + 1; k < members.size(); ++k) visit(members[i], members[k]);
    }
}

bool worth_asking(const Truth& truth, std::uint32_t a, std::uint32_t b) {
    return truth.facts.empty() || recognisable(truth.facts[a], truth.facts[b]);
}

/// Twins whose records stand in one cluster, each pair counted once.
std::uint64_t twins_merged(const Truth& truth, const Groups& clusters) {
    std::vector<std::uint64_t> twins;
    for (const Pair& pair : truth.twins) twins.push_back(key_of(pair.first, pair.second));
    std::sort(twins.begin(), twins.end());
    std::vector<std::uint64_t> merged;
    for (std::size_t c = 0; c < clusters.size(); ++c) {
        std::vector<std::uint32_t> persons;
        for (const std::uint32_t record : clusters[c]) persons.push_back(truth.person[record]);
        std::sort(persons.begin(), persons.end());
        persons.erase(std::unique(persons.begin(), persons.end()), persons.end());
        for (std::size_t i = 0; i < persons.size(); ++i)
            for (std::size_t k = i + 1; k < persons.size(); ++k)
                if (std::binary_search(twins.begin(), twins.end(), key_of(persons[i], persons[k])))
                    merged.push_back(key_of(persons[i], persons[k]));
    }
    std::sort(merged.begin(), merged.end());
    return static_cast<std::uint64_t>(std::unique(merged.begin(), merged.end()) - merged.begin());
}

/// Pairs after clustering, and B-cubed: a cell is the records that a cluster and a person have in common.
void measure_clusters(const Truth& truth, Groups& clusters, const Groups& persons, Accuracy& accuracy) {
    std::vector<std::uint32_t> size_of_person(truth.person.size());
    for (std::size_t p = 0; p < persons.size(); ++p) {
        accuracy.clustered.truth += pairs_of(persons[p].size());
        for (const std::uint32_t record : persons[p]) size_of_person[record] = static_cast<std::uint32_t>(persons[p].size());
    }
    double precision = 0;
    double recall = 0;
    for (std::size_t c = 0; c < clusters.size(); ++c) {
        const std::span<std::uint32_t> members = clusters[c];
        accuracy.clustered.found += pairs_of(members.size());
        std::sort(members.begin(), members.end(), [&](std::uint32_t a, std::uint32_t b) { return truth.person[a] < truth.person[b]; });
        for (std::size_t start = 0, end = 0; start < members.size(); start = end) {
            while (end < members.size() && truth.person[members[end]] == truth.person[members[start]]) ++end;
            const std::uint64_t cell = end - start;
            accuracy.clustered.right += pairs_of(cell);
            precision += static_cast<double>(cell * cell) / static_cast<double>(members.size());
            recall += static_cast<double>(cell * cell) / size_of_person[members[start]];
        }
    }
    if (truth.person.empty()) return;
    accuracy.b3_precision = precision / static_cast<double>(truth.person.size());
    accuracy.b3_recall = recall / static_cast<double>(truth.person.size());
    accuracy.b3_f1 = harmonic(accuracy.b3_precision, accuracy.b3_recall);
}

// ---------------------------------------------------------------- files

/// Rows of a CSV file with a header, comma and double quotes; only the wanted columns, in the wanted order ("" when the file lacks one
/// that need not be there).
class CsvTable {
  public:
    CsvTable(const std::filesystem::path& path, std::vector<std::string_view> needed, std::vector<std::string_view> optional = {})
        : text_(read_bytes(path)), width_(needed.size() + optional.size()) {
        std::vector<std::string> row;
        if (!read_row(row)) throw std::runtime_error(path.string() + ": empty");
        needed.insert(needed.end(), optional.begin(), optional.end());
        for (const std::string_view name : needed) {
            const auto found = std::find(row.begin(), row.end(), name);
            if (found == row.end() && columns_.size() < width_ - optional.size())
                throw std::runtime_error(path.string() + ": no column " + std::string(name));
            columns_.push_back(static_cast<std::size_t>(found - row.begin()));
        }
    }

    /// False at the end. The row's values live until the next call.
    bool next(std::vector<std::string>& values) {
        std::vector<std::string> row;
        if (!read_row(row)) return false;
        values.assign(width_, {});
        for (std::size_t i = 0; i < width_; ++i)
            if (columns_[i] < row.size()) values[i] = row[columns_[i]];
        return true;
    }

  private:
    bool read_row(std::vector<std::string>& row) {
        row.clear();
        if (at_ >= text_.size()) return false;
        row.emplace_back();
        bool quoted = false;
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (quoted) {
                if (c != '"')
                    row.back().push_back(c);
                else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"')
                    row.back().push_back(text_[++at_]);
                else
                    quoted = false;
            } else if (c == '"') {
                quoted = true;
            } else if (c == ',') {
                row.emplace_back();
            } else if (c == '\n') {
                ++at_;
                return true;
            } else if (c != '\r') {
                row.back().push_back(c);
            }
        }
        return true;
    }

    std::string text_;
    std::size_t at_ = 0;
    std::size_t width_;
    std::vector<std::size_t> columns_;
};

/// Numbers for texts, by first occurrence.
class Numbers {
  public:
    std::uint32_t of(const std::string& text) {
        return numbers_.try_emplace(text, static_cast<std::uint32_t>(numbers_.size())).first->second;
    }
    /// Throws std::runtime_error for a text that has none.
    std::uint32_t known(const std::string& text, const std::filesystem::path& file) const {
        const auto found = numbers_.find(text);
        if (found == numbers_.end()) throw std::runtime_error(file.string() + ": a record that the truth does not know");
        return found->second;
    }

  private:
    std::unordered_map<std::string, std::uint32_t> numbers_;
};

Facts parse_facts(const std::string& text) {
    Facts facts = 0;
    std::from_chars(text.data(), text.data() + text.size(), facts, 16);
    return facts;
}

}  // namespace

std::string hexadecimal(Facts facts) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%x", facts);
    return text.data();
}

bool recognisable(Facts a, Facts b) {
    const Facts common = a & b;
    const bool contact = common >= kFirstContact;
    const bool day = (common & (kDay | kRealDay)) != 0;
    const bool name = (common & (kName | kOtherName)) != 0;
    return name ? day || contact || (common & kFirstJanuary) != 0 : day && contact;
}

double PairScore::f1() const { return harmonic(precision(), recall()); }

Accuracy measure(const Truth& truth, std::span<const std::uint32_t> cluster, std::span<const FoundPair> pairs) {
    Accuracy accuracy;
    Groups clusters(cluster);
    const Groups persons(truth.person);
    accuracy.records = truth.person.size();
    accuracy.clusters = clusters.size();
    accuracy.persons = persons.size();
    measure_clusters(truth, clusters, persons, accuracy);
    accuracy.twins_merged = twins_merged(truth, clusters);

    accuracy.pairs.truth = accuracy.proposed.truth = accuracy.clustered.truth;
    accuracy.proposed.found = accuracy.clustered.found;
    for (const FoundPair& pair : pairs) {
        const bool right = truth.person[pair.a] == truth.person[pair.b];
        if (pair.same) {
            ++accuracy.pairs.found;
            if (right) ++accuracy.pairs.right;
        } else {
            ++accuracy.review;
            if (right) ++accuracy.review_right;
        }
        if (cluster[pair.a] != cluster[pair.b]) ++accuracy.proposed.found;
    }
    const std::vector<std::uint64_t> named = named_pairs(truth, pairs);
    each_pair_within(persons, [&](std::uint32_t a, std::uint32_t b) {
        const bool found = cluster[a] == cluster[b] || std::binary_search(named.begin(), named.end(), key_of(a, b));
        if (found) ++accuracy.proposed.right;
        if (!worth_asking(truth, a, b)) return;
        ++accuracy.recognised.truth;
        if (found) ++accuracy.recognised.right;
    });
    return accuracy;
}

Mistakes mistakes(const Truth& truth, std::span<const std::uint32_t> cluster, std::span<const FoundPair> pairs, std::size_t limit) {
    Mistakes found;
    const std::vector<std::uint64_t> named = named_pairs(truth, pairs);
    each_pair_within(Groups(truth.person), [&](std::uint32_t a, std::uint32_t b) {
        if (found.missed.size() >= limit || cluster[a] == cluster[b] || !worth_asking(truth, a, b)) return;
        if (!std::binary_search(named.begin(), named.end(), key_of(a, b))) found.missed.emplace_back(a, b);
    });
    each_pair_within(Groups(cluster), [&](std::uint32_t a, std::uint32_t b) {
        if (found.wrong.size() >= limit || truth.person[a] == truth.person[b]) return;
        if (!found.wrong.empty() && cluster[found.wrong.back().first] == cluster[a]) return;
        found.wrong.emplace_back(a, b);
    });
    for (const FoundPair& pair : pairs) {
        if (pair.same) continue;
        auto& asked = truth.person[pair.a] == truth.person[pair.b] ? found.asked_true : found.asked_false;
        if (asked.size() < limit) asked.emplace_back(pair.a, pair.b);
    }
    return found;
}

std::string accuracy_heading() {
    return "set                           records  persons | pair P      R     F1 | clus P      R     F1  B3 F1 | +rev R recogn.  review  "
           "true "
           "twins";
}

std::string accuracy_line(std::string_view name, const Accuracy& a) {
    std::array<char, 256> line{};
    std::snprintf(line.data(), line.size(), "%-28.*s %8llu %8llu | %.4f %.4f %.4f | %.4f %.4f %.4f %.4f | %.4f  %.4f %7llu  %.2f %5llu",
                  static_cast<int>(name.size()), name.data(), static_cast<unsigned long long>(a.records),
                  static_cast<unsigned long long>(a.persons), a.pairs.precision(), a.pairs.recall(), a.pairs.f1(), a.clustered.precision(),
                  a.clustered.recall(), a.clustered.f1(), a.b3_f1, a.proposed.recall(), a.recognised.recall(),
                  static_cast<unsigned long long>(a.review),
                  a.review == 0 ? 1 : static_cast<double>(a.review_right) / static_cast<double>(a.review),
                  static_cast<unsigned long long>(a.twins_merged));
    return line.data();
}

Accuracy measure_files(const std::filesystem::path& clusters, const std::filesystem::path& pairs, const std::filesystem::path& truth_file) {
    Truth truth;
    Numbers records;
    Numbers persons;
    std::vector<std::string> row;
    bool any_facts = false;
    for (CsvTable table(truth_file, {"source", "record", "person"}, {"facts"}); table.next(row);) {
        if (records.of(row[0] + ":" + row[1]) != truth.person.size())
            throw std::runtime_error(truth_file.string() + ": a record stands there twice");
        truth.person.push_back(persons.of(row[2]));
        truth.facts.push_back(parse_facts(row[3]));
        any_facts = any_facts || !row[3].empty();
    }
    if (!any_facts) truth.facts.clear();
    if (const std::filesystem::path twins = truth_file.parent_path() / "twins.csv"; std::filesystem::exists(twins))
        for (CsvTable table(twins, {"person_a", "person_b"}); table.next(row);)
            truth.twins.emplace_back(persons.of(row[0]), persons.of(row[1]));

    // Clusters are numbered behind the records: a record that no line names keeps its own number and stands alone.
    std::vector<std::uint32_t> cluster(truth.person.size());
    for (std::uint32_t i = 0; i < cluster.size(); ++i) cluster[i] = i;
    Numbers first;
    for (CsvTable table(clusters, {"source", "record", "person"}); table.next(row);)
        cluster[records.known(row[0] + ":" + row[1], clusters)] = static_cast<std::uint32_t>(cluster.size()) + first.of(row[2]);

    std::vector<FoundPair> found;
    for (CsvTable table(pairs, {"source_a", "record_a", "source_b", "record_b", "zone"}); table.next(row);)
        found.push_back({records.known(row[0] + ":" + row[1], pairs), records.known(row[2] + ":" + row[3], pairs), row[4] == "same"});
    return measure(truth, cluster, found);
}

}  // namespace brugwacht
