#include "engine/audit/merkle.hpp"

#include <gtest/gtest.h>

#include "engine/core/hash.hpp"
#include "engine/lib/crypto.hpp"

namespace brugwacht {
namespace {

// The reference entries and roots of Certificate Transparency (google/certificate-transparency, merkletree tests).
const std::vector<std::string> kEntries = {std::string(),
                                           std::string(1, '\0'),
                                           "\x10",
                                           "\x20\x21",
                                           "\x30\x31",
                                           "\x40\x41\x42\x43",
                                           "\x50\x51\x52\x53\x54\x55\x56\x57",
                                           "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};
const std::vector<std::string> kRoots = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

std::vector<std::string> leaves(std::size_t count) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < count; ++i) out.push_back(merkle_leaf(i < kEntries.size() ? kEntries[i] : std::to_string(i)));
    return out;
}

TEST(Merkle, TheRootsAreThoseOfTheReference) {
    EXPECT_EQ(to_hex(merkle_root({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (std::size_t n = 1; n <= kEntries.size(); ++n) EXPECT_EQ(to_hex(merkle_root(leaves(n))), kRoots[n - 1]) << n;
}

TEST(Merkle, AFrontierThatGrowsHasTheRootOfTheTreeAndIsKeptAsBytes) {
    MerkleFrontier frontier;
    EXPECT_EQ(frontier.root(), merkle_root({}));
    for (std::size_t n = 1; n <= 130; ++n) {
        frontier.add(leaves(n).back());
        ASSERT_EQ(frontier.root(), merkle_root(leaves(n))) << n;
        const auto kept = MerkleFrontier::read(n, frontier.bytes());
        ASSERT_TRUE(kept) << n;
        ASSERT_EQ(kept->root(), frontier.root());
        ASSERT_FALSE(MerkleFrontier::read(n, frontier.bytes() + "x"));
    }
}

TEST(Merkle, EveryLeafIsProvedToBeInEveryTreeAndNoOtherIs) {
    for (std::size_t n = 1; n <= 33; ++n) {
        const auto all = leaves(n);
        const std::string root = merkle_root(all);
        for (std::size_t i = 0; i < n; ++i) {
            auto proof = inclusion_proof(all, i);
            ASSERT_TRUE(proves_inclusion(proof, all[i], i, n, root)) << i << " of " << n;
            ASSERT_FALSE(proves_inclusion(proof, merkle_leaf("other"), i, n, root));
            ASSERT_FALSE(proves_inclusion(proof, all[i], n, n, root));
            if (n > 1) {
                ASSERT_FALSE(proves_inclusion(proof, all[i], (i + 1) % n, n, root));
                proof[0][5] = static_cast<char>(proof[0][5] ^ 1);
                ASSERT_FALSE(proves_inclusion(proof, all[i], i, n, root));
                proof.pop_back();
                ASSERT_FALSE(proves_inclusion(proof, all[i], i, n, root));
            }
        }
    }
}

TEST(Merkle, EveryEarlierTreeIsProvedToBeTheBeginningAndNoOtherIs) {
    for (std::size_t n = 1; n <= 33; ++n) {
        const auto all = leaves(n);
        const std::string root = merkle_root(all);
        for (std::size_t m = 1; m <= n; ++m) {
            const std::string earlier = merkle_root(leaves(m));
            auto proof = consistency_proof(all, m);
            ASSERT_TRUE(proves_consistency(proof, m, earlier, n, root)) << m << " in " << n;
            ASSERT_FALSE(proves_consistency(proof, m, merkle_leaf("other"), n, root));
            ASSERT_FALSE(proves_consistency(proof, m, earlier, n, merkle_leaf("other")));
            if (!proof.empty()) {
                proof[0][5] = static_cast<char>(proof[0][5] ^ 1);
                ASSERT_FALSE(proves_consistency(proof, m, earlier, n, root)) << m << " in " << n;
            }
        }
        EXPECT_FALSE(proves_consistency({}, 0, root, n, root));
        EXPECT_FALSE(proves_consistency({}, n + 1, root, n, root));
    }
}

}  // namespace
}  // namespace brugwacht
