// A server program that a test starts: it prints its address as its first line and ends when its standard input is closed.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/temp_dir.hpp"

namespace brugwacht {

class ChildServer {
  public:
    /// `environment` is added to the test's own. Waits a minute at most for the address. Throws std::runtime_error, with what the program
    /// wrote on its standard error, when there is none.
    ChildServer(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                const std::vector<std::pair<std::string, std::string>>& environment = {});
    /// Closes its input; kills it when it has not ended after 5 s.
    ~ChildServer();
    ChildServer(const ChildServer&) = delete;
    ChildServer& operator=(const ChildServer&) = delete;

    /// "http://127.0.0.1:41234"
    const std::string& address() const { return address_; }
    /// "41234"
    std::string port() const { return address_.substr(address_.rfind(':') + 1); }

  private:
    void read_address();
    void end();

    TempDir folder_;  // of what it writes on its standard error
    int input_ = -1, output_ = -1, process_ = -1;
    std::string address_;
};

/// Where a shell would find that program; "" when it would not.
std::filesystem::path find_program(const std::string& name);

}  // namespace brugwacht
