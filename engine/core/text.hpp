// Text folding and encodings (ICU). All strings are UTF-8; folding never depends on the machine's locale.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace brugwacht {

/// Lower case, accents removed, other scripts transliterated to Latin, everything but letters and digits dropped:
/// "Geb.-datum" -> "gebdatum", "Ýldız" -> "yildiz". The form in which headers, codes and choices are compared.
std::string fold(std::string_view text);
/// fold() word by word, joined with single blanks: "Van  den Broeck" -> "van den broeck".
std::string fold_words(std::string_view text);
/// Name key for matching: fold(), then spelling variants stay as they are (no phonetics here). "D'hondt" -> "dhondt".
std::string fold_name(std::string_view text);
/// Without blanks (also no-break and zero-width ones) at both ends.
std::string_view trim(std::string_view text);
/// True when the text may hold no-break or other special blanks, soft hyphens, zero-width characters or marks of writing direction.
bool has_odd_blanks(std::string_view text);
/// Special blanks as plain ones, invisible characters left out: what two people who type the same would see as the same.
std::string plain_blanks(std::string_view text);
bool is_valid_utf8(std::string_view bytes);
/// From a named encoding (IANA name) to UTF-8; bytes without a meaning become U+FFFD. Nothing when ICU does not know the name.
std::optional<std::string> to_utf8(std::string_view bytes, const std::string& encoding);
/// Number of edits (insert, delete, replace, swap of neighbours) between two short texts; for "did you mean".
std::size_t edit_distance(std::string_view a, std::string_view b);
/// The nearest of `known` within two edits (a third of the length for short words), or nothing.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace brugwacht
