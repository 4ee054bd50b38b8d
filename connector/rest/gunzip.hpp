// Undoes gzip (RFC 1952) piece by piece. libcurl can do that too, but takes a compressed answer that ends half-way for a whole one.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace brugwacht {

class Gunzip {
  public:
    enum class Result { Good, Damaged, TooLarge };

    Gunzip();
    ~Gunzip();
    Gunzip(const Gunzip&) = delete;
    Gunzip& operator=(const Gunzip&) = delete;
    /// Appends what `piece` gives to `out`, which never gets longer than `most`. Checksums are verified.
    Result add(std::string_view piece, std::size_t most, std::string& out);
    /// The text has come to its end; false in the middle, and before the first byte.
    bool complete() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace brugwacht
