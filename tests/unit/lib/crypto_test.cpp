#include "engine/lib/crypto.hpp"

#include <gtest/gtest.h>

#include <set>

#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "tests/support/rsa_key.hpp"

namespace brugwacht {
namespace {

std::string bytes_of(std::string_view hex) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string out;
    for (std::size_t i = 0; i < hex.size(); i += 2) out.push_back(static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1])));
    return out;
}

Secret key_of(char fill) { return Secret(std::string(32, fill)); }

TEST(Crypto, HmacGivesTheAnswersOfRfc4231) {
    struct Case {
        std::string key, message, answer;
    };
    std::string counting;
    for (char c = 1; c <= 25; ++c) counting.push_back(c);
    const Case cases[] = {
        {std::string(20, '\x0b'), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {std::string(20, '\xaa'), std::string(50, '\xdd'), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {counting, std::string(50, '\xcd'), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {std::string(131, '\xaa'),
         "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being "
         "used by the "
         "HMAC algorithm.",
         "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    };
    for (const Case& c : cases) {
        const Hmac hmac(c.key);
        EXPECT_EQ(to_hex(hmac(c.message)), c.answer);
        EXPECT_EQ(to_hex(hmac(c.message)), c.answer) << "the second message under one key";
    }
}

TEST(Crypto, DerivedKeyIsTheFirstBlockOfHkdfExpandOfRfc5869) {
    const Secret prk(bytes_of("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"));
    EXPECT_EQ(to_hex(derive_key(prk, bytes_of("f0f1f2f3f4f5f6f7f8f9")).bytes()),
              "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
    const Secret third(bytes_of("19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04"));
    EXPECT_EQ(to_hex(derive_key(third, "").bytes()), "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

TEST(Crypto, SealedTextOfAnotherImplementationOpens) {
    // McGrew and Viega, test case 16: 256-bit key, associated data, a message that is no multiple of the block.
    const Secret key(bytes_of("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
    const std::string sealed = bytes_of(
        "cafebabefacedbaddecaf888"
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b");
    const std::string plain = bytes_of(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
    EXPECT_EQ(unseal(key, sealed, bytes_of("feedfacedeadbeeffeedfacedeadbeefabaddad2")), plain);
}

TEST(Crypto, WhatWasSealedOpensOnlyUnderTheSameKeyAndAssociatedData) {
    const std::string sealed = seal(key_of('k'), "Wiske", "row 7");
    EXPECT_EQ(sealed.size(), 12U + 5U + 16U);
    EXPECT_EQ(unseal(key_of('k'), sealed, "row 7"), "Wiske");
    EXPECT_THROW(unseal(key_of('l'), sealed, "row 7"), Error);
    EXPECT_THROW(unseal(key_of('k'), sealed, "row 8"), Error);
    EXPECT_EQ(unseal(key_of('k'), sealed, "row 7"), "Wiske") << "a refusal leaves nothing behind";
}

TEST(Crypto, EveryFlippedBitIsNoticed) {
    const std::string sealed = seal(key_of('k'), "Suske", "a");
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        std::string touched = sealed;
        touched[bit / 8] = static_cast<char>(touched[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_THROW(unseal(key_of('k'), touched, "a"), Error) << "bit " << bit;
    }
    for (std::size_t size = 0; size < sealed.size(); ++size) EXPECT_THROW(unseal(key_of('k'), sealed.substr(0, size), "a"), Error);
}

TEST(Crypto, EmptyTextCanBeSealed) { EXPECT_EQ(unseal(key_of('e'), seal(key_of('e'), "", ""), ""), ""); }

TEST(Crypto, NoNonceComesTwice) {
    std::set<std::string> nonces;
    const Secret key = key_of('n');
    for (int i = 0; i < 20000; ++i) nonces.insert(seal(key, "x", "").substr(0, 12));
    EXPECT_EQ(nonces.size(), 20000U);
}

TEST(Crypto, HashOfPiecesIsHashOfTheWhole) {
    Sha256 pieces;
    pieces.add("a");
    pieces.add("");
    pieces.add("bc");
    EXPECT_EQ(pieces.finish(), sha256("abc"));
    pieces.add("abc");
    EXPECT_EQ(to_hex(pieces.finish()), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Crypto, SelfTestPasses) { EXPECT_NO_THROW(crypto_self_test()); }

TEST(Crypto, Base64OfRfc4648) {
    const std::pair<const char*, const char*> cases[] = {
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, coded] : cases) {
        EXPECT_EQ(base64(plain), coded);
        EXPECT_EQ(from_base64(coded), plain);
    }
    for (const char* const none : {"Z", "Zg", "Zg=", "Zh==", "Z===", "====", "Zg==Zg==", " m9v", "Zm9v\n", "Zm-v"})
        EXPECT_FALSE(from_base64(none)) << none;
    EXPECT_EQ(base64("\xfb\xff\xfe"), "+//+");
    EXPECT_EQ(base64url("\xfb\xff\xfe"), "-__-");
    EXPECT_EQ(base64url("f"), "Zg");
    EXPECT_EQ(from_base64url(base64url(std::string("\0\xff\0", 3))), std::string("\0\xff\0", 3));
}

TEST(Crypto, ASignatureOfRs256IsVerifiedByThePublicKey) {
    const RsaKey key;
    const std::string signature = sign_rs256(key.private_pem(), "kop.inhoud");
    EXPECT_EQ(signature.size(), 256U);
    EXPECT_TRUE(key.verifies("kop.inhoud", signature));
    EXPECT_FALSE(key.verifies("kop.Inhoud", signature));
    EXPECT_FALSE(RsaKey().verifies("kop.inhoud", signature));
}

TEST(Crypto, WhatIsNoPrivateKeyForRs256IsRefusedWithoutAskingForAPassword) {
    const RsaKey weak(1024);
    const RsaKey locked;
    for (const std::string& pem : {std::string(), std::string("geen sleutel"), weak.private_pem(), locked.private_pem("wachtwoord"),
                                   locked.private_pem().substr(0, 600)}) {
        try {
            sign_rs256(pem, "x");
            ADD_FAILURE() << pem.substr(0, 30);
        } catch (const Error& error) {
            EXPECT_STREQ(error.what(), "CRY-004");
        }
    }
}

}  // namespace
}  // namespace brugwacht
