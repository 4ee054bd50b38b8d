#include "connector/files/peek.hpp"

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "connector/source.hpp"

namespace brugwacht {
namespace {

class Peek : public Command {
  public:
    void declare(CLI::App& app, const Texts& texts) override {
        app.add_option("FILE", file_, texts("opt.peek.file"))->required()->option_text(" ");
        app.add_option("--sheet", sheet_, texts("opt.peek.sheet"))->option_text("NAME|N");
        app.add_option("--format", format_, texts("opt.peek.format"))
            ->option_text("table|csv|json")
            ->check(CLI::IsMember({"table", "csv", "json"}));
        app.add_option("--encoding", encoding_, texts("opt.peek.encoding"))->option_text("NAME");
        app.add_option("--delimiter", delimiter_, texts("opt.peek.delimiter"))->option_text("CHAR");
    }

    Exit run(Session& session) override {
        ReadOptions options;
        if (!encoding_.empty()) options.encoding = encoding_;
        if (!delimiter_.empty()) options.delimiter = delimiter_ == "\\t" ? "\t" : delimiter_;
        const auto document = open_document(file_, options);
        PeekRequest request;
        request.file = file_;
        if (!sheet_.empty()) request.sheet = sheet_;
        const std::string format = session.options.json && format_.empty() ? "json" : format_;
        request.format = format == "csv" ? PeekFormat::Csv : format == "json" ? PeekFormat::Json : PeekFormat::Table;
        write_peek(*document, request, session.out);
        if (request.format != PeekFormat::Json)
            for (const ReadWarning& warning : document->warnings())
                session.say("peek.warning",
                            {{"code", warning.code},
                             {"message", session.texts(warning.code + ".message", {{"count", static_cast<std::int64_t>(warning.count)},
                                                                                   {"tab", static_cast<std::int64_t>(warning.tab)},
                                                                                   {"row", static_cast<std::int64_t>(warning.row)}})}});
        return Exit::Ok;
    }

  private:
    std::string file_, sheet_, format_, encoding_, delimiter_;
};

}  // namespace

std::unique_ptr<Command> make_peek() { return std::make_unique<Peek>(); }

}  // namespace brugwacht
