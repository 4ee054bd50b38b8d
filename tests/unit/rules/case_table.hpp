// Reads the case tables in cases/: histories of children and what the rules must say of them, one expectation per line.
//
//   = Title, a sentence              a new case
//   replace OLD => NEW               a change in the text of the agreement
//   variant ID of D2: KEY = VALUE    one more variant
//   child start=... age=... strategy=...
//   EVENT DATE TYPE [CLUB] [year= reason= to= recorded= kind= source=]
//   ? AS_OF DEFINITION STATUS REASON [on= window=from..to decides= mature= rule= anchor=event@date evidence=e:role,... near=e:why,...
//   ignored=e:why,... known_at=]
//
// The clubs are scouts and ksa (youth movements), chiro (provisional first), voetbal (sport) and jeugdhuis; anything else has no type.
#pragma once

#include <string>
#include <vector>

#include "engine/rules/classify.hpp"

namespace brugwacht::testing {

struct CaseEvent {
    std::string key, date, type, club;
    std::vector<std::pair<std::string, std::string>> extra;
};

struct Expectation {
    int line = 0;
    std::string as_of, definition, status, reason;
    std::vector<std::pair<std::string, std::string>> extra;
};

struct Case {
    std::string file;
    std::string title;
    std::vector<std::pair<std::string, std::string>> replacements;
    std::string variants;  // TOML
    std::string start = "2025-09-01";
    std::string age = "10";
    std::string strategy = "individuele_toeleiding";
    std::vector<CaseEvent> events;
    std::vector<Expectation> expectations;
};

std::vector<Case> read_cases(const std::string& file);
/// Every table in cases/, in order of file name.
std::vector<Case> all_cases();
/// The shipped example with the case's changes.
Agreement agreement_of(const Case& one);
/// The trajectory "T" of the person "P" with the case's events.
FactBase facts_of(const Case& one);

}  // namespace brugwacht::testing
