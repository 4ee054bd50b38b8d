#include "cli/commands.hpp"

namespace brugwacht {

const std::vector<CommandEntry>& command_table() {
    static const std::vector<CommandEntry> kTable{
        {"init", make_init, true},
        {"check", make_check, false},
        {"status", make_status, false},
        {"run", make_run, true},
        {"peek", make_peek, false},
        {"map", make_map, true},
        {"import", make_import, true},
        {"rejects", make_rejects, true},
        {"undo", make_undo, true},
        {"link", make_link, true},
        {"review", make_review, true},
        {"classify", make_classify, false},
        {"agreement", make_agreement, true},
        {"explain", make_explain, false},
        {"worklist", make_worklist_command, true},
        {"figures", make_figures_command, false},
        {"write-back", make_write_back, true},
        {"report", make_report, true},
        {"subject", make_subject, true},
        {"retention", make_retention, true},
        {"history", make_history, false},
        {"audit", make_audit, false},
        {"register", make_register_command, true},
        {"template", make_template, true},
        {"key", make_key, true},
    };
    return kTable;
}

}  // namespace brugwacht
