// What the process as a whole does for its secrets.
#pragma once

namespace brugwacht {

/// No core file, and no other process of the same user may read this one's memory: call it first in main(). prctl(2) PR_SET_DUMPABLE.
void protect_process();

/// False when the system keeps the memory of secrets in RAM no longer than it likes (RLIMIT_MEMLOCK is too small): they are still wiped,
/// but may reach the swap file.
bool secrets_are_locked();

}  // namespace brugwacht
