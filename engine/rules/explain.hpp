// Says in the reader's language why a trajectory has its status, from the result record alone.
#pragma once

#include <string>

#include "engine/core/texts.hpp"
#include "engine/rules/classify.hpp"

namespace brugwacht {

/// A few sentences on one line; dates as dd/mm/yyyy. Per child: for the ambassador and the data officer, never for the workbook.
std::string explanation(const FactBase& base, const ClassificationSet& set, const Classification& result, const Texts& texts);
/// "behaald", "nog niet beslist", ...
std::string status_text(Status status, const Texts& texts);
/// The reason as a short phrase.
std::string reason_text(const FactBase& base, const Classification& result, const Texts& texts);

}  // namespace brugwacht
