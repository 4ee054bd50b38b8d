// A small made-up export of every shipped mapping, with the quirks of its system and with numbers that must be dropped at the door.
// One table for all tests: what the mapper makes of it, what the program does with the file, and what no variant may change.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace brugwacht {

/// Cells as text. "@2025-09-01" is a cell with that date, "#12.5" one with that number, "" none.
using ExampleRows = std::vector<std::vector<std::string>>;

struct ExampleSheet {
    std::string name;  // "" in a text file
    ExampleRows rows;
    std::size_t header = 0;  // row of the headers
};

enum class Written : std::uint8_t {
    Comma,          // quoted where needed, LF
    Semicolon,      // the same with semicolons
    Scouts,         // semicolons, header without quotes, all values quoted, one separator too many on every line
    Civi,           // semicolons, header and all values quoted, blanks unquoted, CRLF
    Workbook,       // xlsx
    Spreadsheetml,  // XML of Excel 2003 with the ending .xls, every cell typed as text
    Html,           // a table in a web page with the ending .xls
};

struct MappingExample {
    std::string title = {};  // of the test: letters only
    std::string mapping = {};
    std::string file = {};
    Written as = Written::Comma;
    std::vector<ExampleSheet> sheets = {};
    std::map<std::string, int> records = {};   // by entity, all that the mapper makes
    std::map<std::string, int> findings = {};  // by code
    int skipped = 0, rejected = 0;             // rows
    std::map<std::string, int> stored = {};    // rows of the store's tables after the import
    bool fixed_order = false;                  // its headers mean something by their place
};

const std::vector<MappingExample>& mapping_examples();
const MappingExample& mapping_example(const std::string& title);

/// Writes it as its system does. Throws std::runtime_error.
void write_example(const MappingExample& example, const std::filesystem::path& path);

/// A national number and the number of a UiTPAS, made up, that stand in the examples.
inline constexpr const char* kPlantedNumbers[] = {"85073003328",   "85.07.30-033.28", "17073003384",
                                                  "170730-033.84", "0900000095902",   "0930000420206"};

}  // namespace brugwacht
