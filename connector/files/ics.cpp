#include "connector/files/ics.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "connector/files/made_row.hpp"
#include "connector/files/recurrence.hpp"
#include "connector/files/text_input.hpp"
#include "connector/files/topic.hpp"
#include "connector/files/warning_list.hpp"
#include "engine/core/date.hpp"
#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/core/text.hpp"
#include "engine/core/zone.hpp"
#include "engine/lib/crypto.hpp"

namespace brugwacht {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kBlock = 64 << 10;
constexpr std::size_t kMaxLine = 64 << 10;  // of an unfolded line, the rest is passed over
constexpr std::size_t kMaxSummary = 500;    // bytes that are kept
constexpr std::size_t kMaxCategories = 500;
constexpr std::size_t kMaxUid = 1000;
constexpr std::size_t kMaxEvents = 100'000;
constexpr std::size_t kMaxKept = 48 << 20;  // bytes of all events
constexpr std::size_t kMaxDates = 5000;     // RDATE or EXDATE values of one event
constexpr std::size_t kMaxZones = 200;
constexpr std::size_t kMaxObservances = 64;  // of one zone
constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxInstances = 5000;  // of one series
constexpr std::size_t kMaxRows = 100'000;
constexpr std::int64_t kMaxSteps = 20'000'000;
constexpr std::int64_t kDay = 86400;
constexpr std::int64_t kWindowStart = 946'684'800;  // 2000-01-01
constexpr std::int64_t kNewest = 4'102'444'800;     // 2100-01-01
constexpr std::int64_t kWindowBeyond = 2 * 366 * kDay;
constexpr std::int64_t kLongest = 3660 * kDay;  // an appointment

constexpr std::array kColumns{"key"sv,       "date"sv,     "start"sv,      "end_date"sv, "end"sv,     "minutes"sv,
                              "all_day"sv,   "status"sv,   "categories"sv, "topic"sv,    "summary"sv, "class"sv,
                              "attendees"sv, "accepted"sv, "recurrence"sv, "planned"sv};
enum Column : std::uint32_t {
    Key,
    Day,
    Start,
    EndDay,
    End,
    Minutes,
    AllDay,
    Status,
    Categories,
    Topic,
    Summary,
    Class,
    Attendees,
    Accepted,
    Repeats,
    Planned
};

std::string upper(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    return result;
}

// ---- lines

/// Lines put together again, as bytes: a writer may fold in the middle of a character.
class UnfoldedLines {
  public:
    explicit UnfoldedLines(ByteStream& stream) : stream_(stream), buffer_(kBlock) {}

    bool next(std::string& line) {
        line.clear();
        bool any = false;
        while (true) {
            int c = peek();
            if (c < 0) return any;
            if (any) {
                if (c != ' ' && c != '\t') {
                    if (!line.empty()) return true;
                } else {
                    ++at_;
                }
            }
            any = true;
            read_physical(line);
        }
    }

  private:
    int peek() {
        if (at_ == size_) {
            at_ = 0;
            size_ = stream_.read(buffer_.data(), buffer_.size());
            if (size_ == 0) return -1;
        }
        return static_cast<unsigned char>(buffer_[at_]);
    }
    void read_physical(std::string& line) {
        while (peek() >= 0) {
            const char* const from = buffer_.data() + at_;
            const void* const feed = std::memchr(from, '\n', size_ - at_);
            const std::size_t n = feed == nullptr ? size_ - at_ : static_cast<std::size_t>(static_cast<const char*>(feed) - from);
            line.append(from, std::min(n, kMaxLine - std::min(kMaxLine, line.size())));
            at_ += n;
            if (feed == nullptr) continue;
            ++at_;
            break;
        }
        while (line.ends_with('\r')) line.pop_back();
    }

    ByteStream& stream_;
    std::vector<char> buffer_;
    std::size_t at_ = 0;
    std::size_t size_ = 0;
};

class RawBytes : public ByteStream {
  public:
    RawBytes(const File& file, std::uint64_t offset) : file_(file), offset_(offset) {}
    std::size_t read(char* out, std::size_t size) override {
        const std::size_t got = file_.read_at(offset_, out, size);
        offset_ += got;
        return got;
    }

  private:
    const File& file_;
    std::uint64_t offset_;
};

// ---- properties

struct Property {
    std::string name;  // upper case
    std::vector<std::pair<std::string, std::string>> parameters;
    std::string_view value;  // into the line

    std::string_view parameter(std::string_view wanted) const {
        for (const auto& given : parameters)
            if (given.first == wanted) return given.second;
        return {};
    }
};

/// ^n ^' ^^ of RFC 6868.
std::string without_carets(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char after = i + 1 < text.size() ? text[i + 1] : '\0';
        if (text[i] == '^' && (after == 'n' || after == '\'' || after == '^')) {
            result += after == 'n' ? '\n' : after == '^' ? '^' : '"';
            ++i;
        } else {
            result += text[i];
        }
    }
    return result;
}

/// NAME;PARAMETER=value;PARAMETER="a:b,c":value. False when there is no value.
bool split_property(std::string_view line, Property& property) {
    property.parameters.clear();
    std::size_t at = line.find_first_of(";:");
    if (at == std::string_view::npos || at == 0) return false;
    property.name = upper(line.substr(0, at));
    while (at < line.size() && line[at] == ';') {
        const std::size_t equals = line.find_first_of("=;:", ++at);
        if (equals == std::string_view::npos) return false;
        const std::string name = upper(line.substr(at, equals - at));
        at = equals;
        std::string value;
        if (line[at] == '=') {
            bool quoted = false;
            for (++at; at < line.size(); ++at) {
                const char c = line[at];
                if (c == '"')
                    quoted = !quoted;
                else if (!quoted && (c == ';' || c == ':'))
                    break;
                else
                    value += c;
            }
        }
        if (property.parameters.size() < 32) property.parameters.emplace_back(name, without_carets(value));
    }
    if (at >= line.size()) return false;
    property.value = line.substr(at + 1);
    return true;
}

/// A value of type TEXT without its escapes.
std::string plain_text(std::string_view value) {
    std::string text;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '\\' && i + 1 < value.size()) {
            ++i;
            text += value[i] == 'n' || value[i] == 'N' ? '\n' : value[i];
        } else {
            text += value[i];
        }
    }
    return text;
}

/// At most `size` bytes, whole characters.
void shorten(std::string& text, std::size_t size) {
    if (text.size() <= size) return;
    text.resize(size);
    for (int i = 0; i < 4 && !is_valid_utf8(text); ++i) text.pop_back();
}

// ---- times

struct Moment {
    bool known = false;
    bool is_date = false;
    bool utc = false;
    std::int64_t civil = 0;  // seconds since 1970 as written
    std::uint32_t zone = 0;  // number of its TZID, 0 = none
};

bool all_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int two(std::string_view text, std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); }

/// 20260101, 20260101T103000, 20260101T103000Z; the seconds may be left out.
Moment parse_moment(std::string_view text, int earliest = 1900) {
    Moment moment;
    text = trim(text);
    if (text.ends_with('Z') || text.ends_with('z')) {
        moment.utc = true;
        text.remove_suffix(1);
    }
    if (text.size() < 8 || !all_digits(text.substr(0, 8))) return {};
    const auto date = Date::from_ymd(two(text, 0) * 100 + two(text, 2), two(text, 4), two(text, 6));
    if (!date || date->year() < earliest || date->year() > 2200) return {};
    moment.known = true;
    moment.civil = date->days() * kDay;
    const std::string_view clock = text.substr(8);
    if (clock.empty()) {
        moment.is_date = true;
        moment.utc = false;
        return moment;
    }
    if ((clock.size() != 7 && clock.size() != 5) || (clock[0] != 'T' && clock[0] != 't') || !all_digits(clock.substr(1))) return {};
    const int hour = two(clock, 1);
    const int minute = two(clock, 3);
    const int second = clock.size() == 7 ? std::min(two(clock, 5), 59) : 0;  // a leap second is no second of ours
    if (hour > 24 || minute > 59 || (hour == 24 && minute > 0)) return {};
    moment.civil += hour * 3600 + minute * 60 + second;
    return moment;
}

/// P15DT5H0M20S, P7W; nothing when it is none or longer than ten years.
std::optional<std::int64_t> parse_duration(std::string_view text) {
    text = trim(text);
    bool negative = false;
    if (text.starts_with('+') || text.starts_with('-')) {
        negative = text[0] == '-';
        text.remove_prefix(1);
    }
    if (!text.starts_with('P') || text.size() < 3) return std::nullopt;
    std::int64_t total = 0;
    std::int64_t number = -1;
    for (const char c : text.substr(1)) {
        if (c >= '0' && c <= '9') {
            number = std::max<std::int64_t>(number, 0) * 10 + (c - '0');
            if (number > kLongest) return std::nullopt;
            continue;
        }
        if (c == 'T' && number < 0) continue;
        const std::int64_t unit = c == 'W' ? 7 * kDay : c == 'D' ? kDay : c == 'H' ? 3600 : c == 'M' ? 60 : c == 'S' ? 1 : 0;
        if (unit == 0 || number < 0) return std::nullopt;
        total += number * unit;
        number = -1;
    }
    if (number >= 0 || total > kLongest || negative) return std::nullopt;
    return total;
}

/// +0100, -0330, +010000.
std::optional<std::int64_t> parse_offset(std::string_view text) {
    text = trim(text);
    if ((text.size() != 5 && text.size() != 7) || (text[0] != '+' && text[0] != '-') || !all_digits(text.substr(1))) return std::nullopt;
    const std::int64_t size = two(text, 1) * 3600 + two(text, 3) * 60 + (text.size() == 7 ? two(text, 5) : 0);
    if (size > kDay) return std::nullopt;
    return text[0] == '-' ? -size : size;
}

// ---- time zones

struct Observance {
    std::optional<std::int64_t> from, to;  // offsets
    Moment start;
    std::string rule;
    std::vector<Moment> dates;
};

/// A zone that only the file itself describes: a list of changes.
class OwnZone {
  public:
    explicit OwnZone(const std::vector<Observance>& observances) {
        for (const Observance& observance : observances) {
            if (!observance.to || !observance.start.known) continue;
            const std::int64_t from = observance.from.value_or(*observance.to);
            const auto change = [&](std::int64_t civil) { changes_.push_back({civil - from, from, *observance.to}); };
            for (const Moment& date : observance.dates) change(date.civil);
            auto rule = observance.rule.empty() ? std::nullopt : parse_rule(observance.rule);
            if (!rule) {
                change(observance.start.civil);
                continue;
            }
            std::int64_t last = kNewest;
            if (const Moment until = parse_moment(rule->until); until.known) last = until.civil + (until.utc ? from : 0);
            std::int64_t steps = 1000;
            Recurrence recurrence(std::move(*rule), observance.start.civil, last);
            for (int n = 0; n < 600; ++n) {
                const auto civil = recurrence.next(steps);
                if (!civil) break;
                change(*civil);
            }
        }
        std::sort(changes_.begin(), changes_.end(), [](const Change& a, const Change& b) { return a.moment < b.moment; });
    }
    bool empty() const { return changes_.empty(); }

    std::int64_t to_moment(std::int64_t civil) const {
        // The stretches around it; the first one in which the clock shows this time counts.
        const auto near =
            std::upper_bound(changes_.begin(), changes_.end(), civil, [](std::int64_t t, const Change& c) { return t < c.moment; });
        const std::ptrdiff_t middle = near - changes_.begin();
        const auto size = static_cast<std::ptrdiff_t>(changes_.size());
        std::int64_t before = changes_.front().from;
        for (std::ptrdiff_t i = middle - 3; i <= middle + 1; ++i) {
            if (i < -1 || i >= size) continue;
            const std::int64_t offset = i < 0 ? changes_.front().from : at(i).to;
            const std::int64_t moment = civil - offset;
            if (i >= 0 && moment < at(i).moment) return civil - before;  // skipped by the clock
            if (i + 1 >= size || moment < at(i + 1).moment) return moment;
            before = offset;
        }
        return civil - before;
    }

  private:
    struct Change {
        std::int64_t moment, from, to;
    };
    const Change& at(std::ptrdiff_t i) const { return changes_[static_cast<std::size_t>(i)]; }
    std::vector<Change> changes_;
};

/// What a TZID means.
struct ZoneChoice {
    std::optional<Zone> known;
    std::optional<OwnZone> own;
    std::int64_t to_moment(std::int64_t civil) const { return known ? known->to_moment(civil) : own->to_moment(civil); }
};

/// Some writers put their own path in front: /freeassociation.sourceforge.net/Europe/Brussels.
std::optional<Zone> zone_by_name(std::string_view name) {
    while (true) {
        if (auto zone = Zone::find(name)) return zone;
        const std::size_t slash = name.find('/');
        if (slash == std::string_view::npos) return std::nullopt;
        name.remove_prefix(slash + 1);
        if (name.find('/') == std::string_view::npos) return std::nullopt;
    }
}

// ---- events

struct Event {
    Moment start, end, recurrence_id;
    std::optional<std::int64_t> duration;
    std::string rule;
    std::vector<Moment> dates, exceptions;
    std::string uid, summary, categories;
    std::int64_t sequence = 0;
    std::int64_t stamp = 0;     // DTSTAMP
    std::int64_t modified = 0;  // LAST-MODIFIED
    std::uint32_t attendees = 0;
    std::uint32_t accepted = 0;
    std::string_view status;  // "", "confirmed", "tentative", "cancelled"
    std::string_view access;  // "", "private", "confidential"
    bool unreadable_rule = false;

    std::size_t bytes() const {
        return sizeof(Event) + rule.size() + uid.size() + summary.size() + categories.size() +
               (dates.capacity() + exceptions.capacity()) * sizeof(Moment);
    }
    bool newer_than(const Event& other) const {
        if (sequence != other.sequence) return sequence > other.sequence;
        const std::int64_t mine = modified != 0 ? modified : stamp;
        const std::int64_t theirs = other.modified != 0 ? other.modified : other.stamp;
        return mine >= theirs;  // of equals the later one in the file
    }
};

/// All events of one UID: the series or the appointment itself, and the occurrences that were changed.
struct Group {
    std::optional<Event> master;
    std::map<std::int64_t, Event> changed;  // by the moment (a date: its midnight) at which it was planned first
};

struct Calendar {
    Calendar(const Probe& probe, const ReadOptions& options) : input(probe.path, options) {}
    TextInput input;
    DocumentInfo info;
    WarningList warnings;
    std::vector<std::string> zone_names{""};  // by number
    std::vector<ZoneChoice> zones;            // parallel; of number 0 Brussels
    std::deque<Group> groups;                 // in the order of the file
    std::int64_t newest = 0;                  // newest date in the file
    std::int64_t written = 0;                 // newest moment at which an event was made, changed or exported

    /// UTC of a moment; a date is its midnight, whatever the zone.
    std::int64_t utc(const Moment& moment) const {
        if (moment.is_date || moment.utc) return moment.civil;
        return zones[moment.zone].to_moment(moment.civil);
    }
};

class CalendarReader {
  public:
    explicit CalendarReader(Calendar& calendar) : calendar_(calendar) {}

    void read() {
        const bool wide = calendar_.input.encoding.starts_with("utf-16") || calendar_.input.encoding.starts_with("utf-32");
        std::unique_ptr<ByteStream> stream;
        if (wide)
            stream = calendar_.input.open();
        else
            stream = std::make_unique<RawBytes>(calendar_.input.file, calendar_.input.mark_bytes);
        UnfoldedLines lines(*stream);
        std::string line;
        while (lines.next(line)) {
            if (trim(line).empty()) continue;
            if (!is_valid_utf8(line)) {
                // A long line may have been cut inside a character.
                const std::string legacy = calendar_.input.encoding.starts_with("utf") ? "windows-1252" : calendar_.input.encoding;
                line = to_utf8(line, legacy).value_or(std::string());
                legacy_ = true;
            }
            take(line);
        }
        if (event_ || !stack_.empty()) calendar_.warnings.add("ICS-031", 0, 0);
        if (broken_ > 0) calendar_.warnings.add("ICS-030", 0, first_broken_, broken_);
        if (!wide)
            calendar_.info.encoding =
                legacy_ ? (calendar_.input.encoding.starts_with("utf") ? "windows-1252" : calendar_.input.encoding) : "utf-8";
        else
            calendar_.info.encoding = calendar_.input.encoding;
        choose_zones();
        group();
    }

  private:
    void take(std::string_view line) {
        ++number_;
        if (!split_property(line, property_)) {
            if (broken_++ == 0) first_broken_ = number_;
            return;
        }
        if (property_.name == "BEGIN") return begin(upper(trim(property_.value)));
        if (property_.name == "END") return end(upper(trim(property_.value)));
        if (stack_.empty()) return;
        if (stack_.back() == "VEVENT" && event_) return event_property();
        if (stack_.back() == "VCALENDAR" && property_.name == "METHOD") cancels_ = upper(trim(property_.value)) == "CANCEL";
        if (stack_.back() == "VTIMEZONE") {
            if (property_.name == "TZID") zone_id_ = plain_text(property_.value);
            if (property_.name == "X-LIC-LOCATION") zone_location_ = property_.value;
        }
        if ((stack_.back() == "STANDARD" || stack_.back() == "DAYLIGHT") && !observances_.empty()) observance_property();
    }

    void begin(std::string name) {
        if (stack_.size() >= kMaxDepth) return;
        if (name == "VCALENDAR") {
            stack_.clear();  // one that was never closed
            cancels_ = false;
        }
        if (name == "VEVENT") event_.emplace();
        if (name == "VTIMEZONE") {
            zone_id_.clear();
            zone_location_.clear();
            observances_.clear();
        }
        if ((name == "STANDARD" || name == "DAYLIGHT") && observances_.size() < kMaxObservances) observances_.emplace_back();
        stack_.push_back(std::move(name));
    }

    void end(const std::string& name) {
        const auto open = std::find(stack_.rbegin(), stack_.rend(), name);
        if (open == stack_.rend()) return;
        stack_.erase(std::prev(open.base()), stack_.end());
        if (name == "VEVENT" && event_) {
            keep_event();
            event_.reset();
        }
        if (name == "VTIMEZONE" && !zone_id_.empty() && described_.size() < kMaxZones)
            described_.emplace(zone_id_, Described{zone_location_, observances_});
    }

    Moment moment(std::string_view value) {
        Moment found = parse_moment(value);
        if (found.known && !found.is_date && !found.utc) found.zone = zone_number(property_.parameter("TZID"));
        if (found.known) calendar_.newest = std::max(calendar_.newest, std::min(found.civil, kNewest));
        return found;
    }

    std::int64_t stamp() {
        const std::int64_t found = moment(property_.value).civil;
        calendar_.written = std::max(calendar_.written, std::min(found, kNewest));
        return found;
    }

    std::uint32_t zone_number(std::string_view name) {
        if (name.empty()) return 0;
        const auto known = std::find(calendar_.zone_names.begin(), calendar_.zone_names.end(), name);
        if (known != calendar_.zone_names.end()) return static_cast<std::uint32_t>(known - calendar_.zone_names.begin());
        if (calendar_.zone_names.size() > kMaxZones) return 0;
        calendar_.zone_names.emplace_back(name.substr(0, 200));
        return static_cast<std::uint32_t>(calendar_.zone_names.size() - 1);
    }

    void moments(std::vector<Moment>& list) {
        std::string_view values = property_.value;
        while (list.size() < kMaxDates) {
            const std::size_t comma = values.find(',');
            std::string_view value = values.substr(0, comma);
            value = value.substr(0, value.find('/'));  // a period begins with its start
            if (const Moment found = moment(value); found.known) list.push_back(found);
            if (comma == std::string_view::npos) return;
            values.remove_prefix(comma + 1);
        }
    }

    void observance_property() {
        Observance& observance = observances_.back();
        if (property_.name == "TZOFFSETFROM") observance.from = parse_offset(property_.value);
        if (property_.name == "TZOFFSETTO") observance.to = parse_offset(property_.value);
        if (property_.name == "DTSTART") observance.start = parse_moment(property_.value, 1600);  // Outlook begins in 1601
        if (property_.name == "RRULE") observance.rule = std::string(property_.value.substr(0, 500));
        if (property_.name == "RDATE" && observance.dates.size() < 500)
            if (const Moment found = parse_moment(property_.value.substr(0, property_.value.find_first_of(",/"))); found.known)
                observance.dates.push_back(found);
    }

    void event_property() {
        Event& event = *event_;
        const std::string& name = property_.name;
        if (name == "UID") {
            event.uid = trim(property_.value).substr(0, kMaxUid);
        } else if (name == "DTSTART") {
            event.start = moment(property_.value);
        } else if (name == "DTEND") {
            event.end = moment(property_.value);
        } else if (name == "DURATION") {
            event.duration = parse_duration(property_.value);
        } else if (name == "RECURRENCE-ID") {
            event.recurrence_id = moment(property_.value);
        } else if (name == "RRULE") {
            // Several rules are rare, and forbidden since 2009.
            if (!event.rule.empty()) event.unreadable_rule = true;
            event.rule = upper(trim(property_.value).substr(0, 2000));
        } else if (name == "EXRULE") {
            event.unreadable_rule = true;
        } else if (name == "RDATE") {
            moments(event.dates);
        } else if (name == "EXDATE") {
            moments(event.exceptions);
        } else if (name == "DTSTAMP") {
            event.stamp = stamp();
        } else if (name == "LAST-MODIFIED") {
            event.modified = stamp();
        } else if (name == "CREATED") {
            stamp();
        } else if (name == "SEQUENCE") {
            const std::string_view digits = trim(property_.value);
            event.sequence = all_digits(digits) && digits.size() < 16 ? std::stoll(std::string(digits)) : 0;
        } else if (name == "SUMMARY") {
            event.summary = plain_text(property_.value.substr(0, 4 * kMaxSummary));
            shorten(event.summary, kMaxSummary);
        } else if (name == "CATEGORIES") {
            categories(event);
        } else if (name == "STATUS") {
            const std::string status = upper(trim(property_.value));
            event.status = status == "CANCELLED" || status == "CANCELED" ? "cancelled"sv
                           : status == "CONFIRMED"                       ? "confirmed"sv
                           : status == "TENTATIVE"                       ? "tentative"sv
                                                                         : ""sv;
        } else if (name == "CLASS") {
            // An unknown class is to be treated as private.
            const std::string access = upper(trim(property_.value));
            event.access = access == "PUBLIC" || access.empty() ? ""sv : access == "CONFIDENTIAL" ? "confidential"sv : "private"sv;
        } else if (name == "ATTENDEE") {
            const std::string kind = upper(property_.parameter("CUTYPE"));
            if (kind == "ROOM" || kind == "RESOURCE") return;
            ++event.attendees;
            if (upper(property_.parameter("PARTSTAT")) == "ACCEPTED") ++event.accepted;
        }
    }

    void categories(Event& event) {
        std::string item;
        const auto close = [&] {
            const std::string_view text = trim(item);
            if (!text.empty()) {
                if (!event.categories.empty()) event.categories += '|';
                event.categories += text;
            }
            item.clear();
        };
        const std::string_view value = property_.value.substr(0, 4 * kMaxCategories);
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (value[i] == ',') {
                close();
            } else if (value[i] == '\\' && i + 1 < value.size()) {
                ++i;
                item += value[i] == 'n' || value[i] == 'N' ? ' ' : value[i];
            } else {
                item += value[i];
            }
        }
        close();
        shorten(event.categories, kMaxCategories);
    }

    void keep_event() {
        if (cancels_) event_->status = "cancelled";
        if (!event_->access.empty()) {
            event_->summary.clear();
            event_->categories.clear();
        }
        // Without UID, what it says makes it the same.
        if (event_->uid.empty()) event_->uid = std::to_string(event_->start.civil) + '|' + event_->summary;
        kept_ += event_->bytes();
        events_.push_back(std::move(*event_));
        if (events_.size() > kMaxEvents || kept_ > kMaxKept)
            throw Error(Exit::Data, "ICS-001", {{"file", calendar_.input.file.name()}}, calendar_.input.file.name());
    }

    void choose_zones() {
        for (const std::string& name : calendar_.zone_names) {
            ZoneChoice choice;
            const auto described = described_.find(name);
            if (name.empty()) choice.known = Zone::brussels();
            if (!choice.known) choice.known = zone_by_name(name);
            if (!choice.known && described != described_.end()) {
                if (!described->second.location.empty()) choice.known = zone_by_name(described->second.location);
                if (!choice.known) {
                    OwnZone own(described->second.observances);
                    if (!own.empty()) choice.own = std::move(own);
                }
            }
            if (!choice.known && !choice.own) {
                calendar_.warnings.add("ICS-033", 0, 0);
                choice.known = Zone::brussels();
            }
            calendar_.zones.push_back(std::move(choice));
        }
    }

    void group() {
        constexpr HashKey kFixed{};
        std::unordered_map<std::uint64_t, std::size_t> by_uid;
        for (; !events_.empty(); events_.pop_front()) {
            Event& event = events_.front();
            const auto [at, fresh] = by_uid.emplace(siphash128(kFixed, event.uid).low, calendar_.groups.size());
            if (fresh) calendar_.groups.emplace_back();
            Group& group = calendar_.groups[at->second];
            if (event.recurrence_id.known) {
                const std::int64_t moment = calendar_.utc(event.recurrence_id);
                const auto [place, first] = group.changed.try_emplace(moment);
                if (first || event.newer_than(place->second)) place->second = std::move(event);
            } else if (!group.master || event.newer_than(*group.master)) {
                group.master = std::move(event);
            }
        }
    }

    struct Described {
        std::string location;
        std::vector<Observance> observances;
    };

    Calendar& calendar_;
    Property property_;
    std::vector<std::string> stack_;
    std::optional<Event> event_;
    std::deque<Event> events_;
    std::size_t kept_ = 0;
    bool cancels_ = false;
    bool legacy_ = false;
    std::string zone_id_, zone_location_;
    std::vector<Observance> observances_;
    std::map<std::string, Described, std::less<>> described_;
    std::uint64_t number_ = 0;
    std::uint64_t broken_ = 0;
    std::uint64_t first_broken_ = 0;
};

// ---- rows

/// One occurrence to be given.
struct Occurrence {
    const Event* event = nullptr;
    std::int64_t planned = 0;  // the moment that names it, in UTC (a date: its midnight)
    std::int64_t civil = 0;    // its start as its own clock shows it
    std::string_view repeats;  // "single", "series", "changed"
    bool future = false;       // of an endless series, not yet come when the calendar was written
};

class CalendarSource : public Source {
  public:
    explicit CalendarSource(Calendar& calendar) : calendar_(calendar) {}

    bool next(RawRow& row) override {
        made_.clear();
        if (number_ == 0) {
            for (std::uint32_t i = 0; i < kColumns.size(); ++i) made_.text(i, kColumns[i]);
        } else {
            while (at_ == occurrences_.size()) {
                if (group_ == calendar_.groups.size()) return false;
                expand(calendar_.groups[group_++]);
            }
            lay_out(occurrences_[at_++]);
        }
        row.tab = 1;
        row.row = ++number_;
        row.cells = made_.cells();
        return true;
    }
    std::string bookmark() const override { return number_ == 0 ? std::string() : std::to_string(number_); }

  private:
    void warn(std::string_view code) { calendar_.warnings.add(code, 1, number_ + 1); }

    std::int64_t utc_of(const Moment& like, std::int64_t civil) const {
        Moment moment = like;
        moment.civil = civil;
        return calendar_.utc(moment);
    }

    void expand(const Group& group) {
        occurrences_.clear();
        at_ = 0;
        if (group.master) {
            const Event& master = *group.master;
            const bool series = master.start.known && (!master.rule.empty() || !master.dates.empty());
            if (series)
                expand_series(master, group);
            else
                occurrences_.push_back({&master, 0, master.start.civil, "single", false});
        }
        for (const auto& [moment, event] : group.changed) occurrences_.push_back({&event, moment, event.start.civil, "changed", false});
        std::stable_sort(occurrences_.begin(), occurrences_.end(),
                         [](const Occurrence& a, const Occurrence& b) { return a.civil < b.civil; });
        given_ += occurrences_.size();
    }

    void expand_series(const Event& master, const Group& group) {
        std::vector<std::int64_t> starts;
        const bool endless = add_rule(master, starts);
        for (const Moment& date : master.dates) {
            // In the clock of the start, in whatever zone it was written.
            const std::int64_t moved = calendar_.utc(date) - calendar_.utc(master.start);
            starts.push_back(date.zone == master.start.zone && date.utc == master.start.utc ? date.civil : master.start.civil + moved);
        }
        std::sort(starts.begin(), starts.end());
        starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
        if (starts.size() > room()) {
            starts.resize(room());
            warn("ICS-035");
        }
        std::vector<std::int64_t> without;
        for (const Moment& exception : master.exceptions) without.push_back(calendar_.utc(exception));
        std::sort(without.begin(), without.end());
        for (const std::int64_t civil : starts) {
            const std::int64_t moment = utc_of(master.start, civil);
            if (std::binary_search(without.begin(), without.end(), moment) || group.changed.count(moment) > 0) continue;
            if (excluded_by_date(master, civil) || changed_by_date(master, group, civil)) continue;
            occurrences_.push_back({&master, moment, civil, "series", endless && moment > known_until()});
        }
    }

    /// Some writers exclude the day of an appointment that has a time.
    static bool excluded_by_date(const Event& master, std::int64_t civil) {
        return !master.start.is_date && std::any_of(master.exceptions.begin(), master.exceptions.end(), [&](const Moment& exception) {
            return exception.is_date && exception.civil == civil - ((civil % kDay) + kDay) % kDay;
        });
    }

    /// The same for an occurrence that was changed.
    static bool changed_by_date(const Event& master, const Group& group, std::int64_t civil) {
        const auto found = master.start.is_date ? group.changed.end() : group.changed.find(civil - ((civil % kDay) + kDay) % kDay);
        return found != group.changed.end() && found->second.recurrence_id.is_date;
    }

    /// Up to when the file can know what took place.
    std::int64_t known_until() const { return calendar_.written != 0 ? calendar_.written : calendar_.newest; }

    std::size_t room() const { return std::min(kMaxInstances, kMaxRows - std::min(kMaxRows - 1, given_)); }

    /// The times that the rule gives. True when it has no end of its own.
    bool add_rule(const Event& master, std::vector<std::int64_t>& starts) {
        auto rule = master.rule.empty() || master.unreadable_rule ? std::nullopt : parse_rule(master.rule);
        if (!rule) {
            if (!master.rule.empty() || master.unreadable_rule) warn("ICS-034");
            starts.push_back(master.start.civil);
            return false;
        }
        const std::int64_t window = std::max(calendar_.newest, master.start.civil) + kWindowBeyond;
        std::int64_t last = window;
        const bool bounded = rule->count.has_value() || !rule->until.empty();
        if (Moment until = parse_moment(rule->until); until.known) {
            // UNTIL is in UTC when the start has a zone; a date means the whole day.
            std::int64_t civil = until.civil;
            if (until.is_date && !master.start.is_date) civil += kDay - 1;
            if (until.utc && !master.start.utc && !master.start.is_date) civil = civil_in(master.start, until.civil);
            last = std::min(last, civil);
        }
        Recurrence recurrence(std::move(*rule), master.start.civil, last);
        bool cut = false;
        while (const auto civil = recurrence.next(steps_)) {
            if (*civil < kWindowStart && *civil != master.start.civil) continue;
            starts.push_back(*civil);
            if (starts.size() > room()) {
                cut = true;
                starts.pop_back();
                break;
            }
        }
        if (cut || steps_ <= 0 || (bounded && last == window && recurrence.next(steps_).has_value())) warn("ICS-035");
        return !bounded;
    }

    /// What the clock of `like` shows at a moment: the zone is only known the other way round.
    std::int64_t civil_in(const Moment& like, std::int64_t moment) const {
        std::int64_t civil = moment;
        for (int i = 0; i < 3; ++i) civil += moment - utc_of(like, civil);
        return civil;
    }

    void lay_out(const Occurrence& occurrence) {
        const Event& event = *occurrence.event;
        std::string base = event.uid;
        if (occurrence.repeats != "single") base += '|' + std::to_string(occurrence.planned);
        // Begins with ~, so that the store keeps only a keyed hash of it.
        made_.text(Key, '~' + to_hex(sha256("ics|" + base)).substr(0, 32));
        if (!event.start.known) {
            warn("ICS-032");
        } else if (event.start.is_date) {
            lay_out_days(event, occurrence.civil);
        } else {
            lay_out_times(event, occurrence.civil);
        }
        made_.text(Status, event.status);
        made_.text(Categories, event.categories);
        made_.text(Topic, topic_of(event.summary));
        made_.text(Summary, event.summary);
        made_.text(Class, event.access);
        made_.number(Attendees, event.attendees);
        made_.number(Accepted, event.accepted);
        made_.text(Repeats, occurrence.repeats);
        made_.boolean(Planned, occurrence.future);
    }

    void lay_out_days(const Event& event, std::int64_t civil) {
        std::int64_t days = 1;
        if (event.end.known && event.end.civil > event.start.civil)
            days = (event.end.civil - event.start.civil) / kDay;
        else if (event.duration)
            days = *event.duration / kDay;
        made_.day(Day, civil);
        made_.day(EndDay, civil + (std::clamp<std::int64_t>(days, 1, kLongest / kDay) - 1) * kDay);  // DTEND is exclusive
        made_.boolean(AllDay, true);
    }

    void lay_out_times(const Event& event, std::int64_t civil) {
        const std::int64_t begin = utc_of(event.start, civil);
        std::int64_t seconds = event.duration.value_or(0);
        if (event.end.known) {
            // A date as end is midnight on the clock of the start.
            const std::int64_t end = event.end.is_date ? utc_of(event.start, event.end.civil) : calendar_.utc(event.end);
            seconds = end - calendar_.utc(event.start);
        }
        seconds = std::clamp<std::int64_t>(seconds, 0, kLongest);
        const std::int64_t from = Zone::brussels().to_civil(begin);
        const std::int64_t to = Zone::brussels().to_civil(begin + seconds);
        made_.day(Day, from);
        made_.clock(Start, from);
        made_.day(EndDay, to);
        made_.clock(End, to);
        made_.number(Minutes, seconds / 60);
        made_.boolean(AllDay, false);
    }

    Calendar& calendar_;
    std::size_t group_ = 0;
    std::vector<Occurrence> occurrences_;
    std::size_t at_ = 0;
    std::size_t given_ = 0;
    std::int64_t steps_ = kMaxSteps;
    MadeRow made_;
    std::uint64_t number_ = 0;
};

class CalendarDocument : public Document {
  public:
    explicit CalendarDocument(std::unique_ptr<Calendar> calendar) : calendar_(std::move(calendar)) {}
    const DocumentInfo& info() const override { return calendar_->info; }
    std::unique_ptr<Source> open_tab(std::uint32_t) override {
        calendar_->warnings.forget(1);
        return std::make_unique<CalendarSource>(*calendar_);
    }
    std::vector<ReadWarning> warnings() const override { return calendar_->warnings.sorted(); }

  private:
    std::unique_ptr<Calendar> calendar_;
};

}  // namespace

bool identify_ics(const Probe& probe) {
    const std::string text = decoded_head(probe);
    const std::size_t start = text.find_first_not_of(" \t\r\n");
    return start != std::string::npos && upper(std::string_view(text).substr(start, 15)) == "BEGIN:VCALENDAR";
}

std::unique_ptr<Document> open_ics(const Probe& probe, const ReadOptions& options) {
    auto calendar = std::make_unique<Calendar>(probe, options);
    CalendarReader(*calendar).read();
    calendar->info.kind = "ics";
    TabInfo tab;
    tab.index = 1;
    calendar->info.tabs.push_back(tab);
    return std::make_unique<CalendarDocument>(std::move(calendar));
}

}  // namespace brugwacht
