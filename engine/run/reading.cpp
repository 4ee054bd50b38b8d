#include "engine/run/reading.hpp"

#include <algorithm>

#include "engine/core/text.hpp"
#include "engine/policy/policy.hpp"

namespace brugwacht {

std::string shown_header(const std::string& header, std::uint32_t column) {
    constexpr std::size_t kLongest = 60;
    const bool safe = !header.empty() && header.size() <= kLongest && alarm_in_label(header) == Alarm::None;
    return safe ? header : "#" + std::to_string(column + 1);
}

std::vector<ReadingDecision> dialect_decisions(const DocumentInfo& info, const ReadOptions& fixed) {
    if (info.kind != "csv") return {};
    const auto how = [](const std::optional<std::string>& given) { return given ? Settled::Declared : Settled::Sniffed; };
    return {{0, {}, "encoding", info.encoding, {}, how(fixed.encoding)},
            {0, {}, "delimiter", info.delimiter, {}, how(fixed.delimiter)},
            {0, {}, "quote", info.quote, {}, how(fixed.quote)}};
}

ReadingDecision header_decision(std::uint32_t sheet, std::uint64_t row) {
    return {sheet, {}, "header_row", std::to_string(row), {}, Settled::Sniffed};
}

ReadingDecision column_decision(const ColumnDecision& decision) {
    ReadingDecision out{decision.place.tab,
                        shown_header(decision.header, decision.place.column),
                        std::string(matter_name(decision.matter)),
                        decision.value,
                        {},
                        decision.how};
    for (const auto& [name, count] : decision.evidence) out.evidence.emplace_back(name, count);
    return out;
}

std::string reading_rules_text(const SourceSettings* settings) {
    if (settings == nullptr) return {};
    std::string out;
    const auto put = [&](const std::string& name, const std::string& value) { out += name + '=' + value + '\n'; };
    const auto put_rules = [&](const std::string& column, const ColumnRules& rules) {
        if (rules.date_order) put(column + ".dates", std::to_string(static_cast<int>(*rules.date_order)));
        if (rules.decimal) put(column + ".decimal", std::string(1, *rules.decimal));
        if (rules.two_digit_years_to) put(column + ".years", std::to_string(*rules.two_digit_years_to));
    };
    if (settings->encoding) put("encoding", *settings->encoding);
    if (settings->delimiter) put("delimiter", *settings->delimiter);
    if (settings->quote) put("quote", *settings->quote);
    put_rules("", settings->columns);
    for (const auto& [header, rules] : settings->column_rules) put_rules(header, rules);
    return out;
}

ColumnKnowledge ReadingMemory::knowledge(const SourceSettings* settings, const std::string& source, const Mapping& mapping) const {
    ColumnKnowledge knowledge;
    if (settings != nullptr) {
        knowledge.declared = settings->columns;
        knowledge.declared_by_header = settings->column_rules;
    }
    for (const std::string& name : mapping.decided_columns())
        for (const ColumnMatter matter : {ColumnMatter::DateOrder, ColumnMatter::DecimalSign}) {
            const std::string key = history_name(matter, name);
            if (auto value = store_.bookmark(source, name_of(mapping.name(), key))) knowledge.history[key] = std::move(*value);
        }
    return knowledge;
}

void ReadingMemory::remember(const std::string& source, const std::string& mapping, const ColumnDecisions& columns) {
    for (const ColumnDecision& decision : columns.decisions)
        if (std::string value = history_value(decision); !value.empty())
            noted_[{source, name_of(mapping, history_name(decision.matter, decision.name))}].insert(std::move(value));
}

bool ReadingMemory::remember_dialect(const std::string& source, const std::string& mapping, const DocumentInfo& info,
                                     const ReadOptions& fixed) {
    if (info.kind != "csv") return false;
    const std::string name = name_of(mapping, "dialect");
    const std::string now = info.encoding + "\t" + (info.delimiter == "\t" ? "tab" : info.delimiter);
    const auto before = store_.bookmark(source, name);
    noted_[{source, name}].insert(now);
    return before && *before != now && !(fixed.encoding && fixed.delimiter);
}

void ReadingMemory::write(Intake& intake) const {
    for (const auto& [place, values] : noted_) {
        std::set<std::string> sure = values;
        std::erase_if(sure, [](const std::string& value) { return value.ends_with('?'); });
        const std::set<std::string>& chosen = sure.empty() ? values : sure;
        if (chosen.size() == 1) intake.bookmark(place.first, place.second, *chosen.begin());
    }
}

}  // namespace brugwacht
