#include "cli/reading_summary.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "engine/lib/json.hpp"

namespace brugwacht {
namespace {

const ReadingDecision* find(const std::vector<ReadingDecision>& decisions, std::string_view what) {
    const auto found = std::find_if(decisions.begin(), decisions.end(), [&](const ReadingDecision& d) { return d.what == what; });
    return found == decisions.end() ? nullptr : &*found;
}

/// For a choice in a text: "" and blanks cannot stand in it.
std::string named(const std::string& mark) { return mark.empty() ? "none" : mark == "\t" ? "tab" : mark == " " ? "blank" : mark; }

std::string order_name(const std::string& pattern) { return pattern == "mm/dd/yyyy" ? "mdy" : pattern == "yyyy-mm-dd" ? "ymd" : "dmy"; }

}  // namespace

void write_decisions(JsonWriter& json, const std::vector<ReadingDecision>& decisions) {
    json.key("decisions").begin_array();
    for (const ReadingDecision& decision : decisions) {
        json.begin_object().member("sheet", static_cast<std::uint64_t>(decision.sheet)).member("column", decision.column);
        json.member("what", decision.what).member("value", decision.value).key("evidence").begin_object();
        for (const auto& [name, count] : decision.evidence) json.member(name, count);
        json.end_object().member("how", settled_name(decision.how)).end_object();
    }
    json.end_array();
}

void print_decisions(const std::vector<ReadingDecision>& decisions, const Session& session) {
    if (const ReadingDecision* encoding = find(decisions, "encoding"); encoding != nullptr) {
        const ReadingDecision* delimiter = find(decisions, "delimiter");
        const ReadingDecision* quote = find(decisions, "quote");
        const bool all_declared = encoding->how == Settled::Declared && delimiter->how == Settled::Declared;
        session.say("import.reading_text", {{"encoding", encoding->value},
                                            {"delimiter", named(delimiter->value)},
                                            {"quote", named(quote->value)},
                                            {"how", std::string(all_declared ? "declared" : "sniffed")}});
    }
    std::set<std::uint32_t> sheets;
    for (const ReadingDecision& decision : decisions)
        if (decision.what == "header_row") sheets.insert(decision.sheet);
    std::map<std::tuple<std::string, std::string, std::string>, std::vector<std::string>> columns;
    for (const ReadingDecision& decision : decisions) {
        if (decision.what == "header_row")
            session.say("import.reading_header",
                        {{"row", decision.value}, {"sheet", std::int64_t{sheets.size() > 1 ? decision.sheet : 0}}});
        if (decision.column.empty()) continue;
        std::vector<std::string>& names = columns[{decision.what, decision.value, std::string(settled_name(decision.how))}];
        if (std::find(names.begin(), names.end(), decision.column) == names.end()) names.push_back(decision.column);
    }
    for (const auto& [way, names] : columns) {
        const auto& [what, value, how] = way;
        std::string list;
        for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
        const bool dates = what == "date_order";
        const char* text = dates ? "import.reading_dates" : what == "decimal" ? "import.reading_decimal" : "import.reading_years";
        session.say(text, {{"value", dates ? order_name(value) : value}, {"how", how}, {"columns", list}});
    }
}

}  // namespace brugwacht
