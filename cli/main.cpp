#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#include "cli/command.hpp"
#include "engine/core/process.hpp"
#include "engine/core/text.hpp"
#include "engine/lib/catalogue.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/json.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

void Session::say(const std::string& key, const TextArgs& args) const {
    if (!options.quiet && !options.json) err << texts(key, args) << '\n';
}

Project Session::project() const { return Project::load(options.project, files); }

namespace {

std::string place_of(const Fault& fault) {
    if (fault.file.empty()) return fault.where;
    return fault.where.empty() ? fault.file : fault.file + ":" + fault.where;
}

}  // namespace

void write_fault(JsonWriter& json, const Fault& fault, const Texts& texts) {
    json.begin_object()
        .member("code", fault.code)
        .member("message", texts(fault.code + ".message", fault.args))
        .member("file", fault.file)
        .member("where", fault.where)
        .member("remedy", texts(fault.code + ".remedy", fault.args))
        .end_object();
}

void write_error(const Error& error, const Texts& texts, bool json, std::ostream& out, std::ostream& err) {
    if (json) {
        JsonWriter writer;
        writer.begin_object().member("exit", static_cast<int>(error.exit())).key("error");
        write_fault(writer, error.first(), texts);
        if (error.faults().size() > 1) {
            writer.key("errors").begin_array();
            for (const Fault& fault : error.faults()) write_fault(writer, fault, texts);
            writer.end_array();
        }
        writer.end_object();
        out << writer.take() << '\n';
        return;
    }
    for (const Fault& fault : error.faults()) {
        err << texts("cli.error", {{"code", fault.code}, {"message", texts(fault.code + ".message", fault.args)}}) << '\n';
        if (const std::string place = place_of(fault); !place.empty()) err << texts("cli.where", {{"place", place}}) << '\n';
        err << texts("cli.remedy", {{"remedy", texts(fault.code + ".remedy", fault.args)}}) << '\n';
    }
}

namespace {

/// Value of an option that must be known before the command line is parsed, because help and errors depend on it.
std::string early_option(const std::vector<std::string>& arguments, const std::string& name) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == name && i + 1 < arguments.size()) return arguments[i + 1];
        if (arguments[i].starts_with(name + "=")) return arguments[i].substr(name.size() + 1);
    }
    return {};
}

std::string choose_language(const std::vector<std::string>& arguments) {
    std::string language = early_option(arguments, "--lang");
    if (language == "nl" || language == "fr" || language == "en") return language;
    std::string dir = early_option(arguments, "--project");
    if (dir.empty()) dir = ".";
    std::error_code ignored;
    if (!std::filesystem::exists(std::filesystem::path(dir) / "brugwacht.toml", ignored)) return "nl";
    try {
        return Project::load(dir, *disk_files()).settings().language;
    } catch (const Error&) {
        return "nl";  // the fault itself is told by the command that needs the project
    }
}

/// Help on one screen: use, what it does, options, examples, exit statuses.
class HelpFormatter : public CLI::Formatter {
  public:
    explicit HelpFormatter(const Texts& texts) : texts_(texts) {
        label("OPTIONS", texts("cli.help.options"));
        label("TEXT", "");
        column_width(30);
    }

    std::string make_usage(const CLI::App* app, std::string name) const override {
        std::string line = texts_("cli.help.use") + " " + (name.empty() ? app->get_name() : name);
        for (const CLI::Option* option : app->get_options())
            if (option->get_positional()) line += " " + make_option_usage(option);
        line += app->get_subcommands({}).empty() ? " [" + texts_("cli.help.options") + "]" : " " + texts_("cli.help.command");
        return line + "\n";
    }
    std::string make_option_opts(const CLI::Option* option) const override {
        return option->get_type_size() == 0 || option->get_option_text().empty() ? "" : " " + option->get_option_text();
    }
    std::string make_option_usage(const CLI::Option* option) const override {
        std::string text = option->get_name(true);
        if (option->get_expected_max() > 1) text += "...";
        return option->get_required() ? text : "[" + text + "]";
    }
    std::string make_description(const CLI::App* app) const override { return app->get_description() + "\n"; }
    std::string make_group(std::string, bool is_positional, std::vector<const CLI::Option*> options) const override {
        if (options.empty()) return "";
        std::string text = "\n" + texts_(is_positional ? "cli.help.arguments" : "cli.help.options_title") + "\n";
        for (const CLI::Option* option : options) text += make_option(option, is_positional);
        return text;
    }
    std::string make_subcommands(const CLI::App* app, CLI::AppFormatMode) const override {
        if (app->get_subcommands({}).empty()) return options_of_whole(app);
        std::string text = "\n" + texts_("cli.help.commands") + "\n";
        for (const CLI::App* sub : app->get_subcommands({})) {
            std::string first = sub->get_description().substr(0, sub->get_description().find('\n'));
            text += "  " + sub->get_name() + std::string(sub->get_name().size() < 12 ? 12 - sub->get_name().size() : 1, ' ') + first + "\n";
        }
        return text;
    }
    std::string make_footer(const CLI::App* app) const override { return app->get_footer().empty() ? "" : "\n" + app->get_footer() + "\n"; }

  private:
    /// A part of a command takes the options of its command as well: they follow its own.
    std::string options_of_whole(const CLI::App* app) const {
        const CLI::App* whole = app->get_parent();
        if (whole == nullptr || whole->get_parent() == nullptr) return "";
        std::string text;
        for (const CLI::Option* option : whole->get_options())
            if (option != whole->get_help_ptr()) text += make_option(option, false);
        return text;
    }

    const Texts& texts_;
};

void declare_common(CLI::App& app, CommonOptions& options, const Texts& texts, bool writes) {
    app.add_option("--project", options.project, texts("opt.project"))->option_text("DIR");
    app.add_option("--lang", options.language, texts("opt.lang"))->option_text("nl|fr|en");
    app.add_flag("--json", options.json, texts("opt.json"));
    app.add_flag("-q,--quiet", options.quiet, texts("opt.quiet"));
    app.add_flag("--no-input", options.no_input, texts("opt.no_input"));
    if (writes) app.add_flag("-n,--dry-run", options.dry_run, texts("opt.dry_run"));
    app.set_help_flag("-h,--help", texts("opt.help"));
}

/// A command, or a part of one, that is missing or mistyped.
Error no_such_command(const CLI::App& app, const std::vector<std::string>& arguments, const Texts& texts) {
    const CLI::App* place = &app;
    std::string path;  // what was understood
    for (const std::string& word : arguments) {
        if (word.starts_with("-")) break;
        std::vector<std::string> known;
        for (const CLI::App* sub : place->get_subcommands({})) known.push_back(sub->get_name());
        if (std::find(known.begin(), known.end(), word) == known.end())
            return Error(Exit::Usage, "CLI-008", {{"what", path + word}, {"nearest", path + nearest(word, known).value_or("--help")}});
        place = place->get_subcommand(word);
        path += word + " ";
    }
    return Error(Exit::Usage, "CLI-002", {{"what", path + texts("cli.help.command")}});
}

/// What CLI11 found wrong, in the user's language. `arguments` tell a mistyped command from a missing one.
Error usage_error(const CLI::App& app, const CLI::ParseError& error, const std::vector<std::string>& arguments, const Texts& texts) {
    const std::string what = error.what();
    if (what.starts_with("A subcommand")) return no_such_command(app, arguments, texts);
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr || dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr)
        return Error(Exit::Usage, "CLI-002", {{"what", what.substr(0, what.find_first_of(" :"))}});
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr)
        return Error(Exit::Usage, "CLI-001", {{"what", std::string(trim(what.substr(what.find(':') + 1)))}});
    return Error(Exit::Usage, "CLI-003", {{"what", what}});
}

Exit dispatch(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const Texts texts = load_texts(choose_language(arguments));
    const bool json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
    try {
        CommonOptions options;
        CLI::App app(texts("cmd.brugwacht.summary"), "brugwacht");
        app.formatter(std::make_shared<HelpFormatter>(texts));
        app.require_subcommand(1);
        app.footer(texts("cli.help.footer"));
        app.set_version_flag("--version", std::string("brugwacht ") + BRUGWACHT_VERSION, texts("opt.version"));
        declare_common(app, options, texts, false);

        std::vector<std::unique_ptr<Command>> commands;
        std::vector<CLI::App*> apps;
        for (const CommandEntry& entry : command_table()) {
            const std::string key = std::string("cmd.") + entry.name;
            CLI::App* sub = app.add_subcommand(entry.name, texts(key + ".summary"));
            commands.push_back(entry.make());
            commands.back()->declare(*sub, texts);
            declare_common(*sub, options, texts, entry.writes);
            sub->footer(texts(key + ".examples") + "\n\n" + texts(key + ".exits"));
            apps.push_back(sub);
        }
        try {
            app.parse(argc, argv);
        } catch (const CLI::CallForHelp& help) {
            std::cout << app.help();
            return Exit::Ok;
        } catch (const CLI::CallForVersion&) {
            std::cout << "brugwacht " BRUGWACHT_VERSION << '\n';
            return Exit::Ok;
        } catch (const CLI::ParseError& error) {
            throw usage_error(app, error, arguments, texts);
        }
        if (!options.language.empty() && options.language != "nl" && options.language != "fr" && options.language != "en")
            throw Error(Exit::Usage, "TXT-002", {{"language", options.language}});
        crypto_self_test();
        const auto clock = system_clock();
        const auto files = disk_files();
        Session session{options, texts, *clock, *files, std::cout, std::cerr};
        for (std::size_t i = 0; i < apps.size(); ++i)
            if (apps[i]->parsed()) return commands[i]->run(session);
        return Exit::Usage;
    } catch (const Error& error) {
        write_error(error, texts, json, std::cout, std::cerr);
        return error.exit();
    } catch (const std::bad_alloc&) {
        write_error(Error(Exit::Data, "CLI-005"), texts, json, std::cout, std::cerr);
        return Exit::Data;
    } catch (const std::exception& error) {
        write_error(Error(Exit::Software, "CLI-004", {{"what", std::string(error.what())}}), texts, json, std::cout, std::cerr);
        return Exit::Software;
    }
}

}  // namespace
}  // namespace brugwacht

int main(int argc, char** argv) {
    brugwacht::protect_process();  // memory holds keys and names
    ::umask(077);                  // whatever is made here is for its owner
    std::signal(SIGPIPE, SIG_DFL);
    std::ios::sync_with_stdio(false);
    return static_cast<int>(brugwacht::dispatch(argc, argv));
}
