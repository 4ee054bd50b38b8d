#include "engine/identity/subject.hpp"

#include <algorithm>
#include <set>

#include "engine/core/error.hpp"
#include "engine/identity/intake.hpp"

namespace brugwacht {

Subject find_subject(const StoreReader& store, Vault& vault, std::string_view wanted) {
    const std::vector<PersonKey> keys = person_keys(store, vault);
    const std::vector<std::int64_t> former = store.former_bearers(wanted);
    std::set<std::string> persons;
    std::string sources;
    for (const PersonKey& key : keys) {
        const bool by_key = key.source_key.size() > wanted.size() && key.source_key.ends_with(wanted) &&
                            key.source_key[key.source_key.size() - wanted.size() - 1] == ':';
        const bool by_former_id = std::binary_search(former.begin(), former.end(), key.record);
        if (key.source_key != wanted && key.person_id != wanted && !by_key && !by_former_id) continue;
        if (key.source_key == wanted) persons.clear();  // the full name of a record is never ambiguous
        if (persons.insert(key.person_id).second) sources += (sources.empty() ? "" : ", ") + key.source_key;
        if (key.source_key == wanted) break;
    }
    if (persons.empty()) throw Error(Exit::NoInput, "SUB-001");
    if (persons.size() > 1) throw Error(Exit::Usage, "SUB-002", {{"records", sources}});
    Subject subject{*persons.begin(), {}, {}};
    for (const PersonKey& key : keys) {
        if (key.person_id != subject.person_id) continue;
        subject.records.push_back(key.record);
        subject.source_keys.push_back(key.source_key);
    }
    return subject;
}

}  // namespace brugwacht
