#include "connector/files/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/core/error.hpp"

namespace brugwacht {

namespace {

[[noreturn]] void fail(const std::string& name, int error) {
    const TextArgs args{{"file", name}};
    switch (error) {
        case ENOENT:
        case ENOTDIR:
            throw Error(Exit::NoInput, "FIL-001", args, name);
        case EISDIR:
            throw Error(Exit::Data, "FIL-002", args, name);
        case EACCES:
        case EPERM:
            throw Error(Exit::NoPermission, "FIL-003", args, name);
        default:
            throw Error(Exit::Io, "FIL-004", {{"file", name}, {"reason", std::string(std::strerror(error))}}, name);
    }
}

}  // namespace

File::File(int descriptor, std::uint64_t size, std::string name) : descriptor_(descriptor), size_(size), name_(std::move(name)) {}

File::File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_), name_(std::move(other.name_)) {}

File::~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

File File::open(const std::filesystem::path& path) {
    const std::string name = path.string();
    // Non-blocking, so that a named pipe without a writer cannot hang us.
    const int descriptor = ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) fail(name, errno);
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(descriptor);
        fail(name, EISDIR);
    }
    return {descriptor, static_cast<std::uint64_t>(status.st_size), name};
}

std::size_t File::read_at(std::uint64_t offset, char* out, std::size_t size) const {
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = ::pread(descriptor_, out + done, size - done, static_cast<off_t>(offset + done));
        if (got < 0) {
            if (errno == EINTR) continue;
            fail(name_, errno);
        }
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

std::string File::read_at(std::uint64_t offset, std::size_t size) const {
    if (offset >= size_) return {};
    if (size > size_ - offset) size = static_cast<std::size_t>(size_ - offset);
    std::string bytes(size, '\0');
    bytes.resize(read_at(offset, bytes.data(), size));
    return bytes;
}

}  // namespace brugwacht
