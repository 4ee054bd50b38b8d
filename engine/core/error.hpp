// The one exception that ends a run, and the exit statuses. An Error names a text of the catalogues, never a text itself.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace brugwacht {

/// Documented exit statuses (sysexits where they exist); any other status is a failure.
enum class Exit : int {
    Ok = 0,
    Partial = 3,  // done, but rows were rejected or reviews wait
    Refused = 4,  // publication refused, the last good workbook stays
    Usage = 64,
    Data = 65,     // input unusable
    NoInput = 66,  // file or source missing
    Software = 70,
    CannotCreate = 73,
    Io = 74,
    TryLater = 75,      // locked, or a source is away for now
    NoPermission = 77,  // permission or key refused
    Config = 78,
    Interrupted = 130,
};

using TextArg = std::variant<std::string, std::int64_t, double>;
using TextArgs = std::vector<std::pair<std::string, TextArg>>;

/// What went wrong, where. `code` is stable ("IMP-021"); catalogues hold CODE.message and CODE.remedy for it.
struct Fault {
    std::string code;
    TextArgs args;
    std::string file;   // path as the user gave it, or empty
    std::string where;  // "12:5" (line:column), "Leden!D14" or empty
};

class Error : public std::exception {
  public:
    Error(Exit exit, std::string code, TextArgs args = {}, std::string file = {}, std::string where = {})
        : exit_(exit), faults_{Fault{std::move(code), std::move(args), std::move(file), std::move(where)}} {}
    /// All faults of one file at once; `faults` is never empty.
    Error(Exit exit, std::vector<Fault> faults) : exit_(exit), faults_(std::move(faults)) {}

    Exit exit() const { return exit_; }
    const Fault& first() const { return faults_.front(); }
    const std::vector<Fault>& faults() const { return faults_; }
    Error& in_file(const std::string& file) {
        for (Fault& fault : faults_)
            if (fault.file.empty()) fault.file = file;
        return *this;
    }
    const char* what() const noexcept override { return faults_.front().code.c_str(); }

  private:
    Exit exit_;
    std::vector<Fault> faults_;
};

}  // namespace brugwacht
