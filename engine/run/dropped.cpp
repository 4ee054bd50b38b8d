#include "engine/run/dropped.hpp"

#include <algorithm>
#include <array>

#include "engine/policy/policy.hpp"

namespace brugwacht {
namespace {

struct Reason {
    Alarm alarm;
    std::string_view word;
};
constexpr std::array<Reason, 7> kReasons{{{Alarm::NationalNumber, "national_number"},
                                          {Alarm::Uitpas, "uitpas_number"},
                                          {Alarm::Iban, "account_number"},
                                          {Alarm::Email, "email"},
                                          {Alarm::Phone, "phone"},
                                          {Alarm::Date, "date"},
                                          {Alarm::Words, "free_text"}}};

}  // namespace

void count_dropped(const std::vector<Finding>& findings, Intake& intake) {
    for (const Finding& finding : findings)
        for (const Reason& reason : kReasons)
            if (finding.code == alarm_code(reason.alarm)) intake.dropped(finding.field, reason.word);
}

void count_unmapped(const std::vector<ColumnUse>& columns, Intake& intake) {
    const auto unmapped = std::count_if(columns.begin(), columns.end(), [](const ColumnUse& use) { return !use.mapped; });
    if (unmapped > 0) intake.dropped("", "unmapped_column", static_cast<std::uint64_t>(unmapped));
}

}  // namespace brugwacht
