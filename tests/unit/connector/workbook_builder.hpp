// Builds zip archives and small workbooks as bytes, sound or damaged on purpose.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace brugwacht {

struct ZipPart {
    std::string name;
    std::string content;
    std::uint16_t flags = 0;
    std::uint16_t method = 0;
    bool wrong_crc = false;
};

inline std::uint32_t crc_of(std::string_view bytes) {
    std::uint32_t crc = ~0U;
    for (const char c : bytes) {
        crc ^= static_cast<std::uint8_t>(c);
        for (int i = 0; i < 8; ++i) crc = crc >> 1 ^ (0xedb88320U & (0U - (crc & 1)));
    }
    return ~crc;
}

inline std::string little(std::uint64_t value, unsigned count) {
    std::string bytes;
    for (unsigned i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
    return bytes;
}

inline std::string zip_of(const std::vector<ZipPart>& parts) {
    std::string out;
    std::string directory;
    for (const ZipPart& part : parts) {
        const std::string common = little(20, 2) + little(part.flags, 2) + little(part.method, 2) + little(0, 4) +
                                   little(crc_of(part.content) ^ (part.wrong_crc ? 1U : 0U), 4) + little(part.content.size(), 4) +
                                   little(part.content.size(), 4) + little(part.name.size(), 2) + little(0, 2);
        directory += "PK\x01\x02" + little(20, 2) + common + little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4) +
                     little(out.size(), 4) + part.name;
        out += "PK\x03\x04" + common + part.name + part.content;
    }
    const std::size_t start = out.size();
    return out + directory + "PK\x05\x06" + little(0, 4) + little(parts.size(), 2) + little(parts.size(), 2) + little(directory.size(), 4) +
           little(start, 4) + little(0, 2);
}

/// What may be changed in a workbook of one sheet named Blad1.
struct BookParts {
    std::string rows;               // inside sheetData
    std::string strings = {};       // si elements
    std::string formats = {};       // numFmt elements
    std::string styles = {};        // xf elements of cellXfs
    std::string properties = {};    // workbookPr
    std::string sheet_before = {};  // before the root of the sheet: a DTD
};

inline std::vector<ZipPart> book_parts(const BookParts& book) {
    const std::string main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    const std::string rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    return {
        {"_rels/.rels",
         "<Relationships><Relationship Id=\"r1\" Type=\"" + rel + "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"},
        {"xl/workbook.xml", "<workbook " + main + " xmlns:r=\"" + rel + "\">" + book.properties +
                                "<sheets><sheet name=\"Blad1\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"},
        {"xl/_rels/workbook.xml.rels",
         "<Relationships><Relationship Id=\"r1\" Type=\"" + rel + "/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"},
        {"xl/styles.xml", "<styleSheet><numFmts>" + book.formats + "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>" +
                              book.styles + "</cellXfs></styleSheet>"},
        {"xl/sharedStrings.xml", "<sst>" + book.strings + "</sst>"},
        {"xl/worksheets/sheet1.xml", book.sheet_before + "<worksheet " + main + "><sheetData>" + book.rows + "</sheetData></worksheet>"}};
}

inline std::string book_of(const BookParts& book) { return zip_of(book_parts(book)); }

}  // namespace brugwacht
