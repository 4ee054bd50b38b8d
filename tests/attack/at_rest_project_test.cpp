// A whole project as a thief finds it: keys outside their folder, who is behind a pseudonym, pseudonyms of before `key rekey`, two exports.
// privacy.md P2, P5, P9, P10.
#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>

#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/database.hpp"
#include "engine/vault/keys.hpp"
#include "tests/attack/attack_number.hpp"
#include "tests/support/scratch_project.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

constexpr int kChildren = 40;

std::string given(int child) { return "Kanariewietje" + std::to_string(100 + child); }

/// Forty children, every second one twice, with a trajectory each. `second` is a later state of the same lists.
void import_children(const ScratchProject& project, bool second) {
    std::string people = "key,given_name,family_name,birth_date,gender,municipality\n";
    std::string trajectories = "key,person,start,strategy,worker\n";
    for (int child = 0; child < kChildren; ++child)
        for (int copy = 0; copy <= child % 2; ++copy) {
            const std::string key = "PERSOONKANARIE" + std::to_string(100 + child) + (copy == 0 ? "a" : "b");
            people += key + "," + given(child) + ",Zwaluwstaertsma,2015-03-" + std::to_string(10 + child % 18) + ",f," +
                      (second && child % 4 == 0 ? "Brugge" : "Gent") + "\n";
            trajectories += "T" + std::to_string(child * 2 + copy) + "," + key + ",2025-09-01,individuele_toeleiding,W1\n";
        }
    write_bytes(project.beside() / "people.csv", people);
    write_bytes(project.beside() / "trajectories.csv", trajectories);
    const RunResult done = project.run(
        {"import", (project.beside() / "people.csv").string(), (project.beside() / "trajectories.csv").string(), "--mapping", "canonical"});
    ASSERT_EQ(done.status, 0) << done.out << done.err;
}

std::vector<std::string> forms(const std::string& bytes) {
    std::string text = base64(bytes);
    text.erase(text.find_last_not_of('=') - 1);  // the last digits depend on what follows
    return {bytes, to_hex(bytes), text, base64url(bytes)};
}

void look_everywhere(const fs::path& folder, const std::set<fs::path>& except,
                     const std::function<void(const fs::path&, const std::string&)>& look) {
    for (auto entry = fs::recursive_directory_iterator(folder); entry != fs::recursive_directory_iterator(); ++entry) {
        if (except.count(entry->path()) != 0) {
            entry.disable_recursion_pending();
            continue;
        }
        if (entry->is_regular_file()) look(entry->path(), read_bytes(entry->path()));
    }
}

TEST(Attack, KeyBytes) {
    run_attack("attack-keybytes", [](AttackNumber& number) {
        const ScratchProject project;
        import_children(project, false);
        project.run({"report", "--as-of", "2026-06-30", "--preview"});
        project.run({"key", "rotate"});
        project.run({"key", "status"});
        const auto secrets = key_files(project / "keys");
        const Keys keys = load_keys(*secrets);
        std::vector<std::string> all{std::string(secrets->load("master").bytes()),
                                     std::string(secrets->load("audit").bytes()),
                                     std::string(keys.wrap.bytes()),
                                     std::string(keys.sync_state.bytes()),
                                     std::string(keys.audit_anchor.bytes()),
                                     std::string(keys.link.bytes()),
                                     std::string(keys.suppress.bytes()),
                                     std::string(keys.cellkey.bytes()),
                                     std::string(keys.record_id.begin(), keys.record_id.end()),
                                     std::string(keys.fingerprint.begin(), keys.fingerprint.end())};
        ASSERT_NE(read_bytes(project / "keys/master.key").find(all.front()), std::string::npos);
        look_everywhere(project.path(), {project / "keys"}, [&](const fs::path& file, const std::string& bytes) {
            for (const std::string& key : all)
                for (const std::string& form : forms(key)) {
                    number.tried();
                    if (bytes.find(form) != std::string::npos) number.succeeded("a key in " + file.filename().string());
                }
        });
        // Nor does one key of the folder stand in another's file.
        for (const std::string& key : all)
            if (read_bytes(project / "keys/ring.sealed").find(key) != std::string::npos) number.succeeded("a key in ring.sealed");
    });
}

/// Person id in hex by record, of the table and of what runs replaced.
std::map<std::string, std::string> pseudonyms(const ScratchProject& project) {
    std::map<std::string, std::string> found;
    Database store = Database::open(project / "store.db", Database::Mode::ReadOnly);
    for (Statement s =
             store.prepare("SELECT 'now ' || id, person_id FROM person UNION ALL SELECT run || ' ' || id, person_id FROM before_person");
         s.step();)
        found[std::string(s.text(0))] = to_hex(s.blob(1));
    return found;
}

TEST(Attack, Who) {
    run_attack("attack-who", [](AttackNumber& number) {
        const ScratchProject project;
        import_children(project, false);
        const auto persons_named = [&] {
            std::size_t named = 0;
            for (const Node& result : at(project.json({"classify", "--as-of", "2026-06-30"}), "results").items)
                named += at(result, "persons").items.size();
            return named;
        };
        ASSERT_GT(persons_named(), 0U);  // with the vault it can be said
        for (const auto& entry : fs::directory_iterator(project.path()))
            if (entry.path().filename().string().starts_with("vault.db")) fs::remove(entry.path());
        number.tried(pseudonyms(project).size());
        number.succeeded("classify names a person", persons_named());
        look_everywhere(project.path(), {}, [&](const fs::path& file, const std::string& bytes) {
            for (int child = 0; child < kChildren; ++child)
                for (const std::string& text : {given(child), "PERSOONKANARIE" + std::to_string(100 + child)}) {
                    number.tried();
                    if (bytes.find(text) != std::string::npos) number.succeeded(text + " in " + file.filename().string());
                }
        });
    });
}

TEST(Attack, Rekey) {
    run_attack("attack-rekey", [](AttackNumber& number) {
        const ScratchProject project;
        import_children(project, false);
        import_children(project, true);
        const auto before = pseudonyms(project);
        const std::string old_link(load_keys(*key_files(project / "keys")).link.bytes());
        ASSERT_GT(before.size(), static_cast<std::size_t>(kChildren * 3 / 2));  // what the second import replaced is among them
        const RunResult done = project.run({"key", "rekey"});
        ASSERT_EQ(done.status, 0) << done.out << done.err;
        const auto after = pseudonyms(project);

        // Who belongs together stays together, and nobody else joins.
        ASSERT_EQ(after.size(), before.size());
        std::map<std::string, std::string> renamed, back;
        for (const auto& [record, old] : before) {
            number.tried(2);
            const std::string& now = after.at(record);
            if (renamed.try_emplace(old, now).first->second != now) number.succeeded("one child became two");
            if (back.try_emplace(now, old).first->second != old) number.succeeded("two children became one");
        }
        look_everywhere(project.path(), {}, [&](const fs::path& file, const std::string& bytes) {
            for (const auto& [old, now] : renamed) {
                std::string raw;
                for (std::size_t i = 0; i < old.size(); i += 2) raw.push_back(static_cast<char>(std::stoi(old.substr(i, 2), nullptr, 16)));
                number.tried(2);
                if (bytes.find(raw) != std::string::npos || bytes.find(old) != std::string::npos)
                    number.succeeded("an old pseudonym in " + file.filename().string());
            }
            if (bytes.find(old_link) != std::string::npos) number.succeeded("the old key in " + file.filename().string());
        });
        // Importing the same again finds everybody.
        import_children(project, true);
        if (pseudonyms(project) != after) number.succeeded("the same children got other pseudonyms");
    });
}

std::set<std::string> pseudonym_shaped(const std::string& text) {
    static const std::regex kShape("[0-9a-f]{16,}");
    std::set<std::string> found;
    for (auto at = std::sregex_iterator(text.begin(), text.end(), kShape); at != std::sregex_iterator(); ++at) found.insert(at->str());
    return found;
}

TEST(Attack, FreshPseudonyms) {
    run_attack("attack-freshpseudonyms", [](AttackNumber& number) {
        const ScratchProject project;
        import_children(project, false);
        const auto classify = [&](bool fresh) {
            std::vector<std::string> arguments{"classify", "--as-of", "2026-06-30", "--json"};
            if (fresh) arguments.insert(arguments.end(), {"--pseudonyms", "fresh"});
            const RunResult result = project.run(arguments);
            EXPECT_EQ(result.status, 0) << result.err;
            return result.out;
        };
        const std::string plain = classify(false), first = classify(true), second = classify(true);
        const auto common = [](const std::set<std::string>& a, const std::set<std::string>& b) {
            std::vector<std::string> both;
            std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
            return both;
        };
        // Hashes of the rules are of no person and stay.
        std::set<std::string> rules;
        for (const Node& result : at(parse_json(plain, "output"), "results").items) rules.insert(at(result, "rules_hash").text);
        rules.insert(at(parse_json(plain, "output"), "rules_hash").text);
        const auto linkable = [&](const std::string& a, const std::string& b) {
            std::uint64_t count = 0;
            for (const std::string& id : common(pseudonym_shaped(a), pseudonym_shaped(b))) count += rules.count(id) == 0 ? 1U : 0U;
            return count;
        };
        ASSERT_GT(linkable(plain, classify(false)), 0U);  // the usual output does have them
        number.tried(pseudonym_shaped(first).size());
        number.succeeded("ids in two exports", linkable(first, second));
        number.succeeded("ids of an export in the project", linkable(first, plain));
        for (const char* text : {"PERSOONKANARIE", "Kanariewietje"}) {
            number.tried();
            if (first.find(text) != std::string::npos) number.succeeded(text);
        }
    });
}

}  // namespace
}  // namespace brugwacht
