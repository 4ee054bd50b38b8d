#include "engine/core/ports.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

/// Closes the descriptor on every way out.
class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }
    bool close_now() { return ::close(std::exchange(fd_, -1)) == 0; }

  private:
    int fd_;
};

[[noreturn]] void fail_reading(const fs::path& path, int error) {
    switch (error) {
        case ENOENT:
        case ENOTDIR:
            throw Error(Exit::NoInput, "FIL-001", {{"file", path.string()}}, path.string());
        case EISDIR:
            throw Error(Exit::Data, "FIL-002", {{"file", path.string()}}, path.string());
        case EACCES:
        case EPERM:
            throw Error(Exit::NoPermission, "FIL-003", {{"file", path.string()}}, path.string());
        default:
            throw Error(Exit::Io, "FIL-004", {{"file", path.string()}}, path.string());
    }
}

[[noreturn]] void fail_writing(const fs::path& path, int error) {
    const bool cannot_create = error == EACCES || error == EPERM || error == ENOENT || error == ENOTDIR || error == EISDIR ||
                               error == EROFS || error == EEXIST || error == ENAMETOOLONG;
    if (cannot_create) throw Error(Exit::CannotCreate, "FIL-005", {{"file", path.string()}}, path.string());
    throw Error(Exit::Io, "FIL-006", {{"file", path.string()}}, path.string());
}

void sync_folder(const fs::path& folder) {
    const Descriptor dir(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (dir.get() >= 0) ::fsync(dir.get());  // not every file system can; the rename itself is done
}

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0) {
            if (errno == EINTR) continue;
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

class SystemClock : public Clock {
  public:
    std::int64_t now() const override { return static_cast<std::int64_t>(std::time(nullptr)); }
    Date today() const override {
        const std::time_t t = std::time(nullptr);
        std::tm local{};
        ::localtime_r(&t, &local);
        return Date::from_ymd(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday).value_or(Date());
    }
};

class FixedClock : public Clock {
  public:
    explicit FixedClock(std::int64_t now) : now_(now) {}
    std::int64_t now() const override { return now_; }
    Date today() const override { return Date::from_days(static_cast<std::int32_t>(now_ / 86400)); }

  private:
    std::int64_t now_;
};

class DiskFiles : public Files {
  public:
    std::string read(const fs::path& path) const override {
        const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (file.get() < 0) fail_reading(path, errno);
        struct stat info {};
        if (::fstat(file.get(), &info) != 0) fail_reading(path, errno);
        if (S_ISDIR(info.st_mode)) fail_reading(path, EISDIR);
        std::string bytes;
        std::array<char, 65536> block{};
        for (;;) {
            const ssize_t n = ::read(file.get(), block.data(), block.size());
            if (n == 0) return bytes;
            if (n < 0) {
                if (errno == EINTR) continue;
                fail_reading(path, errno);
            }
            bytes.append(block.data(), static_cast<std::size_t>(n));
        }
    }

    void write(const fs::path& path, std::string_view bytes, unsigned mode) override {
        const fs::path temporary = path.string() + ".new";
        ::unlink(temporary.c_str());
        {
            Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(mode)));
            if (file.get() < 0) fail_writing(path, errno);
            const bool done =
                write_all(file.get(), bytes) && ::fchmod(file.get(), static_cast<mode_t>(mode)) == 0 && ::fsync(file.get()) == 0;
            const int error = errno;
            const bool closed = file.close_now();
            if (!done || !closed) {
                ::unlink(temporary.c_str());
                fail_writing(path, error);
            }
        }
        publish(temporary, path);
    }

    void publish(const fs::path& from, const fs::path& to) override {
        {
            const Descriptor file(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
            if (file.get() < 0 || ::fsync(file.get()) != 0) {
                const int error = errno;
                ::unlink(from.c_str());
                fail_writing(to, error);
            }
        }
        if (::rename(from.c_str(), to.c_str()) != 0) {
            const int error = errno;
            ::unlink(from.c_str());
            fail_writing(to, error);
        }
        sync_folder(to.parent_path());
    }
};

[[noreturn]] void refuse_key(const char* code, const fs::path& path) {
    throw Error(Exit::NoPermission, code, {{"file", path.string()}}, path.string());
}

/// Zeros over every byte of the file, also when no name leads to it any more.
void overwrite(int fd) {
    struct stat info {};
    if (fd < 0 || ::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return;
    const std::string zeros(static_cast<std::size_t>(info.st_size), '\0');
    if (::lseek(fd, 0, SEEK_SET) == 0 && write_all(fd, zeros)) ::fsync(fd);
}

class KeyFiles : public Secrets {
  public:
    explicit KeyFiles(fs::path dir) : dir_(std::move(dir)) {}

    Secret load(std::string_view name) const override {
        const fs::path path = key_path(name);
        const Descriptor file(open_checked(path));
        if (file.get() < 0) throw Error(Exit::NoInput, "KEY-001", {{"file", path.string()}}, path.string());
        std::array<char, kKeyBytes + 1> bytes{};
        const ssize_t n = ::read(file.get(), bytes.data(), bytes.size());
        Secret secret(n == kKeyBytes ? std::string(bytes.data(), kKeyBytes) : std::string());
        ::explicit_bzero(bytes.data(), bytes.size());
        if (n != kKeyBytes) throw Error(Exit::Data, "KEY-003", {{"file", path.string()}}, path.string());
        return secret;
    }

    void store(std::string_view name, const Secret& key) override { put(key_path(name), key.bytes()); }

    bool exists(std::string_view name) const override {
        std::error_code ignored;
        return fs::exists(key_path(name), ignored);
    }

    std::optional<std::string> sealed(std::string_view name) const override {
        const fs::path path = sealed_path(name);
        if (Descriptor(open_checked(path)).get() < 0) return std::nullopt;
        return disk_.read(path);
    }

    void store_sealed(std::string_view name, std::string_view bytes) override { put(sealed_path(name), bytes); }

    void destroy(std::string_view name) override { remove(key_path(name)); }
    void destroy_sealed(std::string_view name) override { remove(sealed_path(name)); }

  private:
    static constexpr std::size_t kKeyBytes = 32;

    /// -1 when there is no such file.
    int open_checked(const fs::path& path) const {
        Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (file.get() < 0) {
            if (errno == ENOENT || errno == ENOTDIR) return -1;
            refuse_key("KEY-002", path);
        }
        struct stat info {};
        struct stat folder {};
        if (::fstat(file.get(), &info) != 0 || ::stat(dir_.c_str(), &folder) != 0) fail_reading(path, errno);
        if ((info.st_mode & 077U) != 0) refuse_key("KEY-002", path);
        if ((folder.st_mode & 022U) != 0) refuse_key("KEY-005", dir_);
        if (info.st_uid != ::geteuid()) refuse_key("KEY-006", path);
        if (folder.st_uid != ::geteuid() && folder.st_uid != 0) refuse_key("KEY-006", dir_);
        return file.release();
    }

    void put(const fs::path& path, std::string_view bytes) {
        const Descriptor before(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
        try {
            disk_.write(path, bytes, 0600);
        } catch (const Error&) {
            throw Error(Exit::CannotCreate, "KEY-004", {{"file", path.string()}}, path.string());
        }
        overwrite(before.get());
    }

    void remove(const fs::path& path) const {
        const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
        overwrite(file.get());
        if (::unlink(path.c_str()) != 0 && errno != ENOENT)
            throw Error(Exit::CannotCreate, "KEY-004", {{"file", path.string()}}, path.string());
        sync_folder(dir_);
    }

    fs::path key_path(std::string_view name) const { return dir_ / (std::string(name) + ".key"); }
    fs::path sealed_path(std::string_view name) const { return dir_ / (std::string(name) + ".sealed"); }

    fs::path dir_;
    DiskFiles disk_;
};

class NoLog : public Log {
  public:
    void write(LogLevel, std::string_view, const TextArgs&) override {}
};

std::string json_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '"' || c == '\\') out.push_back('\\');
        if (static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        } else {
            out.push_back(c);
        }
    }
    return out;
}

class FileLog : public Log {
  public:
    FileLog(fs::path path, const Clock& clock) : path_(std::move(path)), clock_(clock) {}

    void write(LogLevel level, std::string_view event, const TextArgs& fields) override {
        static constexpr std::array<const char*, 4> kLevels{"debug", "info", "warning", "error"};
        std::string line = fmt::format(R"({{"time":"{}","level":"{}","event":"{}")", utc_timestamp(clock_.now()),
                                       kLevels[static_cast<std::size_t>(level)], event);
        for (const auto& [name, value] : fields) {
            line += fmt::format(R"(,"{}":)", json_escaped(name));
            if (const auto* text = std::get_if<std::string>(&value)) {
                line += fmt::format(R"("{}")", json_escaped(*text));
            } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
                line += fmt::format("{}", *whole);
            } else {
                line += fmt::format("{}", std::get<double>(value));
            }
        }
        line += "}\n";
        // A log that cannot be written never stops the work it describes.
        const Descriptor file(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
        if (file.get() >= 0) write_all(file.get(), line);
    }

  private:
    fs::path path_;
    const Clock& clock_;
};

}  // namespace

std::string utc_timestamp(std::int64_t seconds) {
    const std::int64_t day = seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400;
    const std::int64_t rest = seconds - day * 86400;
    return fmt::format("{}T{:02}:{:02}:{:02}Z", Date::from_days(static_cast<std::int32_t>(day)).iso(), rest / 3600, rest / 60 % 60,
                       rest % 60);
}

namespace {
[[noreturn]] void keeps_keys_only(std::string_view name) {
    throw Error(Exit::CannotCreate, "KEY-004", {{"file", std::string(name)}}, std::string(name));
}
}  // namespace

std::optional<std::string> Secrets::sealed(std::string_view) const { return std::nullopt; }
void Secrets::store_sealed(std::string_view name, std::string_view) { keeps_keys_only(name); }
void Secrets::destroy(std::string_view name) { keeps_keys_only(name); }
void Secrets::destroy_sealed(std::string_view name) { keeps_keys_only(name); }

std::unique_ptr<Clock> system_clock() { return std::make_unique<SystemClock>(); }
std::unique_ptr<Clock> fixed_clock(std::int64_t now) { return std::make_unique<FixedClock>(now); }
std::unique_ptr<Files> disk_files() { return std::make_unique<DiskFiles>(); }
std::unique_ptr<Secrets> key_files(fs::path dir) { return std::make_unique<KeyFiles>(std::move(dir)); }
std::unique_ptr<Log> no_log() { return std::make_unique<NoLog>(); }
std::unique_ptr<Log> file_log(fs::path path, const Clock& clock) { return std::make_unique<FileLog>(std::move(path), clock); }

}  // namespace brugwacht
