// A project whose only source is a REST preset, with a stand-in instead of the network and without waiting. For tests that link room_run.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "connector/rest/http.hpp"
#include "engine/core/resources.hpp"
#include "engine/run/import.hpp"
#include "engine/run/project.hpp"
#include "engine/run/remote.hpp"
#include "engine/store/reader.hpp"
#include "tests/support/local_server.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/connector/rest_fakes.hpp"

namespace brugwacht {

/// Decodes %XX and, in queries and forms, +.
inline std::string percent_decoded(std::string_view text, bool plus) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            out.push_back(static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)));
            i += 2;
        } else {
            out.push_back(plus && text[i] == '+' ? ' ' : text[i]);
        }
    }
    return out;
}

/// Asks a responder in the same process: what a socket would carry, without one.
class DirectTransport : public HttpTransport {
  public:
    DirectTransport(Responder& respond, std::vector<Call>& calls) : respond_(respond), calls_(calls) {}

    std::optional<HttpFailure> send(const HttpRequest& request, HttpResponse& response) override {
        const Call call = call_of(request);
        calls_.push_back(call);
        Answer answer = respond_(call);
        if (answer.cut_after) return HttpFailure{HttpFailure::Kind::Cut, "cut"};
        if (answer.body.size() > request.max_bytes) return HttpFailure{HttpFailure::Kind::TooLarge, "large"};
        response = HttpResponse();
        response.status = answer.status;
        for (auto& [name, value] : answer.headers) {
            std::string lower = name;
            std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
            response.headers.emplace_back(lower, value);
        }
        response.body = std::move(answer.body);
        return std::nullopt;
    }

  private:
    static Call call_of(const HttpRequest& request) {
        Call call;
        call.method = request.method;
        const std::size_t host = request.url.find("://") + 3;
        const std::size_t path = request.url.find('/', host);
        call.headers.emplace_back("host", request.url.substr(host, path - host));
        call.target = path == std::string::npos ? "/" : request.url.substr(path);
        const std::size_t query = call.target.find('?');
        call.path = percent_decoded(std::string_view(call.target).substr(0, query), false);
        std::string_view rest = query == std::string::npos ? std::string_view() : std::string_view(call.target).substr(query + 1);
        while (!rest.empty()) {
            const std::string_view pair = rest.substr(0, rest.find('&'));
            const std::size_t equals = std::min(pair.find('='), pair.size());
            call.query.emplace_back(percent_decoded(pair.substr(0, equals), true),
                                    percent_decoded(pair.substr(std::min(equals + 1, pair.size())), true));
            rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        }
        for (const auto& [name, value] : request.headers) {
            std::string lower = name;
            std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
            call.headers.emplace_back(lower, value);
        }
        call.body = request.body;
        return call;
    }

    Responder& respond_;
    std::vector<Call>& calls_;
};

class RestProject {
  public:
    /// `connection` holds the lines of [source.connection] besides secrets; each of `secrets` is put in a key file of its own.
    RestProject(const std::string& preset, const std::vector<std::string>& connection, const std::map<std::string, std::string>& secrets,
                Responder responder)
        : respond(std::move(responder)) {
        secrets_ = key_files(path() / "keys");
        log_ = file_log(path() / "log" / "brugwacht.jsonl", clock);
        Ports ports = this->ports();
        create_project(path(), "nl", {}, ports);
        std::string text = read_bytes(path() / "brugwacht.toml");
        text.erase(text.find("[[source]]"), text.find("[import]") - text.find("[[source]]"));
        text += "\n[[source]]\nname = \"crm\"\npreset = \"" + preset + "\"\n[source.connection]\n";
        for (const std::string& line : connection) text += line + "\n";
        for (const auto& [name, value] : secrets) {
            text += name + " = { file = \"keys/" + name + ".secret\" }\n";
            disk_files()->write(path() / "keys" / (name + ".secret"), value, 0600);
        }
        write_bytes(path() / "brugwacht.toml", text);
    }

    std::filesystem::path path() const { return dir_ / "project"; }

    /// The source with that text of the project's settings behind it, for role, limits and the like.
    void add_setting(const std::string& line) {
        std::string text = read_bytes(path() / "brugwacht.toml");
        text.insert(text.find("[source.connection]"), line + "\n");
        write_bytes(path() / "brugwacht.toml", text);
    }
    /// A preset of the project's own, made of a shipped one.
    void own_preset(const std::string& name, const std::string& text) {
        std::filesystem::create_directories(path() / "mappings" / "rest");
        write_bytes(path() / "mappings" / "rest" / (name + ".toml"), text);
    }

    /// One import of the source. Faults of streams stand in the summary; a source that could not be read at all throws.
    ImportSummary sync(ImportRequest request = {}) {
        request.inputs = {"crm"};
        RemotePorts remote = this->remote();
        Ports ports = this->ports();
        return import_files(Project::load(path(), *files_), request, remote, ports);
    }
    RemotePorts remote() {
        return {[this](const HttpSettings&) { return std::make_unique<DirectTransport>(respond, calls); }, pause, {}};
    }
    Ports ports() { return {clock, *files_, *secrets_, *log_}; }

    StoreReader store() const { return StoreReader::open(path() / "store.db"); }

    Responder respond;
    std::vector<Call> calls;  // of all imports so far
    FakePause pause;
    SetClock clock;

  private:
    TempDir dir_;
    std::unique_ptr<Files> files_ = disk_files();
    std::unique_ptr<Secrets> secrets_;
    std::unique_ptr<Log> log_;
};

/// Every code of a summary: warnings and errors.
inline std::map<std::string, std::uint64_t> codes_of(const ImportSummary& summary) {
    std::map<std::string, std::uint64_t> codes;
    for (const ImportedFile& file : summary.files) {
        for (const auto& [code, count] : file.warnings) codes[code] += count;
        if (file.error) ++codes[file.error->first().code];
    }
    return codes;
}

inline FileCounts total_of(const ImportSummary& summary) {
    FileCounts sum;
    for (const ImportedFile& file : summary.files) {
        sum.read += file.counts.read;
        sum.fresh += file.counts.fresh;
        sum.changed += file.counts.changed;
        sum.unchanged += file.counts.unchanged;
        sum.duplicate += file.counts.duplicate;
        sum.rejected += file.counts.rejected;
        sum.skipped += file.counts.skipped;
    }
    return sum;
}

inline std::uint64_t vanished(const ImportSummary& summary) {
    std::uint64_t sum = 0;
    for (const ImportedFile& file : summary.files) sum += file.vanished;
    return sum;
}

}  // namespace brugwacht
