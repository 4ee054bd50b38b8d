#include "engine/run/quasi_identifiers.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "engine/policy/minimisation.hpp"

namespace brugwacht {
namespace {

constexpr int kUnknownBand = -1;

int band_of(std::optional<int> age) {
    if (!age) return kUnknownBand;
    const std::vector<int>& bands = minimisation().age_bands();
    return static_cast<int>(std::upper_bound(bands.begin(), bands.end(), *age) - bands.begin());
}

}  // namespace

QuasiIdentifiers quasi_identifiers(const StoreReader& reader) {
    using Coarse = std::pair<std::string, std::string>;  // gender, area
    std::unordered_map<std::int64_t, Coarse> persons;
    PersonRow person;
    for (auto rows = reader.persons(); rows.next(person);) persons.emplace(person.id, Coarse(person.gender, person.area));
    std::map<std::pair<int, Coarse>, std::uint64_t> classes;
    TrajectoryRow trajectory;
    for (auto rows = reader.trajectories(); rows.next(trajectory);) {
        const auto found = persons.find(trajectory.person);
        ++classes[{band_of(trajectory.age), found == persons.end() ? Coarse() : found->second}];
    }
    QuasiIdentifiers result;
    result.classes = classes.size();
    for (const auto& [values, size] : classes) {
        result.records += size;
        result.smallest = result.smallest == 0 ? size : std::min(result.smallest, size);
        if (size == 1) ++result.unique;
    }
    return result;
}

}  // namespace brugwacht
