#include "tests/support/child_server.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace brugwacht {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kLongestStart{60};
constexpr std::chrono::seconds kLongestEnd{5};

std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    return ends;
}

}  // namespace

ChildServer::ChildServer(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                         const std::vector<std::pair<std::string, std::string>>& environment) {
    std::vector<std::string> words{program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const std::string errors = folder_ / "stderr";
    const std::array<int, 2> in = make_pipe(), out = make_pipe();
    process_ = ::fork();
    if (process_ < 0) throw std::runtime_error("cannot fork");
    if (process_ == 0) {
        ::dup2(in[0], STDIN_FILENO);
        ::dup2(out[1], STDOUT_FILENO);
        ::dup2(::open(errors.c_str(), O_WRONLY | O_CREAT, 0600), STDERR_FILENO);
        for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    output_ = out[0];
    read_address();
    if (address_.starts_with("http://")) return;
    end();
    throw std::runtime_error(program.string() + " " + (arguments.empty() ? "" : arguments.front()) + " gave no address\n" +
                             read_bytes(errors));
}

ChildServer::~ChildServer() { end(); }

void ChildServer::read_address() {
    const auto limit = steady_clock::now() + kLongestStart;
    for (char byte = 0; byte != '\n';) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(limit - steady_clock::now()).count();
        pollfd watched{output_, POLLIN, 0};
        if (left <= 0 || ::poll(&watched, 1, static_cast<int>(left)) <= 0 || ::read(output_, &byte, 1) != 1) {
            address_.clear();
            return;
        }
        if (byte != '\n') address_.push_back(byte);
    }
}

void ChildServer::end() {
    ::close(input_);
    ::close(output_);
    const auto limit = steady_clock::now() + kLongestEnd;
    while (::waitpid(process_, nullptr, WNOHANG) == 0) {
        if (steady_clock::now() > limit) ::kill(process_, SIGKILL);
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

std::filesystem::path find_program(const std::string& name) {
    const char* path = ::getenv("PATH");
    std::istringstream folders(path != nullptr ? path : "");
    for (std::string folder; std::getline(folders, folder, ':');)
        if (::access((folder + "/" + name).c_str(), X_OK) == 0) return folder + "/" + name;
    return {};
}

}  // namespace brugwacht
