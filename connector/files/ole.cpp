#include "connector/files/ole.hpp"

#include <cstdint>

#include "connector/files/utf8.hpp"

namespace brugwacht {

namespace {

std::uint32_t u32(const std::string& bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8 | (at + i < bytes.size() ? static_cast<std::uint8_t>(bytes[at + i]) : 0U);
    return value;
}

}  // namespace

std::vector<std::string> ole_names(const File& file) {
    std::vector<std::string> names;
    const std::string header = file.read_at(0, 512);
    if (header.size() < 512) return names;
    const auto shift = static_cast<std::uint8_t>(header[0x1e]);
    if (shift < 7 || shift > 16) return names;
    const std::uint64_t sector_size = 1ULL << shift;
    const auto sector_at = [&](std::uint64_t sector) { return (sector + 1) * sector_size; };
    std::uint64_t sector = u32(header, 0x30);
    for (int steps = 0; steps < 1000 && sector < 0xfffffffa; ++steps) {
        const std::string bytes = file.read_at(sector_at(sector), static_cast<std::size_t>(sector_size));
        if (bytes.size() < 128) break;
        for (std::size_t at = 0; at + 128 <= bytes.size(); at += 128) {
            const std::size_t length = static_cast<std::uint8_t>(bytes[at + 64]);
            if (bytes[at + 66] == 0 || length < 2 || length > 64) continue;
            std::string name;
            for (std::size_t i = 0; i + 2 < length; i += 2)
                append_utf8(name, static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[at + i]) |
                                                             static_cast<std::uint8_t>(bytes[at + i + 1]) << 8));
            names.push_back(std::move(name));
        }
        // The next sector of the chain, from the allocation table; tables beyond the first 109 belong to files too large to matter here.
        const std::uint64_t per_table = sector_size / 4;
        const std::uint64_t table = sector / per_table;
        if (table >= 109) break;
        const std::uint64_t table_sector = u32(header, 0x4c + static_cast<std::size_t>(table) * 4);
        const std::string next = file.read_at(sector_at(table_sector) + sector % per_table * 4, 4);
        if (next.size() < 4) break;
        sector = u32(next, 0);
    }
    return names;
}

}  // namespace brugwacht
