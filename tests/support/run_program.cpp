#include "tests/support/run_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <stdexcept>

namespace brugwacht {
namespace {

struct Pipe {
    std::array<int, 2> ends{-1, -1};
    Pipe() {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    }
    ~Pipe() {
        close_end(0);
        close_end(1);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    int read_end() const { return ends[0]; }
    int write_end() const { return ends[1]; }
    void close_end(std::size_t end) {
        if (ends[end] >= 0) ::close(ends[end]);
        ends[end] = -1;
    }
};

/// What the child does between fork and exec: only calls that are safe there.
[[noreturn]] void become(const std::vector<char*>& argv, const RunOptions& options, const Pipe& in, const Pipe& out, const Pipe& err) {
    ::setpgid(0, 0);
    ::dup2(in.read_end(), STDIN_FILENO);
    ::dup2(out.write_end(), STDOUT_FILENO);
    ::dup2(err.write_end(), STDERR_FILENO);
    if (!options.directory.empty() && ::chdir(options.directory.c_str()) != 0) ::_exit(126);
    for (const auto& [name, value] : options.environment) ::setenv(name.c_str(), value.c_str(), 1);
    ::execv(argv[0], argv.data());
    ::_exit(127);
}

/// Moves bytes both ways until the program has closed both outputs or the time is over.
bool converse(const RunOptions& options, Pipe& in, Pipe& out, Pipe& err, RunResult& result, std::chrono::steady_clock::time_point end) {
    std::size_t written = 0;
    std::array<char, 65536> buffer{};
    while (out.read_end() >= 0 || err.read_end() >= 0) {
        if (written == options.input.size()) in.close_end(1);
        std::array<pollfd, 3> watch{pollfd{out.read_end(), POLLIN, 0}, pollfd{err.read_end(), POLLIN, 0},
                                    pollfd{in.write_end(), POLLOUT, 0}};
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
        if (left <= 0) return false;
        if (::poll(watch.data(), watch.size(), static_cast<int>(std::min<long long>(left, 1000))) < 0 && errno != EINTR) return true;
        const auto drain = [&buffer](pollfd& watched, Pipe& pipe, std::string& text) {
            if ((watched.revents & (POLLIN | POLLHUP | POLLERR)) == 0) return;
            const ssize_t n = ::read(watched.fd, buffer.data(), buffer.size());
            if (n > 0)
                text.append(buffer.data(), static_cast<std::size_t>(n));
            else
                pipe.close_end(0);
        };
        drain(watch[0], out, result.out);
        drain(watch[1], err, result.err);
        if ((watch[2].revents & POLLOUT) != 0) {
            const ssize_t n = ::write(in.write_end(), options.input.data() + written, options.input.size() - written);
            written = n > 0 ? written + static_cast<std::size_t>(n) : options.input.size();
        } else if ((watch[2].revents & (POLLERR | POLLHUP)) != 0) {
            written = options.input.size();
        }
    }
    return true;
}

double seconds_of(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

}  // namespace

RunResult run_program(const std::filesystem::path& program, const std::vector<std::string>& arguments, const RunOptions& options) {
    ::signal(SIGPIPE, SIG_IGN);
    std::vector<std::string> words{program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    if (::access(argv[0], X_OK) != 0) throw std::runtime_error("cannot run " + program.string());

    Pipe in, out, err;
    const auto begin = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("cannot fork");
    if (child == 0) become(argv, options, in, out, err);
    in.close_end(0);
    out.close_end(1);
    err.close_end(1);
    ::fcntl(in.write_end(), F_SETFL, O_NONBLOCK);

    RunResult result;
    const auto limit =
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(options.limit_seconds));
    result.timed_out = !converse(options, in, out, err, result, begin + limit);
    if (result.timed_out) {
        ::kill(-child, SIGKILL);
        ::kill(child, SIGKILL);
    }
    int raw = 0;
    rusage usage{};
    while (::wait4(child, &raw, 0, &usage) < 0 && errno == EINTR) {
    }
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    result.cpu_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    result.peak_memory = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
    result.status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
    return result;
}

}  // namespace brugwacht
