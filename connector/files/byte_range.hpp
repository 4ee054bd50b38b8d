// Bytes that can be read at any place: a whole file, or one stream inside a container.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "connector/files/file.hpp"

namespace brugwacht {

class ByteRange {
  public:
    virtual ~ByteRange() = default;
    /// How many bytes are really there.
    virtual std::uint64_t size() const = 0;
    /// Up to `size` bytes at `offset`; fewer only at the end.
    virtual std::size_t read_at(std::uint64_t offset, char* out, std::size_t size) const = 0;
};

/// A file from `start` on; the file outlives it.
class FileRange : public ByteRange {
  public:
    explicit FileRange(const File& file, std::uint64_t start = 0) : file_(file), start_(start < file.size() ? start : file.size()) {}
    std::uint64_t size() const override { return file_.size() - start_; }
    std::size_t read_at(std::uint64_t offset, char* out, std::size_t size) const override {
        return offset >= this->size() ? 0 : file_.read_at(start_ + offset, out, size);
    }

  private:
    const File& file_;
    std::uint64_t start_;
};

class MemoryRange : public ByteRange {
  public:
    explicit MemoryRange(std::string bytes) : bytes_(std::move(bytes)) {}
    std::uint64_t size() const override { return bytes_.size(); }
    std::size_t read_at(std::uint64_t offset, char* out, std::size_t size) const override {
        return offset >= bytes_.size() ? 0 : bytes_.copy(out, size, static_cast<std::size_t>(offset));
    }

  private:
    std::string bytes_;
};

}  // namespace brugwacht
