// What differs between two agreements, in words, key by key.
#pragma once

#include <string>
#include <vector>

#include "engine/core/texts.hpp"
#include "engine/rules/agreement.hpp"

namespace brugwacht {

struct AgreementDifference {
    std::string key;         // as in the file: "scope.age", "club_type.sportclub.decision", "window"
    std::string definition;  // id, or "" when it is about no single one
    std::string a, b;        // what each says; "" = nothing
    bool outcome = true;     // may change a status or a figure; false = only the text
    std::string text;        // the difference as a sentence
};

/// In the order of the text to sign; first what holds for all, then by definition, then by kind of club. Empty when both say the same.
/// Two agreements of different ids may be compared too.
std::vector<AgreementDifference> agreement_differences(const Agreement& a, const Agreement& b, const Texts& texts);
/// Whether any of them may change a status or a figure.
bool changes_outcome(const std::vector<AgreementDifference>& differences);

}  // namespace brugwacht
