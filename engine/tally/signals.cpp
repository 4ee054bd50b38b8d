// Signals to the local government, and what came of them.
#include <algorithm>

#include "engine/tally/themes.hpp"

namespace brugwacht::tallying {

namespace {

using Signal = TallyFacts::Signal;

constexpr std::size_t kMedianOf = 10;  // answers; a median of fewer is withheld

/// 0 no answer yet, 1 answered, 2 acted on; as things stood on the as-of date.
std::size_t answer(const Scope& scope, const Signal& signal) {
    if (signal.answered_on && *signal.answered_on > scope.request.as_of) return 0;
    if (signal.status == "acted_on") return 2;
    return signal.answered_on || signal.status == "answered" ? 1 : 0;
}

bool counts(const Scope& scope, const Signal& signal) { return !signal.date || scope.in_period(*signal.date); }

void count_answers(const Scope& scope, CountSet& out) {
    Dimension rows;
    rows.add({"", "tally.label.open"}, "open");
    rows.add({"", "tally.label.answered"}, "answered");
    rows.add({"", "tally.label.acted_on"}, "acted_on");
    std::vector<std::int64_t> by_answer(rows.size());
    for (const Signal& signal : scope.facts.signals)
        if (counts(scope, signal)) ++by_answer[answer(scope, signal)];
    CountTable table = head("signals", TableKind::Participation, "signal");
    table.people = false;
    out.tables.push_back(one_way(std::move(table), rows, by_answer, scope.prefix + "signals"));
}

void count_themes(const Scope& scope, CountSet& out) {
    const Dimension rows = codes_of(scope.lists, "theme", "theme");
    std::vector<std::int64_t> by_theme(rows.size());
    for (const Signal& signal : scope.facts.signals)
        if (counts(scope, signal)) ++by_theme[position(rows, first_code(signal.theme))];
    CountTable table = head("signal_themes", TableKind::Participation, "theme");
    table.people = false;
    out.tables.push_back(one_way(std::move(table), rows, by_theme, scope.prefix + "signals"));
}

/// Days between signal and answer, of the answers whose two days are known and in order.
std::vector<std::int64_t> days_to_answer(const Scope& scope) {
    std::vector<std::int64_t> days;
    for (const Signal& signal : scope.facts.signals)
        if (counts(scope, signal) && answer(scope, signal) > 0 && signal.date && signal.answered_on && *signal.answered_on >= *signal.date)
            days.push_back(signal.answered_on->days() - signal.date->days());
    std::sort(days.begin(), days.end());
    return days;
}

/// The middle one, or the mean of the two in the middle, a half rounded up.
std::int64_t median(const std::vector<std::int64_t>& sorted) {
    if (sorted.empty()) return 0;
    const std::size_t middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle] + 1) / 2;
}

// A median is no count, but it tells about the answers it rests on: it is shown only beside their number, and never for a few.
void count_days(const Scope& scope, CountSet& out) {
    const std::vector<std::int64_t> days = days_to_answer(scope);
    const auto dated = static_cast<std::int64_t>(days.size());
    std::int64_t all = 0;
    std::int64_t answered = 0;
    std::int64_t acted_on = 0;
    for (const Signal& signal : scope.facts.signals) {
        if (!counts(scope, signal)) continue;
        ++all;
        answered += answer(scope, signal) == 1 ? 1 : 0;
        acted_on += answer(scope, signal) == 2 ? 1 : 0;
    }
    const std::string whole = scope.prefix + "signals";
    CountTable table = head("signal_days", TableKind::Participation, "signal_days");
    table.people = false;
    table.rows = {{"", "tally.label.answers_dated"}, {"", "tally.label.median_days"}};
    table.columns = {{"", "tally.label.value"}};
    table.cells.push_back({whole + "|dated", dated});
    // Another day, another median: the difference of two medians is no group of anything.
    table.cells.push_back({whole + "|median@" + scope.request.as_of.iso(), median(days), days.size() < kMedianOf, whole + "|dated"});
    const CountCell any = {whole + "|any_answer", answered + acted_on};
    const auto relate = [&](CountCell total, std::vector<CountCell> parts) {
        out.relations.push_back({std::move(total), std::move(parts), TableKind::Participation, {}, "signal_days"});
    };
    relate({whole, all}, {{whole + "|open", all - answered - acted_on}, any});
    relate(any, {{whole + "|answered", answered}, {whole + "|acted_on", acted_on}});
    relate(any, {{whole + "|dated", dated}, {whole + "|not_dated", any.count - dated}});
    out.tables.push_back(std::move(table));
}

}  // namespace

void count_signals(const Scope& scope, CountSet& out) {
    count_answers(scope, out);
    count_themes(scope, out);
    count_days(scope, out);
}

}  // namespace brugwacht::tallying
