// The makers of all commands; one file each.
#pragma once

#include "cli/command.hpp"

namespace brugwacht {

std::unique_ptr<Command> make_init();
std::unique_ptr<Command> make_check();
std::unique_ptr<Command> make_status();
std::unique_ptr<Command> make_run();
std::unique_ptr<Command> make_peek();
std::unique_ptr<Command> make_map();
std::unique_ptr<Command> make_import();
std::unique_ptr<Command> make_link();
std::unique_ptr<Command> make_review();
std::unique_ptr<Command> make_classify();
std::unique_ptr<Command> make_explain();
std::unique_ptr<Command> make_agreement();
std::unique_ptr<Command> make_report();
std::unique_ptr<Command> make_template();
std::unique_ptr<Command> make_history();
std::unique_ptr<Command> make_undo();
std::unique_ptr<Command> make_rejects();
std::unique_ptr<Command> make_worklist_command();
std::unique_ptr<Command> make_figures_command();
std::unique_ptr<Command> make_write_back();
std::unique_ptr<Command> make_subject();
std::unique_ptr<Command> make_audit();
std::unique_ptr<Command> make_retention();
std::unique_ptr<Command> make_register_command();
std::unique_ptr<Command> make_key();

}  // namespace brugwacht
