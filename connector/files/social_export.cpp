#include "connector/files/social_export.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <unordered_map>
#include <vector>

#include "connector/files/json_table.hpp"
#include "connector/files/made_row.hpp"
#include "connector/files/mojibake.hpp"
#include "connector/files/text_input.hpp"
#include "connector/files/topic.hpp"
#include "connector/files/warning_list.hpp"
#include "connector/files/zip.hpp"
#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/core/text.hpp"
#include "engine/core/zone.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/json_reader.hpp"

namespace brugwacht {

namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;
using Event = JsonReader::Event;

constexpr std::size_t kMaxZipEntries = 500'000;
constexpr std::size_t kMaxFolderEntries = 500'000;
constexpr int kMaxFolderDepth = 12;
constexpr std::uint64_t kMaxInflated = 4ULL << 30;
constexpr std::size_t kMaxLines = 1'000'000;
constexpr std::size_t kShapeBytes = 256 << 10;
constexpr std::int64_t kLastMoment = 4'102'444'800;  // 2100

enum Tab : std::uint8_t {
    InstagramPosts,
    InstagramStories,
    InstagramReels,
    InstagramVideos,
    FacebookPosts,
    FacebookVideos,
    FacebookEvents
};
constexpr std::array kTabNames{"instagram_posts"sv, "instagram_stories"sv, "instagram_reels"sv, "instagram_videos"sv,
                               "facebook_posts"sv,  "facebook_videos"sv,   "facebook_events"sv};
constexpr std::array kColumns{"key"sv, "date"sv, "time"sv, "kind"sv, "title"sv, "count"sv};

/// What stands in a file of the export, known by its name without number, and the folder around it.
struct Rule {
    std::string_view stem;
    std::array<std::string_view, 3> parents;
    Tab tab;
    std::string_view kind;
    std::string_view root_key;  // of a file that was renamed; "" = cannot be told by that
};

constexpr std::array kRules{
    Rule{"posts", {"content", "media"}, InstagramPosts, "post", ""},
    Rule{"archived_posts", {"content", "media"}, InstagramPosts, "archived_post", "ig_archived_post_media"},
    Rule{"other_content", {"content", "media"}, InstagramPosts, "other_post", "ig_other_media"},
    Rule{"stories", {"content", "media"}, InstagramStories, "story", "ig_stories"},
    Rule{"reels", {"content", "media"}, InstagramReels, "reel", "ig_reels_media"},
    Rule{"igtv_videos", {"content", "media"}, InstagramVideos, "video", "ig_igtv_media"},
    Rule{"your_posts", {"posts"}, FacebookPosts, "post", ""},
    Rule{"your_posts__check_ins__photos_and_videos", {"posts"}, FacebookPosts, "post", ""},
    Rule{"profile_posts", {"posts"}, FacebookPosts, "post", ""},
    Rule{"group_posts_and_comments", {"groups"}, FacebookPosts, "group_post", "group_posts_v2"},
    Rule{"your_videos", {"posts", "videos", "photos_and_videos"}, FacebookVideos, "video", "videos_v2"},
    Rule{"videos", {"posts", "videos", "photos_and_videos"}, FacebookVideos, "video", ""},
    Rule{"your_events", {"events"}, FacebookEvents, "event", "your_events_v2"},
    Rule{"your_event_responses", {"events"}, FacebookEvents, "event_response", "event_responses_v2"},
    Rule{"event_responses", {"events"}, FacebookEvents, "event_response", "event_responses"},
};

/// Folders that only such an export has.
bool is_marker(std::string_view folder) {
    return folder == "your_instagram_activity" || folder == "your_facebook_activity" || folder == "followers_and_following" ||
           folder.ends_with("activity_across_facebook");
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return result;
}

/// "posts_12.json" is number 12 of "posts"; "" when it is no JSON file.
std::string stem_of(std::string_view name, std::uint32_t& number) {
    std::string stem = lower(name);
    number = 0;
    if (!stem.ends_with(".json")) return {};
    stem.resize(stem.size() - 5);
    const std::size_t last = stem.find_last_not_of("0123456789");
    if (last == std::string::npos || last + 1 == stem.size() || stem[last] != '_' || stem.size() - last > 9) return stem;
    std::from_chars(stem.data() + last + 1, stem.data() + stem.size(), number);
    stem.resize(last);
    return stem;
}

const Rule* rule_for(std::string_view stem, std::string_view parent, bool any_parent) {
    for (const Rule& rule : kRules)
        if (rule.stem == stem && (any_parent || std::find(rule.parents.begin(), rule.parents.end(), parent) != rule.parents.end()))
            return &rule;
    return nullptr;
}

struct Member {
    const Rule* rule = nullptr;
    std::string folder;  // as in the export; never shown
    std::uint32_t number = 0;
    fs::path path;                    // in a folder, or the file itself
    const ZipEntry* entry = nullptr;  // in a zip
};

// ---- what a JSON text looks like from outside

struct Shape {
    bool is_array = false;
    std::set<std::string> root_keys;    // of the first ones
    std::set<std::string> record_keys;  // of the first object in a table, at any depth
    bool has(std::string_view key) const { return record_keys.count(std::string(key)) > 0; }
    bool root_has(std::string_view key) const { return root_keys.count(std::string(key)) > 0; }
    bool has_moment() const {
        return has("creation_timestamp") || has("timestamp") || has("start_timestamp") || has("timestamp_ms") || has("timestamp_value");
    }
    bool is_empty() const { return record_keys.empty(); }
};

JsonReader reader_of(ByteStream& stream) {
    return JsonReader([&stream](char* out, std::size_t size) { return stream.read(out, size); });
}

Shape shape_of(ByteStream& stream) {
    std::size_t left = kShapeBytes;
    JsonReader json([&](char* out, std::size_t size) {
        const std::size_t got = left == 0 ? 0 : stream.read(out, std::min(size, left));
        left -= got;
        return got;
    });
    Shape shape;
    std::size_t record = 0;  // depth of the first record
    bool done = false;
    bool in_array = false;
    while (true) {
        switch (json.next()) {
            case Event::BeginArray:
                if (json.depth() == 1) shape.is_array = true;
                in_array = true;
                break;
            case Event::BeginObject:
                if (in_array && record == 0 && !done) record = json.depth();
                in_array = false;
                break;
            case Event::EndObject:
                if (record > 0 && json.depth() + 1 == record) {
                    record = 0;
                    done = true;
                }
                break;
            case Event::Key: {
                if (record > 0)
                    shape.record_keys.insert(json.text().substr(0, 100));
                else if (json.depth() <= 2 && shape.root_keys.size() < 64)
                    shape.root_keys.insert(json.text().substr(0, 100));
                in_array = false;
                break;
            }
            case Event::End:
            case Event::Fault:
                return shape;
            default:
                break;
        }
    }
}

/// What a single file out of an export is, its name being no proof: a rule, or (`others`) data of other people.
const Rule* rule_of_file(const fs::path& path, const Shape& shape, bool& others) {
    others = false;
    std::uint32_t number = 0;
    const std::string stem = stem_of(path.filename().string(), number);
    const bool typical = shape.has("creation_timestamp") || shape.has("start_timestamp") || shape.has("label_values") ||
                         shape.has("string_map_data") || (shape.has("timestamp") && (shape.has("data") || shape.has("attachments")));
    if (const Rule* rule = rule_for(stem, "", true); rule != nullptr && typical && shape.has_moment() && !shape.has("sender_name"))
        return rule;
    if (shape.has_moment())
        for (const Rule& rule : kRules)
            if (!rule.root_key.empty() && shape.root_has(rule.root_key)) return &rule;
    const bool messages =
        shape.root_has("participants") && (shape.root_has("messages") || shape.root_has("threadName") || shape.root_has("thread_path"));
    const bool sender = (shape.has("sender_name") && shape.has("timestamp_ms")) || shape.has("senderName");
    const bool entries = shape.has("string_list_data") || shape.has("string_map_data") || shape.has("label_values");
    const bool reactions = shape.has("timestamp") && (shape.has("comment") || shape.has("reaction"));
    const bool named = std::any_of(shape.root_keys.begin(), shape.root_keys.end(), [](const std::string& key) {
        return key.starts_with("relationships_") || key == "friends_v2" || key == "comments_v2" || key == "group_comments_v2" ||
               key == "events_invited_v2" || key == "comments_reels_comments" || key == "profile_user" || key == "profile_v2";
    });
    const bool photos = !shape.is_array && shape.has("uri") && shape.has("creation_timestamp");
    others = messages || sender || entries || reactions || named || photos;
    if (others) return nullptr;
    if (shape.is_array && shape.has("timestamp") && shape.has("data") && (shape.has("post") || shape.has("attachments")))
        return rule_for("your_posts", "posts", false);
    if (shape.is_array && shape.has("creation_timestamp") && shape.has("uri")) return &kRules[0];
    return nullptr;
}

// ---- one line

struct Line {
    std::int64_t moment = 0;  // seconds UTC; 0 = unknown
    std::string_view kind;
    std::string title;  // raw, only to find a topic in it
    std::int64_t count = 0;
    bool counted = false;
};

std::int64_t moment_of(std::string_view digits) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || value <= 1) return 0;
    if (value > 100'000'000'000) value /= 1000;  // milliseconds
    return value < kLastMoment ? value : 0;
}

class LineReader {
  public:
    explicit LineReader(JsonReader& json) : json_(json) {}

    /// Reads a record whose BeginObject was just given. False when it breaks off.
    bool read(Tab tab, Line& line) {
        start_ = created_ = own_ = nested_ = made_ = 0;
        media_ = 0;
        title_.clear();
        name_.clear();
        post_.clear();
        media_title_.clear();
        caption_.clear();
        label_.clear();
        attendees_.reset();
        record_ = json_.depth();
        while (json_.depth() >= record_) {
            const Event event = json_.next();
            if (event == Event::Fault || event == Event::End) return false;
            if (event == Event::Key && !member()) return false;
        }
        for (const std::int64_t moment : {start_, created_, own_, nested_, made_})
            if (moment > 0) {
                line.moment = moment;
                break;
            }
        // The title that Facebook puts above a post says who did what with whom: it is not looked at.
        const bool facebook = tab >= FacebookPosts;
        for (const std::string* text :
             facebook ? std::array{&name_, &post_, &media_title_, &caption_} : std::array{&title_, &media_title_, &caption_, &post_})
            if (!text->empty()) {
                line.title = *text;
                break;
            }
        line.counted = tab != FacebookEvents || attendees_.has_value();
        line.count = tab == FacebookEvents ? attendees_.value_or(0) : media_;
        return true;
    }

  private:
    /// What comes after a key; false at a fault.
    bool member() {
        key_ = json_.text();
        repair_mojibake(key_);
        const bool top = json_.depth() == record_;
        for (const std::string_view skipped : {"thumbnail"sv, "subtitles"sv, "media_metadata"sv, "comments"sv, "tags"sv, "place"sv,
                                               "cross_post_source"sv, "reactions"sv, "backup_uri"sv, "href"sv, "url"sv})
            if (key_ == skipped) return json_.skip_value();
        if (key_ == "uri") {
            ++media_;
            return json_.skip_value();
        }
        if (key_ == "start_timestamp") return moment(start_);
        if (key_ == "create_timestamp" || key_ == "end_timestamp") return moment(made_);
        if (key_ == "creation_timestamp" || key_ == "taken_at") return moment(top ? created_ : nested_);
        if (key_ == "timestamp" || key_ == "timestamp_ms" || key_ == "timestamp_value") return moment(top ? own_ : nested_);
        if (key_ == "title") return text(top ? title_ : media_title_);
        if (key_ == "name" && top) return text(name_);
        if (key_ == "post") return text(post_);
        if (key_ == "label") {
            label_.clear();
            return text(label_);
        }
        if (key_ == "value" && is_caption(label_)) return text(caption_);
        if (top && (key_ == "attendees" || key_ == "attendee_count" || key_ == "attending_count" || key_ == "going_count"))
            return attendees();
        return true;  // its value is walked through
    }

    /// The names that label_values have for a caption, in the languages of the account.
    static bool is_caption(const std::string& label) {
        const std::string folded = fold(label);
        for (const std::string_view known :
             {"caption"sv, "bijschrift"sv, "onderschrift"sv, "legende"sv, "title"sv, "titel"sv, "titre"sv, "text"sv, "tekst"sv, "texte"sv})
            if (folded == known) return true;
        return false;
    }

    /// The first known moment counts.
    bool moment(std::int64_t& kept) {
        const Event event = json_.next();
        if (event == Event::Number || event == Event::Text) {
            if (kept == 0) kept = moment_of(json_.text());
            return true;
        }
        return passed(event);
    }
    bool text(std::string& kept) {
        const Event event = json_.next();
        if (event == Event::Text) {
            if (kept.empty()) {
                kept = json_.text().substr(0, 1000);
                while (!is_valid_utf8(kept)) kept.pop_back();
                repair_mojibake(kept);
            }
            return true;
        }
        return passed(event);
    }
    bool attendees() {
        const Event event = json_.next();
        if (event == Event::Number) {
            std::int64_t value = 0;
            const std::string& digits = json_.text();
            const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
            if (error == std::errc() && end == digits.data() + digits.size() && value >= 0 && value < 10'000'000) attendees_ = value;
            return true;
        }
        return passed(event);
    }
    /// A value that was not of the expected sort; what is inside a container is passed over.
    bool passed(Event event) {
        if (event == Event::Fault || event == Event::End) return false;
        return event == Event::BeginObject || event == Event::BeginArray ? json_.skip_container() : true;
    }

    JsonReader& json_;
    std::size_t record_ = 0;
    std::string key_, title_, name_, post_, media_title_, caption_, label_;
    std::int64_t start_ = 0, created_ = 0, own_ = 0, nested_ = 0, made_ = 0;
    std::int64_t media_ = 0;
    std::optional<std::int64_t> attendees_;
};

// ---- the document

struct Export {
    std::string name;            // as the user gave it
    std::unique_ptr<File> file;  // of a zip
    std::unique_ptr<Zip> zip;
    ReadOptions options;          // of a single file
    std::vector<Member> members;  // sorted by tab, folder and number
    DocumentInfo info;
    std::vector<Tab> tabs;  // parallel to info.tabs
    WarningList warnings;
};

/// A member as UTF-8, wherever it lies.
class MemberStream : public ByteStream {
  public:
    MemberStream(const Export& social, const Member& member) {
        if (member.entry != nullptr) {
            packed_ = social.zip->open(*member.entry, kMaxInflated);
        } else {
            input_ = std::make_unique<TextInput>(member.path, social.options);
            decoder_ = input_->open();
        }
    }
    std::size_t read(char* out, std::size_t size) override { return packed_ ? packed_->read(out, size) : decoder_->read(out, size); }

  private:
    std::unique_ptr<ByteStream> packed_;
    std::unique_ptr<TextInput> input_;
    std::unique_ptr<Decoder> decoder_;
};

/// The path inside an export may hold a name; only the file itself is told.
[[noreturn]] void rethrow(const Export& social, const Member& member, const Error& error) {
    const std::string part = std::string(member.rule->stem) + ".json";
    throw Error(error.exit(), error.first().code, {{"file", social.name}, {"part", part}}, social.name, part);
}

class SocialSource : public Source {
  public:
    SocialSource(Export& social, std::uint32_t index) : social_(social), index_(index), tab_(social.tabs.at(index - 1)) {}

    bool next(RawRow& row) override {
        if (done_) return false;
        made_.clear();
        if (number_ == 0) {
            for (std::uint32_t i = 0; i < kColumns.size(); ++i) made_.text(i, kColumns[i]);
        } else {
            Line line;
            if (!next_line(line)) {
                done_ = true;
                return false;
            }
            lay_out(line);
        }
        row.tab = index_;
        row.row = ++number_;
        row.cells = made_.cells();
        return true;
    }
    std::string bookmark() const override { return number_ == 0 ? std::string() : std::to_string(number_); }

  private:
    bool next_line(Line& line) {
        while (true) {
            if (!json_ && !open_next()) return false;
            const Member& member = social_.members[member_];
            try {
                while (tables_->next()) {
                    const std::string& table = tables_->table();
                    if (member.rule->kind == "group_post" && table.find("comment") != std::string::npos) {
                        if (!json_->skip_container()) break;
                        continue;
                    }
                    line = Line();
                    if (!LineReader(*json_).read(tab_, line)) break;
                    line.kind = kind_of(*member.rule, table);
                    return true;
                }
                if (json_->trouble() != JsonReader::Trouble::None) broken();
            } catch (const Error& error) {
                if (error.first().code != "XLS-002") rethrow(social_, member, error);
                broken();
            }
            json_.reset();
            stream_.reset();
            ++member_;
        }
    }

    void broken() { social_.warnings.add("SOC-031", index_, number_); }

    static std::string_view kind_of(const Rule& rule, std::string_view table) {
        if (rule.kind != "event_response") return rule.kind;
        for (const auto& [key, kind] : {std::pair{"joined"sv, "event_joined"sv}, std::pair{"interested"sv, "event_interested"sv},
                                        std::pair{"declined"sv, "event_declined"sv}})
            if (table.find(key) != std::string_view::npos) return kind;
        return rule.kind;
    }

    bool open_next() {
        while (member_ < social_.members.size() && social_.members[member_].rule->tab != tab_) ++member_;
        if (member_ == social_.members.size()) return false;
        const Member& member = social_.members[member_];
        // Files of one sort in one folder are one series; the same series in another folder repeats it.
        const std::string series = std::string(member.rule->stem) + '/' + member.folder;
        if (series != series_) seen_.clear();
        series_ = series;
        try {
            stream_ = std::make_unique<MemberStream>(social_, member);
        } catch (const Error& error) {
            if (error.first().code != "XLS-002") rethrow(social_, member, error);
            broken();
            ++member_;
            return open_next();
        }
        json_ = std::make_unique<JsonReader>(reader_of(*stream_));
        tables_ = std::make_unique<JsonTables>(*json_);
        return true;
    }

    /// The same line has the same key in every export: its moment, and which of several in that second it is. Two events may well begin
    /// at one moment, so their name counts too. The key begins with ~, so that the store keeps only a keyed hash of it.
    std::string key_of(const Line& line) {
        std::string base = std::string(kTabNames[tab_]) + '|' + std::to_string(line.moment);
        if (tab_ == FacebookEvents) base += '|' + fold_words(line.title);
        constexpr HashKey kFixed{};
        const std::uint32_t nth = ++seen_[siphash128(kFixed, base).low];
        if (seen_.size() > kMaxLines) throw Error(Exit::Data, "SOC-005", {{"file", social_.name}}, social_.name);
        if (nth > 1) base += '#' + std::to_string(nth);
        return '~' + to_hex(sha256(base)).substr(0, 32);
    }

    void lay_out(const Line& line) {
        made_.text(0, key_of(line));
        if (line.moment > 0) {
            const std::int64_t civil = Zone::brussels().to_civil(line.moment);
            made_.day(1, civil);
            made_.clock(2, civil);
        } else {
            social_.warnings.add("SOC-030", index_, number_ + 1);
        }
        made_.text(3, line.kind);
        made_.text(4, topic_of(line.title));
        if (line.counted) made_.number(5, line.count);
    }

    Export& social_;
    std::uint32_t index_;
    Tab tab_;
    std::size_t member_ = 0;
    std::unique_ptr<MemberStream> stream_;
    std::unique_ptr<JsonReader> json_;
    std::unique_ptr<JsonTables> tables_;
    std::string series_;
    std::unordered_map<std::uint64_t, std::uint32_t> seen_;
    MadeRow made_;
    std::uint64_t number_ = 0;
    bool done_ = false;
};

class SocialDocument : public Document {
  public:
    explicit SocialDocument(std::unique_ptr<Export> social) : social_(std::move(social)) {}
    const DocumentInfo& info() const override { return social_->info; }
    std::unique_ptr<Source> open_tab(std::uint32_t index) override {
        social_->warnings.forget(index);
        return std::make_unique<SocialSource>(*social_, index);
    }
    std::vector<ReadWarning> warnings() const override { return social_->warnings.sorted(); }
    std::vector<fs::path> parts() const override {
        std::vector<fs::path> paths;
        for (const Member& member : social_->members)
            if (!member.path.empty()) paths.push_back(member.path);
        return paths;
    }

  private:
    std::unique_ptr<Export> social_;
};

/// What was seen on the way through a folder or a zip.
struct Signs {
    bool marked = false;  // a folder that only such an export has
    bool html = false;
};

/// `name` is the path inside the export, parts separated by "/".
void look_at(std::string_view name, Signs& signs, std::vector<Member>& members, const fs::path& path, const ZipEntry* entry) {
    const std::size_t slash = name.find_last_of('/');
    const std::string_view folder = slash == std::string_view::npos ? std::string_view() : name.substr(0, slash);
    const std::string_view base = slash == std::string_view::npos ? name : name.substr(slash + 1);
    std::string parent = lower(folder.substr(folder.find_last_of('/') == std::string_view::npos ? 0 : folder.find_last_of('/') + 1));
    bool marked = false;
    for (std::size_t at = 0; at < folder.size();) {
        const std::size_t end = std::min(folder.find('/', at), folder.size());
        marked = marked || is_marker(lower(folder.substr(at, end - at)));
        at = end + 1;
    }
    signs.marked = signs.marked || marked;
    signs.html = signs.html || (marked && lower(base).ends_with(".html"));
    Member member;
    const std::string stem = stem_of(base, member.number);
    if (stem.empty()) return;
    member.rule = rule_for(stem, parent, false);
    if (member.rule == nullptr) return;
    member.folder = folder;
    member.path = path;
    member.entry = entry;
    members.push_back(std::move(member));
}

/// Keeps the members that look like what their names say. Nothing when none is left and nothing else says that this is such an export.
std::unique_ptr<Document> finish(std::unique_ptr<Export> social, const Signs& signs) {
    std::erase_if(social->members, [&](const Member& member) {
        try {
            MemberStream stream(*social, member);
            const Shape shape = shape_of(stream);
            return !shape.is_empty() && (!shape.has_moment() || shape.has("sender_name"));
        } catch (const Error& error) {
            if (error.first().code == "XLS-002") return false;  // damaged: the reading says so
            rethrow(*social, member, error);
        }
    });
    if (social->members.empty()) {
        if (!signs.marked) return nullptr;
        throw Error(Exit::Data, signs.html ? "SOC-002" : "SOC-003", {{"file", social->name}}, social->name);
    }
    std::sort(social->members.begin(), social->members.end(), [](const Member& a, const Member& b) {
        if (a.rule != b.rule) return a.rule < b.rule;
        return a.folder != b.folder ? a.folder < b.folder : a.number < b.number;
    });
    social->info.kind = "json_export";
    social->info.encoding = "utf-8";
    for (std::uint8_t tab = 0; tab < kTabNames.size(); ++tab) {
        if (std::none_of(social->members.begin(), social->members.end(), [&](const Member& member) { return member.rule->tab == tab; }))
            continue;
        TabInfo info;
        info.index = static_cast<std::uint32_t>(social->info.tabs.size() + 1);
        info.name = kTabNames[tab];
        social->info.tabs.push_back(std::move(info));
        social->tabs.push_back(static_cast<Tab>(tab));
    }
    return std::make_unique<SocialDocument>(std::move(social));
}

}  // namespace

std::unique_ptr<Document> open_social_folder(const fs::path& path) {
    auto social = std::make_unique<Export>();
    social->name = path.string();
    fs::path root = fs::absolute(path).lexically_normal();
    if (!root.has_filename()) root = root.parent_path();
    Signs signs;
    std::error_code error;
    std::size_t entries = 0;
    fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, error);
    for (; !error && at != fs::recursive_directory_iterator() && ++entries <= kMaxFolderEntries; at.increment(error)) {
        if (at.depth() > kMaxFolderDepth) {
            at.pop();
            if (at == fs::recursive_directory_iterator()) break;
        }
        std::error_code ignored;
        // A link could lead out of the folder.
        if (!at->is_regular_file(ignored) || at->is_symlink(ignored)) continue;
        look_at(at->path().lexically_relative(root.parent_path()).generic_string(), signs, social->members, at->path(), nullptr);
    }
    return finish(std::move(social), signs);
}

std::unique_ptr<Document> open_social_zip(const Probe& probe) {
    auto social = std::make_unique<Export>();
    social->name = probe.path.string();
    social->file = std::make_unique<File>(File::open(probe.path));
    social->zip = std::make_unique<Zip>(*social->file, kMaxZipEntries);
    Signs signs;
    for (const ZipEntry& entry : social->zip->entries()) look_at(entry.name, signs, social->members, {}, &entry);
    return finish(std::move(social), signs);
}

std::unique_ptr<Document> open_social_file(const Probe& probe, const ReadOptions& options) {
    auto social = std::make_unique<Export>();
    social->name = probe.path.string();
    social->options = options;
    const TextInput input(probe.path, options);
    const auto stream = input.open();
    bool others = false;
    Member member;
    member.rule = rule_of_file(probe.path, shape_of(*stream), others);
    if (others) throw Error(Exit::Data, "SOC-001", {{"file", social->name}}, social->name);
    if (member.rule == nullptr) return nullptr;
    member.path = probe.path;
    social->members.push_back(std::move(member));
    auto document = finish(std::move(social), {});
    return document;
}

}  // namespace brugwacht
