// The audit log: 100,000 entries verified in less than a second, a million in the same memory, and an append that costs the same at the end
// of a long log as in an empty one.
#include <benchmark/benchmark.h>

#include <map>
#include <string>
#include <vector>

#include "engine/audit/ledger.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

class MemorySecrets : public Secrets {
  public:
    Secret load(std::string_view) const override { return Secret(std::string(key_)); }
    void store(std::string_view, const Secret& key) override { key_ = key.bytes(); }
    bool exists(std::string_view) const override { return !key_.empty(); }

  private:
    std::string key_;
};

struct LongLog {
    explicit LongLog(std::int64_t entries) {
        Ledger::create(dir / "ledger.db", secrets, &anchor);
        AuditEntry entry{.role = "timer", .action = "import", .object = "file", .request = std::string(64, 'a')};
        entry.counts = {{"read", 1234}, {"new", 12}, {"changed", 3}, {"unchanged", 1219}, {"rejected", 0}};
        Ledger::open(dir / "ledger.db")
            .append_all(std::vector<AuditEntry>(static_cast<std::size_t>(entries), entry), secrets, *fixed_clock(1'750'000'000));
    }
    TempDir dir;
    MemorySecrets secrets;
    Secret anchor{std::string(32, 'a')};
};

void verify(benchmark::State& state) {
    LongLog log(state.range(0));
    const Ledger ledger = Ledger::open(log.dir / "ledger.db");
    for (auto _ : state) {
        const AuditCheck check = ledger.verify(log.secrets, state.range(1) != 0 ? &log.anchor : nullptr);
        if (check.problem || check.entries != state.range(0)) state.SkipWithError("not verified");
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(verify)
    ->ArgNames({"entries", "macs"})
    ->Args({100'000, 0})
    ->Args({100'000, 1})
    ->Args({1'000'000, 1})
    ->Unit(benchmark::kMillisecond);

void append(benchmark::State& state) {
    LongLog log(state.range(0));
    Ledger ledger = Ledger::open(log.dir / "ledger.db");
    const auto clock = fixed_clock(1'750'000'000);
    for (auto _ : state) ledger.append({.role = "timer", .action = "import"}, log.secrets, *clock);
}
BENCHMARK(append)->ArgName("entries")->Arg(0)->Arg(100'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace brugwacht
