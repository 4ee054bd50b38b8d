// Makes the large files that reading is measured with: DIR/big.xlsx, DIR/big.fods (its XML is also the content.xml of an .ods) and
// DIR/big.xml (SpreadsheetML), each 200,000 x 13 with the same values, and DIR/big.csv (1,000,000 x 13, about 138 MB).
// Use: bigfiles DIR. Always the same bytes; invented people only.

#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "engine/core/date.hpp"
#include "engine/lib/workbook.hpp"

namespace brugwacht {
namespace {

constexpr std::array kHeaders{"Lidnummer", "Voornaam", "Achternaam", "Geboortedatum", "Geslacht", "Straat",    "Nummer",
                              "Postcode",  "Gemeente", "E-mail",     "Inschrijving",  "Bedrag",   "Activiteit"};
constexpr std::array kFirst{"Amina", "Bram", "Chloé", "Dries", "Elif",  "Fenna", "Güler",
                            "Hamza", "Ilse", "Joren", "Kübra", "Lotte", "Mehdi", "Noor"};
constexpr std::array kLast{"Peeters",        "El Amrani", "De Visscher", "Yıldız", "Janssens",
                           "Van den Broeck", "Kowalski",  "Aït Ben",     "Maes",   "Öztürk"};
constexpr std::array kStreets{"Kerkstraat", "Stationslaan", "Molenweg", "Dorpsplein", "Nieuwe Steenweg", "Schoolstraat"};
constexpr std::array kTowns{"Voorbeeldstad", "Modelgem", "Testerzele", "Proefbeke"};
constexpr std::array kKinds{"trial", "enrol", "attend", "check", "stop"};

struct Line {
    std::int64_t id;
    std::string first, last, gender, street, town, email, kind;
    Date birth, enrolled;
    std::int64_t number, postcode;
    double amount;
};

Line line_of(std::uint64_t n) {
    std::uint64_t x = n * 0x9e3779b97f4a7c15ULL + 12345;
    const auto pick = [&](std::uint64_t below) {
        x ^= x >> 31;
        x *= 0xbf58476d1ce4e5b9ULL;
        x ^= x >> 29;
        return x % below;
    };
    Line line;
    line.id = static_cast<std::int64_t>(100000 + n);
    line.first = kFirst.at(pick(kFirst.size()));
    line.last = std::string(kLast.at(pick(kLast.size()))) + (pick(4) == 0 ? "-" + std::string(kLast.at(pick(kLast.size()))) : "");
    line.gender = pick(2) == 0 ? "m" : "v";
    line.street = kStreets.at(pick(kStreets.size()));
    line.town = kTowns.at(pick(kTowns.size()));
    line.email = "ouder" + std::to_string(n) + "@voorbeeld.invalid";
    line.kind = kKinds.at(pick(kKinds.size()));
    line.birth = Date::from_days(static_cast<std::int32_t>(14000 + pick(5000)));
    line.enrolled = Date::from_days(static_cast<std::int32_t>(19500 + pick(700)));
    line.number = static_cast<std::int64_t>(1 + pick(250));
    line.postcode = static_cast<std::int64_t>(1000 + pick(8900));
    line.amount = static_cast<double>(pick(20000)) / 100;
    return line;
}

void write_workbook(const std::filesystem::path& path, std::uint32_t rows) {
    Workbook workbook(path, {});
    Sheet& sheet = workbook.add_sheet("Leden");
    for (std::uint16_t c = 0; c < kHeaders.size(); ++c) sheet.text(0, c, kHeaders.at(c));
    for (std::uint32_t r = 1; r < rows; ++r) {
        const Line line = line_of(r);
        sheet.integer(r, 0, line.id);
        sheet.text(r, 1, line.first);
        sheet.text(r, 2, line.last);
        sheet.date(r, 3, line.birth);
        sheet.text(r, 4, line.gender);
        sheet.text(r, 5, line.street);
        sheet.integer(r, 6, line.number);
        sheet.integer(r, 7, line.postcode);
        sheet.text(r, 8, line.town);
        sheet.text(r, 9, line.email);
        sheet.date(r, 10, line.enrolled);
        sheet.number(r, 11, line.amount);
        sheet.text(r, 12, line.kind);
    }
    workbook.close();
}

void write_text(const std::filesystem::path& path, std::uint64_t rows) {
    std::ofstream out(path, std::ios::binary);
    for (std::size_t c = 0; c < kHeaders.size(); ++c) out << (c > 0 ? ";" : "") << kHeaders.at(c);
    out << "\r\n";
    for (std::uint64_t r = 1; r < rows; ++r) {
        const Line line = line_of(r);
        out << line.id << ';' << line.first << ";\"" << line.last << "\";" << line.birth.iso() << ';' << line.gender << ";\""
            << line.street;
        out << " (hoofdingang, bel nr 2)\";" << line.number << ';' << line.postcode << ';' << line.town << ';' << line.email << ';';
        out << line.enrolled.iso() << ';' << line.amount << ';' << line.kind << "\r\n";
    }
}

/// The cells of the sheet as `cell(type, value)` writes them, between `row_start` and `row_end`.
template <typename Cell>
void write_rows(std::ofstream& out, std::uint64_t rows, const char* row_start, const char* row_end, Cell&& cell) {
    out << row_start;
    for (const char* header : kHeaders) cell('s', header);
    out << row_end;
    for (std::uint64_t r = 1; r < rows; ++r) {
        const Line line = line_of(r);
        out << row_start;
        cell('n', std::to_string(line.id));
        cell('s', line.first);
        cell('s', line.last);
        cell('d', line.birth.iso());
        cell('s', line.gender);
        cell('s', line.street);
        cell('n', std::to_string(line.number));
        cell('n', std::to_string(line.postcode));
        cell('s', line.town);
        cell('s', line.email);
        cell('d', line.enrolled.iso());
        std::ostringstream amount;
        amount << line.amount;
        cell('n', amount.str());
        cell('s', line.kind);
        out << row_end;
    }
}

void write_open_document(const std::filesystem::path& path, std::uint64_t rows) {
    std::ofstream out(path, std::ios::binary);
    out << R"(<?xml version="1.0" encoding="UTF-8"?>)"
        << R"(<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" )"
        << R"(xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" )"
        << R"(xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" office:version="1.3" )"
        << R"(office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet><table:table table:name="Leden">)";
    write_rows(out, rows, "<table:table-row table:style-name=\"ro1\">", "</table:table-row>", [&](char type, const std::string& value) {
        const char* const name = type == 's' ? "string" : type == 'n' ? "float" : "date";
        out << "<table:table-cell office:value-type=\"" << name << '"';
        if (type == 'n') out << " office:value=\"" << value << '"';
        if (type == 'd') out << " table:style-name=\"ce1\" office:date-value=\"" << value << '"';
        out << " calcext:value-type=\"" << name << "\"><text:p>" << value << "</text:p></table:table-cell>";
    });
    out << "</table:table></office:spreadsheet></office:body></office:document>\n";
}

void write_spreadsheetml(const std::filesystem::path& path, std::uint64_t rows) {
    std::ofstream out(path, std::ios::binary);
    out << "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n"
        << R"(<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">)"
        << R"(<Worksheet ss:Name="Leden"><Table>)";
    write_rows(out, rows, "   <Row>\n", "   </Row>\n", [&](char type, const std::string& value) {
        if (type == 'd')
            out << "    <Cell ss:StyleID=\"s62\"><Data ss:Type=\"DateTime\">" << value << "T00:00:00.000</Data></Cell>\n";
        else
            out << "    <Cell><Data ss:Type=\"" << (type == 'n' ? "Number" : "String") << "\">" << value << "</Data></Cell>\n";
    });
    out << "</Table></Worksheet></Workbook>\n";
}

}  // namespace
}  // namespace brugwacht

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "bigfiles DIR\n";
        return 64;
    }
    const std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
    brugwacht::write_workbook(folder / "big.xlsx", 200000);
    brugwacht::write_open_document(folder / "big.fods", 200000);
    brugwacht::write_spreadsheetml(folder / "big.xml", 200000);
    brugwacht::write_text(folder / "big.csv", 1000000);
    return 0;
}
