// Links made-up Flemish children: a million records at once, and 1,000 new records with 200,000 known ones. Time, CPU and peak memory are
// printed; adding is part of the time, making the records up is not.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <cstdint>
#include <vector>

#include "engine/identity/linkage/linkage.hpp"
#include "tests/support/linkage_sets.hpp"

namespace brugwacht {
namespace {

/// At least so many records of children, of which one in three has a child to itself.
LinkageSet records(std::size_t count) {
    ChildrenOptions options;
    options.children = static_cast<std::uint32_t>(count / 2);
    LinkageSet set = children_set("bench", options);
    if (set.records.size() > count) set.records.resize(count);
    return set;
}

void add_all(Linkage& linkage, const LinkageSet& set, const std::vector<std::uint64_t>& clusters) {
    for (std::size_t i = 0; i < set.records.size(); ++i) {
        const SetRecord& record = set.records[i];
        const std::string key = record.source + ":" + record.values[0];
        linkage.add({.id = static_cast<std::int64_t>(i) + 1,
                     .source_key = key,
                     .source = record.source,
                     .values = &record.values,
                     .cluster = clusters.empty() ? 0 : clusters[i]});
    }
}

double peak_megabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

void BM_Whole(benchmark::State& state) {
    const LinkageSet set = records(static_cast<std::size_t>(state.range(0)));
    const double before = peak_megabytes();
    LinkStatistics statistics;
    for (auto _ : state) {
        Linkage linkage;
        add_all(linkage, set, {});
        statistics = linkage.link({}).statistics;
    }
    state.counters["records"] = static_cast<double>(set.records.size());
    state.counters["persons"] = static_cast<double>(statistics.persons);
    state.counters["compared"] = static_cast<double>(statistics.compared);
    state.counters["peak_MB"] = peak_megabytes();
    state.counters["of_which_records_MB"] = before;
}
BENCHMARK(BM_Whole)->Arg(100000)->Arg(1000000)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();

void BM_NewAgainstKnown(benchmark::State& state) {
    constexpr std::size_t kNew = 1000;
    const LinkageSet set = records(static_cast<std::size_t>(state.range(0)) + kNew);
    LinkSettings settings;
    std::vector<std::uint64_t> clusters(set.records.size(), 0);
    {
        Linkage whole;
        add_all(whole, set, {});
        const LinkOutcome outcome = whole.link({});
        for (std::size_t i = 0; i + kNew < clusters.size(); ++i) clusters[i] = outcome.first[i] + 1;
        settings.model = whole.model();
    }
    settings.whole = false;
    for (auto _ : state) {
        Linkage linkage(settings);
        add_all(linkage, set, clusters);
        benchmark::DoNotOptimize(linkage.link({}));
    }
}
BENCHMARK(BM_NewAgainstKnown)->Arg(200000)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
}  // namespace brugwacht
