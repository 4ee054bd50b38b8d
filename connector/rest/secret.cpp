#include "connector/rest/secret.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "engine/core/error.hpp"

namespace brugwacht {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = std::size_t{64} << 10;
constexpr cc_t kControlC = 3;

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }

  private:
    int fd_;
};

/// Bytes that are wiped on every way out.
class Buffer {
  public:
    ~Buffer() { ::explicit_bzero(bytes_.data(), bytes_.size()); }
    Buffer() = default;
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    /// Reads until the end, a line break (when `line` is set) or one byte more than a secret may have; false when that fails.
    bool fill(int fd, bool line) {
        while (size_ < bytes_.size() && !(line && size_ > 0 && ends_line(bytes_[size_ - 1]))) {
            const ssize_t count = ::read(fd, bytes_.data() + size_, bytes_.size() - size_);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return false;
            if (count == 0) break;
            size_ += static_cast<std::size_t>(count);
        }
        return true;
    }
    std::string_view bytes() const { return {bytes_.data(), size_}; }

  private:
    static bool ends_line(char c) { return c == '\n' || c == '\r' || c == static_cast<char>(kControlC); }
    std::array<char, kMostBytes + 1> bytes_{};
    std::size_t size_ = 0;
};

[[noreturn]] void missing(const std::string& name, const std::string& file) {
    throw Error(Exit::NoInput, "REST-010", {{"name", name}, {"file", file}}, file);
}

[[noreturn]] void open_to_others(const std::string& name, const std::string& file) {
    throw Error(Exit::NoPermission, "REST-011", {{"name", name}, {"file", file}}, file);
}

Secret usable(const Buffer& buffer, const std::string& name) {
    std::string_view bytes = buffer.bytes();
    const bool too_long = bytes.size() > kMostBytes;
    if (bytes.ends_with('\n')) bytes.remove_suffix(1);
    if (bytes.ends_with('\r')) bytes.remove_suffix(1);
    if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
    if (bytes.empty() || too_long || bytes.find('\0') != std::string_view::npos || bytes.find(static_cast<char>(kControlC)) != bytes.npos)
        throw Error(Exit::Data, "REST-012", {{"name", name}});
    return Secret(std::string(bytes));
}

/// `others` are the bits of the mode that must not be set.
Secret from_file(const fs::path& path, mode_t others, const std::string& name) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    struct stat info {};
    struct stat folder {};
    if (file.get() < 0 && errno == EACCES) open_to_others(name, path.string());
    if (file.get() < 0 || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) missing(name, path.string());
    if (::stat(path.parent_path().c_str(), &folder) != 0) missing(name, path.string());
    if ((info.st_mode & others) != 0 || (folder.st_mode & 022U) != 0) open_to_others(name, path.string());
    Buffer buffer;
    if (!buffer.fill(file.get(), false)) missing(name, path.string());
    return usable(buffer, name);
}

Secret from_credential(const std::string& credential, const std::string& name) {
    const char* const folder = ::getenv("CREDENTIALS_DIRECTORY");
    if (folder == nullptr || credential.find('/') != std::string::npos || credential == "..") missing(name, credential);
    // systemd may let its service read through an access list, which shows in the bits of the group.
    return from_file(fs::path(folder) / credential, 007, name);
}

/// Shows nothing of what is typed, and leaves the terminal as it was.
class SilentTerminal {
  public:
    explicit SilentTerminal(int fd) : fd_(fd), is_one_(::tcgetattr(fd, &before_) == 0) {
        if (!is_one_) return;
        termios silent = before_;
        silent.c_lflag &= static_cast<tcflag_t>(~(ECHO | ISIG));  // no signal may end the program while the terminal is silent
        silent.c_lflag |= ICANON;
        silent.c_cc[VEOL] = kControlC;
        ::tcsetattr(fd_, TCSAFLUSH, &silent);
    }
    ~SilentTerminal() {
        if (is_one_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
    }
    SilentTerminal(const SilentTerminal&) = delete;
    SilentTerminal& operator=(const SilentTerminal&) = delete;
    bool is_one() const { return is_one_; }

  private:
    int fd_;
    termios before_{};
    bool is_one_;
};

void show(int fd, std::string_view text) { static_cast<void>(!::write(fd, text.data(), text.size())); }

Secret from_prompt(const std::string& name) {
    const Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC));
    Buffer buffer;
    bool read = false;
    if (terminal.get() >= 0) {
        const SilentTerminal silent(terminal.get());
        show(terminal.get(), name + ": ");
        read = silent.is_one() && buffer.fill(terminal.get(), true);
        show(terminal.get(), "\n");
    }
    if (!read) throw Error(Exit::NoPermission, "REST-013", {{"name", name}});
    return usable(buffer, name);
}

}  // namespace

Secret load_secret(const SecretSource& source, const std::string& name, const std::string& project_dir) {
    if (source.prompt) return from_prompt(name);
    if (!source.credential.empty()) return from_credential(source.credential, name);
    return from_file(fs::path(project_dir) / source.file, 077, name);
}

}  // namespace brugwacht
