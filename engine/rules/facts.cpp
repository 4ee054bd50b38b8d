#include "engine/rules/facts.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <numeric>
#include <stdexcept>
#include <tuple>
#include <unordered_map>

#include "engine/core/text.hpp"

namespace brugwacht {
namespace {

enum class Subject : std::uint8_t { Trajectory, Person, Club };

struct RawFact {
    Fact fact;
    std::uint32_t subject = kNone;
    Subject kind = Subject::Club;
};

struct RawClub {
    std::uint16_t source = 0;
    std::uint16_t kind = 0;
    std::string key, name, vcode;
};

/// Texts as length (two bytes) and bytes, one after the other; a text is its offset.
std::uint32_t put_text(std::string& arena, std::string_view text) {
    const std::size_t length = std::min<std::size_t>(text.size(), 0xffff);
    if (arena.size() + length + 2 > kNone) throw std::length_error("more than 4 GiB of keys");
    const auto at = static_cast<std::uint32_t>(arena.size());
    arena.push_back(static_cast<char>(length & 0xff));
    arena.push_back(static_cast<char>(length >> 8));
    arena.append(text.substr(0, length));
    return at;
}

std::string_view get_text(const std::string& arena, std::uint32_t at) {
    if (at + 2 > arena.size()) return {};
    const auto low = static_cast<unsigned char>(arena[at]);
    const auto high = static_cast<unsigned char>(arena[at + 1]);
    return std::string_view(arena).substr(at + 2, low + 256U * high);
}

/// The first eight bytes as a number that sorts as they do; what is shorter ends in zeros.
std::uint64_t start_of(std::string_view text) {
    std::uint64_t start = 0;
    for (std::size_t i = 0; i < 8; ++i) start = start << 8 | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
    return start;
}

FactType type_of(std::string_view type, std::string_view answer) {
    if (type == "check") {
        if (answer == "yes") return FactType::CheckYes;
        if (answer == "no") return FactType::CheckNo;
        return FactType::Other;
    }
    return fact_type_by_name(type).value_or(FactType::Other);
}

/// Sorts `names`; gives for each old position its new one.
std::vector<std::uint16_t> sort_names(std::vector<std::string>& names, std::size_t fixed) {
    std::vector<std::uint16_t> order(names.size());
    std::iota(order.begin(), order.end(), std::uint16_t{0});
    std::sort(order.begin() + static_cast<std::ptrdiff_t>(fixed), order.end(), [&](auto a, auto b) { return names[a] < names[b]; });
    std::vector<std::uint16_t> moved(names.size());
    std::vector<std::string> sorted(names.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        moved[order[i]] = static_cast<std::uint16_t>(i);
        sorted[i] = std::move(names[order[i]]);
    }
    names = std::move(sorted);
    return moved;
}

std::uint32_t root_of(std::vector<std::uint32_t>& parent, std::uint32_t at) {
    while (parent[at] != at) at = parent[at] = parent[parent[at]];
    return at;
}

/// One value where both agree or one is blank.
template <typename T>
bool agree(const T& a, const T& b) {
    return a == T{} || b == T{} || a == b;
}

/// Clubs that are one and the same: an equal vcode, or an equal name that each source uses once and that nothing contradicts.
std::vector<std::uint32_t> same_clubs(const std::vector<RawClub>& clubs) {
    std::vector<std::uint32_t> parent(clubs.size());
    std::iota(parent.begin(), parent.end(), 0U);
    std::map<std::string, std::vector<std::uint32_t>> by_vcode, by_name;
    for (std::uint32_t i = 0; i < clubs.size(); ++i) {
        if (!clubs[i].vcode.empty()) by_vcode[clubs[i].vcode].push_back(i);
        if (const std::string folded = fold(clubs[i].name); !folded.empty()) by_name[folded].push_back(i);
    }
    for (const auto& [vcode, members] : by_vcode)
        for (const std::uint32_t member : members) parent[root_of(parent, member)] = root_of(parent, members.front());
    for (const auto& [folded, members] : by_name) {
        bool one = true;
        for (std::size_t i = 0; i < members.size() && one; ++i) {
            for (std::size_t j = i + 1; j < members.size() && one; ++j) {
                const RawClub& a = clubs[members[i]];
                const RawClub& b = clubs[members[j]];
                one = a.source != b.source && agree(a.kind, b.kind) && agree(a.vcode, b.vcode);
            }
        }
        if (one)
            for (const std::uint32_t member : members) parent[root_of(parent, member)] = root_of(parent, members.front());
    }
    return parent;
}

}  // namespace

struct FactBaseBuilder::Impl {
    std::string arena;
    std::vector<std::string> sources;
    std::vector<std::string> codes{""};
    std::unordered_map<std::string, std::uint16_t> source_index, code_index;
    std::vector<std::uint32_t> persons;  // texts
    std::unordered_map<std::string, std::uint32_t> person_index;
    std::vector<RawClub> clubs;
    std::vector<TrajectoryInfo> trajectories;
    std::vector<RawFact> facts;
    std::string last_source;
    std::uint16_t last_source_index = 0;

    std::uint16_t intern(std::string_view text, std::vector<std::string>& list, std::unordered_map<std::string, std::uint16_t>& index) {
        const auto [at, fresh] = index.try_emplace(std::string(text), static_cast<std::uint16_t>(list.size()));
        if (fresh) {
            if (list.size() >= 0xffff) throw std::length_error("more than 65,000 different codes");
            list.emplace_back(text);
        }
        return at->second;
    }
    std::uint16_t source(std::string_view text) {
        if (text != last_source || sources.empty()) {
            last_source_index = intern(text, sources, source_index);
            last_source = text;
        }
        return last_source_index;
    }
    std::uint16_t code(std::string_view text) { return text.empty() ? std::uint16_t{0} : intern(text, codes, code_index); }

    void settle_names(FactBase& base);
    void settle_clubs(FactBase& base);
    void settle_persons(FactBase& base);
    std::vector<std::uint32_t> settle_trajectories(FactBase& base);
    void settle_facts(FactBase& base, const std::vector<std::uint32_t>& moved);
};

FactBase::FactBase() = default;
FactBase::~FactBase() = default;
FactBase::FactBase(FactBase&&) noexcept = default;
FactBase& FactBase::operator=(FactBase&&) noexcept = default;

std::string_view FactBase::text(std::uint32_t at) const { return get_text(arena_, at); }

std::span<const Fact> FactBase::facts(std::uint32_t trajectory) const {
    return {facts_.data() + fact_begin_[trajectory], fact_begin_[trajectory + 1] - fact_begin_[trajectory]};
}
std::span<const Fact> FactBase::unused(std::uint32_t trajectory) const {
    return {unused_.data() + unused_begin_[trajectory], unused_begin_[trajectory + 1] - unused_begin_[trajectory]};
}
std::span<const Fact> FactBase::lists(std::uint32_t club) const {
    if (club == kNone) return {};
    return {lists_.data() + list_begin_[club], list_begin_[club + 1] - list_begin_[club]};
}

FactBaseBuilder::FactBaseBuilder() : impl_(std::make_unique<Impl>()) {}
FactBaseBuilder::~FactBaseBuilder() = default;

void FactBaseBuilder::reserve(std::size_t trajectories, std::size_t facts) {
    impl_->trajectories.reserve(trajectories);
    impl_->facts.reserve(facts);
    impl_->arena.reserve(facts * 16 + trajectories * 64);
}

std::uint32_t FactBaseBuilder::add_person(std::string_view id) {
    const auto [at, fresh] = impl_->person_index.try_emplace(std::string(id), static_cast<std::uint32_t>(impl_->persons.size()));
    if (fresh) impl_->persons.push_back(put_text(impl_->arena, id));
    return at->second;
}

std::uint32_t FactBaseBuilder::add_club(std::string_view source, std::string_view key, std::string_view kind, std::string_view name,
                                        std::string_view vcode) {
    impl_->clubs.push_back({impl_->source(source), impl_->code(kind), std::string(key), std::string(name), std::string(vcode)});
    return static_cast<std::uint32_t>(impl_->clubs.size() - 1);
}

std::uint32_t FactBaseBuilder::add_trajectory(const TrajectoryInput& input) {
    TrajectoryInfo info;
    info.id = put_text(impl_->arena, input.id);
    info.key = put_text(impl_->arena, input.key);
    info.person = input.person;
    info.source = impl_->source(input.source);
    info.strategy = impl_->code(input.strategy);
    info.start = input.start.days();
    info.age = input.age && *input.age >= 0 && *input.age <= 200 ? static_cast<std::int16_t>(*input.age) : std::int16_t{-1};
    info.age_uncertain = input.age_uncertain;
    impl_->trajectories.push_back(info);
    return static_cast<std::uint32_t>(impl_->trajectories.size() - 1);
}

void FactBaseBuilder::add_event(const EventInput& input) {
    RawFact raw;
    Fact& fact = raw.fact;
    fact.date = input.date.days();
    fact.to = input.to ? input.to->days() : kOpenEnd;
    fact.recorded = input.recorded_on.value_or(input.date).days();
    fact.club = input.club;
    fact.key = put_text(impl_->arena, input.key);
    fact.source = impl_->source(input.source);
    fact.year = input.year && *input.year > 0 && *input.year < 10'000 ? static_cast<std::int16_t>(*input.year) : kNoYear;
    fact.reason = impl_->code(input.reason);
    fact.type = type_of(input.type, input.answer);
    fact.enrol_kind = input.kind == "definitive"    ? EnrolKind::Definitive
                      : input.kind == "provisional" ? EnrolKind::Provisional
                                                    : EnrolKind::Unstated;
    fact.kind = impl_->code(input.kind);
    if (fact.type == FactType::List || (input.trajectory == kNone && input.person == kNone)) {
        raw.kind = Subject::Club;
        raw.subject = input.club;
    } else {
        raw.kind = input.trajectory != kNone ? Subject::Trajectory : Subject::Person;
        raw.subject = input.trajectory != kNone ? input.trajectory : input.person;
    }
    impl_->facts.push_back(raw);
}

void FactBaseBuilder::Impl::settle_names(FactBase& base) {
    const std::vector<std::uint16_t> source_moved = sort_names(sources, 0);
    const std::vector<std::uint16_t> code_moved = sort_names(codes, 1);
    for (RawClub& club : clubs) {
        club.source = source_moved[club.source];
        club.kind = code_moved[club.kind];
    }
    for (TrajectoryInfo& info : trajectories) {
        info.source = source_moved[info.source];
        info.strategy = code_moved[info.strategy];
    }
    for (RawFact& raw : facts) {
        raw.fact.source = source_moved[raw.fact.source];
        raw.fact.reason = code_moved[raw.fact.reason];
        raw.fact.kind = code_moved[raw.fact.kind];
    }
    base.sources_ = std::move(sources);
    base.codes_ = std::move(codes);
}

void FactBaseBuilder::Impl::settle_clubs(FactBase& base) {
    std::vector<std::uint32_t> parent = same_clubs(clubs);
    std::vector<std::uint32_t> order(clubs.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::tie(clubs[a].source, clubs[a].key, a) < std::tie(clubs[b].source, clubs[b].key, b);
    });
    std::vector<std::uint32_t> moved(clubs.size(), kNone);  // by root
    for (const std::uint32_t at : order) {
        const std::uint32_t root = root_of(parent, at);
        if (moved[root] == kNone) {
            moved[root] = static_cast<std::uint32_t>(base.clubs_.size());
            ClubInfo info;
            info.key = put_text(arena, clubs[at].key);
            info.name = put_text(arena, clubs[at].name);
            info.source = clubs[at].source;
            info.kind = clubs[at].kind;
            base.clubs_.push_back(info);
            continue;
        }
        ClubInfo& info = base.clubs_[moved[root]];
        if (info.kind == 0) info.kind = clubs[at].kind;
        if (get_text(arena, info.name).empty()) info.name = put_text(arena, clubs[at].name);
    }
    for (RawFact& raw : facts) {
        if (raw.fact.club != kNone) raw.fact.club = moved[root_of(parent, raw.fact.club)];
        if (raw.kind == Subject::Club) raw.subject = raw.fact.club;
    }
}

void FactBaseBuilder::Impl::settle_persons(FactBase& base) {
    std::vector<std::uint32_t> order(persons.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return get_text(arena, persons[a]) < get_text(arena, persons[b]); });
    std::vector<std::uint32_t> moved(persons.size());
    base.persons_.resize(persons.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) {
        moved[order[i]] = i;
        base.persons_[i] = persons[order[i]];
    }
    for (TrajectoryInfo& info : trajectories)
        if (info.person != kNone) info.person = moved[info.person];
    for (RawFact& raw : facts)
        if (raw.kind == Subject::Person) raw.subject = moved[raw.subject];
}

std::vector<std::uint32_t> FactBaseBuilder::Impl::settle_trajectories(FactBase& base) {
    struct Place {
        std::uint64_t start_of_key;  // most comparisons end here, without a walk through the arena
        std::uint32_t at;
        std::uint16_t source;
    };
    std::vector<Place> order(trajectories.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = {start_of(get_text(arena, trajectories[i].key)), i, trajectories[i].source};
    std::sort(order.begin(), order.end(), [&](const Place& a, const Place& b) {
        if (a.source != b.source) return a.source < b.source;
        if (a.start_of_key != b.start_of_key) return a.start_of_key < b.start_of_key;
        const TrajectoryInfo& x = trajectories[a.at];
        const TrajectoryInfo& y = trajectories[b.at];
        if (const int c = get_text(arena, x.key).compare(get_text(arena, y.key)); c != 0) return c < 0;
        return get_text(arena, x.id) < get_text(arena, y.id);
    });
    std::vector<std::uint32_t> moved(order.size());
    base.trajectories_.resize(order.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) {
        moved[order[i].at] = i;
        base.trajectories_[i] = trajectories[order[i].at];
    }
    trajectories = {};
    return moved;
}

void FactBaseBuilder::Impl::settle_facts(FactBase& base, const std::vector<std::uint32_t>& moved) {
    const std::size_t n = base.trajectories_.size();
    // Trajectories of each person, by start; the index breaks ties by source and key.
    std::vector<std::uint32_t> by_person(n);
    std::iota(by_person.begin(), by_person.end(), 0U);
    const auto person_key = [&](std::uint32_t t) { return std::tuple(base.trajectories_[t].person, base.trajectories_[t].start, t); };
    std::sort(by_person.begin(), by_person.end(), [&](auto a, auto b) { return person_key(a) < person_key(b); });
    std::vector<std::uint32_t> person_begin(base.persons_.size() + 1, 0);
    for (const TrajectoryInfo& info : base.trajectories_)
        if (info.person != kNone) ++person_begin[info.person + 1];
    std::partial_sum(person_begin.begin(), person_begin.end(), person_begin.begin());

    // Where each fact belongs: 0..n-1 a trajectory, n..2n-1 the unused ones of a trajectory, 2n.. a club's lists.
    const std::size_t club_count = base.clubs_.size();
    std::vector<std::uint32_t> place(facts.size(), kNone);
    std::vector<std::uint32_t> begin(2 * n + club_count + 1, 0);
    for (std::size_t i = 0; i < facts.size(); ++i) {
        const RawFact& raw = facts[i];
        if (raw.kind == Subject::Trajectory) {
            place[i] = moved[raw.subject];
        } else if (raw.kind == Subject::Person) {
            const std::uint32_t from = person_begin[raw.subject], to = person_begin[raw.subject + 1];
            if (from == to) continue;
            std::uint32_t last = kNone;
            for (std::uint32_t at = from; at < to && base.trajectories_[by_person[at]].start <= raw.fact.date; ++at) last = by_person[at];
            place[i] = last != kNone ? last : static_cast<std::uint32_t>(n + by_person[from]);
        } else if (raw.fact.type == FactType::List && raw.subject != kNone) {
            place[i] = static_cast<std::uint32_t>(2 * n + raw.subject);
        }
        if (place[i] != kNone) ++begin[place[i] + 1];
    }
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    std::vector<Fact> sorted(begin.back());
    std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
    for (std::size_t i = 0; i < facts.size(); ++i)
        if (place[i] != kNone) sorted[next[place[i]]++] = facts[i].fact;
    facts = {};
    const auto before = [&](const Fact& a, const Fact& b) {
        const auto key = [](const Fact& f) {
            return std::tie(f.date, f.type, f.club, f.year, f.to, f.enrol_kind, f.reason, f.kind, f.recorded, f.source);
        };
        if (key(a) != key(b)) return key(a) < key(b);
        return get_text(arena, a.key) < get_text(arena, b.key);
    };
    for (std::size_t i = 0; i + 1 < begin.size(); ++i) std::sort(sorted.begin() + begin[i], sorted.begin() + begin[i + 1], before);

    const auto part = [&](std::size_t from, std::size_t to, std::vector<Fact>& out, std::vector<std::uint32_t>& starts) {
        starts.resize(to - from + 1);
        for (std::size_t i = from; i <= to; ++i) starts[i - from] = begin[i] - begin[from];
        out.assign(sorted.begin() + begin[from], sorted.begin() + begin[to]);
    };
    part(n, 2 * n, base.unused_, base.unused_begin_);
    part(2 * n, 2 * n + club_count, base.lists_, base.list_begin_);
    base.fact_begin_.assign(begin.begin(), begin.begin() + static_cast<std::ptrdiff_t>(n) + 1);
    sorted.resize(begin[n]);
    base.facts_ = std::move(sorted);
}

FactBase FactBaseBuilder::build() {
    FactBase base;
    impl_->settle_names(base);
    impl_->settle_clubs(base);
    impl_->settle_persons(base);
    const std::vector<std::uint32_t> moved = impl_->settle_trajectories(base);
    impl_->settle_facts(base, moved);
    base.arena_ = std::move(impl_->arena);
    impl_ = std::make_unique<Impl>();
    return base;
}

}  // namespace brugwacht
