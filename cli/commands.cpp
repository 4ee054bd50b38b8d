#include "cli/commands.hpp"

namespace brugwacht {

const std::vector<CommandEntry>& command_table() {
    static const std::vector<CommandEntry> kTable{
        {"init", make_init, true}, {"peek", make_peek, false},       {"import", make_import, true},
        {"link", make_link, true}, {"history", make_history, false},
    };
    return kTable;
}

}  // namespace brugwacht
