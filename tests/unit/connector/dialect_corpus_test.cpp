#include <gtest/gtest.h>

#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "connector/source.hpp"
#include "engine/core/error.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

struct Truth {
    std::string name, encoding, delimiter, quote, escape;
};

std::string unescaped(const std::string& text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            result += text[i];
            continue;
        }
        ++i;
        result += text[i] == 't' ? '\t' : text[i] == 'n' ? '\n' : text[i] == 'r' ? '\r' : text[i];
    }
    return result;
}

std::vector<Truth> read_truth() {
    std::vector<Truth> result;
    std::istringstream lines(read_bytes(corpus_file("csv/dialects.tsv")));
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
        std::vector<std::string> fields(1);
        for (const char c : line)
            if (c == '\t')
                fields.emplace_back();
            else
                fields.back() += c;
        fields.resize(5);
        for (std::string& field : fields) field = unescaped(field);
        result.push_back({fields[0], fields[1], fields[2], fields[3], fields[4]});
    }
    return result;
}

/// Names that mean the same bytes.
std::string same_name(std::string encoding) {
    std::erase(encoding, '-');
    if (encoding == "iso88591") return "windows1252";
    return encoding;
}

TEST(DialectCorpus, TheTruthIsFoundInNearlyEveryFile) {
    if (!corpus_present()) GTEST_SKIP() << "no corpus beside the source tree";
    std::size_t encodings = 0;
    std::size_t dialects = 0;
    std::size_t all = 0;
    for (const Truth& truth : read_truth()) {
        ++all;
        try {
            const std::filesystem::path path = corpus_file("csv/" + truth.name);
            const DocumentInfo info = open_document(path)->info();
            const bool encoding = same_name(info.encoding) == same_name(truth.encoding);
            // A quote that does not occur in the file does not matter, nor whether the truth saw a doubled one.
            const bool quote_occurs = read_bytes(path).find_first_of("\"'") != std::string::npos;
            const bool dialect = info.delimiter == truth.delimiter && (info.quote == truth.quote || !quote_occurs) &&
                                 (info.escape == "\\") == (truth.escape == "\\");
            encodings += encoding ? 1 : 0;
            dialects += dialect ? 1 : 0;
            if (!encoding || !dialect)
                std::cout << truth.name << ": " << info.encoding << " [" << info.delimiter << "] [" << info.quote << "] [" << info.escape
                          << "], not " << truth.encoding << " [" << truth.delimiter << "] [" << truth.quote << "] [" << truth.escape
                          << "]\n";
        } catch (const Error& error) {
            std::cout << truth.name << ": " << error.what() << "\n";
        }
    }
    std::cout << "dialects right: " << dialects << " of " << all << ", encodings right: " << encodings << "\n";
    EXPECT_GE(dialects * 1000, all * 980);
    EXPECT_GE(encodings * 1000, all * 980);
}

}  // namespace
}  // namespace brugwacht
