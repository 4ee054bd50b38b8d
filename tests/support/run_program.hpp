// Runs a real program the way a user does and tells everything that can be seen from outside:
// both outputs, the exit status, the time and the peak memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace brugwacht {

struct RunOptions {
    std::filesystem::path directory = {};                               // working folder; empty = that of the test
    std::string input = {};                                             // what the program reads on standard input; never a terminal
    std::vector<std::pair<std::string, std::string>> environment = {};  // added to (or replacing) the test's own
    double limit_seconds = 120;                                         // then the program and its children are killed
};

struct RunResult {
    int status = -1;         // exit status; 128 + signal when killed by one
    bool timed_out = false;  // the limit ended it; status is then 137
    std::string out;
    std::string err;
    double seconds = 0;             // wall clock
    double cpu_seconds = 0;         // user and system
    std::uint64_t peak_memory = 0;  // resident, in bytes
};

/// Starts `program` with `arguments` and waits for its end. Throws std::runtime_error only when it cannot be started at all.
RunResult run_program(const std::filesystem::path& program, const std::vector<std::string>& arguments, const RunOptions& options = {});

}  // namespace brugwacht
