// `explain A B`: why two records are, may be, or are not one person.
#pragma once

#include <string>

#include "cli/command.hpp"

namespace brugwacht {

/// `a` and `b` name person records: SOURCE:KEY, or a KEY that only one source has. Prints the waterfall of their weights; the look-up is
/// logged before. Throws Error EXP-003 (64) when the reason is blank, EXP-004 (66) no such record, EXP-005 (64) several sources have that
/// key, EXP-006 (64) both are one record.
Exit explain_pair(Session& session, const std::string& a, const std::string& b, const std::string& reason);

}  // namespace brugwacht
