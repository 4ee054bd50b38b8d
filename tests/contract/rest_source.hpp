// What every REST source promises is checked by the tests of RestSource (rest_source_test.cpp), once for each counterpart that is put into
// the suite: a shipped preset with a stand-in for its system.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/lib/database.hpp"
#include "engine/mapping/mapping.hpp"
#include "engine/store/schema.hpp"
#include "engine/vault/vault.hpp"
#include "tests/support/rest_project.hpp"
#include "tests/support/stand_in/people.hpp"
#include "tests/support/stand_in/scenario.hpp"

namespace brugwacht {

inline constexpr std::int64_t kSecond = 1'000'000;  // in microseconds

/// A system with people in it, and how a project reads it.
struct Counterpart {
    std::string name, preset;
    std::vector<std::string> connection;
    std::map<std::string, std::string> secrets;
    stand_in::LayoutOf layout;
    std::string persons;  // its table of persons
    std::function<Responder(stand_in::System&)> respond;
    // Lines of the preset that stand otherwise in the project's own copy of it: its pages are too large for a few people.
    std::map<std::string, std::string> in_own_copy = {};
};

/// What is shown of it when a test fails.
inline void PrintTo(const Counterpart& counterpart, std::ostream* out) { *out << counterpart.name; }

template <typename Dialect>
Responder served(stand_in::System& system, const std::function<void(Dialect&)>& set_up = {}) {
    auto dialect = std::make_shared<Dialect>(system);
    if (set_up) set_up(*dialect);
    return [dialect](const Call& call) { return (*dialect)(call); };
}

/// The text of a shipped preset with some lines replaced.
inline std::string altered_preset(const std::string& preset, const std::map<std::string, std::string>& lines) {
    std::string text = load_preset_text(preset, {}).text;
    for (const auto& [from, to] : lines) {
        const std::size_t at = text.find(from);
        if (at == std::string::npos) throw std::logic_error(preset + " has no line " + from);
        text.replace(at, from.size(), to);
    }
    return text;
}

/// How a column reads: codes by their words, because their numbers follow the order in which they came.
inline std::string readable_column(Entity entity, const std::string& name) {
    bool coded = entity == Entity::Person && (name == "gender" || name == "area");
    if (entity != Entity::Person)
        for (const FactColumn& column : fact_columns(entity))
            coded = coded || (column.name == name && (column.kind == ColumnKind::Code || column.kind == ColumnKind::Codes));
    if (!coded) return "quote(\"" + name + "\")";
    return "quote((SELECT text FROM code WHERE id = \"" + name + "\"))";
}

/// All rows of the facts, without where and when they were read. Of one set of keys.
inline std::string facts_of(const std::filesystem::path& project) {
    Database store = Database::open(project / "store.db", Database::Mode::ReadOnly);
    std::string all;
    for (const Entity entity : {Entity::Person, Entity::Club, Entity::Worker, Entity::Trajectory, Entity::Event, Entity::Activity}) {
        const std::string table(entity_def(entity).name);
        std::string columns;
        for (Statement s = store.prepare("SELECT name FROM pragma_table_info('" + table + "')"); s.step();) {
            const std::string name(s.text(0));
            if (name == "file" || name == "tab" || name == "row" || name == "linked" || name == "fingerprint") continue;
            columns += (columns.empty() ? "" : " || ' ' || ") + readable_column(entity, name);
        }
        for (Statement s = store.prepare("SELECT " + columns + " FROM " + table + " ORDER BY 1"); s.step();)
            all += table + " " + std::string(s.text(0)) + "\n";
    }
    return all;
}

/// What the vault holds of every person: key -> field -> value.
inline std::map<std::string, std::map<std::string, std::string>> people_in(RestProject& project) {
    std::map<std::string, std::map<std::string, std::string>> all;
    Vault vault = Vault::open(project.path() / "vault.db", load_keys(project.ports().secrets));
    vault.each([&](const Identity& identity) {
        const auto fields = entity_def(Entity::Person).fields;
        std::map<std::string, std::string>& person = all[identity.values[0]];
        for (std::size_t i = 1; i < fields.size(); ++i)
            if (!identity.values[i].empty()) person[std::string(fields[i].name)] = identity.values[i];
    });
    return all;
}

inline std::string error_codes(const ImportSummary& summary) {
    std::string out;
    for (const ImportedFile& file : summary.files)
        if (file.error) out += file.path.string() + ": " + readable(file.error->first()) + " ";
    return out;
}

class RestSource : public testing::TestWithParam<Counterpart> {
  protected:
    RestSource() {
        stand_in::PeopleOptions options;
        options.people = 60;
        options.activities = 240;
        options.burst = 25;
        stand_in::fill(system_, options, counterpart().layout);
        system_.now_us = 1'795'651'200 * kSecond;
    }
    const Counterpart& counterpart() const { return GetParam(); }

    /// Small pages, so that there are many; no pause between requests is needed, for time is made up.
    std::unique_ptr<RestProject> project(const std::filesystem::path& keys_of = {}) {
        const Counterpart& with = counterpart();
        auto made = std::make_unique<RestProject>(with.preset, with.connection, with.secrets, with.respond(system_));
        if (!with.in_own_copy.empty()) made->own_preset(with.preset, altered_preset(with.preset, with.in_own_copy));
        made->add_setting("role = \"caseload\"");
        made->clock.at = system_.now_us / kSecond;
        if (!keys_of.empty())
            for (const char* name : {"master.key", "ring.sealed"})
                std::filesystem::copy_file(keys_of / "keys" / name, made->path() / "keys" / name,
                                           std::filesystem::copy_options::overwrite_existing);
        return made;
    }
    void pass(RestProject& project, std::int64_t seconds) {
        stand_in::pass(system_, seconds);
        project.clock.at += seconds;
    }

    stand_in::System system_;
};

}  // namespace brugwacht
