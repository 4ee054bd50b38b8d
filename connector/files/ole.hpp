// OLE2 containers (old Office files, encrypted workbooks): a small file system inside a file. Source: [MS-CFB] 2.2 to 2.6.
// Nothing the file says about itself is trusted: chains end where they turn back or leave the file, and memory stays small however
// large the container is.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connector/files/byte_range.hpp"
#include "connector/files/file.hpp"

namespace brugwacht {

struct OleEntry {
    std::string name;
    bool is_stream = false;   // otherwise a folder
    bool at_top = false;      // directly in the root folder
    std::uint32_t first = 0;  // sector
    std::uint64_t size = 0;   // as the directory says
};

class OleContainer {
  public:
    /// Reads tables and directory. Never throws for content: a damaged container simply has fewer entries. The file outlives it.
    explicit OleContainer(const File& file);

    const std::vector<OleEntry>& entries() const { return entries_; }
    /// A stream of the root folder, its name compared without regard to case; any stream of that name when the tree of names is broken.
    const OleEntry* find(std::string_view name) const;
    /// What is really there of a stream; shorter than entry.size when the container is damaged. The container outlives it.
    std::unique_ptr<ByteRange> open(const OleEntry& entry) const;
    /// Whether a part of the allocation table was missing so far: sectors were then taken to follow each other.
    bool guessed() const { return guessed_; }
    /// Where sector 0 begins: the usual place of the workbook when the directory is lost.
    std::uint64_t first_sector() const { return sector_size_; }

  private:
    friend class OleChain;

    std::uint64_t place_of(std::uint32_t sector) const { return (std::uint64_t{sector} + 1) * sector_size_; }
    /// The sector after this one; kEnd at the end of the chain or of what can be read.
    std::uint32_t next(std::uint32_t sector) const;
    void read_tables(const std::string& header);
    void read_directory(std::uint32_t first);
    void mark_top(const std::vector<std::array<std::uint32_t, 3>>& links, const std::vector<std::size_t>& numbers);
    std::unique_ptr<ByteRange> chain(std::uint32_t first, std::uint64_t size) const;
    std::unique_ptr<ByteRange> small(const OleEntry& entry) const;

    const File& file_;
    std::uint64_t sector_size_ = 512;
    std::uint64_t small_size_ = 64;
    std::uint64_t cutoff_ = 4096;    // smaller streams lie in the root's own stream
    std::uint32_t small_table_ = 0;  // first sector of the table of small sectors
    bool sizes_are_long_ = false;    // version 4
    bool tree_is_broken_ = false;
    mutable bool guessed_ = false;
    std::vector<std::uint32_t> tables_;  // sectors of the allocation table
    std::vector<OleEntry> entries_;
    OleEntry root_;

    struct Page {
        std::uint64_t table = ~0ULL;
        std::string bytes;
    };
    mutable std::array<Page, 16> pages_;  // of the allocation table, read last
};

}  // namespace brugwacht
