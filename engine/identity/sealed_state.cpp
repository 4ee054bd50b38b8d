#include "engine/identity/sealed_state.hpp"

#include "engine/core/error.hpp"
#include "engine/lib/crypto.hpp"

namespace brugwacht {
namespace {

const std::string kPrefix = "sync:";

// Length first, so that no two pairs of source and stream give the same text.
std::string place(std::string_view source, std::string_view stream) {
    std::string text = "brugwacht|sync-state|" + std::to_string(source.size()) + "|";
    return text.append(source).append("|").append(stream);
}

std::string associated(std::string_view source, std::string_view stream, std::string_view tenant, int version) {
    return place(source, stream).append("|").append(tenant).append("|").append(std::to_string(version));
}

std::string sealed_under(const SealKeys& keys, std::string_view tenant, std::string_view source, std::string_view stream,
                         std::string_view text) {
    return std::to_string(keys.version) + ":" + base64(seal(keys.sync_state, text, associated(source, stream, tenant, keys.version)));
}

}  // namespace

std::string SealedState::bookmark(std::string_view stream) { return kPrefix + std::string(stream); }

std::string SealedState::sealed(std::string_view source, std::string_view stream, std::string_view text) const {
    return sealed_under(keys_, keys_.tenant, source, stream, text);
}

SyncState SealedState::opened(std::string_view source, std::string_view stream, const std::optional<std::string>& value) const {
    if (!value) return {};
    const SyncState unreadable{"", true};
    // "VERSION:SEAL"; before keys had versions the seal stood alone and was bound to source and stream only.
    const std::size_t colon = value->find(':');
    const auto bytes = from_base64(colon == std::string::npos ? std::string_view(*value) : std::string_view(*value).substr(colon + 1));
    if (!bytes) return unreadable;
    SyncState state;
    const auto opens = [&](const SealKeys& keys) {
        if (colon == std::string::npos) return Cipher(keys.sync_state).unseal(*bytes, place(source, stream), state.text);
        return value->substr(0, colon) == std::to_string(keys.version) &&
               Cipher(keys.sync_state).unseal(*bytes, associated(source, stream, keys_.tenant, keys.version), state.text);
    };
    return opens(keys_) || (keys_.next && opens(*keys_.next)) ? state : unreadable;
}

std::optional<std::string> SealedState::resealed(std::string_view source, std::string_view bookmark, const std::string& value) const {
    if (!bookmark.starts_with(kPrefix)) return std::nullopt;
    const std::string_view stream = bookmark.substr(kPrefix.size());
    const SyncState state = opened(source, stream, value);
    if (state.unreadable) return std::nullopt;
    return sealed_under(keys_.next ? *keys_.next : static_cast<const SealKeys&>(keys_), keys_.tenant, source, stream, state.text);
}

void SealedState::save(Intake& intake, std::string_view source, std::string_view stream, std::string_view text) const {
    intake.bookmark(source, bookmark(stream), sealed(source, stream, text));
}

SyncState SealedState::load(Store& store, std::string_view source, std::string_view stream) const {
    return opened(source, stream, store.bookmark(source, bookmark(stream)));
}

}  // namespace brugwacht
