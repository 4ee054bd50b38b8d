#include "tests/support/stand_in/web.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "tests/support/stand_in/tables.hpp"

namespace brugwacht::stand_in {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
        if (plain) {
            out.push_back(c);
        } else {
            out.push_back('%');
            out.push_back(kHex[byte >> 4]);
            out.push_back(kHex[byte & 15]);
        }
    }
    return out;
}

std::string encoded_pairs(const Pairs& pairs) {
    std::string out;
    for (const auto& [name, value] : pairs) out += (out.empty() ? "" : "&") + percent_encoded(name) + "=" + percent_encoded(value);
    return out;
}

Node& member(Node& table, const std::string& name) {
    table.kind = Node::Kind::Table;
    const std::string key = name.empty() ? std::to_string(table.items.size()) : name;
    for (std::size_t i = 0; i < table.keys.size(); ++i)
        if (table.keys[i] == key) return table.items[i];
    table.keys.push_back(key);
    return table.items.emplace_back();
}

/// "where", "0", "value" of "where[0][value]".
std::vector<std::string> bracketed(const std::string& name) {
    std::vector<std::string> steps{name.substr(0, name.find('['))};
    for (std::size_t open = name.find('['); open != std::string::npos; open = name.find('[', open + 1)) {
        const std::size_t close = name.find(']', open);
        if (close == std::string::npos) break;
        steps.push_back(name.substr(open + 1, close - open - 1));
    }
    return steps;
}

}  // namespace

Answer json_answer(int status, std::string body) {
    Answer answer;
    answer.status = status;
    answer.headers = {{"Content-Type", "application/json"}};
    answer.body = std::move(body);
    return answer;
}

Answer html_answer(int status, std::string_view title) {
    Answer answer;
    answer.status = status;
    answer.headers = {{"Content-Type", "text/html; charset=UTF-8"}};
    answer.body = "<!DOCTYPE html>\n<html><head><title>" + std::string(title) + "</title></head><body><h1>" + std::string(title) +
                  "</h1></body></html>\n";
    return answer;
}

Answer text_answer(int status, std::string body) {
    Answer answer;
    answer.status = status;
    answer.headers = {{"Content-Type", "text/plain"}};
    answer.body = std::move(body);
    return answer;
}

Answer dated(Answer answer, std::int64_t now_us) {
    answer.headers.emplace_back("Date", http_date(now_us));
    return answer;
}

Node php_parameters(const Pairs& pairs) {
    Node root;
    root.kind = Node::Kind::Table;
    for (const auto& [name, value] : pairs) {
        Node* place = &root;
        for (const std::string& step : bracketed(name)) place = &member(*place, step);
        place->kind = Node::Kind::Text;
        place->text = value;
    }
    return root;
}

std::string text_of(const Node& table, std::string_view key) {
    const Node* node = table.find(key);
    return node != nullptr && node->is(Node::Kind::Text) ? node->text : std::string();
}

std::optional<std::size_t> parse_whole(std::string_view text) {
    std::size_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    return fault == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find(separator));
        if (!part.empty()) parts.emplace_back(part);
        text.remove_prefix(std::min(text.size(), part.size() + 1));
    }
    return parts;
}

std::string base64(std::string_view bytes) {
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k) out.push_back(i + k <= bytes.size() ? kBase64[group >> (18 - 6 * k) & 63U] : '=');
    }
    return out;
}

std::string from_base64(std::string_view text) {
    std::string out;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const std::size_t digit = kBase64.find(c);
        if (digit == std::string_view::npos) continue;
        bits = (bits << 6 | static_cast<std::uint32_t>(digit)) & 0xFFFFFFU;
        count += 6;
        if (count >= 8) {
            count -= 8;
            out.push_back(static_cast<char>(bits >> count & 255U));
        }
    }
    return out;
}

Call get_call(const std::string& path, Pairs query, Pairs headers) {
    Call call;
    call.method = "GET";
    call.path = path;
    call.target = path + (query.empty() ? "" : "?" + encoded_pairs(query));
    call.query = std::move(query);
    call.headers = std::move(headers);
    return call;
}

Call form_call(const std::string& path, const Pairs& form, Pairs headers) {
    Call call = json_call(path, encoded_pairs(form), std::move(headers));
    call.headers.front().second = "application/x-www-form-urlencoded";
    return call;
}

Call json_call(const std::string& path, std::string body, Pairs headers) {
    Call call;
    call.method = "POST";
    call.path = path;
    call.target = path;
    call.headers = std::move(headers);
    call.headers.insert(call.headers.begin(), {"content-type", "application/json"});
    call.body = std::move(body);
    return call;
}

}  // namespace brugwacht::stand_in
