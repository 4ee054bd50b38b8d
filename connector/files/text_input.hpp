// A text file in whatever encoding, as a stream of UTF-8 that can be started as often as wanted.
#pragma once

#include <memory>
#include <string>

#include "connector/files/decoder.hpp"
#include "connector/source.hpp"

namespace brugwacht {

struct TextInput {
    /// Throws Error FIL-001 to FIL-004, FIL-022.
    TextInput(const std::filesystem::path& path, const ReadOptions& options);
    std::unique_ptr<Decoder> open() const;

    File file;
    std::string encoding;  // lower-case IANA name
    std::size_t mark_bytes = 0;
    bool big_endian = false;
};

/// The start of a file as UTF-8 without a mark: UTF-16 and UTF-32 are seen by their mark or their zero bytes, all else stays as it is.
std::string decoded_head(const Probe& probe);

}  // namespace brugwacht
