// The makers of all commands; one file each.
#pragma once

#include "cli/command.hpp"

namespace brugwacht {

std::unique_ptr<Command> make_init();
std::unique_ptr<Command> make_peek();
std::unique_ptr<Command> make_import();
std::unique_ptr<Command> make_link();
std::unique_ptr<Command> make_history();

}  // namespace brugwacht
