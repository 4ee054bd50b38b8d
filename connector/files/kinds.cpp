#include <algorithm>
#include <array>

#include "connector/files/csv.hpp"
#include "connector/files/file.hpp"
#include "connector/files/html_table.hpp"
#include "connector/files/ics.hpp"
#include "connector/files/json_export.hpp"
#include "connector/files/jsonl.hpp"
#include "connector/files/mhtml.hpp"
#include "connector/files/ods.hpp"
#include "connector/files/sniffer.hpp"
#include "connector/files/social_export.hpp"
#include "connector/files/spreadsheetml.hpp"
#include "connector/files/xls.hpp"
#include "connector/files/xlsx.hpp"
#include "connector/files/zip.hpp"
#include "connector/source.hpp"
#include "engine/core/error.hpp"
#include "engine/core/text.hpp"

namespace brugwacht {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kHead = 64 << 10;

[[noreturn]] void refuse(const Probe& probe, const char* code) {
    throw Error(Exit::Data, code, {{"file", probe.path.string()}}, probe.path.string());
}

/// The start of a text as lower-case ASCII, whatever its encoding; good enough to look for marks.
std::string plain_start(const Probe& probe) {
    std::string text;
    for (const char c : probe.head.substr(0, 8192)) {
        if (c == '\0') continue;
        text += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    for (const std::string_view mark : {"\xef\xbb\xbf"sv, "\xff\xfe"sv, "\xfe\xff"sv})
        if (text.starts_with(mark)) text.erase(0, mark.size());
    text.erase(0, std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    return text;
}

bool identify_spreadsheetml(const Probe& probe) {
    const std::string start = plain_start(probe);
    return start.starts_with('<') && start.find("urn:schemas-microsoft-com:office:spreadsheet") != std::string::npos &&
           start.find("workbook") != std::string::npos && start.find("<html") == std::string::npos;
}

/// Whether `text` (lower case) holds the start of this element, and not of one whose name only begins so.
bool has_element(std::string_view text, std::string_view start) {
    for (std::size_t at = 0; (at = text.find(start, at)) != std::string_view::npos; at += start.size()) {
        const char after = at + start.size() < text.size() ? text[at + start.size()] : '\0';
        if (after == '>' || after == '/' || after == ' ' || after == '\t' || after == '\r' || after == '\n') return true;
    }
    return false;
}

bool identify_html(const Probe& probe) {
    const std::string start = plain_start(probe);
    if (!start.starts_with('<')) return identify_mhtml(probe);
    for (const std::string_view mark : {"<!doctype html"sv, "<html"sv, "<table"sv, "<meta"sv, "<head"sv, "<body"sv, "<style"sv})
        if (start.starts_with(mark)) return true;
    return has_element(start, "<table") || has_element(start, "<html");
}

bool identify_flat_ods(const Probe& probe) {
    const std::string start = plain_start(probe);
    return start.starts_with('<') && start.find("urn:oasis:names:tc:opendocument") != std::string::npos;
}

/// What a zip holds follows from the names inside; exports of social media hold many.
std::unique_ptr<Document> open_zip(const Probe& probe, const ReadOptions& options) {
    constexpr std::size_t kMaxEntries = 500'000;
    bool is_ods = false;
    {
        const File file = File::open(probe.path);
        const Zip zip(file, kMaxEntries);
        const auto has = [&](std::string_view name) { return zip.find(name) != nullptr; };
        is_ods = (has("content.xml") || has("encrypted-package")) && !has("[content_types].xml");
    }
    if (is_ods) return open_ods(probe, options);
    if (auto social = open_social_zip(probe)) return social;
    return open_xlsx(probe, options);
}

bool identify_xml(const Probe& probe) { return plain_start(probe).starts_with("<?xml"); }

/// Formats that are no table at all, by their first bytes, and data that cannot be text.
bool identify_binary(const Probe& probe) {
    for (const std::string_view mark : {"\x1f\x8b"sv, "\x89PNG"sv, "\xff\xd8\xff"sv, "GIF8"sv, "Rar!\x1a"sv, "7z\xbc\xaf"sv,
                                        "\x7f"
                                        "ELF"sv,
                                        "SQLite format 3\0"sv, "PAR1"sv, "BZh9"sv,
                                        "\xfd"
                                        "7zXZ\0"sv,
                                        "\x28\xb5\x2f\xfd"sv, "{\\rtf"sv})
        if (probe.head.starts_with(mark)) return true;
    std::size_t mark_bytes = 0;
    const std::string encoding = sniff_encoding(probe.head, probe.size <= probe.head.size(), mark_bytes);
    if (encoding.starts_with("utf-16") || encoding.starts_with("utf-32")) return false;
    std::size_t controls = 0;
    for (const char c : probe.head)
        if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') ++controls;
    return controls > 16 && controls * 8 > probe.head.size();
}

bool identify_pdf(const Probe& probe) {
    return probe.head.substr(0, 1024).find("%PDF-") != std::string_view::npos && plain_start(probe).starts_with("%pdf-");
}

bool identify_pointer(const Probe& probe) { return probe.head.starts_with("version https://git-lfs.github.com/spec/"); }

std::unique_ptr<Document> refuse_xml(const Probe& probe, const ReadOptions&) { refuse(probe, "FIL-024"); }
std::unique_ptr<Document> refuse_binary(const Probe& probe, const ReadOptions&) { refuse(probe, "FIL-019"); }
std::unique_ptr<Document> refuse_pdf(const Probe& probe, const ReadOptions&) { refuse(probe, "FIL-012"); }
std::unique_ptr<Document> refuse_pointer(const Probe& probe, const ReadOptions&) { refuse(probe, "FIL-011"); }

constexpr std::array kKinds{
    SourceKind{"pointer", identify_pointer, refuse_pointer},
    SourceKind{"pdf", identify_pdf, refuse_pdf},
    SourceKind{"xls", identify_xls, open_xls},
    SourceKind{"xlsx", identify_zip, open_zip},
    SourceKind{"spreadsheetml", identify_spreadsheetml, open_spreadsheetml},
    SourceKind{"ods", identify_flat_ods, open_flat_ods},
    SourceKind{"html_table", identify_html, open_html_table},
    SourceKind{"xml", identify_xml, refuse_xml},
    SourceKind{"ics", identify_ics, open_ics},
    SourceKind{"jsonl", identify_jsonl, open_jsonl},
    SourceKind{"json_export", identify_json_export, open_json_export},
    SourceKind{"binary", identify_binary, refuse_binary},
    SourceKind{"csv", identify_csv, open_csv},
};

}  // namespace

std::span<const SourceKind> source_kinds() { return kKinds; }

std::unique_ptr<Document> open_document(const std::filesystem::path& path, const ReadOptions& options) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        if (auto social = open_social_folder(path)) return social;
    std::string head;
    Probe probe;
    probe.path = path;
    {
        const File file = File::open(path);
        probe.size = file.size();
        head = file.read_at(0, kHead);
    }
    probe.head = head;
    if (head.empty()) refuse(probe, "FIL-010");
    for (const SourceKind& kind : kKinds)
        if (kind.identify(probe)) return kind.open(probe, options);
    refuse(probe, "FIL-019");
}

}  // namespace brugwacht
