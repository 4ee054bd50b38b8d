// Reads a vault of made-up persons whole, as linking does: BRUGWACHT_BENCH_PERSONS of them, 200,000 unless told.
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "engine/lib/crypto.hpp"
#include "engine/vault/vault.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

std::int64_t wanted() {
    const char* persons = std::getenv("BRUGWACHT_BENCH_PERSONS");
    return persons != nullptr ? std::atoll(persons) : 200'000;
}

Identity made_up(std::int64_t number) {
    Identity identity;
    // Ids are hashes: rows stand in the file in another order than they were written.
    identity.id = static_cast<std::int64_t>((static_cast<std::uint64_t>(number) * 0x9e3779b97f4a7c15U) >> 1);
    identity.source = "crm";
    const std::string text = std::to_string(number);
    identity.values[0] = "P-" + text;
    for (std::size_t i = 1; i < entity_def(Entity::Person).fields.size(); ++i) identity.values[i] = "Voornaam " + text;
    identity.token = std::string(32, static_cast<char>(number));
    return identity;
}

struct Filled {
    TempDir dir;
    Keys keys = derive_keys(Secret(std::string(32, 'b')));
    Filled() {
        Vault vault = Vault::open(dir / "vault.db", keys);
        vault.begin(1, 1);
        for (std::int64_t i = 0; i < wanted(); ++i) vault.put(made_up(i + 1), 1);
        vault.commit();
        vault.settle(1);
    }
};

void BM_ReadVault(benchmark::State& state) {
    static const Filled filled;
    for (auto _ : state) {
        Vault vault = Vault::open(filled.dir / "vault.db", filled.keys);
        std::size_t bytes = 0;
        vault.each([&](const Identity& identity) { bytes += identity.values[1].size(); });
        benchmark::DoNotOptimize(bytes);
    }
    state.SetItemsProcessed(state.iterations() * wanted());
}
BENCHMARK(BM_ReadVault)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace brugwacht
