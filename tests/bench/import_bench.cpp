// Import of mapped rows into store and vault, with provenance and change detection, and loading facts back. Peer: `sqlite3 .import` of the
// same events as CSV, untyped and unchecked, in the same run; skipped when the program is not installed.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>

#include "engine/identity/intake.hpp"
#include "engine/lib/crypto.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

std::string number(const char* prefix, std::int64_t n) { return prefix + std::to_string(n); }

void fill_event(Record& record, std::int64_t n) {
    static const char* const kTypes[] = {"enrol", "check", "attend", "stop"};
    record.entity = Entity::Event;
    record.values[0] = number("E", n);
    record.values[1] = number("T", n / 10);
    record.values[3] = Date::from_days(static_cast<std::int32_t>(19000 + n % 900)).iso();
    record.values[5] = kTypes[n % 4];
    record.values[6] = number("C", n % 300);
    record.values[7] = "2024-2025";
    record.values[8] = n % 4 == 3 ? "moved" : "";
    record.values[9] = n % 4 == 1 ? "yes" : "";
}

void fill_person(Record& record, std::int64_t n) {
    record.entity = Entity::Person;
    record.values[0] = number("P", n);
    record.values[1] = number("Voornaam", n % 977);
    record.values[2] = number("Achternaam", n % 7919);
    record.values[4] = Date::from_days(static_cast<std::int32_t>(14000 + n % 4000)).iso();
    record.values[5] = n % 2 == 0 ? "f" : "m";
    record.values[6] = "Kerkstraat";
    record.values[7] = std::to_string(n % 200);
    record.values[8] = "2910";
    record.values[9] = n % 3 == 0 ? "Essen" : "Kalmthout";
    record.values[11] = number("+3247", 1000000 + n);
    record.values[12] = number("ouder", n) + "@example.org";
}

struct Project {
    TempDir dir;
    Keys keys = derive_keys(Secret(std::string(32, 'b')));
    Store store = Store::open(dir / "store.db");
    Vault vault = Vault::open(dir / "vault.db", keys);
    int files = 0;

    FileCounts import(std::int64_t from, std::int64_t to, void (*fill)(Record&, std::int64_t)) {
        Intake intake(store, vault, keys, {}, 0);
        intake.begin_file({"crm", "caseload", sha256(std::to_string(++files)), "x.csv", "canonical", "1"});
        std::vector<Record> row(1);
        for (std::int64_t n = from; n < to; ++n) {
            fill(row[0], n);
            intake.put(row, {1, 1, static_cast<std::uint64_t>(n)});
        }
        const FileCounts counts = intake.end_file();
        intake.commit();
        return counts;
    }
};

void events_new(benchmark::State& state) {
    for (auto _ : state) {
        state.PauseTiming();
        auto project = std::make_unique<Project>();
        state.ResumeTiming();
        project->import(0, state.range(0), fill_event);
        state.PauseTiming();
        project.reset();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(events_new)->Arg(1000000)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);

void events_unchanged(benchmark::State& state) {
    Project project;
    project.import(0, state.range(0), fill_event);
    for (auto _ : state) project.import(0, state.range(0), fill_event);
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(events_unchanged)->Arg(1000000)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);

void persons_new(benchmark::State& state) {
    for (auto _ : state) {
        state.PauseTiming();
        auto project = std::make_unique<Project>();
        state.ResumeTiming();
        project->import(0, state.range(0), fill_person);
        state.PauseTiming();
        project.reset();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(persons_new)->Arg(200000)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);

void persons_link(benchmark::State& state) {
    Project project;
    project.import(0, state.range(0), fill_person);
    for (auto _ : state) {
        Intake intake(project.store, project.vault, project.keys, {}, 0, "link");
        intake.link();
        intake.rollback();
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(persons_link)->Arg(200000)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);

void events_load(benchmark::State& state) {
    Project project;
    project.import(0, state.range(0), fill_event);
    for (auto _ : state) {
        const StoreReader reader = StoreReader::open(project.dir / "store.db");
        EventRow row;
        std::int64_t sum = 0;
        for (auto events = reader.events(); events.next(row);) sum += row.date.days() + static_cast<std::int64_t>(row.type.size());
        benchmark::DoNotOptimize(sum);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(events_load)->Arg(1000000)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);

void peer_sqlite_import(benchmark::State& state) {
    if (std::system("sqlite3 -version >/dev/null 2>&1") != 0) {
        state.SkipWithError("sqlite3 is not installed");
        return;
    }
    TempDir dir;
    {
        std::ofstream csv(dir / "events.csv");
        csv << "key,trajectory,date,type,club,year,reason,answer\n";
        Record record;
        for (std::int64_t n = 0; n < state.range(0); ++n) {
            fill_event(record, n);
            for (const int at : {0, 1, 3, 5, 6, 7, 8, 9}) csv << record.values[static_cast<std::size_t>(at)] << (at == 9 ? '\n' : ',');
        }
    }
    for (auto _ : state) {
        const std::string command =
            "cd '" + dir.path().string() + "' && rm -f peer.db && sqlite3 peer.db '.mode csv' '.import events.csv event'";
        if (std::system(command.c_str()) != 0) state.SkipWithError("sqlite3 failed");
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(peer_sqlite_import)->Arg(1000000)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);

}  // namespace
}  // namespace brugwacht
