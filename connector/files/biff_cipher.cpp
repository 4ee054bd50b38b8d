#include "connector/files/biff_cipher.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <utility>

#include "engine/lib/crypto.hpp"

namespace brugwacht {

namespace {

constexpr std::size_t kBlock = 1024;  // of the stream, each with a key of its own
constexpr std::size_t kMaxXorPassword = 15;

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8 | (at + i < bytes.size() ? static_cast<std::uint8_t>(bytes[at + i]) : 0U);
    return value;
}

std::string little_endian(std::uint32_t value) {
    std::string bytes(4, '\0');
    for (char& byte : bytes) {
        byte = static_cast<char>(value & 0xff);
        value >>= 8;
    }
    return bytes;
}

std::string wide(std::string_view ascii) {
    std::string bytes;
    for (const char c : ascii) {
        bytes += c;
        bytes += '\0';
    }
    return bytes;
}

class Rc4 {
  public:
    explicit Rc4(std::string_view key) {
        std::iota(state_.begin(), state_.end(), std::uint8_t{0});
        std::uint8_t j = 0;
        for (std::size_t i = 0; i < state_.size(); ++i) {
            j = static_cast<std::uint8_t>(j + state_[i] + static_cast<std::uint8_t>(key[i % key.size()]));
            std::swap(state_[i], state_[j]);
        }
    }
    std::uint8_t next() {
        ++i_;
        j_ = static_cast<std::uint8_t>(j_ + state_[i_]);
        std::swap(state_[i_], state_[j_]);
        return state_[static_cast<std::uint8_t>(state_[i_] + state_[j_])];
    }
    std::string apply(std::string_view bytes) {
        std::string result(bytes);
        for (char& byte : result) byte = static_cast<char>(static_cast<std::uint8_t>(byte) ^ next());
        return result;
    }

  private:
    std::array<std::uint8_t, 256> state_{};
    std::uint8_t i_ = 0;
    std::uint8_t j_ = 0;
};

/// RC4 with a fresh key for every 1024 bytes of the stream. Headers and plain records count as bytes too.
class Rc4Cipher : public BiffCipher {
  public:
    void decipher(std::uint64_t offset, std::size_t, std::size_t, char* data, std::size_t size) override {
        for (std::size_t i = 0; i < size; ++i, ++offset) {
            go_to(offset);
            data[i] = static_cast<char>(static_cast<std::uint8_t>(data[i]) ^ rc4_.next());
            ++at_;
        }
    }
    std::string key_of(std::uint32_t block) const { return make_key(block); }

  protected:
    virtual std::string make_key(std::uint32_t block) const = 0;

  private:
    void go_to(std::uint64_t offset) {
        const std::uint64_t block = offset / kBlock;
        if (block != block_ || offset < at_) {
            rc4_ = Rc4(make_key(static_cast<std::uint32_t>(block)));
            block_ = block;
            at_ = block * kBlock;
        }
        for (; at_ < offset; ++at_) rc4_.next();
    }
    Rc4 rc4_{"\1"};
    std::uint64_t block_ = ~0ULL;
    std::uint64_t at_ = 0;
};

/// Excel 97: MD5, 40 bits.
class Md5Cipher : public Rc4Cipher {
  public:
    Md5Cipher(std::string_view salt, std::string_view ascii) {
        const std::string start = md5(wide(ascii)).substr(0, 5);
        std::string mixed;
        for (int i = 0; i < 16; ++i) mixed.append(start).append(salt);
        secret_ = md5(mixed).substr(0, 5);
    }

  protected:
    std::string make_key(std::uint32_t block) const override { return md5(secret_ + little_endian(block)); }

  private:
    std::string secret_;
};

/// Excel 2002 and later: SHA-1, 40 to 128 bits.
class Sha1Cipher : public Rc4Cipher {
  public:
    Sha1Cipher(std::string_view salt, std::string_view ascii, std::size_t key_bytes)
        : secret_(sha1(std::string(salt) + wide(ascii))), key_bytes_(key_bytes) {}

  protected:
    std::string make_key(std::uint32_t block) const override {
        std::string key = sha1(secret_ + little_endian(block)).substr(0, key_bytes_);
        if (key_bytes_ == 5) key.resize(16, '\0');
        return key;
    }

  private:
    std::string secret_;
    std::size_t key_bytes_;
};

class XorCipher : public BiffCipher {
  public:
    explicit XorCipher(const std::array<std::uint8_t, 16>& mask) : mask_(mask) {}

    void decipher(std::uint64_t offset, std::size_t record_size, std::size_t, char* data, std::size_t size) override {
        for (std::size_t i = 0; i < size; ++i) {
            const auto byte = static_cast<std::uint8_t>(data[i]);
            const auto turned = static_cast<std::uint8_t>(byte << 3 | byte >> 5);
            data[i] = static_cast<char>(turned ^ mask_[(offset + i + record_size) % mask_.size()]);
        }
    }

  private:
    std::array<std::uint8_t, 16> mask_;
};

constexpr std::array<std::uint16_t, 15> kXorStart{0xe1f0, 0x1d0f, 0xcc9c, 0x84c0, 0x110c, 0x0e10, 0xf1ce, 0x313e,
                                                  0x1872, 0xe139, 0xd40f, 0x84f9, 0x280c, 0xa96a, 0x4ec3};
constexpr std::array<std::uint16_t, 105> kXorMatrix{
    0xaefc, 0x4dd9, 0x9bb2, 0x2745, 0x4e8a, 0x9d14, 0x2a09, 0x7b61, 0xf6c2, 0xfda5, 0xeb6b, 0xc6f7, 0x9dcf, 0x2bbf, 0x4563,
    0x8ac6, 0x05ad, 0x0b5a, 0x16b4, 0x2d68, 0x5ad0, 0x0375, 0x06ea, 0x0dd4, 0x1ba8, 0x3750, 0x6ea0, 0xdd40, 0xd849, 0xa0b3,
    0x5147, 0xa28e, 0x553d, 0xaa7a, 0x44d5, 0x6f45, 0xde8a, 0xad35, 0x4a4b, 0x9496, 0x390d, 0x721a, 0xeb23, 0xc667, 0x9cef,
    0x29ff, 0x53fe, 0xa7fc, 0x5fd9, 0x47d3, 0x8fa6, 0x0f6d, 0x1eda, 0x3db4, 0x7b68, 0xf6d0, 0xb861, 0x60e3, 0xc1c6, 0x93ad,
    0x377b, 0x6ef6, 0xddec, 0x45a0, 0x8b40, 0x06a1, 0x0d42, 0x1a84, 0x3508, 0x6a10, 0xaa51, 0x4483, 0x8906, 0x022d, 0x045a,
    0x08b4, 0x1168, 0x76b4, 0xed68, 0xcaf1, 0x85c3, 0x1ba7, 0x374e, 0x6e9c, 0x3730, 0x6e60, 0xdcc0, 0xa9a1, 0x4363, 0x86c6,
    0x1dad, 0x3331, 0x6662, 0xccc4, 0x89a9, 0x0373, 0x06e6, 0x0dcc, 0x1021, 0x2042, 0x4084, 0x8108, 0x1231, 0x2462, 0x48c4};
constexpr std::array<std::uint8_t, 15> kXorPadding{0xbb, 0xff, 0xff, 0xba, 0xff, 0xff, 0xb9, 0x80,
                                                   0x00, 0xbe, 0x0f, 0x00, 0xbf, 0x0f, 0x00};

/// [MS-OFFCRYPTO] 2.3.7.1.
std::uint16_t xor_verifier(std::string_view ascii) {
    std::uint32_t verifier = 0;
    const auto mix = [&](std::uint8_t byte) { verifier = ((verifier >> 14 & 1) | (verifier << 1 & 0x7fff)) ^ byte; };
    for (std::size_t i = ascii.size(); i-- > 0;) mix(static_cast<std::uint8_t>(ascii[i]));
    mix(static_cast<std::uint8_t>(ascii.size()));
    return static_cast<std::uint16_t>(verifier ^ 0xce4b);
}

/// [MS-OFFCRYPTO] 2.3.7.2.
std::uint16_t xor_key(std::string_view ascii) {
    std::uint16_t key = kXorStart[ascii.size() - 1];
    std::size_t element = kXorMatrix.size();
    for (std::size_t i = ascii.size(); i-- > 0;) {
        auto c = static_cast<std::uint8_t>(ascii[i]);
        for (int bit = 0; bit < 7; ++bit, c = static_cast<std::uint8_t>(c << 1)) {
            --element;
            if ((c & 0x40) != 0) key ^= kXorMatrix[element];
        }
    }
    return key;
}

std::unique_ptr<BiffCipher> open_xor(std::uint32_t key, std::uint32_t verifier, std::string_view ascii) {
    ascii = ascii.substr(0, kMaxXorPassword);
    if (ascii.empty() || key != xor_key(ascii) || verifier != xor_verifier(ascii)) return nullptr;
    std::array<std::uint8_t, 16> mask{};
    for (std::size_t i = 0; i < mask.size(); ++i) {
        auto byte = static_cast<std::uint8_t>(i < ascii.size() ? static_cast<std::uint8_t>(ascii[i]) : kXorPadding[i - ascii.size()]);
        byte = static_cast<std::uint8_t>(byte ^ (i % 2 == 0 ? key & 0xff : key >> 8));
        mask[i] = static_cast<std::uint8_t>(byte << 2 | byte >> 6);
    }
    return std::make_unique<XorCipher>(mask);
}

std::unique_ptr<BiffCipher> open_rc4(std::string_view filepass, std::string_view ascii) {
    constexpr std::size_t kSalt = 6;
    if (filepass.size() < kSalt + 48) return nullptr;
    auto cipher = std::make_unique<Md5Cipher>(filepass.substr(kSalt, 16), ascii);
    Rc4 rc4(cipher->key_of(0));
    const std::string verifier = rc4.apply(filepass.substr(kSalt + 16, 16));
    if (rc4.apply(filepass.substr(kSalt + 32, 16)) != md5(verifier)) return nullptr;
    return cipher;
}

std::unique_ptr<BiffCipher> open_rc4_cryptoapi(std::string_view filepass, std::string_view ascii) {
    constexpr std::uint32_t kRc4 = 0x6801;
    constexpr std::size_t kHeader = 14;
    const std::size_t header_size = number_at(filepass, 10, 4);
    if (header_size < 32 || header_size > filepass.size() || filepass.size() - header_size < kHeader + 60) return nullptr;
    const std::uint32_t algorithm = number_at(filepass, kHeader + 8, 4);
    std::uint32_t bits = number_at(filepass, kHeader + 16, 4);
    if (bits == 0) bits = 40;
    if ((algorithm != 0 && algorithm != kRc4) || bits < 40 || bits > 128) return nullptr;
    const std::string_view verifier = filepass.substr(kHeader + header_size);
    if (number_at(verifier, 0, 4) != 16) return nullptr;
    auto cipher = std::make_unique<Sha1Cipher>(verifier.substr(4, 16), ascii, bits / 8);
    Rc4 rc4(cipher->key_of(0));
    const std::string plain = rc4.apply(verifier.substr(20, 16));
    if (rc4.apply(verifier.substr(40, 20)) != sha1(plain)) return nullptr;
    return cipher;
}

}  // namespace

std::unique_ptr<BiffCipher> open_biff_cipher(std::string_view filepass, bool biff8, std::string_view ascii) {
    if (!biff8) return open_xor(number_at(filepass, 0, 2), number_at(filepass, 2, 2), ascii);
    if (number_at(filepass, 0, 2) == 0) return open_xor(number_at(filepass, 2, 2), number_at(filepass, 4, 2), ascii);
    const std::uint32_t major = number_at(filepass, 2, 2);
    const std::uint32_t minor = number_at(filepass, 4, 2);
    if (major == 1 && minor == 1) return open_rc4(filepass, ascii);
    if (major >= 2 && major <= 4 && minor == 2) return open_rc4_cryptoapi(filepass, ascii);
    return nullptr;
}

}  // namespace brugwacht
