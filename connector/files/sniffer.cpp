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
                if (before == Script::Ascii && text[i - 1] >= 'a' && (text[i] == U'É' || (text[i] >= 0xc0 && text[i] <= 0xde)))
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
            case Script::Mark:
                points += 0.3;
                break;
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
    std::size_t separators = 0;  // what could have been a delimiter or quote
    std::size_t numeric_marks = 0;
    for (const char c : text) {
        if (is_digit(c))
            ++digits;
        else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<std::uint8_t>(c) >= 0x80)
            ++letters;
        else if (c == ';' || c == '\t' || c == '|' || c == '"')
            separators += 2;
        else if (c == ',')
            ++separators;
        else if (c == '.' || c == '-' || c == '+' || c == '/' || c == ':' || c == '%' || c == '$' || c == '(' || c == ')' || c == ' ')
            ++numeric_marks;
    }
    if (digits > 0 && letters == 0 && separators == 0) return 1;                          // numbers, dates, times, phones
    if (digits > 0 && letters == 0 && separators == 1 && numeric_marks <= 2) return 0.8;  // 12,5
    if (separators == 0) return text.size() <= 200 ? 1 : 0.9;
    const char first = text.front();
    const char last = text.back();
    if ((first == '{' && last == '}') || (first == '[' && last == ']')) return 0.9;
    if (first == '"' || last == '"') return 0.1;
    return std::max(0.2, 0.9 - 0.15 * static_cast<double>(separators));
}

struct Score {
    double points = 0;
    Sample sample;
};

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
        for (const std::string& field : row.fields) likeness += value_likeness(field);
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
        pattern += share * share * (width == 1 ? 0.02 : (w - 1) / w);
        best_share = std::max(best_share, width == 1 ? 0 : share);
    }
    double points = pattern * std::pow(likeness / cells, 2);
    if (!dialect.delimiter.empty()) points *= delimiter_weight(dialect.delimiter[0]);
    const double quoted = static_cast<double>(sample.quoted_fields);
    const double broken = static_cast<double>(sample.broken_fields);
    if (quoted + broken > 0) points *= std::pow(quoted / (quoted + broken), 2) * 1.0 + 0.0001;
    if (sample.unterminated) points *= 0.3;
    return points;
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
                    if (!complete && text.size() - start < text.size() / 2) return sample;  // cut off by the sample
                    sample.unterminated = true;
                }
            }
            while (at < text.size() && text[at] != delimiter && text[at] != '\n' && text[at] != '\r') {
                if (text[at] == quote && !opens) ++sample.stray_quotes;
                field += text[at++];
            }
            row.fields.push_back(std::move(field));
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
    if (options.delimiter) delimiter_choices = {*options.delimiter};
    std::vector<std::string> quote_choices{"\""};
    if (text.find('\'') != std::string_view::npos) quote_choices.emplace_back("'");
    if (text.find('"') != std::string_view::npos) quote_choices.emplace_back("");
    if (options.quote) quote_choices = {*options.quote};

    double best_points = -1;
    Sample best;
    for (const std::string& delimiter : delimiter_choices) {
        for (const std::string& quote : quote_choices) {
            std::vector<std::string> escapes{""};
            if (!quote.empty() && text.find("\\" + quote) != std::string_view::npos) escapes.emplace_back("\\");
            for (const std::string& escape : escapes) {
                const Dialect dialect{delimiter, quote, escape, false};
                Sample sample = split_sample(text, dialect, 1000, complete);
                double points = score_sample(sample, dialect);
                if (quote == "'") points *= sample.quoted_fields > 0 ? 0.97 : 0.5;
                if (quote.empty()) points *= 0.9;
                if (!escape.empty()) points *= sample.escaped ? 0.99 : 0.5;
                if (points > best_points) {
                    best_points = points;
                    best = std::move(sample);
                    result.dialect = dialect;
                }
            }
        }
    }
    if (result.dialect.escape.empty() && best.doubled) result.dialect.escape = result.dialect.quote;
    result.dialect.skip_space = best.spaced_quotes > 0;
    result.first_row = find_first_row(best) + (result.separator_line ? 1 : 0);
    return result;
}

}  // namespace brugwacht
