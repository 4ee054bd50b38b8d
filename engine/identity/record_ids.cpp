#include "engine/core/hash.hpp"
#include "engine/identity/intake.hpp"
#include "engine/policy/policy.hpp"

namespace brugwacht {
namespace {

// Length first, so that no two triples give the same text.
Hash128 hash_of(const HashKey& key, std::string_view source, std::string_view what, std::string_view text) {
    thread_local std::string buffer;
    buffer.clear();
    const auto add = [](std::string_view part) {
        const auto size = static_cast<std::uint32_t>(part.size());
        for (unsigned shift = 0; shift < 32; shift += 8) buffer.push_back(static_cast<char>(size >> shift & 0xff));
        buffer.append(part);
    };
    add(source);
    add(what);
    buffer.append(text);
    return siphash128(key, buffer);
}

}  // namespace

std::int64_t RecordIds::id(std::string_view source, Entity entity, std::string_view key) const {
    const auto bits = static_cast<std::int64_t>(hash_of(key_, source, entity_def(entity).name, key).low >> 1);
    return bits == 0 ? 1 : bits;
}

std::int64_t RecordIds::group(std::string_view source, std::string_view what, std::string_view text) const {
    const auto bits = static_cast<std::int64_t>(hash_of(key_, source, what, text).low >> 1);
    return bits == 0 ? 1 : bits;
}

std::int64_t RecordIds::row(std::string_view source, std::string_view stream, std::string_view id) const {
    return group(source, "row:" + std::string(stream), id);
}

std::string RecordIds::shown_key(std::string_view source, Entity entity, std::string_view key) const {
    return is_plain_key(key) ? std::string(key) : hashed_key(source, entity_def(entity).name, key);
}

std::string RecordIds::hashed_key(std::string_view source, std::string_view what, std::string_view key) const {
    // The high half: a key that is shown says nothing about the id, which is made of the low half.
    std::uint64_t bits = hash_of(key_, source, what, key).high;
    std::string bytes(8, '\0');
    for (std::size_t i = 0; i < 8; ++i, bits >>= 8) bytes[7 - i] = static_cast<char>(bits & 0xff);
    return "h_" + to_hex(bytes);
}

}  // namespace brugwacht
