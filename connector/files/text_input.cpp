#include "connector/files/text_input.hpp"

#include <algorithm>

#include "connector/files/sniffer.hpp"
#include "engine/core/text.hpp"

namespace brugwacht {

namespace {
constexpr std::size_t kSniff = 4 << 20;
}

TextInput::TextInput(const std::filesystem::path& path, const ReadOptions& options) : file(File::open(path)) {
    const std::string head = file.read_at(0, kSniff);
    encoding = sniff_encoding(head, head.size() == file.size(), mark_bytes);
    if (options.encoding) {
        std::string wanted = *options.encoding;
        std::transform(wanted.begin(), wanted.end(), wanted.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        if (!wanted.starts_with(encoding.substr(0, 5))) mark_bytes = 0;
        encoding = wanted == "iso-8859-1" ? "windows-1252" : wanted;
    }
    big_endian = mark_bytes > 0 && (head[0] == '\xfe' || head[0] == '\0');
}

std::string decoded_head(const Probe& probe) {
    const std::string_view head = probe.head;
    const auto wide = [&](std::size_t mark, const char* encoding) { return to_utf8(head.substr(mark), encoding).value_or(std::string()); };
    if (head.starts_with("\xef\xbb\xbf")) return std::string(head.substr(3));
    if (head.size() < 4) return std::string(head);
    if (head.starts_with(std::string_view("\xff\xfe\0\0", 4))) return wide(4, "utf-32le");
    if (head.starts_with("\xff\xfe")) return wide(2, "utf-16le");
    if (head.starts_with("\xfe\xff")) return wide(2, "utf-16be");
    if (head[0] == 0 && head[1] != 0) return wide(0, "utf-16be");
    if (head[0] != 0 && head[1] == 0 && head[2] != 0) return wide(0, "utf-16le");
    return std::string(head);
}

std::unique_ptr<Decoder> TextInput::open() const { return open_decoder(file, mark_bytes, encoding, big_endian); }

}  // namespace brugwacht
