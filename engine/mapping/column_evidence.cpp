#include "engine/mapping/column_evidence.hpp"

#include <algorithm>

namespace brugwacht {
namespace {

std::string pattern_of(DateOrder order) { return order == DateOrder::MonthFirst ? "mm/dd/yyyy" : "dd/mm/yyyy"; }
std::string sign_name(char decimal) { return decimal == ',' ? "comma" : "point"; }

/// What the values of a column prove, in a form that dates and numbers share: left = day first or comma, right = month first or point.
struct Proof {
    std::uint64_t left = 0, right = 0, open = 0;
    bool only_left() const { return left > 0 && right == 0; }
    bool only_right() const { return right > 0 && left == 0; }
    bool both() const { return left > 0 && right > 0; }
};

Proof proof_of(const ColumnEvidence& column) {
    return column.dates ? Proof{column.date_counts.day_first, column.date_counts.month_first, column.date_counts.open}
                        : Proof{column.number_counts.comma, column.number_counts.point, column.number_counts.open};
}

/// Codes of one matter.
struct Codes {
    std::string_view open, both, against_declared;
};
constexpr Codes kDateCodes{"IMP-050", "IMP-051", "IMP-053"};
constexpr Codes kNumberCodes{"IMP-056", "IMP-057", "IMP-058"};
constexpr std::string_view kMonthFirst = "IMP-052";
constexpr std::string_view kAgainstHistory = "IMP-054";
constexpr std::string_view kTwoDigitYears = "IMP-055";
constexpr std::string_view kSwappedCells = "IMP-073";

std::optional<std::string> remembered(const ColumnKnowledge& knowledge, ColumnMatter matter, const std::string& name) {
    const auto found = knowledge.history.find(history_name(matter, name));
    return found == knowledge.history.end() || found->second.empty() ? std::nullopt : std::optional(found->second);
}

class Decider {
  public:
    Decider(const std::vector<ColumnEvidence>& evidence, const ColumnKnowledge& knowledge) : evidence_(evidence), knowledge_(knowledge) {
        for (const ColumnEvidence& column : evidence) {
            const Proof own = proof_of(column);
            Proof& sum = together_[{column.dates, column.name}];
            sum.left += own.left;
            sum.right += own.right;
        }
    }

    ColumnDecisions run() {
        for (const ColumnEvidence& column : evidence_) {
            decide(column);
            if (column.dates && column.date_counts.two_digit_years > 0) decide_years(column);
        }
        return std::move(out_);
    }

  private:
    void decide(const ColumnEvidence& column) {
        const ColumnMatter matter = column.dates ? ColumnMatter::DateOrder : ColumnMatter::DecimalSign;
        const Codes& codes = column.dates ? kDateCodes : kNumberCodes;
        const Proof own = proof_of(column);
        const bool preset_right = column.dates ? column.preset_order == DateOrder::MonthFirst : column.preset == '.';
        ColumnDecision decision{column.place, column.header, column.name, matter, {}, {}, Settled::Ambiguous, {}};
        bool right = preset_right;
        if (column.declared) {
            decision.how = Settled::Declared;
            const std::uint64_t against = right ? own.left : own.right;
            if (against > 0) decision.warnings.emplace_back(codes.against_declared, against);
        } else if (own.only_left() || own.only_right()) {
            decision.how = Settled::Proven;
            right = own.only_right();
            if (right && column.dates) decision.warnings.emplace_back(kMonthFirst, own.right);
            compare_with_history(decision, matter, right, own.left + own.right);
        } else if (own.both()) {
            decision.how = column.from_history ? Settled::History : Settled::Ambiguous;
            decision.warnings.emplace_back(codes.both, right ? own.left : own.right);
        } else if (own.open > 0) {
            const Proof& siblings = together_.at({column.dates, column.name});
            if (siblings.only_left() || siblings.only_right()) {
                decision.how = Settled::Proven;  // by the same column of other sheets
                right = siblings.only_right();
            } else if (column.from_history) {
                decision.how = Settled::History;
            } else {
                decision.warnings.emplace_back(codes.open, own.open);
            }
        } else if (column.dates && column.date_counts.certain > 0) {
            decision.how = Settled::Proven;
            decision.value = "yyyy-mm-dd";
        } else if (!(column.dates && column.date_counts.same > 0)) {
            return;  // nothing to decide
        }
        if (decision.value.empty()) decision.value = column.dates ? pattern_of(order(right)) : sign_name(sign(right));
        // A spreadsheet that reads the day first turned what it could into date cells, wrongly, and left the rest as text.
        if (column.dates && right && own.right > 0 && column.date_counts.cells > 0)
            decision.warnings.emplace_back(kSwappedCells, column.date_counts.cells);
        count(decision, column);
        if (decision.value != "yyyy-mm-dd") want(column, right);
        out_.decisions.push_back(std::move(decision));
    }

    static DateOrder order(bool right) { return right ? DateOrder::MonthFirst : DateOrder::DayFirst; }
    static char sign(bool right) { return right ? '.' : ','; }

    void compare_with_history(ColumnDecision& decision, ColumnMatter matter, bool right, std::uint64_t values) {
        auto before = remembered(knowledge_, matter, decision.name);
        if (!before) return;
        if (before->ends_with('?')) before->pop_back();
        const std::string now = matter == ColumnMatter::DateOrder ? pattern_of(order(right)) : sign_name(sign(right));
        if (*before != now) decision.warnings.emplace_back(kAgainstHistory, values);
    }

    static void count(ColumnDecision& decision, const ColumnEvidence& column) {
        const auto put = [&](std::string_view name, std::uint64_t n) {
            if (n > 0) decision.evidence.emplace_back(name, n);
        };
        if (column.dates) {
            put("day_first", column.date_counts.day_first);
            put("month_first", column.date_counts.month_first);
            put("either", column.date_counts.open + column.date_counts.same);
            put("certain", column.date_counts.certain);
            put("date_cells", column.date_counts.cells);
        } else {
            put("comma", column.number_counts.comma);
            put("point", column.number_counts.point);
            put("either", column.number_counts.open);
        }
    }

    void want(const ColumnEvidence& column, bool right) {
        if (column.declared) return;
        if (column.dates) {
            const auto& orders = column.rules.orders;
            const bool read_right = std::find(orders.begin(), orders.end(), DateOrder::MonthFirst) != orders.end();
            if (read_right != right) out_.date_orders[column.place] = order(right);
        } else if (column.decimal != sign(right)) {
            out_.decimals[column.place] = sign(right);
        }
    }

    void decide_years(const ColumnEvidence& column) {
        const int last = column.rules.two_digit_years_to;
        ColumnDecision decision{column.place, column.header, column.name, ColumnMatter::TwoDigitYears, {}, {}, Settled::Declared, {}};
        decision.value = std::to_string(last - 99) + "-" + std::to_string(last);
        decision.evidence.emplace_back("two_digit_years", column.date_counts.two_digit_years);
        if (!column.rules.pivot_declared) {
            decision.how = Settled::Ambiguous;
            decision.warnings.emplace_back(kTwoDigitYears, column.date_counts.two_digit_years);
        }
        out_.decisions.push_back(std::move(decision));
    }

    const std::vector<ColumnEvidence>& evidence_;
    const ColumnKnowledge& knowledge_;
    std::map<std::pair<bool, std::string>, Proof> together_;
    ColumnDecisions out_;
};

}  // namespace

std::string_view settled_name(Settled how) {
    switch (how) {
        case Settled::Declared:
            return "declared";
        case Settled::Proven:
            return "proven";
        case Settled::History:
            return "history";
        case Settled::Ambiguous:
            return "ambiguous";
        case Settled::Sniffed:
            return "sniffed";
    }
    return "";
}

std::string_view matter_name(ColumnMatter matter) {
    switch (matter) {
        case ColumnMatter::DateOrder:
            return "date_order";
        case ColumnMatter::DecimalSign:
            return "decimal";
        case ColumnMatter::TwoDigitYears:
            return "two_digit_years";
    }
    return "";
}

void DateCounts::add(std::string_view text) {
    const DateOutline outline = date_outline(text);
    if (outline.two_digit_year) ++two_digit_years;
    switch (outline.sign) {
        case DateSign::None:
            break;
        case DateSign::Certain:
            ++certain;
            break;
        case DateSign::DayFirst:
            ++day_first;
            break;
        case DateSign::MonthFirst:
            ++month_first;
            break;
        case DateSign::Open:
            ++open;
            break;
        case DateSign::Same:
            ++same;
            break;
    }
}

void NumberCounts::add(std::string_view text) {
    const NumberSign sign = number_sign(text);
    if (sign == NumberSign::Comma) ++comma;
    if (sign == NumberSign::Point) ++point;
    if (sign == NumberSign::Open) ++open;
}

ColumnDecisions decide_columns(const std::vector<ColumnEvidence>& evidence, const ColumnKnowledge& knowledge) {
    return Decider(evidence, knowledge).run();
}

std::string history_name(ColumnMatter matter, std::string_view column_name) {
    return std::string(matter_name(matter)) + ":" + std::string(column_name);
}

std::string history_value(const ColumnDecision& decision) {
    if (decision.matter == ColumnMatter::TwoDigitYears || decision.value == "yyyy-mm-dd" || decision.how == Settled::Declared) return {};
    const auto contradicted = [](const auto& warning) { return warning.first == kDateCodes.both || warning.first == kNumberCodes.both; };
    if (std::any_of(decision.warnings.begin(), decision.warnings.end(), contradicted) && decision.how == Settled::Ambiguous) return {};
    return decision.value + (decision.how == Settled::Ambiguous ? "?" : "");
}

}  // namespace brugwacht
