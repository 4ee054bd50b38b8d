// Counts of each file, what earlier files of the same source had, and what must not be published unseen. For store.cpp only.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string_view>

#include "engine/lib/database.hpp"
#include "engine/store/store.hpp"

namespace brugwacht {

class Comparison {
  public:
    explicit Comparison(Database& database) : database_(database) {}

    void add(std::int64_t file, const FileStatistics& statistics);
    std::optional<FileStatistics> before(std::int64_t run, std::string_view source, std::string_view mapping, std::string_view entity);
    std::set<std::int64_t> codes_before(std::int64_t run, std::string_view source, std::string_view field);
    std::uint64_t waiting_before(std::int64_t run);
    void hold(std::int64_t run, std::string_view source, std::string_view mapping, std::string_view entity, std::string_view code);
    std::uint64_t accept(std::string_view source, std::int64_t at);

  private:
    Database& database_;
};

}  // namespace brugwacht
