#include "engine/identity/linker.hpp"

#include <string_view>
#include <unordered_map>

namespace brugwacht {
namespace {

class ExactLinker final : public Linker {
  public:
    std::vector<std::size_t> clusters(std::span<const LinkRecord> records) const override {
        std::vector<std::size_t> first(records.size());
        std::unordered_map<std::string_view, std::size_t> by_token;
        by_token.reserve(records.size());
        for (std::size_t i = 0; i < records.size(); ++i)
            first[i] = records[i].token.empty() ? i : by_token.try_emplace(records[i].token, i).first->second;
        return first;
    }
};

}  // namespace

std::unique_ptr<Linker> exact_linker() { return std::make_unique<ExactLinker>(); }

}  // namespace brugwacht
