// A folder that lives as long as the object: every test works in its own, and nothing stays behind.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace brugwacht {

class TempDir {
  public:
    /// A new empty folder of mode 0700 under the machine's place for temporary files. Throws std::runtime_error.
    TempDir();
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

/// Whole file as bytes. Throws std::runtime_error when it cannot be read.
std::string read_bytes(const std::filesystem::path& path);
/// Writes a file, making the folders above it. Throws std::runtime_error.
void write_bytes(const std::filesystem::path& path, std::string_view bytes);

}  // namespace brugwacht
