#include "tests/support/stand_in/scalar.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include "engine/core/date.hpp"

namespace brugwacht::stand_in {
namespace {

std::optional<double> number_in(const Scalar& value) {
    if (value.kind == Scalar::Kind::Number || value.kind == Scalar::Kind::Boolean) return value.number;
    if (value.kind == Scalar::Kind::Null || value.text.empty()) return std::nullopt;
    char* end = nullptr;
    const double number = std::strtod(value.text.c_str(), &end);
    return *end == '\0' ? std::optional(number) : std::nullopt;
}

int sign(double difference) { return difference < 0 ? -1 : difference > 0 ? 1 : 0; }

bool plain_text(std::string_view json) {
    return json.size() >= 2 && json.front() == '"' && json.back() == '"' && json.find('\\') == std::string_view::npos;
}

bool whole_number(std::string_view json, std::int64_t& number) {
    const auto [end, error] = std::from_chars(json.data(), json.data() + json.size(), number);
    return error == std::errc() && end == json.data() + json.size();
}

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

/// Reads digits and separators from the front of a text.
class Front {
  public:
    explicit Front(std::string_view text) : rest_(text) {}
    std::optional<int> digits(std::size_t count) {
        if (rest_.size() < count) return std::nullopt;
        int number = 0;
        for (const char c : rest_.substr(0, count)) {
            if (c < '0' || c > '9') return std::nullopt;
            number = number * 10 + (c - '0');
        }
        rest_.remove_prefix(count);
        return number;
    }
    bool take(std::string_view one_of) {
        if (rest_.empty() || one_of.find(rest_.front()) == std::string_view::npos) return false;
        taken_ = rest_.front();
        rest_.remove_prefix(1);
        return true;
    }
    char taken() const { return taken_; }
    bool done() const { return rest_.empty(); }

  private:
    std::string_view rest_;
    char taken_ = 0;
};

std::int64_t fraction_us(Front& front) {
    std::int64_t us = 0;
    std::int64_t unit = 100'000;
    while (const auto digit = front.digits(1)) {
        us += *digit * unit;
        unit /= 10;
    }
    return us;
}

/// Hours and minutes of an offset, or nothing when what stands there is none.
std::optional<std::int64_t> offset_minutes(Front& front) {
    const int direction = front.taken() == '-' ? -1 : 1;
    const auto hours = front.digits(2);
    if (!hours) return std::nullopt;
    front.take(":");
    return direction * (*hours * 60 + front.digits(2).value_or(0));
}

}  // namespace

Scalar text_scalar(std::string_view text) { return {Scalar::Kind::Text, 0, std::string(text)}; }
Scalar number_scalar(std::int64_t number) { return {Scalar::Kind::Number, static_cast<double>(number), std::to_string(number)}; }
Scalar boolean_scalar(bool flag) { return {Scalar::Kind::Boolean, flag ? 1.0 : 0.0, flag ? "true" : "false"}; }

Scalar scalar_of(std::string_view json) {
    if (plain_text(json)) return text_scalar(json.substr(1, json.size() - 2));
    std::int64_t number = 0;
    if (whole_number(json, number)) return number_scalar(number);
    if (json.empty() || json == "null") return {};
    if (json == "true" || json == "false") return boolean_scalar(json == "true");
    const Node node = parse_json(json, "record");
    if (node.is(Node::Kind::Array) || node.is(Node::Kind::Table)) return text_scalar(json);
    return scalar_of(node);
}

Scalar scalar_of(const Node& node) {
    switch (node.kind) {
        case Node::Kind::Boolean:
            return boolean_scalar(node.boolean);
        case Node::Kind::Integer:
            return number_scalar(node.integer);
        case Node::Kind::Real:
            return {Scalar::Kind::Number, node.real, JsonWriter().value(node.real).take()};
        case Node::Kind::Text:
            return text_scalar(node.text);
        case Node::Kind::Array:
        case Node::Kind::Table: {
            JsonWriter out;
            write_node(out, node);
            return text_scalar(out.take());
        }
        default:
            return {};
    }
}

std::vector<Scalar> elements_of(std::string_view json) {
    if (json.empty() || json.front() != '[') {
        Scalar single = scalar_of(json);
        return single.null() ? std::vector<Scalar>() : std::vector<Scalar>{std::move(single)};
    }
    return elements_of(parse_json(json, "record"));
}

std::vector<Scalar> elements_of(const Node& node) {
    std::vector<Scalar> elements;
    if (node.is(Node::Kind::Array) || node.is(Node::Kind::Table)) {
        for (const Node& item : node.items) elements.push_back(scalar_of(item));
    } else if (!node.is(Node::Kind::Null)) {
        elements.push_back(scalar_of(node));
    }
    return elements;
}

std::optional<int> compare(const Scalar& a, const Scalar& b) {
    if (a.null() || b.null()) return std::nullopt;
    if (a.kind != Scalar::Kind::Text || b.kind != Scalar::Kind::Text) {
        const auto x = number_in(a);
        const auto y = number_in(b);
        if (x && y) return sign(*x - *y);
    }
    return a.text.compare(b.text);
}

bool like(std::string_view text, std::string_view pattern) {
    if (pattern.empty()) return text.empty();
    if (pattern.front() == '%') {
        for (std::size_t skipped = 0; skipped <= text.size(); ++skipped)
            if (like(text.substr(skipped), pattern.substr(1))) return true;
        return false;
    }
    if (text.empty()) return false;
    const bool same = pattern.front() == '_' || lower(text.front()) == lower(pattern.front());
    return same && like(text.substr(1), pattern.substr(1));
}

std::string json_text(std::string_view text) {
    const bool plain =
        std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; });
    if (!plain) return JsonWriter().value(text).take();
    std::string json;  // most texts, and there are millions of them
    json.reserve(text.size() + 2);
    return json.append(1, '"').append(text).append(1, '"');
}

void write_json(JsonWriter& out, std::string_view json) {
    std::int64_t number = 0;
    if (plain_text(json)) {
        out.value(json.substr(1, json.size() - 2));
    } else if (whole_number(json, number)) {
        out.value(number);
    } else {
        write_node(out, parse_json(json, "record"));
    }
}

void write_node(JsonWriter& out, const Node& node) {
    switch (node.kind) {
        case Node::Kind::Boolean:
            out.value(node.boolean);
            break;
        case Node::Kind::Integer:
            out.value(node.integer);
            break;
        case Node::Kind::Real:
            out.value(node.real);
            break;
        case Node::Kind::Text:
            out.value(node.text);
            break;
        case Node::Kind::Array:
            out.begin_array();
            for (const Node& item : node.items) write_node(out, item);
            out.end_array();
            break;
        case Node::Kind::Table:
            out.begin_object();
            for (std::size_t i = 0; i < node.items.size(); ++i) {
                out.key(node.keys[i]);
                write_node(out, node.items[i]);
            }
            out.end_object();
            break;
        default:
            out.null();
    }
}

std::optional<Moment> parse_moment(std::string_view text) {
    Front front(text);
    const auto year = front.digits(4);
    const bool compact = !front.take("-");
    const auto month = front.digits(2);
    if (!compact && !front.take("-")) return std::nullopt;
    const auto day = front.digits(2);
    if (!year || !month || !day) return std::nullopt;
    const auto date = Date::from_ymd(*year, *month, *day);
    if (!date) return std::nullopt;
    Moment moment{static_cast<std::int64_t>(date->days()) * 86'400'000'000, false};
    if (front.done()) return moment;

    if (!compact && !front.take(" T")) return std::nullopt;
    const auto hour = front.digits(2);
    front.take(":");
    const auto minute = front.digits(2);
    if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
    const auto second = compact || front.take(":") ? front.digits(2) : std::optional(0);
    if (!second || *second > 59) return std::nullopt;
    moment.us += ((*hour * 60LL + *minute) * 60 + *second) * 1'000'000;
    if (front.take(".")) moment.us += fraction_us(front);
    if (front.take("Z")) {
        moment.zoned = true;
    } else if (front.take("+-")) {
        const auto offset = offset_minutes(front);
        if (!offset) return std::nullopt;
        moment.zoned = true;
        moment.us -= *offset * 60'000'000;
    }
    return front.done() ? std::optional(moment) : std::nullopt;
}

}  // namespace brugwacht::stand_in
