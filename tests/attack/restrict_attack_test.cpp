// Somebody who is restricted or erased between two releases would show as a difference of one: does any cell that both releases show
// differ by fewer than the threshold?
#include <array>

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

/// Nobody looks like anybody else.
std::vector<Child> children(int first, int count, const std::string& month) {
    static constexpr std::array<const char*, 12> kGiven{"Amina", "Bram",  "Chloe", "Dries", "Elif",    "Floris",
                                                        "Gitte", "Hamza", "Ilse",  "Jonas", "Katrien", "Lowie"};
    static constexpr std::array<const char*, 10> kFamily{"Aerts",    "Benali",    "Claes",    "Demir",   "Engels",
                                                         "Goossens", "Hendrickx", "Kowalski", "Mertens", "Wuyts"};
    std::vector<Child> all;
    for (int i = first; i < first + count; ++i) {
        const auto at = static_cast<std::size_t>(i % 120);
        const Date born = Date::from_ymd(2011, 1, 1).value().plus_days(i % 120 * 17);
        all.push_back({std::to_string(100 + i), kGiven[at % 12], kFamily[at / 12], born.iso(), "", "", true, month});
    }
    return all;
}

/// True when it was published. The guard may also refuse, which tells nothing.
bool publish(const ErasureProject& project, const char* day, AttackNumber& attack) {
    attack.tried();
    const RunResult published = project.run({"report", "--as-of", day});
    if (published.status != 0 && published.status != 4) attack.succeeded(std::string("no release of ") + day + ": " + published.err);
    return published.status == 0;
}

TEST(Attack, Restrict) {
    run_attack("attack-restrict", [](AttackNumber& attack) {
        int compared = 0;
        for (const bool erased : {false, true}) {
            for (const int newcomers : {0, 40}) {
                const ErasureProject project;
                project.import("crm", children(0, 60, "2026-02"));
                EXPECT_TRUE(publish(project, "2026-06-30", attack));
                if (newcomers > 0) project.import("sport", children(200, newcomers, "2026-08"));
                if (erased)
                    project.erase("crm:107");
                else
                    project.json({"subject", "restrict", "crm:107", "--reason", "betwist"});
                if (!publish(project, "2026-09-30", attack)) continue;
                compare(release(project, "2026-06-30"), release(project, "2026-09-30"), attack);
                ++compared;
            }
        }
        EXPECT_GT(compared, 0) << "every second release was refused";
    });
}

}  // namespace
}  // namespace brugwacht
