// How people write what others wrote before them: slips of the typing, reading and hearing kind, and the many notations of surnames with
// particles, phone numbers and addresses.
#pragma once

#include <string>
#include <string_view>

#include "tests/support/rng.hpp"

namespace brugwacht {

/// One slip on a keyboard: a neighbouring key, a letter left out, doubled, or swapped with the next. The first letter mostly stays.
std::string typing_slip(Rng& rng, std::string_view text);
/// One mistake of a reader of print: rn for m, 1 for l. The same text when there is nothing to misread.
std::string reading_slip(Rng& rng, std::string_view text);
/// One other spelling of the same sound: ij for ei, ck for k. The same text when nothing sounds like something else.
std::string hearing_slip(Rng& rng, std::string_view text);
/// Another digit, or two neighbours swapped.
std::string digit_slip(Rng& rng, std::string digits);

/// A surname with a particle as one of the many who write it otherwise: "Van den Broeck", "Vandenbroeck", "van den Broeck", "VandenBroeck".
std::string particles(Rng& rng, std::string_view surname);
std::string in_capitals(std::string_view text);
/// Plain letters, as of a keyboard that knows no others.
std::string without_accents(std::string_view text);
std::string phone_notation(Rng& rng, std::string_view country, const std::string& digits);
std::string street_notation(Rng& rng, std::string street);
std::string house_number_notation(Rng& rng, const std::string& number);

}  // namespace brugwacht
