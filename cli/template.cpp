#include "exporters/local/template.hpp"

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "engine/lib/json.hpp"

namespace brugwacht {
namespace {

class Template : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.add_option("OUT.xlsx", out_, texts("opt.template.out"))->required()->option_text(" ");
    }

    Exit run(Session& session) override {
        if (!session.options.dry_run) {
            const std::filesystem::path temporary = out_.string() + ".new";
            write_template(temporary, session.texts);
            session.files.publish(temporary, out_);
        }
        if (session.options.json) {
            JsonWriter json;
            json.begin_object().member("exit", 0).member("workbook", out_.string()).end_object();
            session.out << json.take() << '\n';
        } else {
            session.say("template.done", {{"file", out_.string()}});
        }
        return Exit::Ok;
    }

  private:
    std::filesystem::path out_;
};

}  // namespace

std::unique_ptr<Command> make_template() { return std::make_unique<Template>(); }

}  // namespace brugwacht
