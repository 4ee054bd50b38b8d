#include "connector/files/sniffer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include "connector/files/utf8.hpp"
#include "engine/core/text.hpp"

namespace brugwacht {

namespace {

using namespace std::string_view_literals;

// ---- encoding

struct Utf8Count {
    std::size_t good = 0;  // valid sequences beyond ASCII
    std::size_t bad = 0;
};

Utf8Count count_utf8(std::string_view bytes, bool complete) {
    Utf8Count count;
    std::size_t at = 0;
    while ((at += ascii_prefix(bytes.substr(at))) < bytes.size()) {
        const std::string_view rest = bytes.substr(at);
        const std::size_t n = utf8_sequence(rest);
        if (n == 0 && !complete && rest.size() < 4 && utf8_cut_short(rest)) break;
        n == 0 ? ++count.bad : ++count.good;
        at += n == 0 ? 1 : n;
    }
    return count;
}

/// UTF-16 or UTF-32 without a mark, by the places of the zero bytes; "" when it is neither.
std::string wide_encoding(std::string_view bytes) {
    const std::string_view head = bytes.substr(0, 4096);
    if (head.size() < 4) return {};
    std::array<std::size_t, 4> zeros{};
    for (std::size_t i = 0; i < head.size(); ++i)
        if (head[i] == '\0') ++zeros[i % 4];
    const std::size_t units = head.size() / 4;
    const auto most = [&](std::size_t i) { return zeros[i] * 10 >= units * 9; };
    const auto some = [&](std::size_t i) { return zeros[i] * 10 >= units * 6; };
    const auto none = [&](std::size_t i) { return zeros[i] * 10 <= units; };
    if (most(0) && most(1) && none(3)) return "utf-32be";
    if (most(2) && most(3) && none(0)) return "utf-32le";
    if (some(0) && some(2) && none(1) && none(3)) return "utf-16be";
    if (some(1) && some(3) && none(0) && none(2)) return "utf-16le";
    return {};
}

enum class Script : std::uint8_t { Other, Ascii, Latin, Rare, Greek, Cyrillic, Asian, Mark, Control };

constexpr std::u32string_view kFrequent =
    U"éèêëàâäáçîïíìôöóòûüúùñßœæøåãõÉÈÊËÀÂÄÁÇÎÏÍÔÖÓÛÜÚÙÑŒÆØÅÃÕşŞğĞıİćčđšžąęłńśźżĄĘŁŃŚŹŻŠŽČĆőűŐŰřěůťďňŘĎŇÿ";
constexpr std::u32string_view kMarks = U"’‘“”„–—…€«»°§©®²³µ·½¼¾ºª£\u00a0•™×";

Script script_of(char32_t c) {
    if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xfffd) return c == '\n' || c == '\r' || c == '\t' ? Script::Other : Script::Control;
    if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? Script::Ascii : Script::Other;
    if (kFrequent.find(c) != std::u32string_view::npos) return Script::Latin;
    if (kMarks.find(c) != std::u32string_view::npos) return Script::Mark;
    if (c >= 0x370 && c < 0x400) return Script::Greek;
    if (c >= 0x400 && c < 0x500) return Script::Cyrillic;
    if ((c >= 0x3040 && c < 0x3100) || (c >= 0x4e00 && c < 0xa000) || (c >= 0xff01 && c < 0xff61) || (c >= 0x3000 && c < 0x3040))
        return Script::Asian;
    return Script::Rare;
}

std::u32string code_points(std::string_view text) {
    std::u32string result;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t n = utf8_sequence(text.substr(at));
        const auto first = static_cast<std::uint8_t>(text[at]);
        char32_t value = n <= 1 ? first : n == 2 ? first & 0x1fU : n == 3 ? first & 0x0fU : first & 0x07U;
        for (std::size_t i = 1; i < n; ++i) value = value << 6 | (static_cast<std::uint8_t>(text[at + i]) & 0x3fU);
        result += value;
        at += n == 0 ? 1 : n;
    }
    return result;
}

/// How much sense the decoded text makes, in points per byte beyond ASCII.
double plausibility(std::string_view decoded) {
    const std::u32string text = code_points(decoded);
    double points = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] < 0x80) continue;
        const Script here = script_of(text[i]);
        const Script before = i > 0 ? script_of(text[i - 1]) : Script::Other;
        const Script after = i + 1 < text.size() ? script_of(text[i + 1]) : Script::Other;
        const auto next_to = [&](Script s) { return before == s || after == s; };
        switch (here) {
            case Script::Latin:
                // An upper-case letter inside a word of lower-case ones is a sign of the wrong table.
                if ((before == Script::Ascii && text[i - 1] >= 'a' && text[i] >= 0xc0 && text[i] <= 0xde) ||
                    (after == Script::Ascii && text[i + 1] <= 'Z' && text[i] > 0xde && text[i] < 0x100 && before == Script::Ascii &&
                     text[i - 1] >= 'a'))
                    points -= 0.5;
                else if (next_to(Script::Ascii))
                    points += 1;
                else
                    points += next_to(Script::Latin) ? -0.3 : 0.2;
                break;
            case Script::Greek:
            case Script::Cyrillic:
                points += next_to(here) ? 0.9 : -1;
                break;
            case Script::Asian:
                points += next_to(here) ? 1.6 : 0;
                break;
            case Script::Mark: {
                // Between two lower-case letters only an apostrophe makes sense.
                const auto lower = [&](std::size_t at) { return at < text.size() && text[at] >= 0x61 && text[at] <= 0x7a; };
                points += text[i] != 0x2019 && i > 0 && lower(i - 1) && lower(i + 1) ? -0.3 : 0.9;
                break;
            }
            case Script::Control:
                points -= 3;
                break;
            default:
                points -= 0.7;
                break;
        }
    }
    return points;
}

std::string legacy_encoding(std::string_view bytes) {
    // Only the lines that differ matter.
    std::string sample;
    std::size_t at = 0;
    while (at < bytes.size() && sample.size() < (64U << 10)) {
        const std::size_t end = std::min(bytes.find('\n', at), bytes.size() - 1) + 1;
        const std::string_view line = bytes.substr(at, end - at);
        if (ascii_prefix(line) < line.size()) sample += line.substr(0, 4096);
        at = end;
    }
    std::string best = "windows-1252";
    // Too few different letters prove nothing.
    std::array<bool, 256> seen{};
    for (const char c : sample) seen[static_cast<std::uint8_t>(c)] = true;
    if (std::count(seen.begin() + 128, seen.end(), true) < 4 && sample.size() < 4096) return best;
    double best_points = -1e300;
    for (const char* name : {"windows-1252", "iso-8859-15", "macintosh", "ibm850", "windows-1254", "windows-1250", "iso-8859-7",
                             "windows-1251", "shift_jis"}) {
        const auto decoded = to_utf8(sample, name);
        if (!decoded) continue;
        const double points = plausibility(*decoded);
        if (points > best_points + (best_points > -1e299 ? 0.5 : 0)) {
            best_points = points;
            best = name;
        }
    }
    return best;
}

// ---- dialect

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether a field reads as one value: a number, date, time, code, word or plain phrase.
double value_likeness(std::string_view field) {
    const std::string_view text = trim(field);
    if (text.empty()) return 1;
    std::size_t digits = 0;
    std::size_t letters = 0;
    int depth = 0;               // a comma in brackets belongs to the value
    std::size_t separators = 0;  // what could have been a delimiter or quote
    std::size_t numeric_marks = 0;
    for (const char c : text) {
        if (is_digit(c))
            ++digits;
        else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<std::uint8_t>(c) >= 0x80)
            ++letters;
        else if (c == ';' || c == '\t' || c == '|' || c == '"')
            separators += 2;
        else if (c == ',' && depth == 0)
            ++separators;
        else if (c == '(' || c == '[' || c == '{')
            ++depth;
        else if (c == ')' || c == ']' || c == '}')
            --depth;
        else if (c == '.' || c == '-' || c == '+' || c == '/' || c == ':' || c == '%' || c == '$' || c == ' ')
            ++numeric_marks;
    }
    if (digits > 0 && letters == 0 && separators == 0) return 1;                                         // numbers, dates, times, phones
    if (digits > 0 && letters == 0 && text.find_first_of(";\t|") != std::string_view::npos) return 0.3;  // no number holds these
    if (digits > 0 && letters == 0 && separators == 1 && numeric_marks <= 2) return 0.8;                 // 12,5
    const auto opened = std::count_if(text.begin(), text.end(), [](char c) { return c == '(' || c == '[' || c == '{'; });
    const auto closed = std::count_if(text.begin(), text.end(), [](char c) { return c == ')' || c == ']' || c == '}'; });
    if (opened != closed) return 0.3;
    if (separators == 0) return text.size() <= 200 ? 1 : 0.9;
    const char first = text.front();
    const char last = text.back();
    if ((first == '{' && last == '}') || (first == '[' && last == ']')) return 0.9;
    if (first == '"' || last == '"') return 0.1;
    return std::max(0.2, 0.9 - 0.15 * static_cast<double>(separators));
}

/// A date with or without a time, a time, or a number with decimals or thousands; by its outline.
bool is_one_value(std::string_view line) {
    // Digits become 9, runs of them one 9.
    std::string outline;
    for (const char c : line) {
        const char o = is_digit(c) ? '9' : c;
        if (o != '9' || outline.empty() || outline.back() != '9') outline += o;
    }
    if (outline.starts_with('-') || outline.starts_with('+')) outline.erase(0, 1);
    if (outline == "9" || outline == "9.9" || outline == "9,9" || outline == "9,9.9" || outline == "9.9,9")
        return outline != "9,9" || line.find(',') + 3 >= line.size();
    if (outline == "9,9,9" || outline == "9,9,9.9") {
        // Thousands come in groups of three digits.
        const std::size_t first = line.find(',');
        const std::size_t second = line.find(',', first + 1);
        const std::size_t end = std::min(line.find('.'), line.size());
        return first <= 4 && second == first + 4 && end == second + 4;
    }
    for (const std::string_view zone : {"+9:9"sv, "-9:9"sv, "+9"sv, "-9"sv, "Z"sv})
        if (outline.ends_with(zone) && outline.find(':') + zone.size() < outline.size() && outline != "9-9-9") {
            outline.erase(outline.size() - zone.size());
            break;
        }
    if (outline.ends_with(".9") && outline.find(':') != std::string::npos) outline.erase(outline.size() - 2);
    for (const std::string_view date : {""sv, "9-9-9"sv, "9/9/9"sv, "9.9.9"sv})
        for (const std::string_view clock : {""sv, "9:9"sv, "9:9:9"sv}) {
            if (date.empty() && clock.empty()) continue;
            for (const std::string_view between : {" "sv, "T"sv})
                if (outline == std::string(date) + std::string(date.empty() || clock.empty() ? ""sv : between) + std::string(clock))
                    return true;
        }
    return false;
}

double delimiter_weight(char c) {
    switch (c) {
        case ',':
        case ';':
        case '\t':
        case '|':
            return 1;
        case '~':
        case '^':
            return 0.9;
        case ':':
            return 0.4;
        case ' ':
            return 0.3;
        default:
            return 0.3;
    }
}

double score_sample(const Sample& sample, const Dialect& dialect) {
    std::map<std::size_t, std::size_t> widths;
    double likeness = 0;
    double cells = 0;
    for (const SampleRow& row : sample.rows) {
        if (row.fields.size() == 1 && row.fields[0].empty()) continue;
        ++widths[row.fields.size()];
        for (std::size_t i = 0; i < row.fields.size(); ++i) likeness += row.quoted[i] ? 1 : value_likeness(row.fields[i]);
        cells += static_cast<double>(row.fields.size());
    }
    if (widths.empty()) return 0;
    double rows = 0;
    double pattern = 0;
    double best_share = 0;
    for (const auto& [width, count] : widths) rows += static_cast<double>(count);
    for (const auto& [width, count] : widths) {
        const double w = static_cast<double>(width);
        const double share = static_cast<double>(count) / rows;
        // A width that many rows share is a table; many widths are an accident.
        pattern += share * share * (width == 1 ? 0.05 : (w - 1) / w);
        best_share = std::max(best_share, width == 1 ? 0 : share);
    }
    double points = pattern * std::pow(likeness / cells, 2);
    // A blank or colon is only a delimiter where nearly every row agrees.
    if ((dialect.delimiter == " " || dialect.delimiter == ":") && best_share < 0.6) points *= 0.2;
    if (!dialect.delimiter.empty()) points *= delimiter_weight(dialect.delimiter[0]);
    const double quoted = static_cast<double>(sample.quoted_fields);
    const double broken = static_cast<double>(sample.broken_fields);
    // One or two odd fields are a mistake in the file; many mean that this is not its quote.
    if (broken > 2 || (broken > 0 && quoted == 0 && sample.stray_quotes > 0))
        points *= std::pow((quoted + 2) / (quoted + broken + 2), 2);
    else
        points *= std::pow(0.95, broken);
    if (sample.unterminated) points *= 0.3;
    return points;
}

/// Whether every line but the first is one date, time or number, like 2024-01-01 10:30 or 12,5; then no mark inside is a delimiter.
bool is_value_column(std::string_view text) {
    std::size_t lines = 0;
    std::size_t values = 0;
    std::size_t at = 0;
    while (at < text.size() && lines < 200) {
        const std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
        const std::string_view line = trim(text.substr(at, end - at));
        at = end + 1;
        if (line.empty()) continue;
        ++lines;
        if (lines == 1) {
            if (line.find_first_of(",;\t|:") != std::string_view::npos && !is_one_value(line)) return false;
            continue;
        }
        if (is_one_value(line)) ++values;
    }
    return lines > 1 && values * 10 >= (lines - 1) * 8;
}

std::optional<char> separator_line(std::string_view text, std::size_t& length) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    std::string_view line = text.substr(0, end);
    if (line.size() >= 2 && line.front() == '"' && line.back() == '"') line = line.substr(1, line.size() - 2);
    if (line.size() != 5 || (line.substr(0, 4) != "sep=" && line.substr(0, 4) != "SEP=")) return std::nullopt;
    length = end;
    if (length < text.size() && text[length] == '\r') ++length;
    if (length < text.size() && text[length] == '\n') ++length;
    return line[4];
}

std::size_t filled(const SampleRow& row) {
    return static_cast<std::size_t>(
        std::count_if(row.fields.begin(), row.fields.end(), [](const std::string& f) { return !trim(f).empty(); }));
}

/// Title rows are the rows above the header with one text in them (or none) where the table is two columns wide or more.
std::uint64_t find_first_row(const Sample& sample) {
    if (sample.rows.empty()) return 1;
    std::map<std::size_t, std::size_t> counts;
    const std::size_t looked_at = std::min<std::size_t>(sample.rows.size(), 200);
    for (std::size_t i = 0; i < looked_at; ++i) ++counts[sample.rows[i].fields.size()];
    std::size_t width = 0;
    std::size_t most = 0;
    for (const auto& [w, n] : counts)
        if (n >= most) {
            width = w;
            most = n;
        }
    const auto is_title = [&](const SampleRow& row) {
        const std::size_t n = filled(row);
        if (n == 0) return true;
        if (row.fields.size() == width) return width >= 3 && n == 1;
        return n == 1 || n * 2 < width;
    };
    std::size_t i = 0;
    while (i < looked_at && filled(sample.rows[i]) == 0) ++i;
    const std::size_t first_filled = i;
    if (width >= 2)
        while (i < looked_at && i < first_filled + 20 && is_title(sample.rows[i])) ++i;
    // No table below: then these rows were the table.
    if (i >= looked_at || (i >= first_filled + 20)) i = first_filled < looked_at ? first_filled : 0;
    return sample.rows[i].line;
}

}  // namespace

std::string sniff_encoding(std::string_view bytes, bool complete, std::size_t& mark_bytes) {
    const auto marked = [&](std::string_view mark) {
        if (!bytes.starts_with(mark)) return false;
        mark_bytes = mark.size();
        return true;
    };
    mark_bytes = 0;
    if (marked("\xef\xbb\xbf"sv)) return "utf-8";
    if (marked("\xff\xfe\0\0"sv) || marked("\0\0\xfe\xff"sv)) return "utf-32";
    if (marked("\xff\xfe"sv) || marked("\xfe\xff"sv)) return "utf-16";
    if (std::string wide = wide_encoding(bytes); !wide.empty()) return wide;
    const Utf8Count count = count_utf8(bytes, complete);
    // A few damaged bytes in a text that is otherwise clearly UTF-8 do not make it another encoding.
    if (count.bad == 0 || count.good >= 4 * count.bad) return "utf-8";
    return legacy_encoding(bytes);
}

Sample split_sample(std::string_view text, const Dialect& dialect, std::size_t max_rows, bool complete) {
    Sample sample;
    const int delimiter = dialect.delimiter.empty() ? -1 : dialect.delimiter[0];
    const int quote = dialect.quote.empty() ? -1 : dialect.quote[0];
    const bool backslash = dialect.escape == "\\";
    std::size_t at = 0;
    std::uint64_t line = 1;
    while (at < text.size() && sample.rows.size() < max_rows) {
        SampleRow row;
        row.line = line;
        bool row_done = false;
        while (!row_done) {
            std::string field;
            std::size_t start = at;
            if (quote >= 0)
                while (start < text.size() && text[start] == ' ' && delimiter != ' ') ++start;
            const bool opens = quote >= 0 && start < text.size() && text[start] == quote;
            bool closed = false;
            if (opens) {
                std::size_t p = start + 1;
                std::uint64_t lines = 0;
                bool doubled = false;
                bool escaped = false;
                while (p < text.size()) {
                    if (backslash && text[p] == '\\' && p + 1 < text.size()) {
                        escaped = escaped || text[p + 1] == quote;
                        field += text[p + 1];
                        p += 2;
                        continue;
                    }
                    if (text[p] == quote) {
                        if (p + 1 < text.size() && text[p + 1] == quote) {
                            doubled = true;
                            field += text[p];
                            p += 2;
                            continue;
                        }
                        closed = true;
                        ++p;
                        break;
                    }
                    if (text[p] == '\n') ++lines;
                    field += text[p++];
                }
                if (closed) {
                    sample.doubled = sample.doubled || doubled;
                    sample.escaped = sample.escaped || escaped;
                    if (start > at) ++sample.spaced_quotes;
                    line += lines;
                    at = p;
                    while (p < text.size() && text[p] == ' ' && delimiter != ' ') ++p;
                    const bool clean = p >= text.size() || text[p] == delimiter || text[p] == '\n' || text[p] == '\r';
                    if (clean && p < text.size()) at = p;
                    clean ? ++sample.quoted_fields : ++sample.broken_fields;
                } else {
                    field.clear();
                    // Cut off by the sample? Then it is one long text, not many lines that were swallowed.
                    if (!complete && (text.size() - start < text.size() / 2 ||
                                      std::count(text.begin() + static_cast<std::ptrdiff_t>(start), text.end(), '\n') < 20))
                        return sample;
                    sample.unterminated = true;
                }
            }
            while (at < text.size() && text[at] != delimiter && text[at] != '\n' && text[at] != '\r') {
                if (text[at] == quote && !opens) ++sample.stray_quotes;
                field += text[at++];
            }
            row.fields.push_back(std::move(field));
            row.quoted.push_back(closed);
            if (at >= text.size()) {
                if (!complete) return sample;
                row_done = true;
            } else if (text[at] == delimiter) {
                ++at;
            } else {
                if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') ++at;
                ++at;
                ++line;
                row_done = true;
            }
        }
        sample.rows.push_back(std::move(row));
    }
    return sample;
}

namespace {

struct Best {
    double points = -1;
    Dialect dialect;
    Sample sample;
};

/// Tries every combination of the choices on a text and keeps the one with most points; the first of equals.
Best best_dialect(std::string_view text, bool complete, std::size_t max_rows, const std::vector<std::string>& delimiters,
                  const std::vector<std::string>& quotes) {
    const bool double_quotes = text.find('"') != std::string_view::npos;
    Best best;
    for (const std::string& delimiter : delimiters) {
        bool clean = false;  // the double quotes fit everywhere
        for (const std::string& quote : quotes) {
            std::vector<std::string> escapes{""};
            if (!quote.empty() && text.find("\\" + quote) != std::string_view::npos) escapes.emplace_back("\\");
            for (const std::string& escape : escapes) {
                const Dialect dialect{delimiter, quote, escape, false};
                Sample sample = split_sample(text, dialect, max_rows, complete);
                const bool fits = sample.quoted_fields > 0 && sample.broken_fields == 0 && !sample.unterminated;
                if (quote == "\"") clean = clean || (fits && sample.stray_quotes == 0);
                double points = score_sample(sample, dialect);
                if (quote == "'") points *= !fits || sample.stray_quotes > 0 ? 0.5 : double_quotes ? 0.97 : 1.05;
                if (quote.empty()) points *= clean ? 0.4 : 0.9;
                if (!escape.empty()) points *= sample.escaped ? 0.99 : 0.5;
                if (points > best.points) best = {points, dialect, std::move(sample)};
            }
        }
    }
    return best;
}

}  // namespace

Sniffed sniff_dialect(std::string_view text, bool complete, const ReadOptions& options) {
    Sniffed result;
    std::size_t skipped = 0;
    std::string delimiters = ",;\t|:~^ ";
    if (const auto given = separator_line(text, skipped)) {
        result.separator_line = true;
        delimiters = std::string(1, *given);
        text.remove_prefix(skipped);
    }
    std::vector<std::string> delimiter_choices{""};
    for (const char c : delimiters)
        if (result.separator_line || text.find(c) != std::string_view::npos) delimiter_choices.emplace_back(1, c);
    if (result.separator_line) delimiter_choices.erase(delimiter_choices.begin());
    if (options.delimiter)
        delimiter_choices = {*options.delimiter};
    else if (!result.separator_line && is_value_column(text))
        delimiter_choices = {""};
    std::vector<std::string> quote_choices{"\""};
    if (text.find('\'') != std::string_view::npos) quote_choices.emplace_back("'");
    if (text.find('"') != std::string_view::npos) quote_choices.emplace_back("");
    if (options.quote) quote_choices = {*options.quote};

    // The delimiter shows in the first rows; a quote may occur much later.
    constexpr std::size_t kShort = 64 << 10;
    const bool short_is_all = complete && text.size() <= kShort;
    Best best = best_dialect(text.substr(0, kShort), short_is_all, 1000, delimiter_choices, quote_choices);
    if (quote_choices.size() > 1 && (text.size() > kShort || best.sample.rows.size() == 1000))
        best = best_dialect(text, complete, 10000, {best.dialect.delimiter}, quote_choices);
    result.dialect = best.dialect;
    if (result.dialect.escape.empty() && best.sample.doubled) result.dialect.escape = result.dialect.quote;
    result.dialect.skip_space = best.sample.spaced_quotes > 0;
    result.first_row = find_first_row(best.sample) + (result.separator_line ? 1 : 0);
    return result;
}

}  // namespace brugwacht
