// An open file read by position, and the smallest stream of bytes. Every failure is an Error that names the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace brugwacht {

class ByteStream {
  public:
    virtual ~ByteStream() = default;
    /// Up to `size` bytes (> 0) into `out`; 0 only at the end.
    virtual std::size_t read(char* out, std::size_t size) = 0;
};

class File {
  public:
    /// Throws Error FIL-001 missing (66), FIL-002 folder or no regular file (65), FIL-003 no permission (77), FIL-004 (74).
    static File open(const std::filesystem::path& path);
    File(File&& other) noexcept;
    File& operator=(File&&) = delete;
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File();

    std::uint64_t size() const { return size_; }
    const std::string& name() const { return name_; }
    /// Up to `size` bytes at `offset`; fewer only at the end of the file. Throws Error FIL-004 (74).
    std::size_t read_at(std::uint64_t offset, char* out, std::size_t size) const;
    std::string read_at(std::uint64_t offset, std::size_t size) const;

  private:
    File(int descriptor, std::uint64_t size, std::string name);
    int descriptor_;
    std::uint64_t size_;
    std::string name_;
};

}  // namespace brugwacht
