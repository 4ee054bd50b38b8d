// Builds old workbooks as bytes: records, streams of every version, and OLE2 containers, sound or damaged on purpose.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/unit/connector/workbook_builder.hpp"

namespace brugwacht {

inline std::string two(std::uint64_t value) { return little(value, 2); }
inline std::string four(std::uint64_t value) { return little(value, 4); }
inline std::string eight(double value) { return little(std::bit_cast<std::uint64_t>(value), 8); }

inline std::string record(std::uint16_t id, const std::string& body) { return two(id) + two(body.size()) + body; }
inline std::string end_record() { return record(0x0a, ""); }

/// Version 2, 3, 4, 5 or 8; type 0x05 globals, 0x10 sheet, 0x20 chart, 0x40 macro sheet, 0x100 workspace.
inline std::string bof(int version, std::uint16_t type) {
    if (version == 2) return record(0x09, two(2) + two(type));
    if (version == 3) return record(0x209, two(0) + two(type) + two(0));
    if (version == 4) return record(0x409, two(0) + two(type) + two(0));
    if (version == 5) return record(0x809, two(0x500) + two(type) + two(0x0dbb) + two(1996));
    return record(0x809, two(0x600) + two(type) + two(0x0dbb) + two(1996) + four(0) + four(0));
}

/// UTF-16 as bytes.
inline std::string wide(std::u16string_view text) {
    std::string bytes;
    for (const char16_t c : text) bytes += two(c);
    return bytes;
}
/// Texts of BIFF8 with a count of two bytes.
inline std::string text8(std::u16string_view text) { return two(text.size()) + '\1' + wide(text); }
inline std::string text8(const char* text) {
    const std::string bytes = text;
    return two(bytes.size()) + '\0' + bytes;
}

/// Row, column and style of a cell after BIFF2.
inline std::string at(unsigned row, unsigned column, unsigned xf = 0) { return two(row) + two(column) + two(xf); }
inline std::string label8(unsigned row, unsigned column, const char* text) { return record(0x204, at(row, column) + text8(text)); }
inline std::string number_cell(unsigned row, unsigned column, double value, unsigned xf = 0) {
    return record(0x203, at(row, column, xf) + eight(value));
}
inline std::string shared_cell(unsigned row, unsigned column, unsigned index) { return record(0xfd, at(row, column) + four(index)); }
/// A formula whose stored value takes these 8 bytes.
inline std::string formula(unsigned row, unsigned column, const std::string& result, unsigned xf = 0) {
    return record(0x06, at(row, column, xf) + result + two(0) + four(0) + two(3) + std::string("\x1e\x01\x00", 3));
}
inline std::string special(unsigned kind, unsigned value = 0) {
    return std::string(1, static_cast<char>(kind)) + '\0' + static_cast<char>(value) + std::string(3, '\0') + "\xff\xff";
}

struct BiffSheetParts {
    std::string name = "Blad1";
    std::string body = {};  // records between BOF and EOF
    unsigned type = 0;      // as BOUNDSHEET counts: 0 sheet, 1 macro sheet, 2 chart, 6 module
    unsigned visibility = 0;
    std::uint32_t lie = 0;  // added to its place
    bool end = true;
};

struct BiffBookParts {
    std::string globals = {};  // records before those of the sheets
    std::vector<BiffSheetParts> sheets;
    int version = 8;
};

/// A stream of BIFF5 or BIFF8.
inline std::string biff_stream(const BiffBookParts& book) {
    const auto bound = [&](const BiffSheetParts& sheet, std::size_t place) {
        const std::string name =
            std::string(1, static_cast<char>(sheet.name.size())) + (book.version == 8 ? std::string(1, '\0') : "") + sheet.name;
        return record(0x85, four(place + sheet.lie) + static_cast<char>(sheet.visibility) + static_cast<char>(sheet.type) + name);
    };
    std::size_t size = bof(book.version, 5).size() + book.globals.size() + end_record().size();
    for (const BiffSheetParts& sheet : book.sheets) size += bound(sheet, 0).size();
    std::string out = bof(book.version, 5) + book.globals;
    std::string sheets;
    for (const BiffSheetParts& sheet : book.sheets) {
        const std::uint16_t type = sheet.type == 0 ? 0x10 : sheet.type == 1 ? 0x40 : sheet.type == 2 ? 0x20 : 0x06;
        out += bound(sheet, size + sheets.size());
        sheets += bof(book.version, type) + sheet.body + (sheet.end ? end_record() : "");
    }
    return out + end_record() + sheets;
}

struct OleShape {
    unsigned sector_bits = 9;
    std::vector<std::pair<std::size_t, std::uint32_t>> links = {};  // entries of the allocation table to overwrite
    bool in_folder = false;                                         // all streams below a folder
    bool lose_directory = false;
};

/// An OLE2 container. Streams below 4096 bytes lie in the small stream; sectors are laid out in order: large streams first.
inline std::string ole_of(const std::vector<std::pair<std::string, std::string>>& streams, const OleShape& shape = {}) {
    const std::size_t sector_size = std::size_t{1} << shape.sector_bits;
    constexpr std::uint32_t kEnd = 0xfffffffe;
    std::string body;
    std::vector<std::uint32_t> table;
    const auto put = [&](std::string bytes) {
        if (bytes.empty()) return kEnd;
        bytes.resize((bytes.size() + sector_size - 1) / sector_size * sector_size);
        const auto first = static_cast<std::uint32_t>(table.size());
        for (std::size_t i = 1; i <= bytes.size() / sector_size; ++i)
            table.push_back(i == bytes.size() / sector_size ? kEnd : static_cast<std::uint32_t>(table.size() + 1));
        body += bytes;
        return first;
    };
    std::string small;
    std::string small_table;
    std::vector<std::uint32_t> firsts;
    for (const auto& [name, bytes] : streams) {
        if (bytes.size() >= 4096) {
            firsts.push_back(put(bytes));
            continue;
        }
        const std::size_t start = small.size() / 64;
        const std::size_t count = (bytes.size() + 63) / 64;
        firsts.push_back(count == 0 ? kEnd : static_cast<std::uint32_t>(start));
        small += bytes;
        small.resize((start + count) * 64);
        for (std::size_t i = 1; i <= count; ++i) small_table += four(i == count ? kEnd : start + i);
    }
    const std::size_t small_size = small.size();
    const std::uint32_t small_first = put(small);
    const std::uint32_t small_table_first = put(small_table);
    const auto entry = [&](const std::string& name, int type, std::uint32_t right, std::uint32_t child, std::uint32_t first,
                           std::size_t size) {
        std::string bytes;
        for (const char c : name) bytes += two(static_cast<std::uint8_t>(c));
        bytes.resize(64);
        return bytes + two(name.size() * 2 + 2) + static_cast<char>(type) + '\1' + four(0xffffffff) + four(right) + four(child) +
               std::string(36, '\0') + four(first) + four(size) + four(0);
    };
    std::string directory = entry("Root Entry", 5, 0xffffffff, 1, small_first, small_size);
    if (shape.in_folder) directory += entry("Folder", 1, 0xffffffff, 2, 0, 0);
    const std::size_t offset = shape.in_folder ? 2 : 1;
    for (std::size_t i = 0; i < streams.size(); ++i)
        directory += entry(streams[i].first, 2, i + 1 < streams.size() ? static_cast<std::uint32_t>(i + 1 + offset) : 0xffffffff,
                           0xffffffff, firsts[i], streams[i].second.size());
    const std::uint32_t directory_first = put(directory);
    const std::size_t per_table = sector_size / 4;
    std::size_t tables = 1;
    std::size_t lists = 0;  // sectors that say where tables beyond the first 109 are
    while (tables * per_table < table.size() + tables + lists) {
        ++tables;
        lists = tables <= 109 ? 0 : (tables - 109 + per_table - 2) / (per_table - 1);
    }
    const std::size_t tables_first = table.size();
    const std::size_t lists_first = tables_first + tables;
    table.resize(lists_first, 0xfffffffd);
    table.resize(lists_first + lists, 0xfffffffc);
    for (const auto& [sector, next] : shape.links) table[sector] = next;
    table.resize(tables * per_table, 0xffffffff);
    for (const std::uint32_t next : table) body += four(next);
    const auto table_at = [&](std::size_t i) { return four(i < tables ? tables_first + i : 0xffffffff); };
    for (std::size_t list = 0; list < lists; ++list) {
        for (std::size_t i = 0; i + 1 < per_table; ++i) body += table_at(109 + list * (per_table - 1) + i);
        body += four(list + 1 < lists ? lists_first + list + 1 : kEnd);
    }
    std::string header = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + std::string(16, '\0') + two(0x3e) + two(shape.sector_bits == 9 ? 3 : 4) +
                         two(0xfffe) + two(shape.sector_bits) + two(6) + std::string(10, '\0') + four(tables) +
                         four(shape.lose_directory ? 0x00ffffff : directory_first) + four(0) + four(4096) + four(small_table_first) +
                         four(1) + four(lists == 0 ? kEnd : lists_first) + four(lists);
    for (std::size_t i = 0; i < 109; ++i) header += table_at(i);
    header.resize(sector_size);
    return header + body;
}

/// A stream of BIFF8 in a container, as Excel keeps it.
inline std::string xls_of(const BiffBookParts& book) { return ole_of({{book.version == 8 ? "Workbook" : "Book", biff_stream(book)}}); }
/// One sheet of BIFF8.
inline std::string sheet8(const std::string& body, const std::string& globals = {}) { return xls_of({globals, {{"Blad1", body}}}); }

}  // namespace brugwacht
