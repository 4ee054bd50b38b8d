#include "engine/vault/packing.hpp"

#include "engine/core/error.hpp"

namespace brugwacht {
namespace {

void put(std::string& out, std::uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

std::uint64_t take(std::string_view& rest, unsigned bytes) {
    std::uint64_t value = 0;
    const std::string_view from = take_bytes(rest, bytes);
    for (unsigned i = 0; i < bytes; ++i) value |= static_cast<std::uint64_t>(static_cast<unsigned char>(from[i])) << (8 * i);
    return value;
}

}  // namespace

void put_text(std::string& out, std::string_view text) {
    put(out, static_cast<std::uint32_t>(text.size()), 4);
    out.append(text);
}

void put_number(std::string& out, std::int64_t value) { put(out, static_cast<std::uint64_t>(value), 8); }

void pad(std::string& text, std::size_t step) { text.resize((text.size() + step - 1) / step * step, '\0'); }

std::string_view take_bytes(std::string_view& rest, std::size_t count) {
    if (count > rest.size()) tampered();
    const std::string_view taken = rest.substr(0, count);
    rest.remove_prefix(count);
    return taken;
}

std::string_view take_text(std::string_view& rest) { return take_bytes(rest, take(rest, 4)); }
std::int64_t take_number(std::string_view& rest) { return static_cast<std::int64_t>(take(rest, 8)); }

void tampered(const std::string& file) { throw Error(Exit::Data, "VLT-003", {{"file", file}}, file); }

}  // namespace brugwacht
