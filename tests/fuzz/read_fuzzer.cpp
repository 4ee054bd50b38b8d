// libFuzzer target for the readers of files; one program for each KIND, so that each keeps its own corpus of seeds. The readers take files,
// so the input is put in one that never touches a disk. What ends in an Error is fine; a crash, a leak, a hang or a large allocation is
// not. For the parts of zip containers the input is the part itself, since no mutation survives a checksum.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

#include "connector/files/peek.hpp"
#include "connector/source.hpp"
#include "engine/core/error.hpp"
#include "tests/unit/connector/workbook_builder.hpp"

namespace brugwacht {
namespace {

/// Takes everything and keeps nothing.
class NullBuffer : public std::streambuf {
  protected:
    int_type overflow(int_type c) override { return traits_type::not_eof(c); }
    std::streamsize xsputn(const char*, std::streamsize n) override { return n; }
};

/// A file in memory, named by its descriptor.
class MemoryFile {
  public:
    MemoryFile() : descriptor_(memfd_create("input", MFD_CLOEXEC)) {
        if (descriptor_ < 0) std::abort();
    }
    ~MemoryFile() { close(descriptor_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }
    void fill(std::string_view bytes) const {
        if (ftruncate(descriptor_, 0) != 0 || pwrite(descriptor_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
            std::abort();
    }

  private:
    int descriptor_;
};

/// A workbook whose every part is sound but the one the first byte chooses, which is the input.
std::string xlsx_with_part(std::string_view input) {
    BookParts book;
    book.rows = R"(<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>45000.5</v></c></row>)";
    book.strings = "<si><t>Naam</t></si>";
    book.styles = R"(<xf numFmtId="0"/><xf numFmtId="14"/>)";
    std::vector<ZipPart> parts = book_parts(book);
    if (input.empty()) return zip_of(parts);
    parts[static_cast<unsigned char>(input[0]) % parts.size()].content = input.substr(1);
    return zip_of(parts);
}

std::string ods_with_content(std::string_view input) {
    return zip_of({{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"content.xml", std::string(input)}});
}

std::string file_of(std::string_view input) {
    const std::string_view kind = FUZZ_KIND;
    if (kind == "xlsx") return xlsx_with_part(input);
    if (kind == "ods") return ods_with_content(input);
    return std::string(input);
}

void read(const std::filesystem::path& path) {
    static NullBuffer nothing;
    std::ostream out(&nothing);
    try {
        const auto document = open_document(path);
        for (const PeekFormat format : {PeekFormat::Csv, PeekFormat::Json, PeekFormat::Table}) {
            try {
                write_peek(*document, {format, {}, "f"}, out);
            } catch (const Error&) {
                continue;  // a sheet too wide for one form may fit another
            }
        }
    } catch (const Error&) {
        return;
    }
}

}  // namespace
}  // namespace brugwacht

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const brugwacht::MemoryFile kFile;
    kFile.fill(brugwacht::file_of({reinterpret_cast<const char*>(data), size}));
    brugwacht::read(kFile.path());
    return 0;
}
