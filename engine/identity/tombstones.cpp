#include "engine/identity/tombstones.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "engine/core/error.hpp"
#include "engine/core/text.hpp"
#include "engine/identity/convert.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/lib/database.hpp"
#include "engine/lib/scrub.hpp"

namespace brugwacht {
namespace {

constexpr int kVersion = 1;
constexpr std::size_t kHashBytes = 16;

constexpr const char* kSchema = R"sql(
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE erasure (number INTEGER PRIMARY KEY, erased_on INTEGER NOT NULL, until INTEGER NOT NULL, finished INTEGER NOT NULL DEFAULT 0)
    STRICT;
CREATE TABLE mark (kind INTEGER NOT NULL, hash BLOB NOT NULL, erasure INTEGER NOT NULL REFERENCES erasure,
    PRIMARY KEY (kind, hash, erasure), CHECK (length(hash) = 16)) STRICT, WITHOUT ROWID;
CREATE INDEX mark_erasure ON mark (erasure);
)sql";

/// What a mark is the hash of. The numbers stand in the file.
enum class MarkKind : std::uint8_t { Key = 1, Record = 2, Trajectory = 3, Name = 4, Email = 5, Phone = 6, Variant = 7, Kept = 8 };

struct Mark {
    MarkKind kind = MarkKind::Key;
    std::string hash;
    friend auto operator<=>(const Mark&, const Mark&) = default;
};

std::size_t person_field(std::string_view field) { return field_index(Entity::Person, field).value(); }

// ---------------------------------------------------------------- how a name is written, and how it sounds

constexpr std::array<std::string_view, 30> kParticles{"van", "de",  "der", "den", "het",  "ten",   "ter",    "te",     "t",  "von",
                                                      "la",  "le",  "les", "du",  "des",  "di",    "da",     "dos",    "el", "al",
                                                      "ben", "bin", "abu", "ibn", "bint", "vande", "vanden", "vander", "op", "d"};

bool is_particle(std::string_view word) { return std::find(kParticles.begin(), kParticles.end(), word) != kParticles.end(); }

/// "Vandevelde" and "Van de Velde" are written by the same family.
std::string_view without_glued_particle(std::string_view word) {
    constexpr std::size_t kShortest = 3;
    for (const std::string_view glued : {"vanden", "vander", "vande", "van", "de"})
        if (word.starts_with(glued) && word.size() >= glued.size() + kShortest) return word.substr(glued.size());
    return word;
}

/// A name without accents, blanks and particles: "Van de Velde" -> "velde".
std::string plain_name(std::string_view text) {
    const std::string folded = fold_words(text);
    std::string plain;
    for (std::size_t at = 0; at < folded.size();) {
        const std::size_t end = std::min(folded.find(' ', at), folded.size());
        const std::string_view word = std::string_view(folded).substr(at, end - at);
        if (!is_particle(word)) plain += without_glued_particle(word);
        at = end + 1;
    }
    return plain.empty() ? fold_name(text) : plain;
}

bool is_vowel(char c) { return std::string_view("aeiouyj").find(c) != std::string_view::npos; }

/// How a plain name sounds, roughly, in Dutch and French ears: consonants only, those that are confused made one.
std::string sound_of(std::string_view plain) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kPairs{{{"sch", "sg"},
                                                                                           {"ck", "k"},
                                                                                           {"ch", "g"},
                                                                                           {"gh", "g"},
                                                                                           {"kh", "g"},
                                                                                           {"ph", "f"},
                                                                                           {"th", "t"},
                                                                                           {"dt", "t"},
                                                                                           {"ts", "s"},
                                                                                           {"qu", "k"},
                                                                                           {"x", "ks"},
                                                                                           {"q", "k"},
                                                                                           {"c", "k"},
                                                                                           {"z", "s"},
                                                                                           {"v", "f"},
                                                                                           {"d", "t"},
                                                                                           {"h", ""}}};
    std::string sound;
    for (std::size_t at = 0; at < plain.size();) {
        const auto found =
            std::find_if(kPairs.begin(), kPairs.end(), [&](const auto& pair) { return plain.substr(at).starts_with(pair.first); });
        const std::string_view heard = found == kPairs.end() ? plain.substr(at, 1) : found->second;
        for (const char c : heard) {
            if (is_vowel(c) && !sound.empty()) continue;
            const char kept = is_vowel(c) ? 'a' : c;
            if (sound.empty() || sound.back() != kept) sound.push_back(kept);
        }
        at += found == kPairs.end() ? 1 : found->first.size();
    }
    return sound;
}

/// Two texts in one order, so that given and family name may have changed places.
std::string pair_of(std::string_view a, std::string_view b) {
    std::string joined(std::min(a, b));
    return joined.append("|").append(std::max(a, b));
}

/// "+32 470 12 34 56", "0032470123456" and "0470/12.34.56" as one: the digits after trunk and country.
std::string plain_phone(std::string_view text) {
    std::string digits;
    for (const char c : text)
        if (c >= '0' && c <= '9') digits.push_back(c);
    std::string_view rest = digits;
    if (rest.starts_with("00")) rest.remove_prefix(2);
    if (rest.starts_with("32") && rest.size() > 9) rest.remove_prefix(2);
    if (rest.starts_with("0")) rest.remove_prefix(1);
    constexpr std::size_t kShortest = 7;
    return rest.size() < kShortest ? std::string() : std::string(rest);
}

std::string plain_email(std::string_view text) {
    const std::string plain = fold_words(trim(text));  // an address without letters says nothing
    if (plain.empty()) return {};
    std::string lower(trim(text));
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
    return lower;
}

std::string swapped_day_and_month(Date date) {
    const auto swapped = Date::from_ymd(date.year(), date.day(), date.month());
    return swapped ? swapped->iso() : std::string();
}

/// Everything about a person record that may be compared, in plain forms.
struct Comparable {
    std::vector<std::string> names;     // "anna|velde|2014-05-02"
    std::vector<std::string> variants;  // of name and birth date
    std::string email, phone;

    explicit Comparable(const Identity& identity) {
        static const std::size_t kGiven = person_field("given_name"), kFamily = person_field("family_name"),
                                 kCall = person_field("call_name"), kBirth = person_field("birth_date"), kEmail = person_field("email"),
                                 kPhone = person_field("phone");
        const std::string family = plain_name(identity.values[kFamily]);
        for (const std::size_t given : {kGiven, kCall})
            if (const std::string plain = plain_name(identity.values[given]); !plain.empty() && !family.empty())
                add_name(plain, family, identity.values[kBirth]);
        email = plain_email(identity.values[kEmail]);
        phone = plain_phone(identity.values[kPhone]);
    }

  private:
    void add_name(const std::string& given, const std::string& family, const std::string& born) {
        const Birth birth = read_birth(born);
        if (!birth.known) return;
        variants.push_back("sound|" + pair_of(sound_of(given), sound_of(family)) + "|" + std::to_string(birth.date.year()));
        const auto day = Date::parse_iso(born);
        if (!day) return;
        names.push_back(pair_of(given, family) + "|" + born);
        // One of the names written quite otherwise; and day and month in each other's place, as some programs read them.
        for (const std::string& one : {given, family}) variants.push_back("one|" + one + "|" + born);
        if (const std::string swapped = swapped_day_and_month(*day); !swapped.empty() && swapped != born)
            variants.push_back("swapped|" + pair_of(given, family) + "|" + std::min(swapped, born));
    }
};

}  // namespace

std::string_view name(ReturnReason reason) {
    static constexpr std::array<std::string_view, 6> kNames{"none", "key", "two_keys", "name", "spelling", "contact"};
    return kNames.at(static_cast<std::size_t>(reason));
}

struct Tombstones::Impl {
    Impl(std::filesystem::path path, const Keys& keys)
        : path_(std::move(path)), hash_(keys.suppress.bytes()), id_key_(id_key(keys.suppress)) {
        std::error_code ignored;
        if (!std::filesystem::exists(path_, ignored)) return;
        open();
        load();
    }

    static HashKey id_key(const Secret& suppress) {
        const Secret derived = derive_key(suppress, "erased-ids");
        HashKey key{};
        std::copy_n(derived.bytes().begin(), key.size(), key.begin());
        return key;
    }

    void open() {
        create_private_file(path_);
        database_.emplace(Database::open(path_, Database::Mode::Create));
        // One file and no journal beside it: whoever copies it has all of it.
        database_->execute("PRAGMA journal_mode=DELETE");
        if (!database_->integer("SELECT 1 FROM sqlite_schema WHERE name = 'meta'")) make();
        if (const std::string version = meta("version"); version != std::to_string(kVersion))
            throw Error(Exit::Config, "ERA-002", {{"file", path_.filename().string()}}, path_.string());
        if (meta("check") != hash("check", ""))
            throw Error(Exit::NoPermission, "ERA-003", {{"file", path_.filename().string()}}, path_.string());
    }

    void make() {
        Transaction transaction(*database_);
        database_->execute(kSchema);
        const auto put = [this](std::string_view key, const std::string& value) {
            database_->prepare("INSERT INTO meta (name, value) VALUES (?, ?)").bind(0, key).bind_blob(1, value).execute();
        };
        put("version", std::to_string(kVersion));
        put("check", hash("check", ""));
        transaction.commit();
    }

    std::string meta(std::string_view key) {
        Statement s = database_->prepare("SELECT value FROM meta WHERE name = ?");
        return s.bind(0, key).step() ? std::string(s.blob(0)) : std::string();
    }

    void load() {
        marks_.clear();
        erasures_.clear();
        unfinished_.clear();
        last_ = database_->integer("PRAGMA user_version").value_or(0);
        for (Statement s = database_->prepare("SELECT number, finished FROM erasure ORDER BY number"); s.step();) {
            erasures_.insert(s.integer(0));
            if (s.integer(1) == 0) unfinished_.push_back(s.integer(0));
        }
        for (Statement s = database_->prepare("SELECT kind, hash, erasure FROM mark"); s.step();)
            marks_[{static_cast<MarkKind>(s.integer(0)), std::string(s.blob(1))}].insert(s.integer(2));
    }

    /// 128 of the 256 bits, for texts of which there are few.
    std::string hash(std::string_view domain, std::string_view text) const {
        std::string message = "brugwacht|erased|";
        message.append(domain).append("|").append(text);
        return hash_(message).substr(0, kHashBytes);
    }
    /// Ids are keyed hashes themselves; many are asked for, and this one is quick.
    std::string hash(MarkKind kind, std::int64_t id) const {
        const Hash128 bits = siphash128(id_key_, std::to_string(static_cast<int>(kind)) + "|" + std::to_string(id));
        std::string bytes;
        for (const std::uint64_t half : {bits.low, bits.high})
            for (unsigned shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<char>(half >> shift & 0xff));
        return bytes;
    }
    Mark key_mark(std::string_view source, std::string_view key) const {
        return {MarkKind::Key, hash("key", std::string(source) + ":" + std::string(key))};
    }

    const std::set<std::int64_t>& erasures_of(const Mark& mark) const {
        static const std::set<std::int64_t> kNone;
        const auto found = marks_.find(mark);
        return found == marks_.end() ? kNone : found->second;
    }
    std::int64_t first_of(const Mark& mark) const {
        const std::set<std::int64_t>& found = erasures_of(mark);
        return found.empty() ? 0 : *found.begin();
    }

    std::vector<Mark> marks_of(const Identity& identity) const {
        std::vector<Mark> marks{key_mark(identity.source, identity.values[0]), {MarkKind::Record, hash(MarkKind::Record, identity.id)}};
        const Comparable plain(identity);
        for (const std::string& text : plain.names) marks.push_back({MarkKind::Name, hash("name", text)});
        for (const std::string& text : plain.variants) marks.push_back({MarkKind::Variant, hash("variant", text)});
        if (!plain.email.empty()) marks.push_back({MarkKind::Email, hash("email", plain.email)});
        if (!plain.phone.empty()) marks.push_back({MarkKind::Phone, hash("phone", plain.phone)});
        return marks;
    }

    void write(std::int64_t erasure, const std::vector<Identity>& records, const std::vector<std::int64_t>& trajectories) {
        Statement s = database_->prepare("INSERT OR IGNORE INTO mark (kind, hash, erasure) VALUES (?, ?, ?)");
        const auto put = [&](const Mark& mark) {
            s.bind(0, static_cast<std::int64_t>(mark.kind)).bind_blob(1, mark.hash).bind(2, erasure).execute();
        };
        for (const Identity& record : records)
            for (const Mark& mark : marks_of(record)) put(mark);
        for (const std::int64_t id : trajectories) put({MarkKind::Trajectory, hash(MarkKind::Trajectory, id)});
    }

    std::filesystem::path path_;
    Hmac hash_;
    HashKey id_key_;
    std::optional<Database> database_;  // none until the first erasure
    std::map<Mark, std::set<std::int64_t>> marks_;
    std::set<std::int64_t> erasures_;
    std::vector<std::int64_t> unfinished_;
    std::int64_t last_ = 0;
};

Tombstones::Tombstones(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Tombstones::Tombstones(Tombstones&&) noexcept = default;
Tombstones& Tombstones::operator=(Tombstones&&) noexcept = default;
Tombstones::~Tombstones() = default;

Tombstones Tombstones::open(const std::filesystem::path& erasures_db, const Keys& keys) {
    return Tombstones(std::make_unique<Impl>(erasures_db, keys));
}

bool Tombstones::empty() const { return impl_->erasures_.empty(); }
std::uint64_t Tombstones::size() const { return impl_->erasures_.size(); }
std::int64_t Tombstones::last() const { return impl_->last_; }

std::int64_t Tombstones::erasure_of_record(std::int64_t id) const {
    return empty() ? 0 : impl_->first_of({MarkKind::Record, impl_->hash(MarkKind::Record, id)});
}

std::int64_t Tombstones::erasure_of_trajectory(std::int64_t id) const {
    return empty() ? 0 : impl_->first_of({MarkKind::Trajectory, impl_->hash(MarkKind::Trajectory, id)});
}

std::int64_t Tombstones::erasure_of_key(std::string_view source, std::string_view key) const {
    return empty() ? 0 : impl_->first_of(impl_->key_mark(source, key));
}

Recognised Tombstones::recognise(const Identity& identity) const {
    if (empty()) return {};
    const Mark own = impl_->key_mark(identity.source, identity.values[0]);
    if (const std::int64_t erasure = impl_->first_of(own); erasure != 0) return {Return::Certain, ReturnReason::Key, erasure};
    const std::set<std::int64_t>& kept = impl_->erasures_of({MarkKind::Kept, own.hash});
    const Comparable plain(identity);
    const auto matches = [&](MarkKind kind, std::string_view domain, const std::vector<std::string>& texts) {
        std::set<std::int64_t> found;
        for (const std::string& text : texts)
            for (const std::int64_t erasure : impl_->erasures_of({kind, impl_->hash(domain, text)}))
                if (!kept.contains(erasure)) found.insert(erasure);
        return found;
    };
    const auto one = [](const std::string& text) { return text.empty() ? std::vector<std::string>{} : std::vector<std::string>{text}; };
    const std::set<std::int64_t> emails = matches(MarkKind::Email, "email", one(plain.email));
    const std::set<std::int64_t> phones = matches(MarkKind::Phone, "phone", one(plain.phone));
    const std::set<std::int64_t> names = matches(MarkKind::Name, "name", plain.names);
    // An address and a number are a household's as often as a child's: only beside her name do they count as a second key.
    for (const std::int64_t erasure : names)
        if (emails.contains(erasure) || phones.contains(erasure)) return {Return::Certain, ReturnReason::TwoKeys, erasure};
    if (!names.empty()) return {Return::Possible, ReturnReason::Name, *names.begin()};
    const std::set<std::int64_t> variants = matches(MarkKind::Variant, "variant", plain.variants);
    if (!variants.empty()) return {Return::Possible, ReturnReason::Spelling, *variants.begin()};
    if (plain.variants.empty())
        for (const std::int64_t erasure : emails)
            if (phones.contains(erasure)) return {Return::Possible, ReturnReason::Contact, erasure};
    return {};
}

namespace {

/// Last day of a calendar year, so that it tells nobody's birth date.
Date last_day_honoured(const std::vector<Identity>& records, Date today, const TombstoneTerm& term) {
    constexpr int kMajority = 18;
    static const std::size_t kBirth = person_field("birth_date");
    int year = today.year() + term.years;
    for (const Identity& record : records) {
        const Birth birth = read_birth(record.values[kBirth]);
        if (birth.known && term.years_after_majority > 0) year = std::max(year, birth.date.year() + kMajority + term.years_after_majority);
    }
    return Date::from_ymd(year, 12, 31).value();
}

}  // namespace

std::int64_t Tombstones::add(const std::vector<Identity>& records, const std::vector<std::int64_t>& trajectories, Date today,
                             const TombstoneTerm& term, std::int64_t same_as) {
    if (!impl_->database_) impl_->open();
    Transaction transaction(*impl_->database_);
    const std::int64_t number = impl_->database_->integer("PRAGMA user_version").value_or(0) + 1;
    const std::int64_t person = impl_->erasures_.contains(same_as) ? same_as : number;
    impl_->database_
        ->prepare(
            "INSERT INTO erasure (number, erased_on, until) VALUES (?, ?, ?) ON CONFLICT (number) DO UPDATE SET until = max(until, "
            "excluded.until), finished = 0")
        .bind(0, person)
        .bind(1, static_cast<std::int64_t>(today.days()))
        .bind(2, static_cast<std::int64_t>(last_day_honoured(records, today, term).days()))
        .execute();
    impl_->write(person, records, trajectories);
    impl_->database_->execute("PRAGMA user_version = " + std::to_string(number));
    transaction.commit();
    impl_->load();
    return person;
}

void Tombstones::add_to(std::int64_t erasure, const std::vector<Identity>& records, const std::vector<std::int64_t>& trajectories) {
    Transaction transaction(*impl_->database_);
    impl_->write(erasure, records, trajectories);
    transaction.commit();
    impl_->load();
}

void Tombstones::keep(std::string_view source, std::string_view key, std::int64_t erasure) {
    const std::string hash = impl_->key_mark(source, key).hash;
    Transaction transaction(*impl_->database_);
    impl_->database_->prepare("INSERT OR IGNORE INTO mark (kind, hash, erasure) VALUES (?, ?, ?)")
        .bind(0, static_cast<std::int64_t>(MarkKind::Kept))
        .bind_blob(1, hash)
        .bind(2, erasure)
        .execute();
    transaction.commit();
    impl_->load();
}

std::vector<std::int64_t> Tombstones::unfinished() const { return impl_->unfinished_; }

void Tombstones::finish(const std::vector<std::int64_t>& erasures) {
    if (erasures.empty()) return;
    Transaction transaction(*impl_->database_);
    Statement s = impl_->database_->prepare("UPDATE erasure SET finished = 1 WHERE number = ?");
    for (const std::int64_t number : erasures) s.bind(0, number).execute();
    transaction.commit();
    impl_->load();
}

std::uint64_t Tombstones::expire(Date today, bool forget) {
    if (!impl_->database_) return 0;
    const std::string passed = " WHERE until < " + std::to_string(today.days());
    const auto count = impl_->database_->integer("SELECT count(*) FROM erasure" + passed).value_or(0);
    if (count == 0 || !forget) return static_cast<std::uint64_t>(count);
    Transaction transaction(*impl_->database_);
    impl_->database_->execute("DELETE FROM mark WHERE erasure IN (SELECT number FROM erasure" + passed + "); DELETE FROM erasure" + passed);
    transaction.commit();
    impl_->load();
    return static_cast<std::uint64_t>(count);
}

}  // namespace brugwacht
