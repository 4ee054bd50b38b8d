#include "connector/files/text_encoding.hpp"

#include <algorithm>

#include "connector/files/sniffer.hpp"
#include "connector/files/utf8.hpp"
#include "engine/core/error.hpp"
#include "engine/core/text.hpp"

namespace brugwacht {

namespace {

constexpr std::size_t kSniff = 4 << 20;
constexpr std::size_t kDeclaration = 16 << 10;  // bytes in which a declaration is looked for

std::string lower_case(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return result;
}

/// The value behind NAME=, in quotes or bare; "" when there is none.
std::string value_after(std::string_view text, std::string_view name) {
    for (std::size_t at = 0; (at = text.find(name, at)) != std::string_view::npos; at += name.size()) {
        std::size_t i = text.find_first_not_of(" \t\r\n", at + name.size());
        if (i == std::string_view::npos || text[i] != '=') continue;
        i = text.find_first_not_of(" \t\r\n\"'", i + 1);
        if (i == std::string_view::npos) continue;
        return std::string(text.substr(i, std::min(text.find_first_of(" \t\r\n\"'/;>?", i), text.size()) - i));
    }
    return {};
}

std::string declared_by_xml(std::string_view start) {
    const std::size_t at = start.find("<?xml");
    if (at == std::string_view::npos) return {};
    return value_after(start.substr(at, start.find("?>", at) - at), "encoding");
}

std::string declared_by_meta(std::string_view start) {
    for (std::size_t at = 0; (at = start.find("<meta", at)) != std::string_view::npos; ++at) {
        const std::string_view tag = start.substr(at, std::min(start.find('>', at), start.size()) - at);
        if (const std::string charset = value_after(tag, "charset"); !charset.empty()) return charset;
    }
    return {};
}

TextEncoding find(const File& file, const ReadOptions& options, std::string (*declared)(std::string_view)) {
    const std::string head = file.read_at(0, kSniff);
    TextEncoding result;
    result.name = sniff_encoding(head, head.size() == file.size(), result.mark_bytes);
    if (result.name == "us-ascii") result.name = "utf-8";
    const bool wide = result.name.starts_with("utf-16") || result.name.starts_with("utf-32");
    result.big_endian = wide && (result.mark_bytes > 0 ? head[0] == '\xfe' || head[0] == '\0' : head[0] == '\0');
    if (options.encoding) {
        const std::string wanted = canonical_encoding(*options.encoding);
        if (wanted.empty()) throw Error(Exit::Data, "FIL-022", {{"file", file.name()}, {"encoding", *options.encoding}}, file.name());
        if (!(wide && result.mark_bytes > 0)) result.name = wanted;
        return result;
    }
    if (wide || result.mark_bytes > 0) return result;
    const bool plain = ascii_prefix(head) == head.size();
    if (result.name == "utf-8" && !plain) return result;
    const std::string named = canonical_encoding(declared(lower_case(std::string_view(head).substr(0, kDeclaration))));
    // Eight-bit text cannot be what the wide encodings name, and text that is no UTF-8 is not what UTF-8 names.
    if (named.empty() || named.starts_with("utf-")) return result;
    result.name = named;
    return result;
}

}  // namespace

std::string canonical_encoding(std::string_view declared) {
    std::string name = lower_case(trim(declared));
    if (name.empty() || name.size() > 40) return {};
    for (const std::string_view alias : {"iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1", "cp1252", "x-cp1252", "ansi"})
        if (name == alias) return "windows-1252";
    if (name == "utf8" || name == "us-ascii" || name == "ascii" || name == "unicode-1-1-utf-8") return "utf-8";
    if (name.starts_with("cp125") && name.size() == 6) name = "windows-" + name.substr(2);
    if (name == "utf16") name = "utf-16";
    if (name == "latin9" || name == "latin-9") name = "iso-8859-15";
    if (name == "mac" || name == "x-mac-roman" || name == "macroman") name = "macintosh";
    return to_utf8("a", name) || name.starts_with("utf-16") || name.starts_with("utf-32") ? name : std::string();
}

TextEncoding find_xml_encoding(const File& file, const ReadOptions& options) { return find(file, options, declared_by_xml); }

TextEncoding find_html_encoding(const File& file, const ReadOptions& options) {
    return find(file, options, [](std::string_view start) {
        const std::string meta = declared_by_meta(start);
        return meta.empty() ? declared_by_xml(start) : meta;
    });
}

}  // namespace brugwacht
