#include "engine/lib/indicators.hpp"

#include <algorithm>
#include <array>

#include "engine/core/resources.hpp"
#include "engine/lib/node.hpp"

namespace brugwacht {

namespace {

constexpr std::string_view kShipped = "config/indicators.toml";
constexpr std::array<std::string_view, 4> kGroups = {"context", "process", "outcome", "quality"};

}  // namespace

std::string_view name(IndicatorGroup group) { return kGroups.at(static_cast<std::size_t>(group)); }

Indicators Indicators::parse(std::string_view toml, const std::string& file) {
    const Node root = parse_toml(toml, file);
    std::vector<Fault> faults;
    TableReader reader(root, file, "", faults);
    reader.choice("schema", {"indicators/1"}, "");
    Indicators out;
    for (const Node* table : reader.tables("indicator")) {
        TableReader entry(*table, file, "indicator", faults);
        Indicator indicator;
        indicator.id = entry.required_text("id");
        const std::string group = entry.choice("group", {kGroups.begin(), kGroups.end()}, "process");
        indicator.group = static_cast<IndicatorGroup>(std::find(kGroups.begin(), kGroups.end(), group) - kGroups.begin());
        indicator.criterion = entry.text("criterion");
        indicator.unit = entry.required_text("unit");
        entry.finish();
        out.indicators_.push_back(std::move(indicator));
    }
    reader.finish();
    if (!faults.empty()) throw Error(Exit::Config, std::move(faults));
    return out;
}

const Indicator* Indicators::find(std::string_view table_id) const {
    const std::string_view id = table_id.substr(0, table_id.find("__"));
    const auto found = std::find_if(indicators_.begin(), indicators_.end(), [id](const Indicator& i) { return i.id == id; });
    return found == indicators_.end() ? nullptr : &*found;
}

const Indicators& indicators() {
    static const Indicators kIndicators = Indicators::parse(resource(kShipped).value_or(""), std::string(kShipped));
    return kIndicators;
}

}  // namespace brugwacht
