#include "connector/rest/fields.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/core/date.hpp"
#include "engine/core/ports.hpp"

namespace brugwacht {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

/// Takes digits from the front of a text.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : rest_(text) {}
    std::optional<int> number(std::size_t digits) {
        if (rest_.size() < digits || !all_digits(rest_.substr(0, digits))) return std::nullopt;
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) value = value * 10 + (rest_[i] - '0');
        rest_.remove_prefix(digits);
        return value;
    }
    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool take_one_of(std::string_view set) {
        if (rest_.empty() || set.find(rest_.front()) == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::string_view rest() const { return rest_; }

  private:
    std::string_view rest_;
};

/// Microseconds of ".1234567"; nothing when the point has no digit behind it or more than 9.
std::optional<std::int64_t> fraction(Scanner& scan) {
    if (!scan.take_one_of(".,")) return 0;
    std::int64_t value = 0;
    std::size_t digits = 0;
    while (!scan.rest().empty() && is_digit(scan.rest().front())) {
        const int digit = *scan.number(1);
        if (++digits <= 6) value = value * 10 + digit;
    }
    if (digits == 0 || digits > 9) return std::nullopt;
    for (std::size_t i = digits; i < 6; ++i) value *= 10;
    return value;
}

/// Seconds east of UTC of "Z", "+01:00", "+0100", "+01"; nothing when something else stands there.
std::optional<int> offset(Scanner& scan) {
    if (scan.take_one_of("Zz")) return 0;
    const bool west = scan.rest().starts_with('-');
    if (!scan.take_one_of("+-")) return std::nullopt;
    const auto hours = scan.number(2);
    if (!hours || *hours > 14) return std::nullopt;
    scan.take(':');
    const int minutes = scan.rest().empty() ? 0 : scan.number(2).value_or(99);
    if (minutes > 59) return std::nullopt;
    const int seconds = *hours * 3600 + minutes * 60;
    return west ? -seconds : seconds;
}

std::optional<std::int64_t> parse_epoch(std::string_view text) {
    const bool negative = text.starts_with('-');
    const std::string_view digits = text.substr(negative ? 1 : 0);
    if (!all_digits(digits) || digits.size() < 9 || digits.size() > 14) return std::nullopt;
    std::int64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (negative) number = -number;
    // Seconds of eleven digits come after the year 2286, milliseconds of as many in the years around 1970.
    return digits.size() <= 10 ? number * kSecond : number * 1000;
}

std::optional<double> parse_number(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
    return number;
}

/// "2025-09-01 10:30:00"
std::string civil_text(std::int64_t civil_seconds) {
    std::string text = utc_timestamp(civil_seconds);
    text[10] = ' ';
    text.pop_back();
    return text;
}

}  // namespace

JsonView value_at(JsonView value, std::string_view path) {
    if (path.empty() || path == ".") return value;
    if (value.is(JsonView::Kind::Array)) {
        const std::size_t dot = path.find('.');
        const std::string_view step = path.substr(0, dot);
        std::size_t index = 0;
        const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
        if (error != std::errc() || end != step.data() + step.size()) return {};
        return value_at(value.at(index), dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1));
    }
    if (const JsonView exact = value.find(path)) return exact;
    // Names may hold dots: the longest name that is there counts.
    for (std::size_t dot = path.rfind('.'); dot != std::string_view::npos && dot > 0; dot = path.rfind('.', dot - 1))
        if (const JsonView member = value.find(path.substr(0, dot))) return value_at(member, path.substr(dot + 1));
    return {};
}

std::string plain_value(JsonView value) {
    if (!value.is(JsonView::Kind::Array)) return std::string(value.text());
    std::string out;
    for (JsonView item = value.first(); item; item = item.next()) {
        const std::string text = item.is(JsonView::Kind::Array) ? std::string() : std::string(item.text());
        if (!text.empty()) out += (out.empty() ? "" : "|") + text;
    }
    return out;
}

std::optional<std::int64_t> parse_moment(std::string_view text, const Zone& zone) {
    if (const auto epoch = parse_epoch(text)) return epoch;
    Scanner scan(text);
    const auto year = scan.number(4);
    if (!year || !scan.take('-')) return std::nullopt;
    const auto month = scan.number(2);
    if (!month || !scan.take('-')) return std::nullopt;
    const auto day = scan.number(2);
    if (!day) return std::nullopt;
    const auto date = Date::parse_iso(text.substr(0, 10));
    if (!date) return std::nullopt;
    std::int64_t seconds = std::int64_t{date->days()} * 86400;
    std::int64_t micros = 0;
    if (scan.take_one_of("Tt ")) {
        const auto hour = scan.number(2);
        if (!hour || *hour > 24 || !scan.take(':')) return std::nullopt;
        const auto minute = scan.number(2);
        if (!minute || *minute > 59) return std::nullopt;
        int second = 0;
        if (scan.take(':')) {
            const auto found = scan.number(2);
            if (!found || *found > 60) return std::nullopt;
            second = *found;
            const auto part = fraction(scan);
            if (!part) return std::nullopt;
            micros = *part;
        }
        seconds += *hour * 3600 + *minute * 60 + second;
    }
    if (scan.rest().empty()) return zone.to_moment(seconds) * kSecond + micros;
    const auto east = offset(scan);
    if (!east || !scan.rest().empty()) return std::nullopt;
    return (seconds - *east) * kSecond + micros;
}

std::string format_moment(std::int64_t seconds, TimeFormat format, const Zone* zone) {
    const std::int64_t civil = zone != nullptr ? zone->to_civil(seconds) : seconds;
    std::string text = civil_text(civil);
    switch (format) {
        case TimeFormat::IsoZ:
            text[10] = 'T';
            return text + (zone == nullptr ? "Z" : "");
        case TimeFormat::IsoMsZ:
            text[10] = 'T';
            return text + (zone == nullptr ? ".000Z" : ".000");
        case TimeFormat::Space:
            return text;
        case TimeFormat::EpochMs:
            return std::to_string(seconds * 1000);
        case TimeFormat::EpochS:
            return std::to_string(seconds);
        case TimeFormat::Date:
            return text.substr(0, 10);
    }
    return text;
}

std::string FieldReader::value(JsonView value, FieldAs as) const {
    if (value.is(JsonView::Kind::Boolean) && !value.flag() && connection_.false_is_empty && as != FieldAs::Boolean) return {};
    std::string text = plain_value(value);
    if (std::find(connection_.empty.begin(), connection_.empty.end(), text) != connection_.empty.end()) return {};
    return text;
}

std::string FieldReader::value(std::string_view path, FieldAs as, const FieldContext& context) const {
    if (path == "parent.id") return std::string(context.parent_id);
    if (path.starts_with("parent.")) return value(value_at(context.parent, path.substr(7)), as);
    if (path == "item") return value(context.item, as);
    if (path.starts_with("item.")) return value(value_at(context.item, path.substr(5)), as);
    return value(value_at(context.record, path), as);
}

std::string FieldReader::minutes(const RemoteField& field, const FieldContext& context) const {
    static constexpr double kMinutes[] = {60, 1, 1.0 / 60, 1.0 / 60'000};
    double sum = 0;
    bool any = false;
    for (std::size_t i = 0; i < field.paths.size(); ++i) {
        if (field.paths[i].empty()) continue;
        const auto number = parse_number(value(field.paths[i], FieldAs::Text, context));
        if (!number) continue;
        sum += *number * kMinutes[i];
        any = true;
    }
    if (!any || sum < 0 || sum > 1e7) return {};
    return std::to_string(std::llround(sum));
}

std::string FieldReader::read(const RemoteField& field, const FieldContext& context) const {
    switch (field.from) {
        case FieldFrom::Minutes:
            return minutes(field, context);
        case FieldFrom::Count: {
            const JsonView list = value_at(context.record, field.paths[0]);
            return list.is(JsonView::Kind::Array) ? std::to_string(list.size()) : std::string();
        }
        case FieldFrom::Between: {
            const auto from = parse_moment(value(field.paths[0], FieldAs::Text, context), zone_);
            const auto to = parse_moment(value(field.paths[1], FieldAs::Text, context), zone_);
            if (!from || !to || *to < *from) return {};
            return std::to_string((*to - *from) / kSecond / 60);
        }
        case FieldFrom::Join: {
            std::string out;
            for (const std::string& path : field.paths) {
                const std::string part = value(path, field.as, context);
                if (!part.empty()) out += (out.empty() ? "" : " ") + part;
            }
            return out;
        }
        case FieldFrom::Path:
            break;
    }
    std::string text = value(field.paths[0], field.as, context);
    if (field.as == FieldAs::Date) return text.substr(0, 10);
    if (field.as != FieldAs::Instant || text.empty()) return text;
    // A moment that is none stays as it is: the mapping says so, with its place.
    const auto moment = parse_moment(text, zone_);
    const bool is_day = text.size() == 10 && text[4] == '-';
    if (!moment || is_day) return text;
    const std::int64_t seconds = *moment >= 0 ? *moment / kSecond : -((-*moment + kSecond - 1) / kSecond);
    return civil_text(Zone::brussels().to_civil(seconds));
}

}  // namespace brugwacht
