#include "engine/identity/sealed_state.hpp"

#include <gtest/gtest.h>

#include "engine/identity/undo.hpp"
#include "engine/lib/crypto.hpp"
#include "tests/support/temp_dir.hpp"

namespace brugwacht {
namespace {

Keys keys_of(char fill) { return derive_keys(Secret(std::string(32, fill))); }

TEST(SealedState, ComesBackAsItWas) {
    const Keys keys = keys_of('m');
    const SealedState states(keys);
    std::string all;
    for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
    for (const std::string& text : {std::string(), std::string("x"), std::string("ab"), std::string("abc"), all, std::string(10000, 'y')}) {
        const std::string value = states.sealed("crm", "contacts", text);
        const SyncState state = states.opened("crm", "contacts", value);
        EXPECT_EQ(state.text, text);
        EXPECT_FALSE(state.unreadable);
        EXPECT_EQ(value.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=:"), std::string::npos);
    }
    EXPECT_NE(states.sealed("crm", "contacts", "x"), states.sealed("crm", "contacts", "x"));
}

TEST(SealedState, OfAnotherKeySourceOrStreamIsNone) {
    const Keys keys = keys_of('m'), others = keys_of('n');
    const SealedState states(keys);
    const std::string value = states.sealed("a|b", "c", "token");
    for (const SyncState& state :
         {states.opened("a", "b|c", value), states.opened("a|b", "d", value), SealedState(others).opened("a|b", "c", value)}) {
        EXPECT_TRUE(state.unreadable);
        EXPECT_EQ(state.text, "");
    }
    EXPECT_EQ(states.opened("a|b", "c", value).text, "token");
}

TEST(SealedState, ThatIsDamagedIsNoneAndStopsNothing) {
    const Keys keys = keys_of('m');
    const SealedState states(keys);
    const std::string value = states.sealed("crm", "contacts", "token of changes");  // 44 bytes: one = at the end
    for (std::size_t i = 0; i + 2 < value.size(); ++i) {
        std::string damaged = value;
        damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
        EXPECT_TRUE(states.opened("crm", "contacts", damaged).unreadable) << i;
        EXPECT_TRUE(states.opened("crm", "contacts", value.substr(0, i)).unreadable) << i;
    }
    for (const char* text : {"", "=", "====", "no base64", "AAAA", "2025-10-01", "\xff\xff\xff\xff"}) {
        const SyncState state = states.opened("crm", "contacts", text);
        EXPECT_TRUE(state.unreadable) << text;
        EXPECT_EQ(state.text, "");
    }
}

TEST(SealedState, OfBeforeKeysHadVersionsIsRead) {
    const Keys keys = keys_of('m');
    const std::string old = base64(seal(keys.sync_state, "token", "brugwacht|sync-state|3|crm|contacts"));
    EXPECT_EQ(SealedState(keys).opened("crm", "contacts", old).text, "token");
    EXPECT_TRUE(SealedState(keys).opened("crm", "cases", old).unreadable);
    const auto renewed = SealedState(keys).resealed("crm", "sync:contacts", old);
    ASSERT_TRUE(renewed);
    EXPECT_TRUE(renewed->starts_with("1:"));
    EXPECT_EQ(SealedState(keys).opened("crm", "contacts", renewed).text, "token");
}

TEST(SealedState, FollowsANewMasterKeyAlsoInWhatARunReplaced) {
    const TempDir dir;
    Keys keys = keys_of('m');
    Store store = Store::open(dir / "store.db");
    Vault vault = Vault::open(dir / "vault.db", keys);
    std::int64_t run = 0;
    for (const char* text : {"first", "second"}) {
        Intake intake(store, vault, keys, {}, 1700000000);
        SealedState(keys).save(intake, "crm", "contacts", text);
        intake.bookmark("crm", "window", "2025-10-01");
        intake.commit();
        run = intake.run();
    }
    Keys next = keys_of('n');
    keys.next.emplace(SealKeys{2, Secret(std::string(next.wrap.bytes())), Secret(std::string(next.sync_state.bytes())), Secret()});
    const SealedState states(keys);
    const auto renew = [&] {
        return store.renew_bookmarks(
            [&](std::string_view source, std::string_view name, const std::string& value) { return states.resealed(source, name, value); });
    };
    EXPECT_EQ(renew(), 2U);  // the one that stands, and the one that the second run replaced; the plain bookmark stays
    EXPECT_EQ(states.load(store, "crm", "contacts").text, "second");
    EXPECT_EQ(store.bookmark("crm", "window"), "2025-10-01");

    next.version = 2;
    next.tenant = keys.tenant;
    EXPECT_EQ(SealedState(next).load(store, "crm", "contacts").text, "second");
    undo_run(store, vault, keys, run, 1700000001, false);
    EXPECT_EQ(SealedState(next).load(store, "crm", "contacts").text, "first");
}

TEST(SealedState, StandsAsABookmarkThatUndoingTakesBack) {
    const TempDir dir;
    const Keys keys = keys_of('m');
    const SealedState states(keys);
    Store store = Store::open(dir / "store.db");
    Vault vault = Vault::open(dir / "vault.db", keys);
    const auto save = [&](const std::string& text) {
        Intake intake(store, vault, keys, {}, 1700000000);
        states.save(intake, "crm", "contacts", text);
        intake.commit();
        return intake.run();
    };
    const SyncState none = states.load(store, "crm", "contacts");
    EXPECT_EQ(none.text, "");
    EXPECT_FALSE(none.unreadable);
    save("$deltatoken=919042");
    const std::int64_t run = save("$deltatoken=919043");
    EXPECT_EQ(states.load(store, "crm", "contacts").text, "$deltatoken=919043");
    EXPECT_TRUE(StoreReader::open(dir / "store.db").bookmark("crm", "sync:contacts"));
    undo_run(store, vault, keys, run, 1700000100, false);
    EXPECT_EQ(states.load(store, "crm", "contacts").text, "$deltatoken=919042");
    EXPECT_EQ(states.load(store, "crm", "cases").text, "");
    for (const auto& entry : std::filesystem::directory_iterator(dir.path()))
        EXPECT_EQ(read_bytes(entry.path()).find("deltatoken"), std::string::npos) << entry.path().filename();
}

}  // namespace
}  // namespace brugwacht
