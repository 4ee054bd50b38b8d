#include "engine/identity/sealed_state.hpp"

#include "engine/core/error.hpp"
#include "engine/lib/crypto.hpp"

namespace brugwacht {
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// RFC 4648, section 4.
std::string to_base64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::string_view three = bytes.substr(at, 3);
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i) bits = bits << 8 | (i < three.size() ? static_cast<unsigned char>(three[i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i) text.push_back(i <= three.size() ? kDigits[bits >> (18 - 6 * i) & 63] : '=');
    }
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    std::string bytes;
    std::uint32_t bits = 0;
    unsigned waiting = 0;
    for (const char digit : text) {
        const std::size_t value = kDigits.find(digit);
        if (value == std::string_view::npos) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        waiting += 6;
        if (waiting < 8) continue;
        waiting -= 8;
        bytes.push_back(static_cast<char>(bits >> waiting & 0xff));
    }
    return bytes;
}

// Length first, so that no two pairs of source and stream give the same text.
std::string associated(std::string_view source, std::string_view stream) {
    std::string text = "brugwacht|sync-state|" + std::to_string(source.size()) + "|";
    return text.append(source).append("|").append(stream);
}

}  // namespace

std::string SealedState::bookmark(std::string_view stream) { return "sync:" + std::string(stream); }

std::string SealedState::sealed(std::string_view source, std::string_view stream, std::string_view text) const {
    return to_base64(seal(keys_.sync_state, text, associated(source, stream)));
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
