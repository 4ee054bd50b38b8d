// Counts what a reader read around, by code and tab.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "connector/source.hpp"

namespace brugwacht {

class WarningList {
  public:
    void add(std::string_view code, std::uint32_t tab, std::uint64_t row, std::uint64_t count = 1) {
        // The tab that is being read came last.
        for (auto warning = warnings_.rbegin(); warning != warnings_.rend(); ++warning)
            if (warning->code == code && warning->tab == tab) {
                warning->count += count;
                return;
            }
        warnings_.push_back({std::string(code), count, tab, row});
    }
    /// A new reading of a tab counts afresh.
    void forget(std::uint32_t tab) {
        std::erase_if(warnings_, [&](const ReadWarning& warning) { return warning.tab == tab; });
    }
    std::vector<ReadWarning> sorted() const {
        std::vector<ReadWarning> result = warnings_;
        std::sort(result.begin(), result.end(),
                  [](const ReadWarning& a, const ReadWarning& b) { return a.tab != b.tab ? a.tab < b.tab : a.code < b.code; });
        return result;
    }

  private:
    std::vector<ReadWarning> warnings_;
};

}  // namespace brugwacht
