// Writing the minimised facts. One transaction a run: everything or nothing. What may come in here is decided by identity/intake;
// this room keeps the schema, provenance, counts and the change detection.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/model.hpp"
#include "engine/store/reader.hpp"

namespace brugwacht {

/// Version of the schema this program reads and writes.
int store_schema_version();

class Store {
  public:
    struct Impl;
    /// Opens or creates, migrates an older schema. Throws Error DB-xxx, STO-001 (78) when the store is of a newer version.
    static Store open(const std::filesystem::path& store_db);
    ~Store();
    Store(Store&&) noexcept;
    Store& operator=(Store&&) noexcept;

    /// True when the run with this tag was committed here: the question by which the vault settles its batches.
    bool has_batch(std::int64_t run, std::int64_t tag);
    const std::filesystem::path& path() const;
    Impl& impl() { return *impl_; }

  private:
    explicit Store(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace brugwacht
