// Judges 1,000,000 made-up trajectories with 10,000,000 facts, in memory, under three definitions and four variants, on two threads; and
// loads the same from a store. Peer: the same three definitions as SQL over the same facts in SQLite (rules_peer.sql), without
// evidence, near misses, explanations or pauses; run by peers.sh.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <random>

#include "engine/core/resources.hpp"
#include "engine/identity/intake.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/rules/classify.hpp"
#include "engine/rules/load.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

constexpr std::uint32_t kClubs = 300;

/// The shipped example with the variants that partners ask for.
Agreement agreement() {
    std::string toml(resource("config/agreements/voorbeeldstad.toml").value());
    toml += "\n[[variant]]\nid = \"D1L\"\nof = \"D1\"\nmin_trials = 1\nlabel = \"na een proefsessie\"\n";
    toml += "\n[[variant]]\nid = \"D2S\"\nof = \"D2\"\nclub = \"same\"\nlabel = \"zelfde vereniging\"\n";
    toml += "\n[[variant]]\nid = \"D2G\"\nof = \"D2\"\nmax_gap_days = 60\nlabel = \"zonder lange onderbreking\"\n";
    toml += "\n[[variant]]\nid = \"D3S\"\nof = \"D3\"\nclub = \"same\"\nlabel = \"zelfde vereniging opnieuw\"\n";
    return parse_agreement(toml, "voorbeeldstad.toml");
}

ClassifyRequest question() {
    ClassifyRequest request;
    request.as_of = Date::parse_iso("2026-09-30").value();
    request.definitions = {"D1", "D2", "D3", "D1L", "D2S", "D2G", "D3S"};
    return request;
}

struct MadeUpFact {
    std::int32_t date;
    const char* type;
    const char* answer;
    const char* reason;
    std::uint32_t club;
};

/// About ten facts of one child from its start on: trials, an enrolment, attendances, a check, now and then a stop and a second year.
void facts_of(std::uint32_t child, std::int32_t start, std::vector<MadeUpFact>& out) {
    std::minstd_rand random(child + 1);
    const auto pick = [&](std::uint32_t n) { return static_cast<std::int32_t>(random() % n); };
    out.clear();
    const auto club = static_cast<std::uint32_t>(pick(kClubs));
    const std::int32_t enrolled = start + 10 + pick(60);
    for (std::int32_t i = pick(4); i > 0; --i) out.push_back({enrolled - 3 * i, "trial", "", "", club});
    if (pick(10) == 0) return;
    out.push_back({enrolled, "enrol", "", "", club});
    const std::int32_t stays = 30 + pick(500);
    for (std::int32_t at = 7, seen = 0; at < stays && seen < 10; at += 10 + pick(40), ++seen)
        out.push_back({enrolled + at, "attend", "", "", club});
    if (pick(3) == 0) out.push_back({enrolled + 200, "check", pick(4) == 0 ? "no" : "yes", "", club});
    if (stays < 300) out.push_back({enrolled + stays, "stop", "", pick(5) == 0 ? "moved" : "not_interested", club});
    if (stays > 330) out.push_back({enrolled + 345, "enrol", "", "", pick(4) == 0 ? static_cast<std::uint32_t>(pick(kClubs)) : club});
}

FactBase made_up(std::uint32_t children) {
    FactBaseBuilder builder;
    builder.reserve(children, std::size_t{children} * 10);
    std::vector<std::uint32_t> clubs;
    static constexpr const char* kKinds[] = {"jeugdbeweging", "jeugdbeweging_proefinschrijving", "sportclub", "jeugdhuis"};
    for (std::uint32_t i = 0; i < kClubs; ++i) clubs.push_back(builder.add_club("crm", "C" + std::to_string(i), kKinds[i % 4]));
    std::vector<MadeUpFact> facts;
    std::uint64_t number = 0;
    for (std::uint32_t child = 0; child < children; ++child) {
        TrajectoryInput input;
        const std::string key = "T" + std::to_string(child);
        const std::string id = "I" + std::to_string(child);
        input.id = id;
        input.source = "crm";
        input.key = key;
        input.strategy = "individuele_toeleiding";
        input.person = builder.add_person(key);
        input.start = Date::from_days(static_cast<std::int32_t>(20'000 + child % 700));
        input.age = 10;
        const std::uint32_t trajectory = builder.add_trajectory(input);
        facts_of(child, input.start.days(), facts);
        for (const MadeUpFact& fact : facts) {
            const std::string name = "E" + std::to_string(++number);
            EventInput event;
            event.source = "crm";
            event.key = name;
            event.type = fact.type;
            event.answer = fact.answer;
            event.reason = fact.reason;
            event.trajectory = trajectory;
            event.club = clubs[fact.club];
            event.date = Date::from_days(fact.date);
            builder.add_event(event);
        }
    }
    return builder.build();
}

const FactBase& million() {
    static const FactBase base = made_up(1'000'000);
    return base;
}

void classify_seven_definitions(benchmark::State& state) {
    const FactBase& base = million();
    const std::vector<Agreement> agreements{agreement()};
    ClassifyRequest request = question();
    request.threads = static_cast<unsigned>(state.range(0));
    std::size_t results = 0;
    for (auto _ : state) {
        const ClassificationSet set = classify(base, agreements, request);
        results = set.results.size();
        benchmark::DoNotOptimize(set.results.data());
    }
    state.counters["facts"] = static_cast<double>(base.fact_count());
    state.counters["results"] = static_cast<double>(results);
}
BENCHMARK(classify_seven_definitions)->Arg(1)->Arg(2)->Unit(benchmark::kSecond)->UseRealTime()->MeasureProcessCPUTime()->Iterations(3);

/// The same children as mapped rows, imported into a store.
void import_into(const TempDir& dir, std::uint32_t children) {
    const Keys keys = derive_keys(Secret(std::string(32, 'b')));
    Store store = Store::open(dir / "store.db");
    Vault vault = Vault::open(dir / "vault.db", keys);
    Intake intake(store, vault, keys, {}, 0);
    intake.begin_file({"crm", "caseload", sha256("x"), "x.csv", "canonical", "1"});
    std::vector<Record> row(1);
    const auto set = [&](std::string_view field, std::string value) {
        row[0].values[field_index(row[0].entity, field).value()] = std::move(value);
    };
    const auto put = [&](std::uint64_t number) { intake.put(row, {1, 1, number}); };
    std::vector<MadeUpFact> facts;
    std::uint64_t number = 0;
    for (std::uint32_t child = 0; child < children; ++child) {
        const auto start = static_cast<std::int32_t>(20'000 + child % 700);
        row[0] = Record();
        row[0].entity = Entity::Trajectory;
        set("key", "T" + std::to_string(child));
        set("person", "P" + std::to_string(child));
        set("start", Date::from_days(start).iso());
        set("strategy", "individuele_toeleiding");
        put(++number);
        facts_of(child, start, facts);
        row[0] = Record();
        row[0].entity = Entity::Event;
        for (const MadeUpFact& fact : facts) {
            set("key", "E" + std::to_string(++number));
            set("trajectory", "T" + std::to_string(child));
            set("date", Date::from_days(fact.date).iso());
            set("type", fact.type);
            set("answer", fact.answer);
            set("reason", fact.reason);
            set("club", "C" + std::to_string(fact.club));
            put(number);
        }
    }
    intake.end_file();
    intake.commit();
}

void load_from_a_store(benchmark::State& state) {
    const TempDir dir;
    import_into(dir, 1'000'000);
    for (auto _ : state) {
        const FactBase base = load_facts(StoreReader::open(dir / "store.db"));
        state.counters["facts"] = static_cast<double>(base.fact_count());
    }
}
BENCHMARK(load_from_a_store)->Unit(benchmark::kSecond)->UseRealTime()->MeasureProcessCPUTime()->Iterations(2);

/// Writes the facts for rules_peer.sql when BRUGWACHT_FACTS names a file: child,start,date,type,reason,club,kind of club.
void write_for_the_peer(benchmark::State& state) {
    const char* path = std::getenv("BRUGWACHT_FACTS");
    if (path == nullptr) {
        state.SkipWithError("BRUGWACHT_FACTS names no file");
        return;
    }
    for (auto _ : state) {
        std::ofstream out(path);
        std::vector<MadeUpFact> facts;
        for (std::uint32_t child = 0; child < 1'000'000; ++child) {
            const auto start = static_cast<std::int32_t>(20'000 + child % 700);
            facts_of(child, start, facts);
            for (const MadeUpFact& fact : facts) {
                const std::string type = std::string(fact.type) + (*fact.answer == 0 ? "" : "_") + fact.answer;
                out << child << ',' << start << ',' << fact.date << ',' << type << ',' << fact.reason << ',' << fact.club << ','
                    << fact.club % 4 << '\n';
            }
        }
    }
}
BENCHMARK(write_for_the_peer)->Unit(benchmark::kSecond)->Iterations(1);

}  // namespace
}  // namespace brugwacht
