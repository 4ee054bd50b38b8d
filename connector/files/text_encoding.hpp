// How the text of an XML or HTML file is encoded: by mark, by what it declares, else by its bytes.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "connector/files/decoder.hpp"
#include "connector/source.hpp"

namespace brugwacht {

struct TextEncoding {
    std::string name;            // lower-case IANA name, windows-1252 also for iso-8859-1
    std::size_t mark_bytes = 0;  // length of the byte order mark
    bool big_endian = false;
};

/// Bytes that are sound UTF-8 beyond ASCII are UTF-8, whatever the file declares; a declared encoding that nobody knows does not count.
/// `options.encoding` goes before everything but UTF-16 and UTF-32 marks. Throws Error FIL-022 (65) when nobody knows that one.
TextEncoding find_xml_encoding(const File& file, const ReadOptions& options);
TextEncoding find_html_encoding(const File& file, const ReadOptions& options);

inline std::unique_ptr<Decoder> open_decoder(const File& file, const TextEncoding& encoding) {
    return open_decoder(file, encoding.mark_bytes, encoding.name, encoding.big_endian);
}

/// "ISO-8859-1", "latin1" -> "windows-1252", "UTF8" -> "utf-8"; lower case; "" when ICU does not know it.
std::string canonical_encoding(std::string_view declared);

}  // namespace brugwacht
