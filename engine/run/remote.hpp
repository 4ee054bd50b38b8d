// A configured REST source made ready: preset, parameters with their secrets, the connection.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "connector/rest/exchange.hpp"
#include "connector/rest/preset.hpp"
#include "engine/core/ports.hpp"
#include "engine/mapping/mapping.hpp"
#include "engine/run/project.hpp"

namespace brugwacht {

/// What is done with a source while it is read; for a line on a terminal.
struct RemoteProgress {
    std::string source, stream;
    std::uint64_t rows = 0, requests = 0;
    std::optional<std::uint64_t> total;  // when the server says so
    bool ended = false;                  // the stream is done for this time
};

/// The network, and time that passes, so that tests need neither.
struct RemotePorts {
    std::function<std::unique_ptr<HttpTransport>(const HttpSettings&)> transport;
    Pause& pause;
    std::function<void(const RemoteProgress&)> progress;  // may be empty
};

/// libcurl and the real passing of time, without a line of progress.
RemotePorts real_network();

class RemoteSource {
  public:
    /// Reads the preset and the secrets. Throws Error PST-xxx, CFG-xxx, MAP-xxx (78), REST-010 and on.
    RemoteSource(const Project& project, const SourceSettings& source, RemotePorts& remote, Ports& ports);
    ~RemoteSource();
    RemoteSource(const RemoteSource&) = delete;
    RemoteSource& operator=(const RemoteSource&) = delete;

    const Preset& preset() const { return preset_; }
    /// Of [map]; nothing when the preset reads files only.
    const Mapping* mapping() const { return mapping_ ? &*mapping_ : nullptr; }
    Exchange& exchange() { return *exchange_; }

  private:
    std::string log_in();

    Preset preset_;
    std::optional<Mapping> mapping_;
    std::unique_ptr<HttpTransport> transport_, token_transport_;
    std::unique_ptr<Authenticator> authenticator_;
    std::unique_ptr<Exchange> exchange_;
};

}  // namespace brugwacht
