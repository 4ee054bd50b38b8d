// Finds out how a text file was written: encoding, delimiter, quote, escape, and where the table starts below its title.
// Deterministic, from the first 256 KiB (encoding: the first 4 MiB). What the user fixed is never guessed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connector/source.hpp"

namespace brugwacht {

struct Dialect {
    std::string delimiter;    // one character, or "" for a single column
    std::string quote;        // one character, or "" for no quoting
    std::string escape;       // the quote when doubled, a backslash, or ""
    bool skip_space = false;  // blanks between a delimiter and a quote do not count
};

struct Sniffed {
    std::string encoding;         // lower-case IANA name
    std::size_t mark_bytes = 0;   // length of the byte order mark
    bool separator_line = false;  // the first line only says sep=;
    Dialect dialect;
    std::uint64_t first_row = 1;  // line at which the table starts
};

/// Encoding by mark, by the pattern of zero bytes, as strict UTF-8, else the legacy encoding whose letters make most sense.
/// `complete`: `bytes` is the whole file. Sets `mark_bytes`.
std::string sniff_encoding(std::string_view bytes, bool complete, std::size_t& mark_bytes);
/// `text` is UTF-8 without a mark; `complete` as above. Fields that are already set in `options` are kept.
Sniffed sniff_dialect(std::string_view text, bool complete, const ReadOptions& options);

/// Cuts text into records and fields under a dialect, at most `max_rows`; slow and simple, for small samples. An incomplete last record
/// is left out unless `complete`.
struct SampleRow {
    std::uint64_t line = 1;
    std::vector<std::string> fields;
    std::vector<bool> quoted;  // parallel to fields
};
struct Sample {
    std::vector<SampleRow> rows;
    bool doubled = false;  // a doubled quote was seen inside quotes
    bool escaped = false;  // a backslash before a quote was seen inside quotes
    bool unterminated = false;
    std::size_t quoted_fields = 0;  // opened and properly closed
    std::size_t broken_fields = 0;  // text after a closing quote
    std::size_t stray_quotes = 0;   // quotes in the middle of unquoted fields
    std::size_t spaced_quotes = 0;  // quoted fields with blanks in front
};
Sample split_sample(std::string_view text, const Dialect& dialect, std::size_t max_rows, bool complete);

}  // namespace brugwacht
