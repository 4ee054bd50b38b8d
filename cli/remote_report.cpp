#include "cli/remote_report.hpp"

#include <unistd.h>

#include <cmath>
#include <iostream>

#include "cli/project_session.hpp"
#include "engine/lib/json.hpp"

namespace brugwacht {
namespace {

constexpr std::size_t kNamesShown = 20;

RemoteCheck look(Session& session, const std::string& name) {
    const Project project = session.project();
    ProjectPorts ports(session, project);
    RemotePorts remote = remote_ports(session);
    return check_remote(project, remote_source_named(project, name), remote, ports.ports());
}

std::string listed(const std::vector<std::string>& names) {
    std::string out;
    for (std::size_t i = 0; i < names.size() && i < kNamesShown; ++i) out += (i == 0 ? "" : ", ") + names[i];
    return names.size() > kNamesShown ? out + " ..." : out;
}

std::vector<std::string> unread_custom_fields(const StreamCheck& stream) {
    std::vector<std::string> names;
    for (const OfferedField& field : stream.fields)
        if (field.custom && !field.is_read) names.push_back(field.name);
    return names;
}

void write_fields(JsonWriter& json, const StreamCheck& stream) {
    json.key("fields").begin_array();
    for (const OfferedField& field : stream.fields) {
        json.begin_object().member("name", field.name).member("type", field.type).member("label", field.label);
        json.member("custom", field.custom).member("read", field.is_read).member("meaning", field.meaning);
        json.member("confidence", std::round(field.confidence * 100) / 100).member("parameter", field.parameter).end_object();
    }
    json.end_array();
}

void write_json(Session& session, const RemoteCheck& check) {
    JsonWriter json;
    json.begin_object().member("exit", static_cast<int>(check.exit())).member("ok", check.exit() == Exit::Ok);
    json.member("source", check.source).member("preset", check.preset).member("label", check.label);
    json.member("version", check.version).member("user", check.user).member("requests", check.requests);
    json.key("streams").begin_array();
    for (const StreamCheck& stream : check.streams) {
        json.begin_object().member("name", stream.name).member("ok", !stream.error && !stream.emptied());
        json.member("optional", stream.optional).key("count");
        stream.count ? json.value(*stream.count) : json.null();
        json.member("at_least", stream.at_least).member("known", stream.known).key("missing").begin_array();
        for (const std::string& name : stream.missing) json.value(name);
        json.end_array();
        write_fields(json, stream);
        json.key("error");
        stream.error ? write_fault(json, stream.error->first(), session.texts) : static_cast<void>(json.null());
        json.end_object();
    }
    json.end_array().end_object();
    session.out << json.take() << '\n';
}

void line(Session& session, const std::string& key, const TextArgs& args) { session.out << session.texts(key, args) << '\n'; }

void print_stream(Session& session, const StreamCheck& stream) {
    if (stream.error) {
        line(session, stream.optional ? "remote.optional" : "remote.bad", {{"stream", stream.name}});
        if (!stream.optional) write_error(*stream.error, session.texts, false, session.out, session.out);
        return;
    }
    if (stream.count)
        line(session, "remote.count",
             {{"stream", stream.name},
              {"count", static_cast<std::int64_t>(*stream.count)},
              {"known", static_cast<std::int64_t>(stream.known)},
              {"atleast", std::string(stream.at_least ? "yes" : "no")}});
    if (stream.emptied()) line(session, "remote.emptied", {});
    if (!stream.missing.empty()) line(session, "remote.missing", {{"names", listed(stream.missing)}});
    if (const auto custom = unread_custom_fields(stream); !custom.empty()) line(session, "remote.custom", {{"names", listed(custom)}});
}

void print_fields(Session& session, const StreamCheck& stream) {
    if (stream.fields.empty()) return line(session, "remote.nofields", {{"stream", stream.name}});
    line(session, "remote.fields", {{"stream", stream.name}});
    for (const OfferedField& field : stream.fields) {
        if (!field.is_read && field.meaning.empty() && !field.custom) continue;
        line(session, "remote.field",
             {{"name", field.name},
              {"label", field.label},
              {"meaning", field.meaning},
              {"percent", static_cast<std::int64_t>(std::lround(field.confidence * 100))},
              {"read", std::string(field.is_read ? "yes" : "no")},
              {"haslabel", std::string(field.label.empty() ? "no" : "yes")},
              {"hasmeaning", std::string(field.meaning.empty() ? "no" : "yes")}});
    }
}

/// Lines for [source.connection]: the surest field for each parameter that is still open.
std::map<std::string, OfferedField> proposed_parameters(const RemoteCheck& check) {
    std::map<std::string, OfferedField> proposed;
    for (const StreamCheck& stream : check.streams)
        for (const OfferedField& field : stream.fields) {
            if (field.parameter.empty()) continue;
            const auto [place, fresh] = proposed.emplace(field.parameter, field);
            if (!fresh && field.confidence > place->second.confidence) place->second = field;
        }
    return proposed;
}

}  // namespace

RemotePorts remote_ports(const Session& session) {
    RemotePorts remote = real_network();
    if (session.options.quiet || session.options.json || ::isatty(STDERR_FILENO) == 0) return remote;
    remote.progress = [&session](const RemoteProgress& at) {
        session.err << '\r'
                    << session.texts("remote.progress", {{"source", at.source},
                                                         {"stream", at.stream},
                                                         {"rows", static_cast<std::int64_t>(at.rows)},
                                                         {"total", static_cast<std::int64_t>(at.total.value_or(0))},
                                                         {"requests", static_cast<std::int64_t>(at.requests)}})
                    << "\x1b[K" << (at.ended ? "\n" : "") << std::flush;
    };
    return remote;
}

Exit tell_remote_check(Session& session, const std::string& source) {
    const RemoteCheck check = look(session, source);
    if (session.options.json) {
        write_json(session, check);
        return check.exit();
    }
    line(session, "remote.title", {{"label", check.label}, {"preset", check.preset}, {"source", check.source}});
    if (!check.version.empty()) line(session, "remote.version", {{"value", check.version}});
    if (!check.user.empty()) line(session, "remote.user", {{"value", check.user}});
    for (const StreamCheck& stream : check.streams) print_stream(session, stream);
    line(session, "remote.done", {{"requests", static_cast<std::int64_t>(check.requests)}});
    return check.exit();
}

Exit tell_remote_fields(Session& session, const std::string& source) {
    const RemoteCheck check = look(session, source);
    if (session.options.json) {
        write_json(session, check);
        return check.exit();
    }
    line(session, "remote.title", {{"label", check.label}, {"preset", check.preset}, {"source", check.source}});
    for (const StreamCheck& stream : check.streams) {
        stream.error ? print_stream(session, stream) : print_fields(session, stream);
    }
    const auto proposed = proposed_parameters(check);
    line(session, proposed.empty() ? "remote.noproposal" : "remote.proposal", {{"source", check.source}});
    for (const auto& [parameter, field] : proposed) session.out << parameter << " = \"" << field.name << "\"\n";
    return Exit::Ok;
}

}  // namespace brugwacht
