// What each table of figures tells, as data: config/indicators.toml. The words stand in the texts under indicators.<id>: definition
// (what is counted, and how) and trap (what the figure does not say); the denominator stands in tally.<id>.denominator.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace brugwacht {

/// Process and outcome carry the same weight; context comes before any figure; quality says how far to trust the rest.
enum class IndicatorGroup : std::uint8_t { Context, Process, Outcome, Quality };
std::string_view name(IndicatorGroup group);  // "process"

struct Indicator {
    std::string id;  // of the table; what follows two underscores in a table's id is no part of it
    IndicatorGroup group = IndicatorGroup::Process;
    std::string criterion;  // process: a code of the list "criterion", or "" when it spans all six
    std::string unit;       // what is counted: text key tally.unit.<unit>

    std::string definition_key() const { return "indicators." + id + ".definition"; }
    std::string trap_key() const { return "indicators." + id + ".trap"; }
    std::string denominator_key() const { return "tally." + id + ".denominator"; }
    std::string title_key() const { return "tally." + id + ".title"; }
};

class Indicators {
  public:
    /// Throws Error (78) with every fault: TOM-001, CFG-xxx.
    static Indicators parse(std::string_view toml, const std::string& file);

    const std::vector<Indicator>& all() const { return indicators_; }  // in the order of the file
    /// Of a table id: "rate__D2" is the indicator "rate". nullptr when there is none.
    const Indicator* find(std::string_view table_id) const;

  private:
    std::vector<Indicator> indicators_;
};

/// The shipped catalogue, read once.
const Indicators& indicators();

}  // namespace brugwacht
