#include "engine/identity/linkage/features.hpp"

#include <algorithm>
#include <utility>

#include "engine/core/text.hpp"
#include "engine/identity/linkage/names.hpp"

namespace brugwacht {
namespace {

/// Values are made by hand; what stands behind this many bytes tells nothing more about a person, and may be an attack.
constexpr std::size_t kLongestValue = 200;
constexpr std::size_t kMostTokens = 8;
constexpr std::size_t kPhoneDigits = 9;
constexpr std::size_t kShortestPhone = 6;

std::string_view bounded(std::string_view value) {
    if (value.size() <= kLongestValue) return value;
    std::size_t end = kLongestValue;
    while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
    return value.substr(0, end);
}

const std::string& value_of(const std::array<std::string, kMaxFields>& values, std::string_view field) {
    return values[field_index(Entity::Person, field).value()];
}

/// The last nine digits, which are the same whether or not a country or a trunk prefix stands before them.
std::string bare_phone(std::string_view value) {
    std::string digits;
    for (const char c : bounded(value))
        if (c >= '0' && c <= '9') digits.push_back(c);
    if (digits.size() > kPhoneDigits) digits.erase(0, digits.size() - kPhoneDigits);
    const std::size_t trunk = std::min(digits.find_first_not_of('0'), digits.size());
    return digits.size() >= kShortestPhone ? digits.substr(trunk) : "";
}

/// Abbreviations at the end of a street's name, written out.
std::string whole_street(std::string street) {
    static constexpr std::pair<std::string_view, std::string_view> kEndings[] = {
        {"straat", ""},    {"steenweg", ""}, {"stwg", "steenweg"}, {"stw", "steenweg"},
        {"str", "straat"}, {"ln", "laan"},   {"pln", "plein"},     {"pl", "plein"}};
    for (const auto& [ending, whole] : kEndings) {
        if (!street.ends_with(ending) || street.size() == ending.size()) continue;
        if (!whole.empty()) street.replace(street.size() - ending.size(), ending.size(), whole);
        break;
    }
    return street;
}

struct Home {
    std::string street, house;
};

/// Street without what follows its name, house number without box: "Zandstraat 104 bus 3" is "zandstraat" and "104".
Home home_of(std::string_view street, std::string_view house) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    Home out;
    std::string folded = fold_words(bounded(street));
    const std::string number = fold_words(bounded(house));
    const auto digits_end = [&](const std::string& text, std::size_t from) {
        return static_cast<std::size_t>(std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), is_digit) -
                                        text.begin());
    };
    const auto first = static_cast<std::size_t>(std::find_if(number.begin(), number.end(), is_digit) - number.begin());
    out.house = first == number.size() ? number : number.substr(first, digits_end(number, first) - first);
    const std::size_t blank = folded.find_first_of("0123456789", 1);
    if (blank != std::string::npos && blank > 3 && folded[blank - 1] == ' ') {
        if (out.house.empty()) out.house = folded.substr(blank, digits_end(folded, blank) - blank);
        folded.resize(blank - 1);
    }
    for (const char c : folded)
        if (c != ' ') out.street.push_back(c);
    out.street = whole_street(std::move(out.street));
    return out;
}

std::string bare_email(std::string_view value) {
    std::string out;
    for (const char c : trim(bounded(value))) out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    return out.find('@') == std::string::npos ? "" : out;
}

NameClasses classes_of(std::string_view token) {
    NameClasses out{};
    const auto classes = given_name_classes(token);
    std::copy_n(classes.begin(), std::min(classes.size(), out.size()), out.begin());
    return out;
}

Gender gender_of(std::string_view value) {
    if (value == "m") return Gender::Male;
    if (value == "f") return Gender::Female;
    return value == "x" ? Gender::Other : Gender::Unknown;
}

}  // namespace

std::uint32_t NameTable::add(std::string_view name_given, NameRole role, bool counted) {
    const std::string_view name = bounded(name_given);
    if (name.empty()) return 0;
    Role& table = of(role);
    const std::uint32_t written = table.written.number(name);
    if (written >= table.entry_of.size()) {
        const std::uint32_t made = enter(name, role);
        table.entry_of.resize(written + 1, 0);
        table.entry_of[written] = made;
    }
    const std::uint32_t number = table.entry_of[written];
    if (number != 0 && counted) count(role, table.entries[number]);
    return number;
}

std::uint32_t NameTable::count_of(NameRole role, std::uint32_t joined) const {
    const Role& table = of(role);
    return joined < table.counts.size() ? table.counts[joined] : 0;
}

std::uint32_t NameTable::enter(std::string_view name, NameRole role) {
    const NameForms forms = role == NameRole::Given ? given_name_forms(name) : family_name_forms(name);
    if (forms.joined.empty()) return 0;
    Role& table = of(role);
    NameEntry entry;
    entry.joined = texts_.number(forms.joined);
    entry.core = texts_.number(forms.core);
    entry.stem = texts_.number(forms.stem);
    entry.phonetic = texts_.number(forms.phonetic);
    entry.phonetic_joined = texts_.number(forms.phonetic_joined);
    entry.phonetic_other = texts_.number(forms.phonetic_other);
    if (role == NameRole::Given) entry.known = classes_of(forms.core);
    entry.first_token = static_cast<std::uint32_t>(tokens_.size());
    for (const std::string& token : forms.tokens) {
        if (entry.tokens == kMostTokens) break;
        tokens_.push_back({texts_.number(token), role == NameRole::Given ? classes_of(token) : NameClasses{}});
        ++entry.tokens;
    }
    entry.hashes = hashes_of(entry, role);
    const auto made = static_cast<std::uint32_t>(table.entries.size());
    table.entries.push_back(entry);
    return made;
}

std::uint64_t NameTable::token_sound(const NameEntry& entry, std::uint32_t index) const {
    const NameToken& part = token(entry, index);
    return part.known[0] != 0 ? mixed(part.known[0], 1) : hash(part.text);
}

NameHashes NameTable::hashes_of(const NameEntry& entry, NameRole role) const {
    const std::string_view letters = text(entry.core);
    NameHashes out;
    const std::uint64_t by_sound = hash(entry.phonetic != 0 ? entry.phonetic : entry.joined);
    if (entry.known[0] != 0)
        out.sound = mixed(entry.known[0], 1);
    else
        out.sound = role == NameRole::Given && entry.tokens > 1 ? token_sound(entry, 0) : by_sound;
    out.head_1 = text_hash(letters.substr(0, 1));
    out.head_2 = text_hash(letters.substr(0, 2));
    out.head_3 = text_hash(letters.substr(0, 3));
    out.tail = text_hash(letters.substr(letters.size() - std::min<std::size_t>(4, letters.size())));
    if (entry.tokens == 0) return out;
    out.first = hash(token(entry, 0).text);
    out.last = hash(token(entry, entry.tokens - 1).text);
    if (entry.tokens > 1) out.second = token_sound(entry, 1);
    return out;
}

void NameTable::count(NameRole role, const NameEntry& entry) {
    const auto one_more = [](std::vector<std::uint32_t>& counts, std::uint32_t number) {
        if (counts.size() <= number) counts.resize(std::size_t{number} + number / 2 + 1, 0);
        ++counts[number];
    };
    ++of(role).total;
    one_more(of(role).counts, entry.joined);
    if (role == NameRole::Family) return;
    for (std::uint32_t i = 0; i < entry.tokens; ++i) {
        const NameToken& token = tokens_[entry.first_token + i];
        one_more(token_counts_, token.text);
        for (const std::uint32_t known : token.known)
            if (known != 0) one_more(class_counts_, known);
    }
}

void FeatureTable::add(std::string_view source, std::uint32_t island, bool linkable, const std::array<std::string, kMaxFields>& values) {
    const auto value = [&](std::string_view field) -> std::string_view { return value_of(values, field); };
    const auto folded = [&](std::string_view field) { return fold(bounded(value(field))); };
    Features f;
    f.given = names.add(value("given_name"), NameRole::Given, true);
    f.family = names.add(value("family_name"), NameRole::Family, true);
    f.call = names.add(value("call_name"), NameRole::Given, false);
    f.birth = parse_birth(trim(bounded(value("birth_date"))));
    f.birth_text = births.count_in(f.birth.kind == BirthKind::Text ? folded("birth_date") : std::string(trim(value("birth_date"))));
    const Home home = home_of(value("street"), value("house_number"));
    f.street = streets.count_in(home.street);
    f.house = houses.count_in(home.house);
    f.postcode = postcodes.count_in(folded("postcode"));
    f.municipality = municipalities.count_in(folded("municipality"));
    f.phone = phones.count_in(bare_phone(value("phone")));
    f.guardian_phone = phones.count_in(bare_phone(value("guardian_phone")));
    if (f.guardian_phone != 0 && f.guardian_phone == f.phone) f.guardian_phone = 0;
    f.email = emails.count_in(bare_email(value("email")));
    f.guardian_email = emails.count_in(bare_email(value("guardian_email")));
    f.guardian = guardians.count_in(folded("guardian_name"));
    f.household = households.count_in(folded("household"));
    f.member = members.count_in(folded("member_number"));
    f.source = sources.count_in(source);
    f.island = island;
    f.gender = gender_of(value("gender"));
    f.linkable = linkable;
    records_.push_back(f);
}

}  // namespace brugwacht
