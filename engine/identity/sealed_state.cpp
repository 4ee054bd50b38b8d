#include "engine/identity/sealed_state.hpp"

#include "engine/core/error.hpp"
#include "engine/lib/crypto.hpp"

namespace brugwacht {
namespace {

// Length first, so that no two pairs of source and stream give the same text.
std::string associated(std::string_view source, std::string_view stream) {
    std::string text = "brugwacht|sync-state|" + std::to_string(source.size()) + "|";
    return text.append(source).append("|").append(stream);
}

}  // namespace

std::string SealedState::bookmark(std::string_view stream) { return "sync:" + std::string(stream); }

std::string SealedState::sealed(std::string_view source, std::string_view stream, std::string_view text) const {
    return base64(seal(keys_.sync_state, text, associated(source, stream)));
}

SyncState SealedState::opened(std::string_view source, std::string_view stream, const std::optional<std::string>& value) const {
    if (!value) return {};
    const auto bytes = from_base64(*value);
    if (!bytes) return {"", true};
    try {
        return {unseal(keys_.sync_state, *bytes, associated(source, stream)), false};
    } catch (const Error&) {
        return {"", true};
    }
}

void SealedState::save(Intake& intake, std::string_view source, std::string_view stream, std::string_view text) const {
    intake.bookmark(source, bookmark(stream), sealed(source, stream, text));
}

SyncState SealedState::load(Store& store, std::string_view source, std::string_view stream) const {
    return opened(source, stream, store.bookmark(source, bookmark(stream)));
}

}  // namespace brugwacht
