// Tables written in every way that exports are, and what the sniffer makes of them. A score for each kind of difficulty.
#include <gtest/gtest.h>

#include <array>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "connector/source.hpp"
#include "engine/core/text.hpp"
#include "tests/unit/connector/reading.hpp"

namespace brugwacht {
namespace {

using Table = std::vector<std::vector<std::string>>;

struct DialectCase {
    std::string kind, name, bytes, delimiter, quote, escape;
    std::string encoding = "utf-8";
};

const Table& people() {
    static const Table kTable{{"Nr", "Voornaam", "Naam", "Geboortedatum", "Gemeente"},
                              {"1", "Amina", "El Amrani", "12/05/2012", "Genk"},
                              {"2", "Lotte", "Claes", "03/11/2010", "Hasselt"},
                              {"3", "Zo\xC3\xAB", "Van den Broeck", "25/01/2011", "Sint-Truiden"},
                              {"4", "Bo", "D'hondt", "", "Beringen"},
                              {"5", "Y\xC4\xB1ld\xC4\xB1z", "Kaya", "30/08/2013", "Heusden-Zolder"}};
    return kTable;
}

/// Words and numbers without blanks, colons or apostrophes.
const Table& plain() {
    static const Table kTable{{"code", "soort", "aantal", "minuten"},
                              {"a1", "bezoek", "3", "45"},
                              {"a2", "overleg", "12", "60"},
                              {"a3", "vorming", "7", "120"},
                              {"a4", "bezoek", "1", "30"},
                              {"a5", "ontmoeting", "25", "90"},
                              {"a6", "bericht", "1", "5"},
                              {"a7", "bezoek", "2", "40"}};
    return kTable;
}

/// Remarks in which the usual marks occur.
const Table& remarks() {
    static const Table kTable{{"Nr", "Datum", "Opmerking"},
                              {"1", "2025-09-01", "gebeld, mama belt terug; maandag"},
                              {"2", "2025-09-02", "komt | blijft, of niet"},
                              {"3", "2025-09-03", "geen\tantwoord; opnieuw proberen"},
                              {"4", "2025-09-04", "ja, graag"}};
    return kTable;
}

enum class Quoting { Never, Needed, Always };

std::string written(const Table& table, const std::string& delimiter, const std::string& quote, Quoting quoting, bool backslash = false,
                    const std::string& line_end = "\n") {
    std::string out;
    for (const auto& row : table) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i > 0) out += delimiter;
            const bool needed = row[i].find_first_of(delimiter + quote + "\n\r") != std::string::npos;
            if (quoting == Quoting::Never || (quoting == Quoting::Needed && !needed)) {
                out += row[i];
                continue;
            }
            out += quote;
            for (const char c : row[i]) {
                if (std::string(1, c) == quote) out += backslash ? "\\" : quote;
                out += c;
            }
            out += quote;
        }
        out += line_end;
    }
    return out;
}

std::string in_encoding(std::string_view text, const std::string& encoding) {
    std::map<std::string, char> bytes;
    for (int i = 255; i >= 0; --i) bytes[to_utf8(std::string(1, static_cast<char>(i)), encoding).value_or("")] = static_cast<char>(i);
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t size = 1;
        while (at + size < text.size() && (static_cast<unsigned char>(text[at + size]) & 0xC0) == 0x80) ++size;
        const auto found = bytes.find(std::string(text.substr(at, size)));
        out += found == bytes.end() ? '?' : found->second;
        at += size;
    }
    return out;
}

std::string wide(std::string_view text, bool big, bool mark) {
    std::string out = mark ? (big ? "\xFE\xFF" : "\xFF\xFE") : "";
    for (std::size_t at = 0; at < text.size();) {
        const auto first = static_cast<unsigned char>(text[at]);
        unsigned c = first;
        std::size_t size = 1;
        if (first >= 0xE0) {
            c = (first & 0x0FU) << 12 | (static_cast<unsigned char>(text[at + 1]) & 0x3FU) << 6 |
                (static_cast<unsigned char>(text[at + 2]) & 0x3FU);
            size = 3;
        } else if (first >= 0xC0) {
            c = (first & 0x1FU) << 6 | (static_cast<unsigned char>(text[at + 1]) & 0x3FU);
            size = 2;
        }
        const char high = static_cast<char>(c >> 8);
        const char low = static_cast<char>(c & 0xFF);
        out += big ? high : low;
        out += big ? low : high;
        at += size;
    }
    return out;
}

std::vector<DialectCase> all_cases() {
    std::vector<DialectCase> cases;
    const auto add = [&](const char* kind, const std::string& name, const std::string& bytes, const std::string& delimiter,
                         const std::string& quote = "\"", const std::string& escape = "", const std::string& encoding = "utf-8") {
        cases.push_back({kind, name, bytes, delimiter, quote, escape, encoding});
    };
    const std::vector<std::string> usual{",", ";", "\t", "|"};

    for (const char* d : {",", ";", "\t", "|", ":", "~", "^", " "})
        add("delimiter", std::string("plain words ") + d, written(plain(), d, "\"", Quoting::Never), d);
    for (const char* d : {",", ";", "\t", "|", "~", "^"})
        add("delimiter", std::string("people ") + d, written(people(), d, "\"", Quoting::Never), d);
    for (const std::string& d : usual) add("delimiter", "CRLF " + d, written(people(), d, "\"", Quoting::Never, false, "\r\n"), d);
    for (const std::string& d : usual) add("delimiter", "CR " + d, written(people(), d, "\"", Quoting::Never, false, "\r"), d);

    for (const std::string& d : usual)
        for (const char* q : {"\"", "'"}) {
            add("quote", "always " + d + q, written(plain(), d, q, Quoting::Always), d, q);
            add("quote", "needed " + d + q, written(remarks(), d, q, Quoting::Needed), d, q);
            add("quote", "remarks " + d + q, written(remarks(), d, q, Quoting::Always), d, q);
        }
    add("quote", "apostrophes in names ;", written(people(), ";", "\"", Quoting::Never), ";");
    add("quote", "header bare, values quoted", "Nr;Naam;Actief;\n\"1\";\"Claes; Lotte\";\"ja\";\n\"2\";\"Maes\";\"nee\";\n", ";");

    Table said = remarks();
    said[1][2] = "mama zei \"nu niet\", later";
    said[3][2] = "\"ja\"; zei ze";
    Table said_single = remarks();
    said_single[1][2] = "'s avonds, thuis";
    said_single[3][2] = "foto's; brief";
    for (const std::string& d : usual) {
        add("escape", "doubled " + d, written(said, d, "\"", Quoting::Needed), d, "\"", "\"");
        add("escape", "backslash " + d, written(said, d, "\"", Quoting::Always, true), d, "\"", "\\");
        add("escape", "doubled single " + d, written(said_single, d, "'", Quoting::Always), d, "'", "'");
    }

    for (const std::string& d : {std::string(","), std::string(";"), std::string("\t")}) {
        add("title", "one title " + d, "Ledenlijst 2025\n" + written(people(), d, "\"", Quoting::Never), d);
        add("title", "title and blank line " + d, "Ledenlijst 2025\n\n" + written(people(), d, "\"", Quoting::Never), d);
        add("title", "three titles " + d,
            "Ledenlijst\nStad Voorbeeld\nGemaakt op 1 september\n\n" + written(people(), d, "\"", Quoting::Never), d);
    }
    add("title", "title with commas ;", "Leden, oud-leden, en vrijwilligers\n" + written(people(), ";", "\"", Quoting::Never), ";");

    Table lines = remarks();
    lines[1][2] = "eerste regel\ntweede regel, met komma\nderde";
    lines[3][2] = "a\n\nb";
    for (const std::string& d : usual) add("lines in fields", "needed " + d, written(lines, d, "\"", Quoting::Needed), d);
    add("lines in fields", "CRLF around LF", written(lines, ";", "\"", Quoting::Needed, false, "\r\n"), ";");

    add("one column", "words", "naam\nAmina\nLotte\nBo\nSam\n", "");
    add("one column", "dates", "datum\n01/09/2025\n02/09/2025\n03/09/2025\n", "");
    add("one column", "moments", "moment\n2025-09-01 10:30\n2025-09-02 11:15\n2025-09-03 9:45\n", "");
    add("one column", "decimal commas", "bedrag\n1,5\n12,25\n3,75\n0,5\n", "");
    add("one column", "addresses", "mail\nan@voorbeeld.be\nbo@voorbeeld.be\nsam@voorbeeld.be\n", "");
    add("one column", "times", "uur\n10:30\n11:15\n9:45\n", "");

    const Table amounts{{"Nr", "Naam", "Bedrag", "Uren"},
                        {"1", "Claes", "1,5", "12,25"},
                        {"2", "Maes", "1.234,56", "0,5"},
                        {"3", "Peeters", "10,00", "7,75"},
                        {"4", "Wouters", "2,5", "1,0"}};
    const Table english{{"Nr", "Naam", "Bedrag", "Uren"},
                        {"1", "Claes", "1.5", "12.25"},
                        {"2", "Maes", "1234.56", "0.5"},
                        {"3", "Peeters", "10.00", "7.75"},
                        {"4", "Wouters", "2.5", "1.0"}};
    for (const char* d : {";", "\t", "|"}) add("decimals", std::string("comma ") + d, written(amounts, d, "\"", Quoting::Never), d);
    add("decimals", "comma quoted ,", written(amounts, ",", "\"", Quoting::Needed), ",");
    for (const std::string& d : usual) add("decimals", "point " + d, written(english, d, "\"", Quoting::Never), d);
    add("decimals", "two columns", "naam;bedrag\nClaes;1,5\nMaes;2,75\nPeeters;3,25\n", ";");
    add("decimals", "only numbers ;", "1,5;2,5;3,5\n4,25;5,25;6,25\n7,5;8,5;9,5\n", ";");

    for (const std::string& d : usual) add("sep line", "sep=" + d, "sep=" + d + "\n" + written(people(), d, "\"", Quoting::Never), d);
    add("sep line", "one record", "sep=;\r\nNr;Naam\r\n1;Claes, Lotte\r\n", ";");

    for (const std::string& d : {std::string(","), std::string(";"), std::string("\t")})
        add("comments", "two " + d, "# uitvoer van het systeem\n# 12 rijen, 5 kolommen\n" + written(people(), d, "\"", Quoting::Never), d);

    for (const std::string& d : usual) {
        std::string every, values;
        for (const auto& row : people()) {
            std::string line = written({row}, d, "\"", Quoting::Never);
            line.pop_back();
            every += line + d + "\n";
            values += line + (row == people().front() ? "" : d) + "\n";
        }
        add("trailing delimiter", "every line " + d, every, d);
        add("trailing delimiter", "values only " + d, values, d);
    }

    for (const std::string& d : usual) {
        Table ragged = people();
        ragged[2].resize(3);
        ragged[4].emplace_back("extra");
        ragged[5].resize(2);
        add("ragged", "short and long " + d, written(ragged, d, "\"", Quoting::Never), d);
    }

    for (const std::string& d : usual) {
        const Table table = people();
        add("few rows", "header only " + d, written({table[0]}, d, "\"", Quoting::Never), d);
        add("few rows", "one row " + d, written({table[0], table[1]}, d, "\"", Quoting::Never), d);
        add("few rows", "two rows " + d, written({table[0], table[1], table[2]}, d, "\"", Quoting::Never), d);
        add("few rows", "no final line end " + d,
            written({table[0], table[1]}, d, "\"", Quoting::Never)
                .substr(0, written({table[0], table[1]}, d, "\"", Quoting::Never).size() - 1),
            d);
        add("few rows", "all quoted " + d, written({table[0], table[1]}, d, "\"", Quoting::Always), d);
    }

    const std::string names =
        "Nr;Voornaam;Naam;Straat\n1;Zo\xC3\xAB;Dh\xC3\xB4"
        "te;Ren\xC3\xA9"
        "estraat\n2;Fran\xC3\xA7ois;Lef\xC3\xA8vre;All\xC3\xA9"
        "e\n"
        "3;Ren\xC3\xA9"
        "e;M\xC3\xBCller;Ch\xC3\xA2teaulaan\n4;J\xC3\xB6rg;N\xC3\xBA\xC3\xB1"
        "ez;Sint-Jozef\n5;Anne\xC3\xABn;Gar\xC3\xA7on;No\xC3\xABlplein\n";
    const std::string euros = names +
                              "6;Betaald;\xE2\x82\xAC"
                              "5;\xC5\x93uvrelaan\n7;Ma\xC3\xAFt\xC3\xA9;\xE2\x82\xAC"
                              "12;C\xC5\x93urstraat\n";
    const std::string turkish =
        "Nr;Voornaam;Naam;Straat\n1;Y\xC4\xB1ld\xC4\xB1z;\xC5\x9E"
        "ahin;\xC3\x87"
        "i\xC3\xA7"
        "ek\n2;\xC4\xB0"
        "brahim;Do\xC4\x9F"
        "an;G\xC3\xBCl\n"
        "3;Ay\xC5\x9F"
        "e;\xC3\x96zt\xC3\xBCrk;Da\xC4\x9F\n4;\xC3\x87i\xC4\x9F"
        "dem;Y\xC4\xB1lmaz;I\xC5\x9F\xC4\xB1k\n";
    add("encoding", "utf-8", names, ";");
    add("encoding", "utf-8 mark", "\xEF\xBB\xBF" + names, ";");
    add("encoding", "windows-1252 names", in_encoding(names, "windows-1252"), ";", "\"", "", "windows-1252");
    add("encoding", "windows-1252 euros", in_encoding(euros, "windows-1252"), ";", "\"", "", "windows-1252");
    add("encoding", "iso-8859-15 euros", in_encoding(euros, "iso-8859-15"), ";", "\"", "", "iso-8859-15");
    add("encoding", "macintosh names", in_encoding(names, "macintosh"), ";", "\"", "", "macintosh");
    add("encoding", "macintosh euros", in_encoding(euros, "macintosh"), ";", "\"", "", "macintosh");
    add("encoding", "ibm850 names", in_encoding(names, "ibm850"), ";", "\"", "", "ibm850");
    add("encoding", "windows-1254 Turkish", in_encoding(turkish, "windows-1254"), ";", "\"", "", "windows-1254");
    add("encoding", "utf-8 Turkish", turkish, ";");
    for (const bool big : {false, true}) {
        const std::string plain_name = big ? "utf-16be" : "utf-16le";
        add("encoding", plain_name, wide(names, big, false), ";", "\"", "", plain_name);
        add("encoding", plain_name + " mark", wide(names, big, true), ";", "\"", "", "utf-16");
        add("encoding", plain_name + " tab", wide(written(people(), "\t", "\"", Quoting::Never), big, true), "\t", "\"", "", "utf-16");
        add("encoding", plain_name + " few rows", wide("Nr;Naam\n1;Zo\xC3\xAB\n", big, false), ";", "\"", "", plain_name);
    }
    add("encoding", "windows-1252 one name", in_encoding("Nr;Naam\n1;Zo\xC3\xAB\n", "windows-1252"), ";", "\"", "", "windows-1252");
    return cases;
}

TEST(DialectCases, AreReadAsTheyWereWritten) {
    struct Score {
        std::size_t right = 0, all = 0;
    };
    std::map<std::string, Score> scores;
    Score sum;
    for (const DialectCase& c : all_cases()) {
        const DocumentInfo info = info_of(c.bytes);
        const bool quote_occurs = c.bytes.find_first_of("\"'") != std::string::npos;
        const bool right = info.encoding == c.encoding && info.delimiter == c.delimiter && (info.quote == c.quote || !quote_occurs) &&
                           (c.escape.empty() || info.escape == c.escape);
        for (Score* score : {&scores[c.kind], &sum}) {
            ++score->all;
            score->right += right ? 1U : 0U;
        }
        if (!right)
            std::cout << c.kind << ": " << c.name << " is " << info.encoding << " [" << info.delimiter << "] [" << info.quote << "] ["
                      << info.escape << "]\n";
    }
    for (const auto& [kind, score] : scores) {
        std::cout << kind << ": " << score.right << " of " << score.all << "\n";
        EXPECT_GE(score.right * 100, score.all * 90) << kind;
    }
    std::cout << "together: " << sum.right << " of " << sum.all << "\n";
    EXPECT_GE(sum.all, 130U);
    EXPECT_GE(sum.right * 100, sum.all * 98);
}

}  // namespace
}  // namespace brugwacht
