// How far the synchronising of a remote source is: windows, ids, tokens of changes. Sealed, because a token opens a door and an id names
// a person; it stands as a bookmark of the source, so that undoing a run also takes back how far it came.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/identity/intake.hpp"

namespace brugwacht {

struct SyncState {
    std::string text;         // "" = none: the stream is read from its start
    bool unreadable = false;  // there was one, but it is damaged or of another key or stream
};

class SealedState {
  public:
    /// `keys` must outlive this.
    explicit SealedState(const Keys& keys) : keys_(keys) {}

    /// Name of the bookmark of a stream: "sync:STREAM".
    static std::string bookmark(std::string_view stream);
    /// "VERSION:" and, in base64, AES-256-GCM under a key of its own, bound to tenant, source, stream and version of the key.
    std::string sealed(std::string_view source, std::string_view stream, std::string_view text) const;
    /// The reverse. Never throws on what it is given: a state that cannot be opened is none.
    SyncState opened(std::string_view source, std::string_view stream, const std::optional<std::string>& value) const;

    /// The value of a bookmark under the next key of a rotation. Nothing when it is no state, or cannot be opened.
    std::optional<std::string> resealed(std::string_view source, std::string_view bookmark, const std::string& value) const;

    /// As part of the current run.
    void save(Intake& intake, std::string_view source, std::string_view stream, std::string_view text) const;
    SyncState load(Store& store, std::string_view source, std::string_view stream) const;

  private:
    const Keys& keys_;
};

}  // namespace brugwacht
