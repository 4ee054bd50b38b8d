#include "connector/files/ole.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/connector/biff_builder.hpp"
#include "tests/unit/connector/reading.hpp"

namespace brugwacht {
namespace {

std::string noise(std::size_t size, unsigned seed) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) {
        seed = seed * 1103515245 + 12345;
        bytes += static_cast<char>(seed >> 16);
    }
    return bytes;
}

/// All of a stream of a container in a file, read in parts of `part` bytes; "-" when it is not there.
std::string stream_in(const std::filesystem::path& path, std::string_view name, std::size_t part = 1000) {
    const File file = File::open(path);
    const OleContainer container(file);
    const OleEntry* entry = container.find(name);
    if (entry == nullptr) return "-";
    const auto stream = container.open(*entry);
    std::string bytes;
    std::string piece(part, '\0');
    while (const std::size_t got = stream->read_at(bytes.size(), piece.data(), part)) bytes.append(piece, 0, got);
    EXPECT_EQ(bytes.size(), stream->size());
    return bytes;
}

std::string stream_of(const std::string& container_bytes, std::string_view name, std::size_t part = 1000) {
    const TempDir folder;
    write_bytes(folder / "file", container_bytes);
    return stream_in(folder / "file", name, part);
}

TEST(Ole, StreamsOfEverySizeComeBackAsTheyWere) {
    for (const unsigned bits : {9U, 12U})
        for (const std::size_t size : {0UL, 1UL, 63UL, 64UL, 65UL, 4095UL, 4096UL, 4097UL, 100000UL}) {
            const std::string wanted = noise(size, 7);
            const std::string bytes =
                ole_of({{"Before", noise(300, 1)}, {"Large", noise(9000, 2)}, {"Wanted", wanted}, {"After", noise(70, 3)}}, {bits});
            EXPECT_EQ(stream_of(bytes, "wanted"), wanted) << bits << " " << size;
            EXPECT_EQ(stream_of(bytes, "AFTER"), noise(70, 3)) << bits << " " << size;
            EXPECT_EQ(stream_of(bytes, "absent"), "-");
        }
}

TEST(Ole, AScatteredStreamIsReadAtAnyPlace) {
    // Sectors 0 to 79 hold the stream; every second one first, then the others.
    const std::string content = noise(80 * 512, 9);
    OleShape shape;
    std::string wanted;
    for (std::size_t i = 0; i < 80; ++i) {
        const std::size_t sector = i < 40 ? i * 2 : (i - 40) * 2 + 1;
        const std::size_t next = i + 1 < 40 ? (i + 1) * 2 : (i + 1 - 40) * 2 + 1;
        shape.links.emplace_back(sector, i == 79 ? 0xfffffffeU : static_cast<std::uint32_t>(next));
        wanted += content.substr(sector * 512, 512);
    }
    const std::string bytes = ole_of({{"Wanted", content}}, shape);
    EXPECT_EQ(stream_of(bytes, "Wanted"), wanted);
    EXPECT_EQ(stream_of(bytes, "Wanted", 70000), wanted);
    const TempDir folder;
    write_bytes(folder / "file", bytes);
    const File file = File::open(folder / "file");
    const OleContainer container(file);
    const auto stream = container.open(*container.find("Wanted"));
    for (std::size_t i = 0; i < 500; ++i) {
        const std::size_t place = i * 7919 % wanted.size();
        std::string piece(700, '\0');
        piece.resize(stream->read_at(place, piece.data(), piece.size()));
        EXPECT_EQ(piece, wanted.substr(place, 700)) << place;
    }
}

TEST(Ole, ChainsThatTurnBackOrLeaveTheFileEndThere) {
    const std::string content = noise(20 * 512, 5);
    const auto read = [&](std::size_t sector, std::uint32_t next) {
        return stream_of(ole_of({{"Wanted", content}}, {9, {{sector, next}}}), "Wanted");
    };
    EXPECT_EQ(read(9, 0xfffffffe), content.substr(0, 10 * 512)) << "ends too soon";
    EXPECT_EQ(read(9, 0xffffffff), content.substr(0, 10 * 512)) << "a free sector";
    EXPECT_EQ(read(9, 0x00fffff0), content.substr(0, 10 * 512)) << "outside the file";
    for (const std::uint32_t back : {0U, 3U, 9U}) {
        const std::string turned = read(9, back);
        EXPECT_LE(turned.size(), content.size());
        EXPECT_TRUE(turned.starts_with(content.substr(0, 10 * 512))) << back;
    }
}

TEST(Ole, EveryByteOfTheHeaderAndDirectoryMayBeDamaged) {
    const std::string whole = ole_of({{"Small", noise(300, 1)}, {"Wanted", noise(5000, 2)}});
    const TempDir folder;
    std::size_t unharmed = 0;
    for (std::size_t place = 8; place < whole.size(); place += place < 512 ? 1U : 13U)
        for (const char byte : {'\x01', '\xff'}) {
            std::string bytes = whole;
            bytes[place] = byte;
            const auto file = folder / (std::to_string(place) + byte);
            write_bytes(file, bytes);
            const std::string wanted = stream_in(file, "Wanted");
            EXPECT_LE(wanted.size(), whole.size()) << place;
            EXPECT_LE(stream_in(file, "Small").size(), whole.size()) << place;
            unharmed += wanted.size() == 5000 ? 1U : 0U;
        }
    EXPECT_GT(unharmed, 500U);
}

TEST(Ole, AContainerWithManyTablesListsThemInSectorsOfTheirOwn) {
    const std::string content = noise(std::size_t{17} << 20, 3);  // 273 tables, two sectors of lists
    EXPECT_EQ(stream_of(ole_of({{"Wanted", content}}), "Wanted", 100000), content);
}

TEST(Ole, TablesThatPointAtEachOtherEnd) {
    std::string bytes = ole_of({{"Wanted", noise(5000, 2)}});
    // The list of tables goes on in sector 0, which ends by pointing at itself.
    bytes.replace(0x44, 4, four(0));
    bytes.replace(0x48, 4, four(0xffffffff));
    bytes.replace(512 + 508, 4, four(0));
    EXPECT_LE(stream_of(bytes, "Wanted").size(), bytes.size());
}

TEST(Ole, NamesOfAFolderHangInATreeThatMayBeBroken) {
    const std::string content = noise(5000, 2);
    std::string bytes = ole_of({{"Wanted", content}}, {9, {}, true});
    EXPECT_EQ(stream_of(bytes, "Wanted"), "-") << "not in the root folder";
    // Without a way from the root to any name, every stream counts.
    const std::size_t directory = bytes.find(wide(u"Root Entry"));
    bytes.replace(directory + 76, 4, four(77));
    EXPECT_EQ(stream_of(bytes, "Wanted"), content);
}

}  // namespace
}  // namespace brugwacht
