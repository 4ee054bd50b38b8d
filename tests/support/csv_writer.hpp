// Writes delimited text in the dialects that data officers meet, and reports a full disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace brugwacht {

struct CsvDialect {
    enum class Encoding : std::uint8_t { Utf8, Utf8WithMark, Windows1252, Utf16 };
    Encoding encoding = Encoding::Utf8;
    char delimiter = ',';
    std::string_view line_end = "\n";
};

class CsvWriter {
  public:
    /// Throws std::runtime_error when the file cannot be made.
    explicit CsvWriter(const std::filesystem::path& path, const CsvDialect& dialect = {});
    CsvWriter& field(std::string_view text);
    CsvWriter& field(std::int64_t number);
    void end_row();
    void row(std::initializer_list<std::string_view> fields);
    /// Throws std::runtime_error when not everything reached the file.
    void close();

  private:
    void flush();

    std::filesystem::path path_;
    std::ofstream out_;
    CsvDialect dialect_;
    std::string buffer_;  // UTF-8
    bool first_ = true;
};

/// Letters that Windows-1252 lacks lose their accent, as office programs do; what is left becomes a question mark.
std::string windows_1252(std::string_view utf8);

}  // namespace brugwacht
