// Somebody who is restricted or erased between two releases would show as a difference of one: does any cell that both releases show
// differ by fewer than the threshold?
#include "engine/audit/ledger.hpp"
#include "engine/disclosure/guard.hpp"
#include "tests/attack/attack_number.hpp"
#include "tests/support/erasure_project.hpp"

namespace brugwacht {
namespace {

EarlierRelease release(const ErasureProject& project, const std::string& id) {
    const auto found = Ledger::open(project.path() / "ledger.db").release(id);
    return found ? earlier_release(found->tables_json, id, found->as_of) : EarlierRelease{};
}

void compare(const EarlierRelease& before, const EarlierRelease& after, AttackNumber& attack) {
    for (const auto& [population, count] : before.cells) {
        const auto now = after.cells.find(population);
        if (now == after.cells.end() || !count || !now->second) continue;
        attack.tried();
        const std::int64_t difference = std::abs(*count - *now->second);
        if (difference > 0 && difference < kHardFloor) attack.succeeded(population + " tells of " + std::to_string(difference));
    }
}

TEST(Attack, Restrict) {
    run_attack("attack-restrict", [](AttackNumber& attack) {
        for (const bool erased : {false, true}) {
            const ErasureProject project;
            std::vector<Child> children;
            for (int i = 0; i < 60; ++i)
                children.push_back({std::to_string(100 + i), "Kind" + std::to_string(i), "Familie" + std::to_string(i * 7),
                                    "2014-05-1" + std::to_string(i % 10), "", ""});
            project.import("crm", children);
            const auto publish = [&](const char* day) {
                const RunResult published = project.run({"report", "--as-of", day});
                if (published.status != 0) attack.succeeded(std::string("no release of ") + day + ": " + published.err);
            };
            publish("2026-06-30");
            if (erased)
                project.erase("crm:107");
            else
                project.json({"subject", "restrict", "crm:107", "--reason", "betwist"});
            publish("2026-09-30");
            compare(release(project, "2026-06-30"), release(project, "2026-09-30"), attack);
        }
    });
}

}  // namespace
}  // namespace brugwacht
