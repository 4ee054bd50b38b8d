// Forms of 2,000,000 names (a given name and a surname for each of 1,000,000 records) on one thread, and a look-up of the class of each
// given name. Share of names with letters beyond ASCII: as in the stocks of tests/support/names.cpp.
#include <benchmark/benchmark.h>

#include "engine/identity/linkage/names.hpp"
#include "tests/support/names.hpp"

namespace brugwacht {
namespace {

constexpr std::size_t kRecords = 1000000;

struct Stock {
    std::vector<std::string> given, family;
};

void add_spellings(std::vector<std::string>& out, std::span<const std::string_view> names) {
    for (const std::string_view name : names)
        for (unsigned i = 0; i < spellings(name); ++i) out.emplace_back(spelling(name, i));
}

Stock stock() {
    Stock all;
    for (const NameStock& of : name_stocks()) {
        add_spellings(all.given, of.girls);
        add_spellings(all.given, of.boys);
        add_spellings(all.family, of.families);
    }
    return all;
}

void names_of_a_million(benchmark::State& state) {
    const Stock all = stock();
    benchmark::DoNotOptimize(family_name_forms("Peeters"));  // reads config/names.toml
    for (auto _ : state) {
        std::size_t letters = 0, known = 0;
        for (std::size_t i = 0; i < kRecords; ++i) {
            const NameForms given = given_name_forms(all.given[i % all.given.size()]);
            letters += family_name_forms(all.family[i % all.family.size()]).joined.size();
            known += given_name_class(given.core) != 0 ? 1 : 0;
        }
        benchmark::DoNotOptimize(letters);
        state.counters["known"] = static_cast<double>(known) / kRecords;
    }
}
BENCHMARK(names_of_a_million)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace brugwacht
