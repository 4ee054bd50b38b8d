// Words that occur nowhere else, and the search for them in any form in which a program may have written them.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace brugwacht {

std::string utf16(std::string_view text, bool big_endian);
std::string hex(std::string_view text);
/// The part of the base64 form that does not depend on what stands before and after, for each of the three ways to be aligned.
std::vector<std::string> base64_cores(std::string_view text);

/// Every canary that occurs in `bytes`, without regard to case where the form allows it: plain, UTF-16 of both orders, hex, base64.
std::set<std::string> canaries_in(const std::string& bytes, const std::vector<std::string_view>& canaries);

}  // namespace brugwacht
