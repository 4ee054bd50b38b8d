#include "tests/support/csv_writer.hpp"

#include <stdexcept>
#include <utility>

namespace brugwacht {
namespace {

/// Code points of well-formed UTF-8, one after the other.
template <typename Take>
void each_code_point(std::string_view text, Take take) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        char32_t point = length == 1 ? lead : lead & (0xFFU >> (length + 1));
        for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
            point = (point << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
        take(point);
        i += length;
    }
}

std::string utf16_little_endian(std::string_view text) {
    std::string out;
    const auto unit = [&out](char32_t u) {
        out.push_back(static_cast<char>(u & 0xFF));
        out.push_back(static_cast<char>((u >> 8) & 0xFF));
    };
    each_code_point(text, [&unit](char32_t point) {
        if (point < 0x10000) return unit(point);
        unit(0xD800 + ((point - 0x10000) >> 10));
        unit(0xDC00 + ((point - 0x10000) & 0x3FF));
    });
    return out;
}

}  // namespace

std::string windows_1252(std::string_view utf8) {
    static constexpr std::pair<char32_t, char> kOthers[] = {
        {0x20AC, '\x80'}, {0x2018, '\x91'}, {0x2019, '\x92'}, {0x201C, '\x93'}, {0x201D, '\x94'}, {0x2013, '\x96'}, {0x2014, '\x97'},
        {0x160, '\x8A'},  {0x161, '\x9A'},  {0x17D, '\x8E'},  {0x17E, '\x9E'},  {0x11E, 'G'},     {0x11F, 'g'},     {0x130, 'I'},
        {0x131, 'i'},     {0x15E, 'S'},     {0x15F, 's'},     {0x141, 'L'},     {0x142, 'l'},     {0x104, 'A'},     {0x105, 'a'},
        {0x118, 'E'},     {0x119, 'e'},     {0x143, 'N'},     {0x144, 'n'},     {0x15A, 'S'},     {0x15B, 's'},     {0x17B, 'Z'},
        {0x17C, 'z'},     {0x106, 'C'},     {0x107, 'c'}};
    std::string out;
    each_code_point(utf8, [&out](char32_t point) {
        if (point < 0x80 || (point >= 0xA0 && point <= 0xFF)) {
            out.push_back(static_cast<char>(point));
            return;
        }
        for (const auto& [from, to] : kOthers)
            if (from == point) {
                out.push_back(to);
                return;
            }
        out.push_back('?');
    });
    return out;
}

CsvWriter::CsvWriter(const std::filesystem::path& path, const CsvDialect& dialect) : path_(path), dialect_(dialect) {
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
    out_.open(path, std::ios::binary | std::ios::trunc);
    if (!out_) throw std::runtime_error("cannot write " + path.string());
    if (dialect.encoding == CsvDialect::Encoding::Utf8WithMark) out_ << "\xEF\xBB\xBF";
    if (dialect.encoding == CsvDialect::Encoding::Utf16) out_ << "\xFF\xFE";
}

CsvWriter& CsvWriter::field(std::string_view text) {
    if (!first_) buffer_.push_back(dialect_.delimiter);
    first_ = false;
    const char special[] = {dialect_.delimiter, '"', '\n', '\r'};
    if (text.find_first_of(std::string_view(special, sizeof special)) == std::string_view::npos) {
        buffer_ += text;
        return *this;
    }
    buffer_.push_back('"');
    for (const char c : text) {
        if (c == '"') buffer_.push_back('"');
        buffer_.push_back(c);
    }
    buffer_.push_back('"');
    return *this;
}

CsvWriter& CsvWriter::field(std::int64_t number) { return field(std::to_string(number)); }

void CsvWriter::end_row() {
    buffer_ += dialect_.line_end;
    first_ = true;
    if (buffer_.size() > (1U << 18)) flush();
}

void CsvWriter::row(std::initializer_list<std::string_view> fields) {
    for (const std::string_view text : fields) field(text);
    end_row();
}

void CsvWriter::flush() {
    switch (dialect_.encoding) {
        case CsvDialect::Encoding::Windows1252:
            buffer_ = windows_1252(buffer_);
            break;
        case CsvDialect::Encoding::Utf16:
            buffer_ = utf16_little_endian(buffer_);
            break;
        default:
            break;
    }
    out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    buffer_.clear();
}

void CsvWriter::close() {
    flush();
    out_.close();
    if (!out_) throw std::runtime_error("cannot write " + path_.string());
}

}  // namespace brugwacht
