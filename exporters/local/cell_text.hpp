// Text on its way into a cell: what a workbook can hold, and how much room it takes when it is wrapped. Private to the room.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace brugwacht {

inline constexpr double kLinePoints = 15;  // height of one line

/// Characters, not bytes.
std::size_t length_of(std::string_view text);
/// What a cell of a workbook can hold: valid UTF-8 without NUL and the two code points that XML does not know; "" for anything else.
std::string clean(std::string_view text);
/// At most so many UTF-16 units, cut between two characters.
std::string shortened(std::string_view text, std::size_t units);
/// Lines that a wrapped text takes in a column of that width, at most 20: a row is at most 409 points high. Heights are set, so that no
/// program has to guess.
std::size_t lines_of(std::string_view text, double width);

}  // namespace brugwacht
