#include "connector/files/biff_book.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/core/error.hpp"

namespace brugwacht {

namespace {

constexpr std::size_t kMaxTabs = 10000;
constexpr std::size_t kMaxStyles = 65536;
constexpr std::size_t kMaxFormatCode = 1024;
constexpr int kMaxCodePages = 16;
constexpr std::uint64_t kMaxSharedStrings = 512ULL << 20;
constexpr std::uint64_t kMaxStream = 1ULL << 31;  // [MS-CFB] 2.6.1 for the containers of these workbooks
constexpr std::size_t kMaxSubstreams = 2 * kMaxTabs;
constexpr int kMaxLockSearch = 1000;  // records before the one that says a sheet is encrypted
constexpr std::uint64_t kMaxStartSearch = 64 << 10;
constexpr std::size_t kChunk = 1 << 20;

bool is_bof_type(std::uint16_t type) {
    return type == biff::Globals || type == biff::VisualBasic || type == biff::Worksheet || type == biff::Chart || type == biff::Macro ||
           type == biff::Workspace;
}

BiffVersion version_of(const BiffRecord& bof) {
    switch (bof.id) {
        case biff::Bof2:
            return BiffVersion::Biff2;
        case biff::Bof3:
            return BiffVersion::Biff3;
        case biff::Bof4:
            return BiffVersion::Biff4;
        default:
            break;
    }
    switch (bof.u16(0) >> 8) {
        case 2:
            return BiffVersion::Biff2;
        case 3:
            return BiffVersion::Biff3;
        case 4:
            return BiffVersion::Biff4;
        case 5:
            return BiffVersion::Biff5;
        case 6:
            return BiffVersion::Biff8;
        default:
            return bof.data.size() >= 16 ? BiffVersion::Biff8 : BiffVersion::Biff5;
    }
}

/// Whether these bytes look like a BOF with its header.
bool looks_like_bof(const BiffRecord& bytes) {
    const std::uint16_t id = bytes.u16(0);
    const std::uint16_t size = bytes.u16(2);
    const std::uint16_t version = bytes.u16(4);
    if (size < 4 || size > 32 || !is_bof_type(bytes.u16(6))) return false;
    if (id == biff::Bof5) return version == 0x0500 || version == 0x0600;
    return (id == biff::Bof2 || id == biff::Bof3 || id == biff::Bof4) && size <= 8 && bytes.u16(6) != biff::Globals;
}

}  // namespace

bool BiffStyle::take(BiffReader& reader, const BiffRecord& record) {
    switch (record.id) {
        case biff::Format2:
        case biff::Format4: {
            const bool numbered = version_ >= BiffVersion::Biff5;
            const std::size_t at = version_ >= BiffVersion::Biff4 ? 2 : 0;
            const std::uint32_t number = numbered ? record.u16(0) : formats_;
            if (++formats_ > kMaxStyles) return true;
            std::string code;
            text(reader, record, at, version_ == BiffVersion::Biff8 ? 2 : 1, code);
            own_[number] = meaning_of_code(std::string_view(code).substr(0, kMaxFormatCode));
            return true;
        }
        case biff::Xf2:
        case biff::Xf3:
        case biff::Xf4:
        case biff::Xf5: {
            std::uint16_t format = record.id == biff::Xf5 ? record.u16(2) : record.u8(1);
            if (record.id == biff::Xf2) format = record.u8(2) & 0x3f;
            if (formats_of_xfs_.size() < kMaxStyles) formats_of_xfs_.push_back(format);
            return true;
        }
        case biff::CodePage:
            if (codepages_ < kMaxCodePages) {
                ++codepages_;
                codepage_ = CodePage(record.u16(0));
            }
            return true;
        case biff::Date1904:
            date1904_ = record.u16(0) == 1;
            return true;
        default:
            return false;
    }
}

NumberMeaning BiffStyle::meaning_of_xf(std::size_t xf) const {
    return xf < formats_of_xfs_.size() ? meaning_of_format(formats_of_xfs_[xf]) : NumberMeaning::Plain;
}

NumberMeaning BiffStyle::meaning_of_format(std::uint32_t format) const {
    const auto found = own_.find(format);
    if (found != own_.end()) return found->second;
    if (version_ != BiffVersion::Biff2) return meaning_of_builtin(format);
    // Excel 2 lacked the two formats for fractions: everything after them stands two places earlier.
    return format >= 12 && format <= 20 ? meaning_of_builtin(format + 2) : NumberMeaning::Plain;
}

bool BiffStyle::text(BiffReader& reader, const BiffRecord& record, std::size_t at, std::size_t count_size, std::string& out) const {
    BiffPayload payload(reader, record, at);
    const std::size_t count = count_size == 1 ? payload.u8() : payload.u16();
    if (version_ == BiffVersion::Biff8) {
        if (count > 0) payload.text8(count, out);
        return !payload.failed();
    }
    std::string bytes;
    payload.bytes(count, bytes);
    codepage_.append(bytes, out);
    return !payload.failed();
}

void BiffBook::refuse(const char* code) const { throw Error(Exit::Data, code, {{"file", file.name()}}, file.name()); }

void BiffBook::open(bool in_container) {
    info.kind = "xls";
    if (in_container)
        open_container();
    else if (!open_stream(std::make_unique<FileRange>(file)))
        refuse("XLS-050");
    if (stream->size() > kMaxStream) refuse("XLS-051");
    BiffReader reader(*stream);
    read_globals(reader);
    if (info.tabs.empty()) add_found_sheets();
    if (info.tabs.empty()) refuse("XLS-009");
    if (!style.codepage().known()) warnings.add("XLS-044", 0, 0);
    shapes.resize(tabs.size());
}

void BiffBook::open_container() {
    container = std::make_unique<OleContainer>(file);
    const auto& entries = container->entries();
    for (const char* name : {"EncryptedPackage", "EncryptionInfo"})
        if (container->find(name) != nullptr) refuse("FIL-013");
    bool named = false;
    for (const char* name : {"Workbook", "Book"}) {
        const OleEntry* entry = container->find(name);
        if (entry == nullptr) continue;
        named = true;
        auto bytes = container->open(*entry);
        const bool whole = bytes->size() >= entry->size;
        if (!open_stream(std::move(bytes))) continue;
        if (!whole || container->guessed()) warnings.add("XLS-043", 0, 0);
        return;
    }
    if (named) refuse("XLS-050");
    const bool other = std::any_of(entries.begin(), entries.end(), [](const OleEntry& entry) { return entry.is_stream; });
    // The directory is lost: the workbook nearly always comes first in the container, in one piece.
    if (!other && open_stream(std::make_unique<FileRange>(file, container->first_sector()))) {
        warnings.add("XLS-043", 0, 0);
        return;
    }
    refuse("FIL-014");
}

/// Whether a workbook begins here, or soon after some other bytes.
bool BiffBook::open_stream(std::unique_ptr<ByteRange> bytes) {
    std::string head(static_cast<std::size_t>(std::min(bytes->size(), kMaxStartSearch)), '\0');
    head.resize(bytes->read_at(0, head.data(), head.size()));
    BiffRecord record;
    for (std::size_t at = 0; at + 8 <= head.size(); ++at) {
        record.data = std::string_view(head).substr(at);
        const bool here = looks_like_bof(record) || (at == 0 && record.u16(0) == biff::Bof5 && record.u16(2) >= 4);
        if (!here) continue;
        start_ = at;
        stream = std::move(bytes);
        return true;
    }
    return false;
}

void BiffBook::read_globals(BiffReader& reader) {
    BiffRecord record;
    reader.seek(start_);
    if (!reader.next(record)) refuse("XLS-050");
    style = BiffStyle(version_of(record));
    const std::uint16_t type = record.u16(2);
    if (record.id == biff::Bof4 && type == biff::Workspace) return read_workspace(reader);
    if (style.version() <= BiffVersion::Biff4 || type == biff::Worksheet || type == biff::Chart || type == biff::Macro) {
        sheets_have_styles = true;
        add_tab("Sheet1", false, {start_, type == biff::Chart || type == biff::Macro ? type : std::uint16_t{biff::Worksheet}});
        for (int i = 0; i < kMaxLockSearch && reader.next(record) && record.id != biff::Eof; ++i)
            if (record.id == biff::FilePass) return unlock(record);
        return;
    }
    while (reader.next(record)) {
        if (record.id == biff::Eof || record.is_bof()) return;
        if (record.id == biff::FilePass) {
            unlock(record);
            reader.use(cipher.get());
        } else if (record.id == biff::BoundSheet) {
            add_bound_sheet(reader, record);
        } else if (record.id == biff::Sst) {
            has_strings_ = true;
            strings_at_ = record.offset;
        } else {
            style.take(reader, record);
        }
    }
}

/// Excel 4 kept several sheets in one file as one sheet after the other, each with a small head.
void BiffBook::read_workspace(BiffReader& reader) {
    sheets_have_styles = true;
    BiffRecord record;
    while (reader.next(record)) {
        if (record.id == biff::FilePass) {
            unlock(record);
            reader.use(cipher.get());
        }
        if (record.id != biff::SheetHeader4) {
            style.take(reader, record);
            continue;
        }
        const std::uint32_t size = record.u32(0);
        std::string name;
        style.text(reader, record, 4, 1, name);
        const std::uint64_t begin = reader.position();
        BiffRecord bof;
        if (!reader.next(bof)) return;
        const std::uint16_t type = bof.u16(2);
        add_tab(std::move(name), false, {begin, bof.is_bof() && is_bof_type(type) ? type : std::uint16_t{biff::Worksheet}});
        if (size > 0) reader.seek(begin + size);
    }
}

void BiffBook::add_bound_sheet(BiffReader& reader, const BiffRecord& record) {
    BiffTab tab;
    tab.offset = record.u32(0) + start_;
    const std::uint8_t visibility = record.u8(4) & 3;
    switch (record.u8(5)) {
        case 0:
            tab.type = biff::Worksheet;
            break;
        case 1:
            tab.type = biff::Macro;
            break;
        case 2:
            tab.type = biff::Chart;
            break;
        default:
            tab.type = biff::VisualBasic;
    }
    std::string name;
    style.text(reader, record, 6, 1, name);
    add_tab(std::move(name), visibility != 0, tab);
}

void BiffBook::add_tab(std::string name, bool hidden, BiffTab tab) {
    if (tabs.size() >= kMaxTabs) refuse("XLS-008");
    TabInfo described;
    described.index = static_cast<std::uint32_t>(tabs.size() + 1);
    described.name = std::move(name);
    described.hidden = hidden;
    described.is_sheet = tab.type == biff::Worksheet;
    info.tabs.push_back(std::move(described));
    tabs.push_back(tab);
}

/// The index of sheets is lost, but perhaps not the sheets.
void BiffBook::add_found_sheets() {
    for (const BiffTab& found : substreams()) {
        if (found.type != biff::Worksheet) continue;
        add_tab("Sheet" + std::to_string(tabs.size() + 1), false, found);
    }
    if (!tabs.empty()) warnings.add("XLS-045", 0, 0);
}

void BiffBook::unlock(const BiffRecord& record) {
    cipher = open_biff_cipher(record.data, style.version() == BiffVersion::Biff8, kDefaultPassword);
    if (!cipher) refuse("FIL-013");
}

void BiffBook::load_strings() {
    if (loaded_) return;
    loaded_ = true;
    if (!has_strings_) return;
    BiffReader reader(*stream, cipher.get());
    reader.seek(strings_at_);
    BiffRecord record;
    if (!reader.next(record)) return;
    // The record also says how many there are; what is there counts.
    BiffPayload payload(reader, record, 8);
    std::string text;
    while (payload.more()) {
        text.clear();
        const std::size_t count = payload.u16();
        payload.text8(count, text);
        if (payload.failed()) return;
        strings.add(text);
        if (reader.position() - strings_at_ > kMaxSharedStrings) refuse("XLS-051");
    }
}

const std::vector<BiffTab>& BiffBook::substreams() {
    if (searched_) return found_;
    searched_ = true;
    constexpr std::size_t kOverlap = 8;
    std::string chunk(kChunk, '\0');
    for (std::uint64_t at = 0; at < stream->size() && found_.size() < kMaxSubstreams; at += kChunk - kOverlap) {
        const std::string_view bytes(chunk.data(), stream->read_at(at, chunk.data(), kChunk));
        BiffRecord record;
        for (std::size_t i = bytes.find('\x09'); i != std::string_view::npos && i + kOverlap <= bytes.size();
             i = bytes.find('\x09', i + 1)) {
            record.data = bytes.substr(i);
            if (!looks_like_bof(record) || record.u16(0) < biff::Bof4) continue;
            if (i + kOverlap == bytes.size() && bytes.size() == kChunk) continue;  // the next chunk begins here
            found_.push_back({at + i, record.u16(6)});
        }
    }
    return found_;
}

std::optional<std::uint64_t> BiffBook::find_tab(std::size_t tab) {
    const BiffTab& wanted = tabs[tab];
    BiffReader reader(*stream, cipher.get());
    BiffRecord record;
    reader.seek(wanted.offset);
    // A sheet ends where a tab begins, so that tabs never overlap: reading all of them never takes longer than reading the stream.
    const bool begins = reader.next(record) && (record.begins_tab() || (record.is_bof() && wanted.offset == start_));
    const auto same_place = [&](const BiffTab& other) { return other.offset == wanted.offset; };
    const auto here = tabs.begin() + static_cast<std::ptrdiff_t>(tab);
    if (begins && std::none_of(tabs.begin(), here, same_place)) return wanted.offset;
    const auto same_type = [&](const BiffTab& other) { return other.type == wanted.type; };
    std::ptrdiff_t rank = std::count_if(tabs.begin(), here, same_type);
    for (const BiffTab& found : substreams())
        if (same_type(found) && rank-- == 0) {
            warnings.add("XLS-045", static_cast<std::uint32_t>(tab + 1), 0);
            return found.offset;
        }
    return std::nullopt;
}

}  // namespace brugwacht
