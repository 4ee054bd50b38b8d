// Older copies of the databases are put back after an erasure, in every combination, together with undos and interrupted runs: is
// somebody who was erased shown, reported or kept?
#include "tests/attack/attack_number.hpp"
#include "tests/support/erasure_project.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kBoth{"store.db", "vault.db"};

/// Everything that can tell something of a child without anybody having opened the databases to write.
void read_everything(const ErasureProject& project, AttackNumber& attack, const std::string& when) {
    const std::vector<std::vector<std::string>> readers{
        {"classify", "--as-of", "2026-06-30", "--json"}, {"report", "--preview"}, {"worklist"}, {"figures"}, {"status"},
        {"explain", "T7", "--reason", "kijken"}};
    for (const auto& reader : readers) {
        attack.tried();
        const RunResult told = project.run(reader);
        if (told.status != 75) attack.succeeded(when + ": " + reader.front() + " answered with " + std::to_string(told.status));
        if ((told.out + told.err).find("crm:7\"") != std::string::npos) attack.succeeded(when + ": " + reader.front() + " named her");
    }
}

void expect_gone(const ErasureProject& project, AttackNumber& attack, const std::string& when) {
    attack.tried();
    attack.succeeded(when + ": she is in the vault", project.records_with({"Vandeputte"}));
    const RunResult classified = project.run({"classify", "--as-of", "2026-06-30", "--json"});
    if (classified.status != 0) attack.succeeded(when + ": classify ended with " + std::to_string(classified.status));
    if (classified.out.find("\"T7\"") != std::string::npos) attack.succeeded(when + ": she is classified");
    if (project.count("person") != 11) attack.succeeded(when + ": " + std::to_string(project.count("person")) + " persons");
    attack.succeeded(when + ": a file holds her name", project.files_with({"Vandeputte", lina().email}).size());
}

TEST(Attack, Restore) {
    run_attack("attack-restore", [](AttackNumber& attack) {
        const ErasureProject project;
        std::vector<Child> changed = ErasureProject::children();
        project.import("crm", changed);
        const fs::path first = project.back_up("first");
        for (Child& child : changed) child.phone = "0471000000";
        changed[6] = lina();
        changed[6].family = "Vandeputte-Nieuw";
        project.import("crm", changed);
        const fs::path second = project.back_up("second");
        project.erase("crm:7");
        const fs::path clean = project.back_up("clean");
        expect_gone(project, attack, "erased");

        for (const fs::path& copy : {first, second}) {
            for (const std::vector<std::string>& files : {kBoth, {"store.db"}, {"vault.db"}}) {
                const std::string when = copy.filename().string() + " " + (files.size() == 2 ? "both" : files.front());
                project.restore(clean, kBoth);
                project.restore(copy, files);
                if (files.front() == "store.db") read_everything(project, attack, when);
                if (project.run({"link"}).status != 0) attack.succeeded(when + ": link failed");
                expect_gone(project, attack, when + ", linked");
            }
            // Undo of the import that brought her, and of the one that changed her, as the first thing that is done.
            project.restore(clean, kBoth);
            project.restore(copy, kBoth);
            const RunResult undone = project.run({"undo", copy == first ? "1" : "2"});
            if (undone.status != 0) attack.succeeded("undo ended with " + std::to_string(undone.status));
            attack.tried();
            attack.succeeded("undo: she is in the vault", project.records_with({"Vandeputte", "Vandeputte-Nieuw"}));
            if (copy == second) expect_gone(project, attack, "undone");
        }

        // A run that stopped between its two commits: the vault of the second import, the store of the first.
        project.restore(clean, kBoth);
        project.restore(second, {"vault.db"});
        project.restore(first, {"store.db"});
        read_everything(project, attack, "interrupted");
        if (project.run({"link"}).status != 0) attack.succeeded("interrupted: link failed");
        expect_gone(project, attack, "interrupted");
        project.import("crm", ErasureProject::children());
        expect_gone(project, attack, "imported again");
    });
}

}  // namespace
}  // namespace brugwacht
