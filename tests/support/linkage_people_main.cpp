// Makes people to link, and judges how they were linked.
//   linkage_people OUTDIR [--children N] [--seed S] [--sources K] [--errors PERCENT]   children of Flemish towns as canonical files
//   linkage_people --set NAME OUTDIR                                                   another set as canonical files; --set list
//   linkage_people --score CLUSTERS.csv PAIRS.csv TRUTH.csv [NAME]                     measures what `brugwacht link` wrote
//   linkage_people --time [--children N] [--seed S] [--threads T]                      links children in memory: seconds and peak memory
//   linkage_people --judge [NAME...] [--mistakes N] [--threads T]                      links sets in memory with the defaults: one line a
//   set
#include <sys/resource.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/flemish_children.hpp"
#include "tests/support/link_set.hpp"
#include "tests/support/linkage_metrics.hpp"
#include "tests/support/linkage_sets.hpp"

namespace {

using namespace brugwacht;

template <typename Number>
Number number_of(std::string_view text) {
    Number number{};
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size()) throw std::runtime_error("no number: " + std::string(text));
    return number;
}

int usage() {
    std::fputs(
        "linkage_people OUTDIR [--children N] [--seed S] [--sources K] [--errors PERCENT]\n"
        "linkage_people --set NAME OUTDIR   (--set list names them)\n"
        "linkage_people --score CLUSTERS.csv PAIRS.csv TRUTH.csv [NAME]\n"
        "linkage_people --judge [NAME...] [--mistakes N] [--threads T]\n"
        "linkage_people --time [--children N] [--seed S] [--threads T]\n",
        stderr);
    return 64;
}

int make(const std::vector<std::string_view>& arguments) {
    ChildrenOptions options;
    for (std::size_t i = 1; i < arguments.size(); i += 2) {
        if (i + 1 == arguments.size()) return usage();
        const std::string_view name = arguments[i];
        const std::string_view value = arguments[i + 1];
        if (name == "--children")
            options.children = number_of<std::uint32_t>(value);
        else if (name == "--seed")
            options.seed = number_of<std::uint64_t>(value);
        else if (name == "--sources")
            options.sources = number_of<std::uint32_t>(value);
        else if (name == "--errors")
            options.errors = number_of<std::uint32_t>(value);
        else
            return usage();
    }
    const std::uint64_t records = write_children(FlemishChildren(options), arguments.front());
    std::printf("%llu records of %u children\n", static_cast<unsigned long long>(records), options.children);
    return 0;
}

int write_set(const std::vector<std::string_view>& arguments) {
    if (arguments.size() == 2 && arguments[1] == "list") {
        for (const std::string_view name : linkage_set_names()) std::printf("%s\n", std::string(name).c_str());
        return 0;
    }
    if (arguments.size() != 3) return usage();
    const std::optional<LinkageSet> set = linkage_set(arguments[1]);
    if (!set) {
        std::fprintf(stderr, "%s: no corpus beside the source tree\n", std::string(arguments[1]).c_str());
        return 3;
    }
    write_linkage_set(*set, arguments[2]);
    return 0;
}

int score(const std::vector<std::string_view>& arguments) {
    if (arguments.size() != 4 && arguments.size() != 5) return usage();
    const Accuracy accuracy = measure_files(arguments[1], arguments[2], arguments[3]);
    std::printf("%s\n%s\n", accuracy_heading().c_str(), accuracy_line(arguments.size() == 5 ? arguments[4] : "files", accuracy).c_str());
    std::printf("pairs a person could recognise: %llu of %llu true ones\n", static_cast<unsigned long long>(accuracy.recognised.truth),
                static_cast<unsigned long long>(accuracy.clustered.truth));
    return 0;
}

void print_record(const SetRecord& record) {
    std::printf("    %s:", record.source.c_str());
    for (std::size_t i = 0; i < entity_def(Entity::Person).fields.size(); ++i) std::printf(" %s |", record.values[i].c_str());
    std::printf("\n");
}

void print_pairs(const char* title, const LinkageSet& set, const std::vector<std::pair<std::uint32_t, std::uint32_t>>& pairs) {
    for (const auto& [a, b] : pairs) {
        std::printf("  %s\n", title);
        print_record(set.records[a]);
        print_record(set.records[b]);
    }
}

/// Wall clock, and seconds of processor of all threads: the first tells little on a machine that does other things.
class Stopwatch {
  public:
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }
    double of_processor() const { return static_cast<double>(std::clock() - ticks_) / CLOCKS_PER_SEC; }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::clock_t ticks_ = std::clock();
};

/// Resident, of the whole program.
double peak_mebibytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// The records are given as they are made, so that the memory is that of the linkage.
int time_linkage(const std::vector<std::string_view>& arguments) {
    ChildrenOptions options{.children = 340'000};
    LinkSettings settings;
    for (std::size_t i = 1; i < arguments.size(); i += 2) {
        if (i + 1 == arguments.size()) return usage();
        if (arguments[i] == "--children")
            options.children = number_of<std::uint32_t>(arguments[i + 1]);
        else if (arguments[i] == "--seed")
            options.seed = number_of<std::uint64_t>(arguments[i + 1]);
        else if (arguments[i] == "--threads")
            settings.threads = number_of<unsigned>(arguments[i + 1]);
        else
            return usage();
    }
    const Stopwatch making;
    Linkage linkage(settings);
    Truth truth;
    FlemishChildren(options).each_record(
        [&](const WrittenChild& child) {
            truth.person.push_back(child.person);
            truth.facts.push_back(child.facts);
            const std::string key = std::string(child.source) + ":" + child.values[0];
            const auto id = static_cast<std::int64_t>(truth.person.size() * 0x9E3779B97F4A7C15ULL >> 1);
            linkage.add({.id = id, .source_key = key, .source = child.source, .values = &child.values});
        },
        [&](std::uint32_t a, std::uint32_t b) { truth.twins.emplace_back(a, b); });
    const double made = making.seconds();
    const Stopwatch linking;
    const LinkOutcome outcome = linkage.link({});
    std::printf("%zu records: %.1f s to make and add, %.1f s to link, %.1f s of processor, %.0f MiB, %llu pairs compared\n",
                truth.person.size(), made, linking.seconds(), linking.of_processor(), peak_mebibytes(),
                static_cast<unsigned long long>(outcome.statistics.compared));
    std::vector<FoundPair> found;
    for (const ScoredPair& pair : outcome.pairs)
        if (pair.zone != LinkZone::Different) found.push_back({pair.a, pair.b, pair.zone == LinkZone::Same});
    std::printf("%s\n%s\n", accuracy_heading().c_str(), accuracy_line("children", measure(truth, outcome.first, found)).c_str());
    return 0;
}

int judge(const std::vector<std::string_view>& arguments) {
    std::vector<std::string_view> names;
    LinkSettings settings;
    std::size_t shown = 0;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        if (!arguments[i].starts_with("--")) {
            names.push_back(arguments[i]);
            continue;
        }
        if (i + 1 == arguments.size()) return usage();
        if (arguments[i] == "--mistakes")
            shown = number_of<std::size_t>(arguments[i + 1]);
        else if (arguments[i] == "--threads")
            settings.threads = number_of<unsigned>(arguments[i + 1]);
        else
            return usage();
        ++i;
    }
    if (names.empty()) names = linkage_set_names();
    std::printf("%s  compared   cpu s\n", accuracy_heading().c_str());
    for (const std::string_view name : names) {
        const std::optional<LinkageSet> set = linkage_set(name);
        if (!set) {
            std::printf("%-28s no corpus beside the source tree\n", std::string(name).c_str());
            continue;
        }
        const Stopwatch linking;
        const LinkedSet linked = link_set(*set, settings);
        std::printf("%s %9llu %7.2f\n", accuracy_line(name, linked.accuracy).c_str(),
                    static_cast<unsigned long long>(linked.statistics.compared), linking.of_processor());
        std::fflush(stdout);
        if (shown == 0) continue;
        const Mistakes found = mistakes(set->truth, linked.cluster, linked.pairs, shown);
        print_pairs("one person, missed", *set, found.missed);
        print_pairs("two persons, joined", *set, found.wrong);
        print_pairs("one person, in review", *set, found.asked_true);
        print_pairs("two persons, in review", *set, found.asked_false);
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string_view> arguments(argv + 1, argv + argc);
    try {
        if (arguments.empty() || arguments.front() == "--help") return usage();
        if (arguments.front() == "--score") return score(arguments);
        if (arguments.front() == "--time") return time_linkage(arguments);
        if (arguments.front() == "--judge") return judge(arguments);
        if (arguments.front() == "--set") return write_set(arguments);
        return arguments.front().starts_with("--") ? usage() : make(arguments);
    } catch (const std::exception& fault) {
        std::fprintf(stderr, "%s\n", fault.what());
        return 1;
    }
}
