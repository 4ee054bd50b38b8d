#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/subject_parts.hpp"

namespace brugwacht {
namespace {

class SubjectCommand : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.require_subcommand(1);
        for (auto& part : make_subject_parts()) {
            const std::string key = std::string("cmd.subject.") + part->name();
            CLI::App* sub = app.add_subcommand(part->name(), texts(key + ".summary"));
            sub->fallthrough();
            sub->set_help_flag("-h,--help", texts("opt.help"));
            sub->footer(texts(key + ".examples") + "\n\n" + texts(key + ".exits"));
            part->declare(*sub, texts);
            parts_.emplace_back(sub, std::move(part));
        }
    }

    Exit run(Session& session) override {
        for (auto& [sub, part] : parts_)
            if (sub->parsed()) return part->run(session);
        return Exit::Usage;
    }

  private:
    std::vector<std::pair<CLI::App*, std::unique_ptr<SubjectPart>>> parts_;
};

}  // namespace

std::unique_ptr<Command> make_subject() { return std::make_unique<SubjectCommand>(); }

std::vector<std::unique_ptr<SubjectPart>> make_subject_parts() {
    std::vector<std::unique_ptr<SubjectPart>> parts;
    parts.push_back(make_subject_access());
    parts.push_back(make_subject_export());
    parts.push_back(make_subject_rectify());
    parts.push_back(make_subject_corrections());
    parts.push_back(make_subject_restrict());
    parts.push_back(make_subject_object());
    parts.push_back(make_subject_erase());
    parts.push_back(make_subject_returns());
    parts.push_back(make_subject_list());
    parts.push_back(make_subject_letter());
    parts.push_back(make_subject_close());
    return parts;
}

}  // namespace brugwacht
