#include "engine/identity/linkage/blocking.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

namespace brugwacht {
namespace {

constexpr std::size_t kParts = 4;  // of a key: the block, and what splits it when it is too large
constexpr std::size_t kKeys = 2;   // of one record in one pass
/// Neighbours on one side in a block that nothing splits.
constexpr std::uint32_t kWindow = 12;

using Key = std::array<std::uint64_t, kParts>;  // first part 0 = no key
using Keys = std::array<Key, kKeys>;

/// The parts of a record that keys are made of; 0 = missing. Hashes of texts, never their numbers, which depend on the order of arrival.
struct Parts {
    std::uint64_t given = 0, family = 0;                  // by sound
    std::uint64_t other_given = 0;                        // call name, or the second given name
    std::uint64_t first_surname = 0, last_surname = 0;    // of several
    std::uint64_t given_1 = 0, given_2 = 0, given_3 = 0;  // first letters
    std::uint64_t family_1 = 0, family_2 = 0, family_3 = 0, family_end = 0;
    std::uint64_t birth = 0, year = 0, month = 0, day_month = 0;  // birth: day and month in either order
    std::uint64_t street = 0, house = 0, place = 0;
    std::uint64_t email = 0, guardian_email = 0, phone = 0, guardian_phone = 0, member = 0;
};

/// 0 when one of the two is missing.
std::uint64_t both(std::uint64_t a, std::uint64_t b) { return a == 0 || b == 0 ? 0 : mixed(a, b) | 1; }
std::uint64_t either_order(std::uint64_t a, std::uint64_t b) { return both(std::min(a, b), std::max(a, b)); }

std::uint64_t hash_or_none(const Dictionary& dictionary, std::uint32_t number) { return number == 0 ? 0 : dictionary.hash(number); }

void name_parts(const NameTable& names, const Features& f, Parts& out) {
    if (f.given != 0) {
        const NameHashes& given = names.entry(NameRole::Given, f.given).hashes;
        out.given = given.sound;
        out.other_given = given.second;
        out.given_1 = given.head_1;
        out.given_2 = given.head_2;
        out.given_3 = given.head_3;
    }
    if (f.call != 0) out.other_given = names.entry(NameRole::Given, f.call).hashes.sound;
    if (f.family == 0) return;
    const NameHashes& family = names.entry(NameRole::Family, f.family).hashes;
    out.family = family.sound;
    out.family_1 = family.head_1;
    out.family_2 = family.head_2;
    out.family_3 = family.head_3;
    out.family_end = family.tail;
    out.first_surname = family.first;
    out.last_surname = family.last;
}

void birth_parts(const FeatureTable& table, const Features& f, Parts& out) {
    if (f.birth.kind == BirthKind::Missing) return;
    out.birth = hash_or_none(table.births, f.birth_text);
    if (f.birth.kind == BirthKind::Text) return;
    out.year = mixed(f.birth.year, 3);
    if (f.birth.month != 0) out.month = mixed(f.birth.month, out.year);
    if (f.birth.day == 0) return;
    out.day_month = mixed(f.birth.day, f.birth.month);
    out.birth = mixed(out.year, mixed(std::min(f.birth.day, f.birth.month), std::max(f.birth.day, f.birth.month)));
}

Parts parts_of(const FeatureTable& table, const Features& f) {
    Parts out;
    name_parts(table.names, f, out);
    birth_parts(table, f, out);
    out.street = hash_or_none(table.streets, f.street);
    out.house = hash_or_none(table.houses, f.house);
    out.place = f.postcode != 0 ? table.postcodes.hash(f.postcode) : hash_or_none(table.municipalities, f.municipality);
    out.email = hash_or_none(table.emails, f.email);
    out.guardian_email = hash_or_none(table.emails, f.guardian_email);
    out.phone = hash_or_none(table.phones, f.phone);
    out.guardian_phone = hash_or_none(table.phones, f.guardian_phone);
    out.member = hash_or_none(table.members, f.member);
    return out;
}

/// The keys of one pass. Between them the passes find pairs of which a name, the birth date or the contact data are missing or wrong.
using KeyMaker = Keys (*)(const Parts&);

constexpr KeyMaker kPasses[] = {
    [](const Parts& p) {
        return Keys{{{p.member, p.family, p.given, p.birth}}};
    },
    [](const Parts& p) {
        return Keys{{{p.email, p.given, p.birth, p.family}, {p.guardian_email, p.given, p.birth, p.family}}};
    },
    [](const Parts& p) {
        return Keys{{{p.phone, p.given, p.birth, p.family}, {p.guardian_phone, p.given, p.birth, p.family}}};
    },
    [](const Parts& p) {
        return Keys{{{p.birth, p.family, p.given, p.place}}};
    },
    [](const Parts& p) {
        return Keys{{{both(p.birth, p.given_1), p.given_2, p.given, p.place}, {both(p.birth, p.family_1), p.family_2, p.family, p.place}}};
    },
    [](const Parts& p) {
        return Keys{{{either_order(p.given, p.family), p.year, p.place, p.month}}};
    },
    [](const Parts& p) {
        return Keys{{{both(p.family, p.other_given), p.year, p.place, p.month}}};
    },
    [](const Parts& p) {
        return Keys{{{both(p.given, p.month), p.family_1, p.place, p.family_3}}};
    },
    [](const Parts& p) {
        return Keys{{{both(p.family, p.year), p.given_1, p.month, p.place}}};
    },
    [](const Parts& p) {
        return Keys{{{both(p.family, p.place), p.given_1, p.year, p.street}}};
    },
    [](const Parts& p) {
        return Keys{{{both(p.given, p.place), p.family_1, p.year, p.street}}};
    },
    [](const Parts& p) {
        return Keys{{{both(p.street, p.house), p.given_1, p.year, p.place}}};
    },
    [](const Parts& p) {
        return Keys{{{both(p.place, p.house), p.given_1, p.family_1, p.year}}};
    },
    [](const Parts& p) {
        return Keys{{{both(p.day_month, either_order(p.given_1, p.family_1)), p.given, p.place, p.family_3}}};
    },
    [](const Parts& p) {
        return Keys{{{both(p.family_3, p.given_3), p.year, p.place, p.month}}};
    },
    [](const Parts& p) {
        return Keys{{{both(p.family_end, p.given_2), p.year, p.place, p.month}}};
    },
    [](const Parts& p) {
        return Keys{{{both(p.first_surname, p.given_2), p.year, p.place, p.month},
                     {p.last_surname == p.first_surname ? 0 : both(p.last_surname, p.given_2), p.year, p.place, p.month}}};
    },
};
constexpr std::size_t kPassCount = std::size(kPasses);
constexpr std::size_t kRooms = kPassCount * kKeys;

struct Entry {
    std::uint64_t key;
    std::uint32_t rank;
    std::uint32_t which;  // key of the record
    friend bool operator<(const Entry& a, const Entry& b) {
        return a.key != b.key ? a.key < b.key : a.rank != b.rank ? a.rank < b.rank : a.which < b.which;
    }
};

/// Tells for most keys that are not in it that they are not.
class Filter {
  public:
    void add(std::uint64_t key) { bits_[key % kBits] = true; }
    bool may_hold(std::uint64_t key) const { return bits_[key % kBits]; }

  private:
    static constexpr std::size_t kBits = (1U << 20) - 3;
    std::vector<bool> bits_ = std::vector<bool>(kBits);
};

}  // namespace

/// Makes the blocks of one pass.
struct Blocks::Pass {
    std::uint32_t number;
    const FeatureTable& table;
    std::span<const std::uint32_t> order, ranks;
    const std::vector<bool>& fresh;
    const BlockingSettings& settings;
    std::vector<std::uint32_t>& members;
    std::vector<Block>& blocks;
    std::vector<std::uint32_t>& rooms;

    Keys keys(std::uint32_t position) const {
        const Features& f = table[position];
        if (!f.linkable) return {};
        Keys keys = kPasses[number](parts_of(table, f));
        for (Key& key : keys)
            if (key[0] != 0) key[0] = mixed(key[0], f.island);
        if (keys[0][0] == keys[1][0]) keys[1][0] = 0;
        return keys;
    }

    void run() {
        std::vector<Entry> entries = first_entries();
        for (std::size_t part = 1; !entries.empty(); ++part) entries = take_blocks(entries, part);
    }

    std::vector<Entry> first_entries() const {
        Filter filter;
        if (!fresh.empty())
            for (std::size_t position = 0; position < fresh.size(); ++position)
                if (fresh[position])
                    for (const Key& key : keys(static_cast<std::uint32_t>(position))) filter.add(key[0]);
        std::vector<Entry> entries;
        for (std::uint32_t rank = 0; rank < order.size(); ++rank) {
            const Keys all = keys(order[rank]);
            for (std::uint32_t which = 0; which < kKeys; ++which)
                if (all[which][0] != 0 && (fresh.empty() || filter.may_hold(all[which][0])))
                    entries.push_back({all[which][0], rank, which});
        }
        return entries;
    }

    /// Makes blocks of what is small enough; gives the rest, split by the next part of its key.
    std::vector<Entry> take_blocks(std::vector<Entry>& entries, std::size_t part) {
        std::sort(entries.begin(), entries.end());
        std::vector<Entry> rest;
        for (std::size_t begin = 0, end = 0; begin < entries.size(); begin = end) {
            for (end = begin + 1; end < entries.size() && entries[end].key == entries[begin].key;) ++end;
            const std::span<const Entry> block(entries.data() + begin, end - begin);
            if (block.size() < 2 || !has_fresh(block)) continue;
            if (block.size() <= settings.largest) {
                add_block(block);
            } else if (part < kParts) {
                for (const Entry& e : block) rest.push_back({mixed(e.key, keys(order[e.rank])[e.which][part]), e.rank, e.which});
            } else {
                add_window(block);
            }
        }
        return rest;
    }

    bool has_fresh(std::span<const Entry> block) const {
        return fresh.empty() || std::any_of(block.begin(), block.end(), [&](const Entry& e) { return fresh[order[e.rank]]; });
    }

    void add_block(std::span<const Entry> block) {
        const auto begin = static_cast<std::uint32_t>(members.size());
        for (const Entry& e : block) {
            const std::uint32_t position = order[e.rank];
            rooms[position * kRooms + number * kKeys + e.which] = static_cast<std::uint32_t>(blocks.size()) + 1;
            if (members.size() == begin || members.back() != position) members.push_back(position);
        }
        blocks.push_back({number, begin, static_cast<std::uint32_t>(members.size()), 0});
    }

    /// Records that are alike stand beside each other. Their pairs may come back in later passes.
    void add_window(std::span<const Entry> block) {
        std::vector<std::pair<std::uint64_t, std::uint32_t>> sorted;
        for (const Entry& e : block) {
            const Parts p = parts_of(table, table[order[e.rank]]);
            sorted.emplace_back(mixed(mixed(p.given_3, p.family_3), mixed(p.birth, mixed(p.street, p.house))), e.rank);
        }
        std::sort(sorted.begin(), sorted.end());
        const auto begin = static_cast<std::uint32_t>(members.size());
        for (const auto& [hash, rank] : sorted) members.push_back(order[rank]);
        blocks.push_back({number, begin, static_cast<std::uint32_t>(members.size()), kWindow});
    }
};

Blocks::Blocks(const FeatureTable& table, std::span<const std::uint32_t> order, std::span<const std::uint32_t> ranks,
               const std::vector<bool>& fresh, const BlockingSettings& settings)
    : passes_(kPassCount), blocks_of_pass_(kPassCount), rooms_(table.size() * kRooms, 0) {
    std::atomic<std::uint32_t> next{0};
    const auto work = [&] {
        for (std::uint32_t pass = next++; pass < kPassCount; pass = next++)
            Pass{pass, table, order, ranks, fresh, settings, passes_[pass], blocks_of_pass_[pass], rooms_}.run();
    };
    std::vector<std::jthread> helpers;
    for (unsigned i = 1; i < settings.threads; ++i) helpers.emplace_back(work);
    work();
    helpers.clear();
    for (std::vector<Block>& blocks : blocks_of_pass_) {
        blocks_.insert(blocks_.end(), blocks.begin(), blocks.end());
        blocks = {};
    }
}

bool Blocks::met_before(const Block& block, std::uint32_t a, std::uint32_t b) const {
    const std::uint32_t* of_a = rooms_.data() + a * kRooms;
    const std::uint32_t* of_b = rooms_.data() + b * kRooms;
    const std::size_t end = block.pass * kKeys;
    for (std::size_t i = 0; i < end; i += kKeys) {
        if (of_a[i] != 0 && (of_a[i] == of_b[i] || of_a[i] == of_b[i + 1])) return true;
        if (of_a[i + 1] != 0 && (of_a[i + 1] == of_b[i] || of_a[i + 1] == of_b[i + 1])) return true;
    }
    return false;
}

std::uint64_t Blocks::pairs() const {
    std::uint64_t sum = 0;
    for (const Block& block : blocks_) {
        const std::uint64_t n = block.end - block.begin;
        sum += block.window == 0 ? n * (n - 1) / 2 : n * block.window;
    }
    return sum;
}

}  // namespace brugwacht
