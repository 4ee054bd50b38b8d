// Says in the reader's language why a trajectory has its status, from the result record alone.
#pragma once

#include <string>

#include "engine/core/texts.hpp"
#include "engine/rules/classify.hpp"

namespace brugwacht {

/// A few sentences on one line; dates as dd/mm/yyyy. Per child: for the ambassador and the data officer, never for the workbook.
std::string explanation(const FactBase& base, const ClassificationSet& set, const Classification& result, const Texts& texts);
/// The name of a club, else its key; "" for none.
std::string club_text(const FactBase& base, std::uint32_t club);
/// "behaald", "nog niet beslist", ...
std::string status_text(Status status, const Texts& texts);
/// The reason as a short phrase.
std::string reason_text(const FactBase& base, const Classification& result, const Texts& texts);

/// A rule as it is told: its sign, its number, a sentence, and the events that it rests on.
struct TreeLine {
    int depth = 0;
    Mark mark = Mark::Told;
    std::string rule;  // "S19", or "" for a condition of a composed definition
    std::string text;
    std::vector<std::string> events;  // source keys
};

/// The way to a verdict in words, one line for each rule that was asked, in the order in which it was asked.
std::vector<TreeLine> tree_lines(const FactBase& base, const Trace& trace, const Texts& texts);

/// "tick", "cross", "hourglass", "question", "told".
std::string_view name(Mark mark);
/// The sign on a terminal: a tick, a cross, an hourglass, a question mark, a dot. One character each, no colour.
std::string_view sign(Mark mark);

/// Label of a kind of fact in the language of the texts.
std::string fact_type_text(FactType type, const Texts& texts);

}  // namespace brugwacht
