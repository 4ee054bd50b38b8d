#include "engine/run/remote.hpp"

#include <algorithm>

#include "connector/rest/fault.hpp"
#include "connector/rest/fields.hpp"
#include "connector/rest/request.hpp"

namespace brugwacht {
namespace {

/// What the user filled in, with secrets read from where they are. `redactor` learns every one of them.
std::map<std::string, std::string> parameter_values(const PresetFile& file, const SourceSettings& source, const Project& project,
                                                    Redactor& redactor) {
    std::map<std::string, std::string> values;
    for (const auto& setting : source.connection) {
        const std::string& name = setting.first;
        const ConnectionValue& value = setting.second;
        const auto& defs = file.parameters();
        const auto def = std::find_if(defs.begin(), defs.end(), [&](const ParameterDef& one) { return one.name == name; });
        const bool secret = def != defs.end() && def->secret;
        if (!value.secret) {
            if (secret && !value.text.empty()) throw Error(Exit::Config, "PST-017", {{"name", name}}, project.config_file().string());
            values[name] = value.text;
            continue;
        }
        const Secret loaded = load_secret(*value.secret, name, project.dir().string());
        values[name] = std::string(loaded.bytes());
        redactor.add(loaded.bytes());
    }
    return values;
}

bool reads_rows(const Preset& preset) {
    return std::any_of(preset.streams.begin(), preset.streams.end(),
                       [](const StreamPlan& stream) { return stream.response == AnswerKind::Json; });
}

}  // namespace

RemotePorts real_network() {
    static const std::unique_ptr<Pause> kPause = real_pause();
    return {curl_transport, *kPause, {}};
}

RemoteSource::RemoteSource(const Project& project, const SourceSettings& source, RemotePorts& remote, Ports& ports) {
    const PresetText text = load_preset_text(source.preset, project.mappings());
    const PresetFile file = PresetFile::parse(text.text, text.file);
    Redactor redactor;
    preset_ = file.build(parameter_values(file, source, project, redactor));
    if (reads_rows(preset_))
        mapping_.emplace(Mapping::parse_preset(preset_.name, text.text, text.file, load_code_lists(project.mappings())));
    HttpSettings http;
    http.ca_file = source.ca_file.empty() ? "" : (project.dir() / source.ca_file).string();
    http.user_agent = "brugwacht";
    transport_ = remote.transport(http);
    const RetryPorts retry{remote.pause, ports.clock, random_shares()};
    token_transport_ = patient(*transport_, retry);
    authenticator_ =
        make_authenticator(auth_settings(preset_.connection.auth), {*token_transport_, ports.clock, [this] { return log_in(); }});
    exchange_ = std::make_unique<Exchange>(preset_.connection, ExchangePorts{*transport_, *authenticator_, retry}, std::move(redactor));
}

RemoteSource::~RemoteSource() = default;

/// The login call of the preset; the token is what it answers at the place that the preset names.
std::string RemoteSource::log_in() {
    const AuthPlan& auth = preset_.connection.auth;
    ExchangeRequest ask;
    ask.http = make_request(preset_.connection, *auth.login, Placeholders(), ask.path);
    ask.sign = false;
    const ExchangeResult answer = exchange_->send(ask);
    std::string token;
    if (answer.json) token = plain_value(value_at(answer.json->root(), auth.texts.at("token")));
    // Some systems answer a wrong password with "false" where the token would stand.
    if (token.empty() || token == "false") throw Error(Exit::NoPermission, "REST-020", {{"host", host_of(preset_.connection.base_url)}});
    return token;
}

}  // namespace brugwacht
