// How fast files become typed cells. Files: BRUGWACHT_BENCH_FILES/big.xlsx and big.csv, made by the program bigfiles.
// Compare ratios against a peer in the same minute (tests/bench/peers.sh), never the bare times.

#include <benchmark/benchmark.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "connector/source.hpp"
#include "engine/core/date.hpp"

namespace brugwacht {
namespace {

std::filesystem::path bench_file(const char* name) {
    const char* folder = std::getenv("BRUGWACHT_BENCH_FILES");
    return std::filesystem::path(folder == nullptr ? "/tmp/brugwacht-bench" : folder) / name;
}

/// What a column type needs to know of a text cell: is it a number, a date, or text?
double type_of(std::string_view text) {
    if (text.empty() || text.size() > 24) return 0;
    const char first = text.front();
    if ((first < '0' || first > '9') && first != '-' && first != '+') return 0;
    if (text.size() == 10 && text[4] == '-') {
        const auto date = Date::parse_iso(text);
        return date ? date->days() : 0;
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

void read_file(benchmark::State& state, const char* name) {
    const std::filesystem::path path = bench_file(name);
    if (!std::filesystem::exists(path)) {
        state.SkipWithError("no big file; run the program bigfiles first");
        return;
    }
    for (auto _ : state) {
        const auto document = open_document(path);
        const auto source = document->open_tab(1);
        RawRow row;
        std::size_t cells = 0;
        double sum = 0;
        while (source->next(row)) {
            cells += row.cells.size();
            for (const Cell& cell : row.cells) sum += cell.kind == CellKind::Text ? type_of(cell.text) : cell.number;
        }
        benchmark::DoNotOptimize(sum);
        state.counters["cells"] = static_cast<double>(cells);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(std::filesystem::file_size(path)));
}

void ReadWorkbook(benchmark::State& state) { read_file(state, "big.xlsx"); }
void ReadDelimitedText(benchmark::State& state) { read_file(state, "big.csv"); }

BENCHMARK(ReadWorkbook)->Unit(benchmark::kMillisecond);
BENCHMARK(ReadDelimitedText)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace brugwacht
