// libFuzzer target for mapping files: whatever stands in one, parsing ends in a Mapping or in an Error, and a Mapping maps any row.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/core/error.hpp"
#include "engine/mapping/mapping.hpp"

namespace brugwacht {
namespace {

void map_some_rows(const Mapping& mapping, std::string_view text) {
    constexpr std::size_t kWidth = 12;
    SheetMapper mapper(mapping, "Blad1", "bestand.csv");
    if (!mapper.selected()) return;
    MappedRow mapped;
    // The rows are pieces of the file itself, so that headers that it names do occur.
    std::size_t at = 0;
    for (std::uint64_t number = 1; number <= 20; ++number) {
        std::array<Cell, kWidth> cells;
        for (std::uint32_t c = 0; c < kWidth; ++c) {
            const std::size_t from = text.find('"', at);
            const std::size_t to = from == std::string_view::npos ? from : text.find('"', from + 1);
            at = to == std::string_view::npos ? 0 : to + 1;
            cells[c].column = c;
            cells[c].kind = CellKind::Text;
            cells[c].text = to == std::string_view::npos ? "2024-09-01" : text.substr(from + 1, to - from - 1);
        }
        mapper.map(RawRow{1, number, cells}, mapped);
    }
    mapper.finish();
}

}  // namespace
}  // namespace brugwacht

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        const auto mapping = brugwacht::Mapping::parse("fuzz", text, "fuzz.toml");
        brugwacht::map_some_rows(mapping, text);
    } catch (const brugwacht::Error&) {
        return 0;
    }
    return 0;
}
