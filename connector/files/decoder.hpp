// Any encoding a text file may have, streamed as valid UTF-8. Bytes without a meaning are counted, never fatal.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "connector/files/file.hpp"

namespace brugwacht {

class Decoder : public ByteStream {
  public:
    /// Bytes of the encoding that meant nothing: in UTF-8 read as windows-1252, elsewhere replaced by U+FFFD.
    virtual std::uint64_t invalid() const = 0;
};

/// Reads `file` from `offset` on. The file outlives the decoder. Throws Error FIL-022 (65) when nobody knows the encoding.
std::unique_ptr<Decoder> open_decoder(const File& file, std::uint64_t offset, const std::string& encoding, bool big_endian);

}  // namespace brugwacht
