// The open store has the columns that the rules of minimisation allow, and no other.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/lib/database.hpp"
#include "engine/policy/minimisation.hpp"
#include "engine/store/store.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

std::vector<std::string> columns_of(Database& database, const std::string& table) {
    std::vector<std::string> names;
    for (Statement s = database.prepare("SELECT name FROM pragma_table_info('" + table + "') ORDER BY name"); s.step();)
        names.emplace_back(s.text(0));
    return names;
}

std::vector<std::string> tables_of(Database& database) {
    std::vector<std::string> names;
    for (Statement s = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"); s.step();)
        names.emplace_back(s.text(0));
    return names;
}

class SchemaAllowList : public testing::Test {
  protected:
    SchemaAllowList() : database_(open()) {}
    Database open() {
        Store::open(dir_ / "store.db");
        return Database::open(dir_ / "store.db", Database::Mode::ReadOnly);
    }
    TempDir dir_;
    Database database_;
};

TEST_F(SchemaAllowList, EveryEntityHasItsAllowedColumnsAndNoOther) {
    for (std::size_t e = 0; e < kEntities; ++e) {
        const auto entity = static_cast<Entity>(e);
        const std::string name(entity_def(entity).name);
        EXPECT_EQ(columns_of(database_, name), minimisation().store_columns(entity)) << name;
        std::vector<std::string> before = minimisation().store_columns(entity);
        before.emplace_back("run");
        std::sort(before.begin(), before.end());
        EXPECT_EQ(columns_of(database_, "before_" + name), before) << name;
    }
}

TEST_F(SchemaAllowList, NoTableAtAllHasAColumnForWhatBelongsInTheVault) {
    for (const std::string& table : tables_of(database_))
        for (const std::string& column : columns_of(database_, table))
            for (const FieldDef& field : entity_def(Entity::Person).fields) {
                if (field.place == Place::Vault && field.name != "key" && field.name != "household" &&
                    !(field.name == "municipality" && table.ends_with("club"))) {
                    EXPECT_NE(column, field.name) << table;
                }
            }
}

}  // namespace
}  // namespace brugwacht
