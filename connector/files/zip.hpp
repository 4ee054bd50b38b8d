// The entries of a zip archive, read by their directory and inflated as a stream; nothing is ever written to disk.
// Names are compared without case, with "/" for "\" and without a leading "/", as the writers of workbooks need it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connector/files/file.hpp"

namespace brugwacht {

struct ZipEntry {
    std::string name;  // normalised
    std::uint16_t method = 0;
    bool encrypted = false;
    std::uint32_t crc = 0;
    std::uint64_t packed = 0;  // bytes in the archive
    std::uint64_t size = 0;    // bytes when inflated, as the directory promises
    std::uint64_t offset = 0;  // of the local header
};

/// "\xl\Workbook.xml" -> "xl/workbook.xml"; "." and ".." are resolved and never lead out of the archive.
std::string normalise_part_name(std::string_view name);

class Zip {
  public:
    /// Throws Error FIL-018 when there is no complete directory, XLS-008 when it lists more than `max_entries`.
    explicit Zip(const File& file, std::size_t max_entries = 20000);
    const std::vector<ZipEntry>& entries() const { return entries_; }
    /// By normalised name; the last of several equal ones; nullptr when there is none.
    const ZipEntry* find(std::string_view name) const;
    /// Inflates as it is read; checks size and CRC at the end. Throws Error XLS-002 (damaged), XLS-003 (a bomb: more than `limit` bytes,
    /// or a ratio above 250 after the first 64 MiB), XLS-006 (encrypted), XLS-007 (unknown method).
    std::unique_ptr<ByteStream> open(const ZipEntry& entry, std::uint64_t limit) const;
    const std::string& file_name() const { return file_.name(); }

  private:
    const File& file_;
    std::vector<ZipEntry> entries_;  // sorted by name
};

}  // namespace brugwacht
