// Invented children on whom an agreement is tried before anybody signs it: every way in which a trajectory usually runs, built from the
// agreement's own calendars. Always the same for the same agreement; private to the room.
#pragma once

#include "engine/rules/agreement.hpp"
#include "engine/rules/facts.hpp"

namespace brugwacht {

struct SeededChildren {
    FactBase facts;
    Date as_of;  // every term of every child has passed by then
};

/// For each kind of club children who never come, try, enrol early, late or not, stay, stop, move, return, come only with support ... and
/// for each composed definition children who meet all its conditions, as far as those can be met together. All of them are in scope.
SeededChildren seeded_children(const Agreement& agreement);

}  // namespace brugwacht
