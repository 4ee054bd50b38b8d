// Who has a store or a vault but no key tries to find people by guessing: national numbers, names with birth dates. privacy.md P3, P4, P5.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <set>
#include <thread>
#include <unordered_set>
#include <vector>

#include "engine/core/date.hpp"
#include "engine/core/hash.hpp"
#include "engine/identity/convert.hpp"
#include "engine/identity/pseudonyms.hpp"
#include "engine/lib/crypto.hpp"
#include "engine/vault/keys.hpp"
#include "tests/attack/attack_number.hpp"

namespace brugwacht {
namespace {

/// First eight bytes: enough to tell a match, few enough to keep millions.
std::uint64_t head(std::string_view bytes) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

/// As identity makes them.
std::string pseudonym(const Hmac& link, const std::string& key) { return link("person|crm:" + key); }

/// Born on that day, as person number `order` of it: yymmdd, order, check (97 - the rest of 2yymmddooo by 97).
std::string national_number(Date day, int order) {
    std::array<char, 48> text{};
    const std::int64_t nine = (day.year() % 100) * std::int64_t{10'000'000} + day.month() * 100'000 + day.day() * 1000 + order;
    const std::int64_t check = 97 - (day.year() >= 2000 ? 2'000'000'000 + nine : nine) % 97;
    std::snprintf(text.data(), text.size(), "%09lld%02lld", static_cast<long long>(nine), static_cast<long long>(check));
    return text.data();
}

constexpr int kOrders = 998;

/// Calls on two threads for every number of a child born from 2007 to 2024; 6.56 million.
std::uint64_t all_numbers(const std::function<std::uint64_t(const std::string&)>& tries) {
    const Date first = Date::from_ymd(2007, 1, 1).value();
    const Date end = Date::from_ymd(2025, 1, 1).value();
    std::array<std::uint64_t, 2> found{};
    const auto half = [&](std::int32_t odd) {
        for (std::int32_t day = first.days() + odd; day < end.days(); day += 2)
            for (int order = 1; order <= kOrders; ++order)
                found[static_cast<std::size_t>(odd)] += tries(national_number(Date::from_days(day), order));
    };
    std::thread other(half, 1);
    half(0);
    other.join();
    return found[0] + found[1];
}

struct Child {
    std::string given, family, birth, number;
};

std::vector<Child> children(std::size_t count) {
    std::mt19937 random(2007);
    std::vector<Child> all;
    for (std::size_t i = 0; i < count; ++i) {
        const Date birth = Date::from_ymd(2007, 1, 1).value().plus_days(static_cast<int>(random() % 6575));
        all.push_back({"Kind" + std::to_string(random() % 200), "Van Voorbeeld" + std::to_string(random() % 200), birth.iso(),
                       national_number(birth, 1 + static_cast<int>(random() % kOrders))});
    }
    return all;
}

TEST(Attack, Dict) {
    run_attack("attack-dict", [](AttackNumber& number) {
        constexpr std::size_t kChildren = 1000;
        const Keys keys = derive_keys(Secret(random_bytes(32)));
        const Hmac link(keys.link.bytes());
        const std::vector<Child> held = children(kChildren);
        std::unordered_set<std::uint64_t> pseudonyms, tokens;
        for (const Child& child : held) {
            pseudonyms.insert(head(pseudonym(link, child.number)));
            tokens.insert(head(match_token(link, child.given, child.family, child.birth)));
        }
        // The dictionary is the right one: with the key it finds them.
        std::uint64_t with_key = 0;
        for (const Child& child : held) with_key += pseudonyms.count(head(pseudonym(link, child.number)));
        ASSERT_EQ(with_key, kChildren);
        ASSERT_EQ(held.front().number.size(), 11U);

        // Without: no key at all, and one of the attacker's own.
        const auto matches = [](const std::unordered_set<std::uint64_t>& targets, const std::string& hash) {
            return static_cast<std::uint64_t>(targets.count(head(hash)));
        };
        number.tried(2ULL * 6575 * kOrders);
        number.succeeded("a national number", all_numbers([&](const std::string& guess) {
                             thread_local const Hmac kOwn(std::string(32, 'w'));
                             return matches(pseudonyms, sha256("person|crm:" + guess)) + matches(pseudonyms, pseudonym(kOwn, guess));
                         }));

        const Hmac own(std::string(32, 'w')), none(""), tenant(keys.tenant);
        const std::vector<Child> guesses = children(10'000);  // the same children first
        for (const Child& guess : guesses) {
            const std::string plain = "match|" + guess.given + "|" + guess.family + "|" + guess.birth;
            number.tried(7);
            std::uint64_t found = matches(tokens, sha256(plain)) + matches(tokens, sha256(keys.tenant + plain));
            for (const Hmac* key : {&own, &none, &tenant})
                found += matches(tokens, match_token(*key, guess.given, guess.family, guess.birth)) +
                         matches(pseudonyms, pseudonym(*key, guess.number));
            number.succeeded("a name with a birth date", found);
        }
    });
}

/// P4: 10^6 ids unless BRUGWACHT_SYNTHETIC_IDS says how many; 10^7 take some 15 s and 80 MB. Compared on 64 of their 128 bits, which is
/// harder.
TEST(Attack, Collisions) {
    run_attack("attack-collisions", [](AttackNumber& number) {
        const char* const wanted = std::getenv("BRUGWACHT_SYNTHETIC_IDS");
        const std::size_t count = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 1'000'000;
        std::vector<std::uint64_t> heads(count);
        const std::string key = random_bytes(32);
        const auto fill = [&](std::size_t from) {
            const Hmac link(key);
            for (std::size_t i = from; i < count; i += 2) heads[i] = head(pseudonym(link, std::to_string(i)));
        };
        std::thread other(fill, 1);
        fill(0);
        other.join();
        std::sort(heads.begin(), heads.end());
        number.tried(count);
        number.succeeded("two ids, one pseudonym",
                         count - static_cast<std::size_t>(std::unique(heads.begin(), heads.end()) - heads.begin()));
    });
}

/// P5: a child has nothing in common in two tenants, or in two exports of one tenant.
TEST(Attack, Exports) {
    run_attack("attack-exports", [](AttackNumber& number) {
        const std::vector<Child> all = children(5000);
        const Keys one = derive_keys(Secret(random_bytes(32)));
        const Keys two = derive_keys(Secret(random_bytes(32)));
        const Hmac first_tenant(one.link.bytes()), second_tenant(two.link.bytes());
        const ExportPseudonyms first_export, second_export;
        std::set<std::string> seen, tokens;
        for (const Child& child : all) {
            seen.insert(to_hex(pseudonym(first_tenant, child.number)).substr(0, 32));
            seen.insert(first_export.of("person", child.number));
            tokens.insert(match_token(first_tenant, child.given, child.family, child.birth));
        }
        for (const Child& child : all) {
            number.tried(4);
            ASSERT_EQ(seen.count(first_export.of("person", child.number)), 1U);  // within an export a child stays one child
            number.succeeded("the same child in two tenants", seen.count(to_hex(pseudonym(second_tenant, child.number)).substr(0, 32)));
            number.succeeded("the same child in two exports", seen.count(second_export.of("person", child.number)));
            number.succeeded("a child as a trajectory", seen.count(first_export.of("trajectory", child.number)));
            number.succeeded("the same name in two tenants",
                             tokens.count(match_token(second_tenant, child.given, child.family, child.birth)));
        }
    });
}

}  // namespace
}  // namespace brugwacht
