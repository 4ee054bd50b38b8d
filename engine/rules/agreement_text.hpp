// The agreement as people read and sign it. Every sentence says what one key of the file means, so that the same sentences serve for the
// text to sign, for what a variant changes, and for the differences between two agreements.
#pragma once

#include <string>
#include <vector>

#include "engine/core/texts.hpp"
#include "engine/rules/agreement.hpp"

namespace brugwacht {

/// What one key of the file means, as a sentence.
struct Clause {
    std::string key;  // as in the file: "window", "club_type.sportclub.decision"
    std::string text;
    bool outcome = true;  // a change of it may change a status or a figure
};

struct AgreementSection {
    std::string heading;
    std::vector<Clause> clauses;
};

/// The whole agreement in order of reading. A variant says only what differs from the definition it changes.
std::vector<AgreementSection> agreement_sections(const Agreement& agreement, const Texts& texts);
/// Headings and sentences, one paragraph each: for the workbook.
std::vector<std::string> agreement_text(const Agreement& agreement, const Texts& texts);
/// The whole text with a place to sign, as a file: UTF-8, headings underlined, a blank line between paragraphs. Reads as Markdown too.
std::string agreement_document(const Agreement& agreement, const Texts& texts);
/// The mark of the rules, and a line for each party to sign on.
AgreementSection signature_section(const Agreement& agreement, const Texts& texts);

/// Everything that holds for one definition, a variant being whole; keys without the definition's id.
std::vector<Clause> definition_clauses(const Agreement& agreement, const Definition& definition, const Texts& texts);
/// Keys start with "club_type.ID.".
std::vector<Clause> club_type_clauses(const ClubType& type, const Texts& texts);
/// Who agreed, when the agreement holds, for whom, and how days are counted.
std::vector<Clause> scope_clauses(const Agreement& agreement, const Texts& texts);
std::vector<Clause> counting_clauses(const Agreement& agreement, const Texts& texts);
/// Report dates, follow-ups and goals.
std::vector<Clause> moment_clauses(const Agreement& agreement, const Texts& texts);
/// What a condition of a composed definition asks, as half a sentence; a group with all its parts.
std::string condition_text(const Condition& condition, const Texts& texts);
/// Those of `clauses` that `base` does not have in the same words.
std::vector<Clause> differing(const std::vector<Clause>& clauses, const std::vector<Clause>& base);
/// What to call a kind of club: its label in the code list, else its id in words.
std::string club_type_label(const std::string& id, const Texts& texts);

}  // namespace brugwacht
