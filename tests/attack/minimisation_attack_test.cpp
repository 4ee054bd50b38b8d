// Attacks on what should never come in: national numbers under other headers, and columns that nobody mapped. Every byte of the project is
// searched afterwards, in every form in which a text may lie in a file.
#include <array>
#include <set>

#include "engine/lib/database.hpp"
#include "tests/attack/attack_number.hpp"
#include "tests/support/scratch_project.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

constexpr int kRows = 1000;
constexpr int kUnmapped = 50;

std::string two(int number) { return (number < 10 ? "0" : "") + std::to_string(number); }

/// Eleven digits with their check number; of nobody.
std::string national_number(int row) {
    const int year = 7 + row % 18, month = 1 + row % 12, day = 1 + row % 28, order = 1 + (row * 37) % 997;
    std::string digits = two(year) + two(month) + two(day) + (order < 10 ? "00" : order < 100 ? "0" : "") + std::to_string(order);
    const std::int64_t check = 97 - (2'000'000'000 + std::stoll(digits)) % 97;
    return digits + two(static_cast<int>(check));
}

std::string in_notation(const std::string& digits, int notation) {
    const auto part = [&](std::size_t at, std::size_t length) { return digits.substr(at, length); };
    switch (notation) {
        case 0:
            return digits;
        case 1:
            return part(0, 2) + "." + part(2, 2) + "." + part(4, 2) + "-" + part(6, 3) + "." + part(9, 2);
        case 2:
            return part(0, 6) + " " + part(6, 3) + " " + part(9, 2);
        default:
            return part(0, 2) + "/" + part(2, 2) + "/" + part(4, 2) + "-" + part(6, 3) + "-" + part(9, 2);
    }
}

std::string utf16(std::string_view text) {
    std::string out;
    for (const char c : text) out.append(1, c).push_back('\0');
    return out;
}

std::string hex(std::string_view text) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    for (const char c : text) {
        out.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
        out.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
    }
    return out;
}

/// In how many of its forms the text lies in these bytes.
std::uint64_t hits(const std::string& bytes, const std::string& text) {
    std::uint64_t found = 0;
    for (const std::string& form : {text, utf16(text), hex(text)})
        if (bytes.find(form) != std::string::npos) ++found;
    return found;
}

/// Everything the project keeps but the exports themselves; workbooks sheet by sheet, because their bytes are compressed.
std::string all_bytes(const ScratchProject& project) {
    std::string all;
    for (const auto& entry : fs::recursive_directory_iterator(project.path())) {
        const std::string relative = fs::relative(entry.path(), project.path()).string();
        if (!entry.is_regular_file() || relative.starts_with("inbox/") || relative.starts_with("processed/")) continue;
        all += relative + "\n" + read_bytes(entry.path());
        if (entry.path().extension() == ".xlsx") all += run_program(BRUGWACHT_PROGRAM, {"peek", entry.path().string()}).out;
    }
    return all;
}

std::int64_t dropped(const Node& imported, const std::string& reason) {
    std::int64_t sum = 0;
    for (const Node& file : at(imported, "files").items)
        for (const Node& row : at(file, "dropped").items)
            if (at(row, "reason").text == reason) sum += at(row, "count").integer;
    return sum;
}

/// One number in each row: in the place of a code, of a member number or of a phone, in turn.
std::string rows_with_numbers(std::vector<std::string>& numbers) {
    std::string csv = "key,given_name,family_name,language,member_number,call_name\n";
    for (int row = 0; row < kRows; ++row) {
        const std::string digits = national_number(row);
        const std::string shown = in_notation(digits, row % 4);
        numbers.push_back(shown);
        csv += "P" + std::to_string(row) + ",Voornaam,Achternaam";
        for (int column = 0; column < 3; ++column) csv += "," + (row % 3 == column ? shown : std::string());
        csv += "\n";
    }
    return csv;
}

TEST(Privacy32, AThousandNationalNumbersUnderMisleadingHeadersAreDetectedAndNotStored) {
    const ScratchProject project;
    std::vector<std::string> numbers;
    write_bytes(project / "inbox/people.csv", rows_with_numbers(numbers));
    const Node imported = project.json({"import"});
    EXPECT_EQ(dropped(imported, "national_number"), kRows);
    Database store = Database::open(project / "store.db", Database::Mode::ReadOnly);
    EXPECT_EQ(store.integer("SELECT count(*) FROM person"), kRows);
    EXPECT_EQ(store.integer("SELECT sum(count) FROM dropped WHERE reason = 'national_number'"), kRows);

    const std::string bytes = all_bytes(project);
    std::uint64_t stored = 0, logged = 0;
    const std::string log = read_bytes(project / "log/brugwacht.jsonl");
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        stored += hits(bytes, numbers[i]) + hits(bytes, national_number(static_cast<int>(i)));
        logged += hits(log, numbers[i]);
    }
    EXPECT_EQ(stored, 0U);
    EXPECT_EQ(logged, 0U);
}

std::string canary(int column, int row) { return "Zangvogel" + std::to_string(column) + "x" + std::to_string(row) + "kooi"; }

/// Fifty columns that no mapping names, with a canary in each cell; rows without a key are rejected.
std::string rows_with_canaries(bool good) {
    std::string csv = "key,given_name,family_name";
    for (int column = 0; column < kUnmapped; ++column) csv += ",extra " + std::to_string(column);
    csv += "\n";
    for (int row = 0; row < 4; ++row) {
        csv += (good && row % 2 == 0 ? "P" + std::to_string(row) : std::string()) + ",Noor,Peeters";
        for (int column = 0; column < kUnmapped; ++column) csv += "," + canary(column, row);
        csv += "\n";
    }
    return csv;
}

void search(const ScratchProject& project, const RunResult& said, const std::string& what, AttackNumber& number) {
    const std::string bytes = all_bytes(project) + said.out + said.err;
    for (int column = 0; column < kUnmapped; ++column) {
        for (int row = 0; row < 4; ++row) {
            number.tried();
            number.succeeded(what, hits(bytes, canary(column, row)));
        }
    }
}

TEST(Attack, Unmapped) {
    run_attack("attack-unmapped", [](AttackNumber& number) {
        {
            const ScratchProject project;  // half of the rows are rejected, so that a workbook of rejects is made
            write_bytes(project / "inbox/people.csv", rows_with_canaries(true));
            const RunResult imported = project.run({"import", "--json"});
            EXPECT_EQ(imported.status, 3) << imported.out << imported.err;
            Database store = Database::open(project / "store.db", Database::Mode::ReadOnly);
            EXPECT_EQ(store.integer("SELECT count FROM dropped WHERE reason = 'unmapped_column'"), kUnmapped);
            search(project, imported, "an import with rejects", number);
        }
        {
            const ScratchProject project;  // nothing of it can be used
            write_bytes(project / "inbox/people.csv", "\xff\xfe" + rows_with_canaries(false));
            search(project, project.run({"import"}), "a damaged file", number);
            write_bytes(project / "inbox/onbekend.csv", rows_with_canaries(true).substr(4));
            search(project, project.run({"import"}), "a file that no mapping knows", number);
        }
    });
}

}  // namespace
}  // namespace brugwacht
