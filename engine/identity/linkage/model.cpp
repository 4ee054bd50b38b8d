#include "engine/identity/linkage/model.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <system_error>

namespace brugwacht {
namespace {

constexpr std::string_view kVersion = "linkage-model/1";

/// A belief about the levels of one person is worth this many pairs, one about strangers that many.
constexpr double kWorthSame = 40, kWorthStrangers = 300;
/// Beliefs about how many partners a record has are worth this many records.
constexpr double kWorthRate = 20, kWorthRelatives = 10;
constexpr double kUsualMatches = 0.2, kUsualRelatives = 0.3;
constexpr double kUsualMoved = 0.15;
constexpr double kFewestMatches = 0.001, kFewestRelatives = 0.0005;
constexpr double kSmallestShare = 1e-5;
/// Separated parents: members of one household with two addresses.
constexpr double kRelativesApart = 0.2;
/// Who moves, often stays in the municipality.
constexpr double kMovedNearby = 0.5;
/// A street lies in few municipalities: where the street agrees, the place says little more.
constexpr double kPlaceOfStreet = 0.4;
/// Other members of the household per record, below which a population has no families.
constexpr double kHardlyAny = 0.006;
constexpr unsigned kMostRounds = 20;

constexpr std::array<std::string_view, kThings> kWords = {"given",        "family", "order",    "birth",     "street",
                                                          "house",        "place",  "phone",    "email",     "member_here",
                                                          "member_there", "gender", "guardian", "household", "source"};

constexpr std::size_t at(Thing thing) { return static_cast<std::size_t>(thing); }
constexpr bool is_address(std::size_t thing) { return thing >= at(Thing::Street) && thing <= at(Thing::Place); }
constexpr bool is_name(std::size_t thing) { return thing == at(Thing::Given) || thing == at(Thing::Family); }

/// Levels whose shares add up to 1; level 0 stands alone.
constexpr int group_of(std::size_t thing, std::size_t level) {
    if (level == 0) return 0;
    if (is_name(thing)) return level >= static_cast<std::size_t>(NameLevel::Initial) ? 2 : 1;
    if (thing != at(Thing::Birth)) return 1;
    return level >= static_cast<std::size_t>(BirthLevel::PartialAgree) ? 3
           : level >= static_cast<std::size_t>(BirthLevel::WeakExact)  ? 2
                                                                       : 1;
}

std::array<ThingShares, kThings> beliefs() {
    std::array<ThingShares, kThings> out;
    const auto set = [&](Thing thing, const LevelShares& same, const LevelShares& relatives, const LevelShares& strangers) {
        out[at(thing)] = {same, relatives, strangers};
    };
    //                   -  exact  variant part  typo  similar different initial other
    set(Thing::Given, {1, 0.80, 0.05, 0.04, 0.07, 0.015, 0.025, 0.95, 0.05}, {1, 0.010, 0.005, 0.010, 0.010, 0.035, 0.93, 0.08, 0.92},
        {1, 0.006, 0.003, 0.010, 0.004, 0.030, 0.947, 0.08, 0.92});
    set(Thing::Family, {1, 0.82, 0.05, 0.02, 0.08, 0.01, 0.02, 0.95, 0.05}, {1, 0.75, 0.04, 0.06, 0.03, 0.01, 0.11, 0.90, 0.10},
        {1, 0.001, 0.0005, 0.0005, 0.001, 0.02, 0.977, 0.08, 0.92});
    // Changed places are looked for only where they are found: that the names then agree is weighed with the names.
    set(Thing::Order, {1, 0.985, 0.015}, {1, 1, 0.015}, {1, 1, 1});
    //                   -  exact typo   swapped  two    year   differ weak: exact year differ partial: agree differ
    set(Thing::Birth, {1, 0.85, 0.06, 0.015, 0.03, 0.01, 0.035, 0.75, 0.13, 0.04, 0.08, 0.90, 0.05, 0.05},
        {1, 0.020, 0.010, 0.0005, 0.02, 0.03, 0.9195, 0.08, 0.07, 0.10, 0.75, 0.08, 0.15, 0.77},
        {1, 0.0003, 0.005, 0.0003, 0.01, 0.04, 0.9444, 0.03, 0.05, 0.08, 0.84, 0.05, 0.15, 0.80});
    //                   -  exact  typo   different
    set(Thing::Street, {1, 0.86, 0.09, 0.05}, {1, 0.86, 0.09, 0.05}, {1, 0.001, 0.003, 0.996});
    set(Thing::House, {1, 0.88, 0.06, 0.06}, {1, 0.88, 0.06, 0.06}, {1, 0.02, 0.06, 0.92});
    set(Thing::Place, {1, 0.90, 0.07, 0.03}, {1, 0.90, 0.07, 0.03}, {1, 0.02, 0.03, 0.95});
    set(Thing::Phone, {1, 0.60, 0.06, 0.34}, {1, 0.50, 0.02, 0.48}, {1, 0.0001, 0.0005, 0.9994});
    set(Thing::Email, {1, 0.60, 0.08, 0.32}, {1, 0.40, 0.02, 0.58}, {1, 0.0001, 0.001, 0.9989});
    set(Thing::MemberHere, {1, 0.50, 0.05, 0.45}, {1, 0.02, 0.03, 0.95}, {1, 0.0001, 0.002, 0.9979});
    set(Thing::MemberThere, {1, 0.30, 0.02, 0.68}, {1, 0.02, 0.03, 0.95}, {1, 0.0001, 0.002, 0.9979});
    set(Thing::Gender, {1, 0.975, 0, 0.025}, {1, 0.5, 0, 0.5}, {1, 0.5, 0, 0.5});
    set(Thing::Guardian, {1, 0.75, 0.10, 0.15}, {1, 0.75, 0.10, 0.15}, {1, 0.0005, 0.002, 0.9975});
    set(Thing::Household, {1, 0.85, 0.03, 0.12}, {1, 0.85, 0.03, 0.12}, {1, 0.0005, 0.001, 0.9985});
    set(Thing::Source, {1, 0.4, 0, 0.6}, {1, 0.4, 0, 0.6}, {1, 0.4, 0, 0.6});
    return out;
}

/// Counts of levels and a belief worth `worth` pairs become shares, group by group. Levels of share 0 do not occur.
void settle(std::size_t thing, const LevelShares& counts, const LevelShares& belief, double worth, LevelShares& shares) {
    for (int group = 1; group <= 3; ++group) {
        double total = 0;
        for (std::size_t level = 1; level < kMostLevels; ++level)
            if (group_of(thing, level) == group && belief[level] > 0) total += counts[level] + worth * belief[level];
        for (std::size_t level = 1; level < kMostLevels; ++level)
            if (group_of(thing, level) == group && belief[level] > 0)
                shares[level] = std::max(kSmallestShare, (counts[level] + worth * belief[level]) / total);
    }
}

void append_number(std::string& out, double value) {
    std::array<char, 32> room{};
    const auto end = std::to_chars(room.data(), room.data() + room.size(), value).ptr;
    out.append(room.data(), end);
}

void append_shares(std::string& out, std::string_view thing, std::string_view kind, const LevelShares& shares) {
    out.append(thing).append(".").append(kind).append("=");
    for (std::size_t level = 1; level < kMostLevels; ++level) {
        if (level > 1) out.push_back(' ');
        append_number(out, shares[level]);
    }
    out.push_back('\n');
}

std::optional<double> read_number(std::string_view& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

/// Takes `word` and "=" from the front of the text.
bool take(std::string_view& text, std::string_view word) {
    if (!text.starts_with(word) || text.substr(word.size(), 1) != "=") return false;
    text.remove_prefix(word.size() + 1);
    return true;
}

bool end_line(std::string_view& text) {
    if (!text.starts_with('\n')) return false;
    text.remove_prefix(1);
    return true;
}

bool take_rate(std::string_view& text, std::string_view word, double& value) {
    if (!take(text, word)) return false;
    const auto read = read_number(text);
    if (!read || *read <= 0 || !end_line(text)) return false;
    value = *read;
    return true;
}

bool take_shares(std::string_view& text, std::string_view thing, std::string_view kind, LevelShares& shares) {
    if (!take(text, std::string(thing) + "." + std::string(kind))) return false;
    for (std::size_t level = 1; level < kMostLevels; ++level) {
        if (level > 1 && text.starts_with(' ')) text.remove_prefix(1);
        const auto value = read_number(text);
        if (!value || *value < 0 || *value > 1) return false;
        shares[level] = *value;
    }
    return end_line(text);
}

}  // namespace

Model::Model() : shares_(beliefs()) { prepare(); }

void Model::prepare() {
    const auto log_of = [](const LevelShares& shares, LevelShares& logs) {
        for (std::size_t level = 0; level < kMostLevels; ++level) logs[level] = std::log2(std::max(shares[level], kSmallestShare));
    };
    for (std::size_t thing = 0; thing < kThings; ++thing) {
        log_of(shares_[thing].same, logs_[thing].same);
        log_of(shares_[thing].relatives, logs_[thing].relatives);
        log_of(shares_[thing].strangers, logs_[thing].strangers);
    }
}

void Model::set_records(std::size_t records) {
    const double others = std::max<double>(2, static_cast<double>(records)) - 1;
    prior_same_ = std::min(0.4, matches_ / others);
    prior_relatives_ = std::min(0.4, relatives_ / others);
}

/// log2 of the share of strangers who are at this level, with the rarity of the very value where it is known.
double Model::ratio_of_strangers(const Comparison& comparison, std::size_t thing) const {
    const float rarity = comparison.rarity[thing];
    return rarity < 0 ? rarity : logs_[thing].strangers[comparison.levels[thing]];
}

Model::Sums Model::sums(const Comparison& comparison) const {
    Sums out;
    double together = 0;
    for (std::size_t thing = 0; thing < kThings; ++thing) {
        const std::size_t level = comparison.levels[thing];
        if (level == 0) continue;
        double strangers = ratio_of_strangers(comparison, thing);
        if (!is_address(thing)) {
            out.same += logs_[thing].same[level] - strangers;
            out.relatives += logs_[thing].relatives[level] - strangers;
            continue;
        }
        if (thing == at(Thing::Place) && comparison.level(Thing::Place) == Level::Exact && comparison.level(Thing::Street) == Level::Exact)
            strangers = std::max(strangers, std::log2(kPlaceOfStreet));
        together += logs_[thing].same[level] - strangers;
    }
    const std::size_t place = comparison.levels[at(Thing::Place)];
    const bool has_address = place != 0 || comparison.levels[at(Thing::Street)] != 0 || comparison.levels[at(Thing::House)] != 0;
    if (!has_address) return out;
    double nearby = 1;
    if (place != 0) nearby = std::exp2(logs_[at(Thing::Place)].same[place] - ratio_of_strangers(comparison, at(Thing::Place)));
    const double stayed = std::exp2(together), elsewhere = kMovedNearby * nearby + (1 - kMovedNearby);
    out.address_same = (1 - moved_) * stayed + moved_ * elsewhere;
    out.address_relatives = (1 - kRelativesApart) * stayed + kRelativesApart * elsewhere;
    out.stayed_share = (1 - moved_) * stayed / out.address_same;
    return out;
}

double Model::weight(const Comparison& comparison) const {
    const Sums s = sums(comparison);
    const double same = prior_same_ * std::exp2(s.same) * s.address_same;
    const double other = (1 - prior_same_ - prior_relatives_) + prior_relatives_ * std::exp2(s.relatives) * s.address_relatives;
    return std::log2(same / other);
}

Score Model::explain(const Comparison& comparison) const {
    Score out;
    const Sums s = sums(comparison);
    const double strangers = 1 - prior_same_ - prior_relatives_;
    out.prior = std::log2(prior_same_ / strangers);
    for (std::size_t thing = 0; thing < kThings; ++thing)
        if (const std::size_t level = comparison.levels[thing]; level != 0 && !is_address(thing))
            out.parts[thing] = logs_[thing].same[level] - ratio_of_strangers(comparison, thing);
    out.parts[at(Thing::Street)] = std::log2(s.address_same);
    out.weight = weight(comparison);
    out.relatives = -std::log2(1 + prior_relatives_ * std::exp2(s.relatives) * s.address_relatives / strangers);
    return out;
}

Model::Posterior Model::posterior(const Comparison& comparison) const {
    const Sums s = sums(comparison);
    const double same = prior_same_ * std::exp2(s.same) * s.address_same;
    const double relatives = prior_relatives_ * std::exp2(s.relatives) * s.address_relatives;
    const double all = same + relatives + (1 - prior_same_ - prior_relatives_);
    return {same / all, relatives / all, same / all * s.stayed_share};
}

void Model::learn_strangers(std::span<const Comparison> pairs) {
    std::array<LevelShares, kThings> counts{};
    for (const Comparison& pair : pairs) {
        const Posterior p = posterior(pair);
        const double strangers = std::max(0.0, 1 - p.same - p.relatives);
        for (std::size_t thing = 0; thing < kThings; ++thing) counts[thing][pair.levels[thing]] += strangers;
    }
    const std::array<ThingShares, kThings> belief = beliefs();
    for (std::size_t thing = 0; thing < kThings; ++thing)
        if (thing != at(Thing::Order)) settle(thing, counts[thing], belief[thing].strangers, kWorthStrangers, shares_[thing].strangers);
    // How often two records are of one source is a matter of how large the sources are; only whether one person is twice in one is learnt.
    ThingShares& source = shares_[at(Thing::Source)];
    source.same = source.relatives = source.strangers;
    prepare();
}

void Model::learn_same(std::span<const Comparison> pairs, double share, std::size_t records) {
    std::array<ThingShares, kThings> belief = beliefs();
    belief[at(Thing::Source)].same = shares_[at(Thing::Source)].strangers;
    const double half = static_cast<double>(records) / 2;  // a pair is a partner for two records
    for (unsigned round = 0; round < kMostRounds; ++round) {
        set_records(records);
        std::array<LevelShares, kThings> counts{};
        double same = 0, relatives = 0, stayed = 0, addresses = 0;
        for (const Comparison& pair : pairs) {
            const Posterior p = posterior(pair);
            same += p.same;
            relatives += p.relatives;
            if (pair.levels[at(Thing::Street)] != 0) stayed += p.stayed, addresses += p.same;
            for (std::size_t thing = 0; thing < kThings; ++thing)
                counts[thing][pair.levels[thing]] += is_address(thing) ? p.stayed : p.same;
        }
        for (std::size_t thing = 0; thing < kThings; ++thing)
            settle(thing, counts[thing], belief[thing].same, kWorthSame, shares_[thing].same);
        const double before = matches_;
        moved_ = (addresses - stayed + kUsualMoved * kWorthSame) / (addresses + kWorthSame);
        matches_ = std::max(kFewestMatches, (same / share + kUsualMatches * kWorthRate / 2) / (half + kWorthRate / 2));
        relatives_ = std::max(kFewestRelatives, (relatives / share + kUsualRelatives * kWorthRelatives / 2) / (half + kWorthRelatives / 2));
        prepare();
        if (round > 3 && std::abs(matches_ - before) < 1e-4 * matches_) break;
    }
    set_records(records);
}

void Model::judge_twins(bool of_all_ages) { twins_ = !of_all_ages || relatives_ > kHardlyAny; }

std::string Model::text() const {
    std::string out(kVersion);
    out.push_back('\n');
    for (const auto& [word, value] : {std::pair<std::string_view, double>{"matches", matches_},
                                      {"relatives", relatives_},
                                      {"moved", moved_},
                                      {"twins", twins_ ? 1 : 2},
                                      {"same_from", same_from_}}) {
        out.append(word).push_back('=');
        append_number(out, value);
        out.push_back('\n');
    }
    for (std::size_t thing = 0; thing < kThings; ++thing) {
        append_shares(out, kWords[thing], "same", shares_[thing].same);
        append_shares(out, kWords[thing], "strangers", shares_[thing].strangers);
    }
    return out;
}

bool Model::parse(std::string_view text, Model& out) {
    Model read;
    if (!text.starts_with(kVersion)) return false;
    text.remove_prefix(kVersion.size());
    if (!end_line(text)) return false;
    if (!take_rate(text, "matches", read.matches_) || !take_rate(text, "relatives", read.relatives_) ||
        !take_rate(text, "moved", read.moved_))
        return false;
    double twins = 1;
    if (!take_rate(text, "twins", twins) || !take_rate(text, "same_from", read.same_from_)) return false;
    read.twins_ = twins == 1;
    for (std::size_t thing = 0; thing < kThings; ++thing)
        if (!take_shares(text, kWords[thing], "same", read.shares_[thing].same) ||
            !take_shares(text, kWords[thing], "strangers", read.shares_[thing].strangers))
            return false;
    read.shares_[at(Thing::Source)].relatives = read.shares_[at(Thing::Source)].strangers;
    if (!text.empty() || read.moved_ >= 1) return false;
    read.prepare();
    out = read;
    return true;
}

}  // namespace brugwacht
