#include "tests/support/stand_in/scenario.hpp"

#include <stdexcept>

namespace brugwacht::stand_in {

Record& record_of(System& system, const std::string& table, const std::string& id) {
    Record* record = system.tables.at(table).find(id);
    if (record == nullptr) throw std::out_of_range(table + " has no " + id);
    return *record;
}

void change(System& system, const std::string& table, const std::string& id, const std::string& field, const std::string& json) {
    Record& record = record_of(system, table, id);
    record.fields[field] = json;
    touch(record, system.now_us);
}

void touch(Record& record, std::int64_t us) { record.modified_us = us; }

void burst(Table& table, std::size_t first, std::size_t count, std::int64_t us) {
    for (std::size_t n = first; n < first + count; ++n) touch(table.records.at(n), us);
}

void commit_late(Record& record, std::int64_t us, std::int64_t later_us) {
    record.modified_us = us;
    record.visible_us = us + later_us;
}

void erase(System& system, const std::string& table, const std::string& id) { record_of(system, table, id).state = State::Gone; }

void lose_permission(System& system, const std::string& table) {
    if (table.empty())
        system.reads_allowed = false;
    else
        system.denied.push_back(table);
}

void regain_permissions(System& system) {
    system.reads_allowed = true;
    system.denied.clear();
}

void pass(System& system, std::int64_t seconds) { system.now_us += seconds * 1'000'000; }

}  // namespace brugwacht::stand_in
