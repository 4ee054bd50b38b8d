// A comparison in the words of the waterfall.
#pragma once

#include "engine/identity/linkage/judge.hpp"
#include "engine/identity/linkage/linkage.hpp"
#include "engine/identity/linkage/model.hpp"

namespace brugwacht {

PairExplanation explain_comparison(const Comparison& comparison, const Score& score, const Verdict& verdict);

}  // namespace brugwacht
