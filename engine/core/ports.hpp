// The outside world as four small interfaces, so that tests need no real clock, disk fault or key.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/date.hpp"
#include "engine/core/error.hpp"

namespace brugwacht {

class Clock {
  public:
    virtual ~Clock() = default;
    /// UTC, seconds since 1970-01-01T00:00:00Z.
    virtual std::int64_t now() const = 0;
    /// The civil day in the machine's time zone.
    virtual Date today() const = 0;
};

/// "2025-09-01T10:30:00Z" for seconds since 1970 UTC.
std::string utc_timestamp(std::int64_t seconds);

class Files {
  public:
    virtual ~Files() = default;
    /// The whole file. Throws Error FIL-001 (66) when missing, FIL-002 (65) for a folder, FIL-003 (77) without permission, FIL-004 (74).
    virtual std::string read(const std::filesystem::path& path) const = 0;
    /// All or nothing: a temporary file beside `path`, synced, then renamed over it. `mode` is the file's mode. Throws FIL-005 (73),
    /// FIL-006 (74).
    virtual void write(const std::filesystem::path& path, std::string_view bytes, unsigned mode) = 0;
    /// Renames a finished temporary file into place and syncs both. Throws FIL-005 (73), FIL-006 (74); `to` is then what it was.
    virtual void publish(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
};

/// A secret, wiped from memory when it goes, and kept out of the swap file while it is here (engine/core/process.hpp). Not copyable, so
/// that no second copy lingers.
class Secret {
  public:
    Secret() = default;
    /// Takes the bytes over; the string they came in is wiped.
    explicit Secret(std::string bytes);
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();
    std::string_view bytes() const { return {bytes_, size_}; }

  private:
    void wipe();
    char* bytes_ = nullptr;
    std::size_t size_ = 0;
};

class Secrets {
  public:
    virtual ~Secrets() = default;
    /// 32 key bytes by name ("master", "audit"). Throws Error KEY-001 (66) when absent, KEY-002 (77) when others may read it, KEY-003 (65)
    /// when it is no key, KEY-005 (77) when others may write its folder, KEY-006 (77) when key or folder is somebody else's.
    virtual Secret load(std::string_view name) const = 0;
    /// Stores new key bytes, readable by the owner only; those it replaces are overwritten. Throws KEY-004 (73).
    virtual void store(std::string_view name, const Secret& key) = 0;
    virtual bool exists(std::string_view name) const = 0;

    // What stands beside the keys, sealed under one of them or under a passphrase. A place that knows keys only has none.

    /// Nothing when absent. Throws as load().
    virtual std::optional<std::string> sealed(std::string_view name) const;
    /// As store().
    virtual void store_sealed(std::string_view name, std::string_view bytes);
    /// Overwrite and remove; nothing when absent. Throw KEY-004 (73).
    virtual void destroy(std::string_view name);
    virtual void destroy_sealed(std::string_view name);
};

enum class LogLevel { Debug, Info, Warning, Error };

/// Structured lines: a stable event code and counts. Never a name, a value of a cell, or a path of a user.
class Log {
  public:
    virtual ~Log() = default;
    virtual void write(LogLevel level, std::string_view event, const TextArgs& fields) = 0;
};

/// All four, as every room's entry point takes them. References outlive the call.
struct Ports {
    Clock& clock;
    Files& files;
    Secrets& secrets;
    Log& log;
};

std::unique_ptr<Clock> system_clock();
/// A clock that stands still: for tests, and for rendering that must not depend on the time.
std::unique_ptr<Clock> fixed_clock(std::int64_t now);
std::unique_ptr<Files> disk_files();
/// Key files DIR/NAME.key and DIR/NAME.sealed, mode 0600 in a folder that others may not write.
std::unique_ptr<Secrets> key_files(std::filesystem::path dir);
std::unique_ptr<Log> no_log();
/// Appends JSON lines to a file of mode 0600; opened at the first line.
std::unique_ptr<Log> file_log(std::filesystem::path path, const Clock& clock);

}  // namespace brugwacht
