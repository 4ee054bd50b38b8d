#include "engine/audit/entry_format.hpp"

#include <algorithm>
#include <utility>

#include "engine/audit/actions.hpp"
#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/lib/json.hpp"
#include "engine/lib/node.hpp"

namespace brugwacht {
namespace {

constexpr std::string_view kCoversMac = R"("v":2)";
constexpr std::string_view kPrevious = R"(,"prev":")";
constexpr std::string_view kEnd = R"("})";
constexpr std::size_t kHexDigits = 64;

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Begins with a letter, so that no number of a person or a phone is one.
bool is_word(std::string_view text) {
    const auto fits = [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == ':' || c == '-'; };
    return !text.empty() && text.size() <= kHexDigits && is_letter(text.front()) && std::all_of(text.begin(), text.end(), fits);
}

/// Longer than a national number, and as long as a digest at most.
bool is_hex(std::string_view text) {
    const auto fits = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
    return text.size() >= 12 && text.size() <= kHexDigits && std::all_of(text.begin(), text.end(), fits);
}

/// "2025-06-30", also with the year of a period: "2025-06-30.2025".
bool is_release(std::string_view text) {
    constexpr std::size_t kDay = 10, kWithYear = 15;
    if ((text.size() != kDay && text.size() != kWithYear) || !Date::parse_iso(text.substr(0, kDay))) return false;
    return text.size() == kDay || (text[kDay] == '.' && std::all_of(text.begin() + kDay + 1, text.end(), is_digit));
}

std::string member_text(const Node& node, std::string_view key) {
    const Node* found = node.find(key);
    return found != nullptr && found->is(Node::Kind::Text) ? found->text : std::string();
}

std::int64_t member_integer(const Node& node, std::string_view key) {
    const Node* found = node.find(key);
    return found != nullptr && found->is(Node::Kind::Integer) ? found->integer : 0;
}

}  // namespace

void require_words(const AuditEntry& entry) {
    const auto refuse = [](std::string_view field) { throw Error(Exit::Software, "AUD-002", {{"field", std::string(field)}}); };
    if (!is_word(entry.role)) refuse("role");
    if (!is_audit_action(entry.action)) refuse("action");
    if (!entry.object.empty() && !is_word(entry.object)) refuse("object");
    if (!entry.request.empty() && !is_hex(entry.request)) refuse("request");
    if (!entry.config.empty() && !is_hex(entry.config) && !is_word(entry.config)) refuse("config");
    if (!entry.release.empty() && !is_release(entry.release)) refuse("release");
    if (!entry.batch.empty() && !is_hex(entry.batch)) refuse("batch");
    for (const auto& [name, count] : entry.counts)
        if (!is_word(name)) refuse("counts");
}

std::string canonical(const AuditEntry& entry, std::int64_t sequence, std::int64_t time, std::string_view previous) {
    JsonWriter json;
    json.begin_object()
        .member("seq", sequence)
        .member("v", 2)
        .member("time", utc_timestamp(time))
        .member("role", entry.role)
        .member("action", entry.action)
        .member("object", entry.object)
        .member("request", entry.request)
        .member("config", entry.config)
        .member("release", entry.release);
    if (entry.run != 0) json.member("run", entry.run).member("batch", entry.batch);
    json.key("counts").begin_object();
    for (const auto& [name, count] : entry.counts) json.member(name, count);
    json.end_object().member("prev", std::string(previous)).end_object();
    return json.take();
}

std::optional<LoggedEntry> read_entry(const std::string& content) {
    Node node;
    try {
        node = parse_json(content, "ledger");
    } catch (const Error&) {
        return std::nullopt;
    }
    if (!node.is(Node::Kind::Table)) return std::nullopt;
    LoggedEntry out;
    out.sequence = member_integer(node, "seq");
    out.time = member_text(node, "time");
    out.entry.role = member_text(node, "role");
    out.entry.action = member_text(node, "action");
    out.entry.object = member_text(node, "object");
    out.entry.request = member_text(node, "request");
    out.entry.config = member_text(node, "config");
    out.entry.release = member_text(node, "release");
    out.entry.run = member_integer(node, "run");
    out.entry.batch = member_text(node, "batch");
    if (const Node* counts = node.find("counts"); counts != nullptr && counts->is(Node::Kind::Table))
        for (std::size_t i = 0; i < counts->keys.size(); ++i) out.entry.counts[counts->keys[i]] = counts->items[i].integer;
    if (out.sequence == 0 || out.entry.action.empty()) return std::nullopt;
    return out;
}

bool has_sequence(std::string_view content, std::int64_t sequence) {
    return content.starts_with(R"({"seq":)" + std::to_string(sequence) + ',');
}

std::string_view previous_of(std::string_view content) {
    const std::size_t tail = kPrevious.size() + kHexDigits + kEnd.size();
    if (content.size() < tail || !content.ends_with(kEnd)) return {};
    const std::string_view end = content.substr(content.size() - tail);
    return end.starts_with(kPrevious) ? end.substr(kPrevious.size(), kHexDigits) : std::string_view();
}

// Words hold no quotes, so that a member's name and value cannot be part of another's.
bool announces_release(std::string_view content) { return content.find(R"(,"action":"release",)") != std::string_view::npos; }

std::string covered(std::string_view content, std::string_view mac) {
    std::string bytes(content);
    const std::size_t first = content.find(',');
    if (first != std::string_view::npos && content.substr(first + 1).starts_with(kCoversMac)) bytes += mac;
    return bytes;
}

std::string EntryKey::seal(std::string_view head) const { return hmac_("brugwacht/audit/seal|" + std::string(head)); }

std::string EntryKey::seal_count(std::int64_t entries) const { return hmac_("brugwacht/audit/count|" + std::to_string(entries)); }

std::string EntryKey::sign_root(std::int64_t size, std::string_view root) const {
    return hmac_("brugwacht/audit/root|" + std::to_string(size) + "|" + to_hex(root));
}

// derive_key(key_, "brugwacht/audit/next") with the key schedule that is at hand: HKDF-Expand, one block.
EntryKey EntryKey::next() const { return EntryKey(Secret(hmac_(std::string_view("brugwacht/audit/next\1")))); }

}  // namespace brugwacht
