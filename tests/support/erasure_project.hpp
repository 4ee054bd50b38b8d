// A project with a few invented children, to erase some of them and to see whether anything of them is left. For tests that run the
// program (BRUGWACHT_PROGRAM) and link room_run.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "engine/core/ports.hpp"
#include "engine/store/reader.hpp"
#include "engine/vault/vault.hpp"
#include "tests/support/scratch_project.hpp"

namespace brugwacht {

struct Child {
    std::string key, given, family, born, email, phone;
    bool guided = true;             // has a trajectory and events
    std::string month = "2026-02";  // in which the trajectory began
};

/// The one who is erased, as her own source tells it.
inline Child lina() { return {"7", "Lina", "Vandeputte", "2015-04-12", "lina.vandeputte@voorbeeld.invalid", "0470123456"}; }

class ErasureProject : public ScratchProject {
  public:
    ErasureProject() = default;

    static std::vector<Child> children() {
        std::vector<Child> all;
        for (int i = 1; i <= 12; ++i)
            all.push_back({std::to_string(i), "Kind" + std::string(1, static_cast<char>('a' + i)),
                           "Familie" + std::string(1, static_cast<char>('k' + i)),
                           "2014-0" + std::to_string(1 + i % 9) + "-1" + std::to_string(i % 10), "", ""});
        all[6] = lina();
        return all;
    }

    /// Writes an export of that source beside the project; every guided child has one trajectory with a trial and an enrolment. `more` is
    /// put at the end of its files, so that they are not the same as before.
    void put_export(const std::string& source, const std::vector<Child>& all, const std::string& more = "") const {
        std::string people = "key,given_name,family_name,birth_date,email,phone,municipality\n", trajectories = "key,person,start\n",
                    events = "key,trajectory,date,type,club,year\n";
        for (const Child& child : all) {
            people += child.key + "," + child.given + "," + child.family + "," + child.born + "," + child.email + "," + child.phone +
                      ",Voorbeeldstad\n";
            if (!child.guided) continue;
            trajectories += "T" + child.key + "," + child.key + "," + child.month + "-01\n";
            events += "E" + child.key + "a,T" + child.key + "," + child.month + "-10,trial,C1,\n";
            events += "E" + child.key + "b,T" + child.key + "," + child.month + "-20,enrol,C1,2025-2026\n";
        }
        const std::filesystem::path folder = beside().path() / source;
        std::filesystem::create_directories(folder);
        std::ofstream(folder / "people.csv") << people << more;
        std::ofstream(folder / "trajectories.csv") << trajectories << more;
        std::ofstream(folder / "events.csv") << events << more;
        std::ofstream(folder / "clubs.csv") << "key,name\nC1,Club\n";
    }

    /// Imports the export of a source as one run; gives the JSON.
    Node import(const std::string& source, const std::vector<Child>& all, const std::string& more = "") const {
        put_export(source, all, more);
        const std::filesystem::path folder = beside().path() / source;
        return json({"import", "--mapping", "canonical", "--source", source, (folder / "people.csv").string(),
                     (folder / "trajectories.csv").string(), (folder / "events.csv").string(), (folder / "clubs.csv").string()});
    }

    Node erase(const std::string& who) const { return json({"subject", "erase", who, "--reason", "vraag van de moeder", "--confirmed"}); }

    /// Person records of the vault of which one of these texts is a value.
    std::size_t records_with(const std::vector<std::string>& values) const {
        const auto secrets = key_files(path() / "keys");
        Vault vault = Vault::open(path() / "vault.db", load_keys(*secrets));
        std::size_t found = 0;
        vault.each([&](const Identity& identity) {
            for (const std::string& value : values)
                if (std::find(identity.values.begin(), identity.values.end(), value) != identity.values.end()) {
                    ++found;
                    return;
                }
        });
        return found;
    }
    std::uint64_t count(const char* entity) const { return StoreReader::open(path() / "store.db", Restricted::Included).count(entity); }

    /// Files of the project that hold one of these texts anywhere.
    std::vector<std::string> files_with(const std::vector<std::string>& texts) const {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(path())) {
            if (!entry.is_regular_file()) continue;
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
            for (const std::string& text : texts)
                if (bytes.find(text) != std::string::npos) found.push_back(entry.path().filename().string());
        }
        return found;
    }

    /// A copy of both databases, as a backup would be.
    std::filesystem::path back_up(const std::string& name) const {
        const std::filesystem::path to = beside().path() / name;
        std::filesystem::create_directories(to);
        for (const char* file : {"store.db", "vault.db"})
            std::filesystem::copy_file(path() / file, to / file, std::filesystem::copy_options::overwrite_existing);
        return to;
    }
    void restore(const std::filesystem::path& from, const std::vector<std::string>& files) const {
        for (const std::string& file : files) {
            for (const char* beside : {"-wal", "-shm"}) std::filesystem::remove(path() / (file + beside));
            std::filesystem::copy_file(from / file, path() / file, std::filesystem::copy_options::overwrite_existing);
        }
    }
};

}  // namespace brugwacht
