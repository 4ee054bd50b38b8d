// What the cells of one column look like, counted. Holds at most a few dozen different texts; nothing leaves this room.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "engine/lib/code_lists.hpp"
#include "engine/mapping/propose.hpp"

namespace brugwacht {

class ColumnFacts {
  public:
    void add(const SampleCell& cell);

    enum class Fit { Agrees, Neutral, Contradicts };
    /// How the cells fit what a meaning expects ("date", "list:gender" ...); Neutral when there are none.
    Fit fit(const std::string& expect, const CodeLists& lists) const;
    /// What the column surely holds, whatever its header: "national_number", "uitpas", "free_text", or "".
    std::string forbidden() const;
    /// Share of cells that a code list knows, of at most the first 40 different texts.
    double share_in_list(const std::string& list, const CodeLists& lists) const;

    std::size_t filled() const { return filled_; }
    std::size_t different() const { return different_.size(); }
    double share(std::size_t count) const { return filled_ == 0 ? 0 : static_cast<double>(count) / static_cast<double>(filled_); }
    bool several_words() const { return share(several_words_) >= 0.6; }
    bool with_comma() const { return share(with_comma_) >= 0.8; }
    /// "dd/mm/yyyy", "mm/dd/yyyy", "?" when text dates leave it open, "" when there is nothing to tell.
    std::string date_order() const;

  private:
    void add_text(std::string_view text);

    std::size_t filled_ = 0, texts_ = 0, dates_ = 0, partial_dates_ = 0, integers_ = 0, years_ = 0, minutes_ = 0, booleans_ = 0,
                phones_ = 0, emails_ = 0, postcodes_ = 0, names_ = 0, several_words_ = 0, with_comma_ = 0, long_ = 0, short_ = 0,
                house_numbers_ = 0, national_ = 0, uitpas_ = 0, errors_ = 0;
    std::size_t text_dates_ = 0, first_over_12_ = 0, second_over_12_ = 0;
    std::unordered_set<std::size_t> different_;               // hashes
    std::vector<std::pair<std::string, std::size_t>> words_;  // the first different texts, with how often
};

}  // namespace brugwacht
