#include "tests/support/stand_in/cloud.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

#include "engine/core/date.hpp"
#include "engine/lib/node_json.hpp"

namespace brugwacht::stand_in::cloud {

namespace {
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}  // namespace

Answer json_answer(const System& system, int status, std::string body) {
    Answer answer;
    answer.status = status;
    answer.headers = {{"Content-Type", "application/json; charset=utf-8"}, {"Date", http_date(system.now_us)}};
    answer.body = std::move(body);
    return answer;
}

void write(JsonWriter& json, const Node& node) { write_json(json, node); }

Node text_node(std::string text) {
    Node node;
    node.kind = Node::Kind::Text;
    node.text = std::move(text);
    return node;
}

Node number_node(std::int64_t number) {
    Node node;
    node.kind = Node::Kind::Integer;
    node.integer = number;
    node.real = static_cast<double>(number);
    return node;
}

Node field_of(const Record& record, const std::string& name) {
    const auto field = record.fields.find(name);
    return field == record.fields.end() ? Node() : parse_json(field->second, name);
}

std::string plain_text(const Node& node) {
    if (node.is(Node::Kind::Text)) return node.text;
    if (!node.is(Node::Kind::Integer) && !node.is(Node::Kind::Real) && !node.is(Node::Kind::Boolean)) return {};
    JsonWriter json;
    write(json, node);
    return json.take();
}

std::string encode(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    constexpr std::string_view kPlain = "-._~";
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x80 && std::isalnum(byte) != 0) || kPlain.find(c) != std::string_view::npos) {
            encoded += c;
        } else {
            encoded += {'%', kDigits[byte / 16U], kDigits[byte % 16U]};
        }
    }
    return encoded;
}

std::string base64(std::string_view bytes) {
    std::string encoded;
    unsigned bits = 0;
    int held = 0;
    for (const char c : bytes) {
        bits = (bits << 8U) | static_cast<unsigned char>(c);
        for (held += 8; held >= 6; held -= 6) encoded += kBase64[(bits >> static_cast<unsigned>(held - 6)) & 63U];
    }
    if (held > 0) encoded += kBase64[(bits << static_cast<unsigned>(6 - held)) & 63U];
    encoded.append((4 - encoded.size() % 4) % 4, '=');
    return encoded;
}

std::string from_base64(std::string_view text) {
    std::string bytes;
    unsigned bits = 0;
    int held = 0;
    for (const char c : text) {
        const auto digit = kBase64.find(c == '-' ? '+' : (c == '_' ? '/' : c));
        if (digit == std::string_view::npos) continue;
        bits = (bits << 6U) | static_cast<unsigned>(digit);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes += static_cast<char>((bits >> static_cast<unsigned>(held)) & 255U);
    }
    return bytes;
}

std::string origin(const Call& call) { return "http://" + call.header("host"); }

std::string raw_path(const Call& call) { return call.target.substr(0, call.target.find('?')); }

std::string raw_query(const Call& call) {
    const auto mark = call.target.find('?');
    return mark == std::string::npos ? std::string() : call.target.substr(mark + 1);
}

std::string credential(const Call& call, std::string_view scheme) {
    const std::string header = call.header("authorization");
    return starts_with(header, scheme) && header.size() > scheme.size() && header[scheme.size()] == ' ' ? header.substr(scheme.size() + 1)
                                                                                                        : std::string();
}

std::string form_field(const Call& call, std::string_view name) {
    for (const auto& [key, value] : call.form())
        if (key == name) return value;
    return {};
}

std::optional<std::int64_t> number_parameter(const Call& call, const std::string& name) {
    const auto text = call.parameter(name);
    if (!text) return std::nullopt;
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (fault != std::errc() || end != text->data() + text->size()) return std::nullopt;
    return number;
}

namespace {

/// Takes exactly `count` digits off the front.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    int number = 0;
    for (const char c : text.substr(0, count)) {
        if (c < '0' || c > '9') return std::nullopt;
        number = number * 10 + (c - '0');
    }
    text.remove_prefix(count);
    return number;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

/// Microseconds of ".12345"; 0 when there is no fraction. Digits beyond the sixth are dropped.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
    if (!take(text, '.')) return 0;
    std::int64_t micros = 0;
    std::int64_t unit = 100'000;
    std::size_t digits = 0;
    for (; !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) != 0; text.remove_prefix(1), ++digits) {
        micros += (text.front() - '0') * unit;
        unit /= 10;
    }
    return digits >= 1 && digits <= 9 ? std::optional(micros) : std::nullopt;
}

/// Seconds east of UTC of what is left: "", "Z", "+01:00", "+0100".
std::optional<std::int64_t> zone_offset(std::string_view text) {
    if (text.empty() || text == "Z") return 0;
    const bool west = text.front() == '-';
    if (!west && text.front() != '+') return std::nullopt;
    text.remove_prefix(1);
    const auto hours = take_digits(text, 2);
    take(text, ':');
    const auto minutes = take_digits(text, 2);
    if (!hours || !minutes || !text.empty()) return std::nullopt;
    const std::int64_t seconds = *hours * 3600 + *minutes * 60;
    return west ? -seconds : seconds;
}

}  // namespace

std::optional<std::int64_t> parse_moment(std::string_view text) {
    if (text.size() < 10) return std::nullopt;
    const auto day = Date::parse_iso(text.substr(0, 10));
    if (!day) return std::nullopt;
    text.remove_prefix(10);
    std::int64_t seconds = std::int64_t{day->days()} * 86'400;
    if (text.empty()) return seconds * 1'000'000;
    if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
    const auto hour = take_digits(text, 2);
    const bool first_colon = take(text, ':');
    const auto minute = take_digits(text, 2);
    if (!hour || !first_colon || !minute) return std::nullopt;
    seconds += *hour * 3600 + *minute * 60;
    if (take(text, ':')) {
        const auto second = take_digits(text, 2);
        if (!second) return std::nullopt;
        seconds += *second;
    }
    const auto micros = take_fraction(text);
    const auto offset = zone_offset(text);
    if (!micros || !offset) return std::nullopt;
    return (seconds - *offset) * 1'000'000 + *micros;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return parts;
}

std::string to_lower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return lower;
}

bool starts_with(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

bool ends_with(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::vector<const Record*> records_in(const System& system, const std::string& table, const std::vector<State>& states) {
    std::vector<const Record*> records;
    const auto found = system.tables.find(table);
    if (found == system.tables.end()) return records;
    for (const Record& record : found->second.records) {
        const bool wanted = std::find(states.begin(), states.end(), record.state) != states.end();
        if (wanted && record.visible_us <= system.now_us) records.push_back(&record);
    }
    return records;
}

bool may_read(const System& system, const std::string& table) {
    return system.reads_allowed && std::find(system.denied.begin(), system.denied.end(), table) == system.denied.end();
}

}  // namespace brugwacht::stand_in::cloud
