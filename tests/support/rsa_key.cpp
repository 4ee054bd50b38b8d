#include "tests/support/rsa_key.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <stdexcept>

namespace brugwacht {
namespace {

template <auto free>
struct Free {
    template <typename T>
    void operator()(T* object) const {
        free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_free>>;

void require(bool good) {
    if (!good) throw std::runtime_error("RSA key of a test");
}

std::string content(const Memory& memory) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

struct RsaKey::Impl {
    Key pair;
    Key public_half;
};

RsaKey::RsaKey(unsigned bits) : impl_(std::make_unique<Impl>()) {
    impl_->pair.reset(EVP_RSA_gen(bits));
    const Memory memory(BIO_new(BIO_s_mem()));
    require(impl_->pair && memory && PEM_write_bio_PUBKEY(memory.get(), impl_->pair.get()) == 1);
    impl_->public_half.reset(PEM_read_bio_PUBKEY(memory.get(), nullptr, nullptr, nullptr));
    require(impl_->public_half != nullptr);
}

RsaKey::~RsaKey() = default;

std::string RsaKey::private_pem(const std::string& password) const {
    const Memory memory(BIO_new(BIO_s_mem()));
    const auto* const secret = reinterpret_cast<const unsigned char*>(password.data());
    const EVP_CIPHER* const cipher = password.empty() ? nullptr : EVP_aes_128_cbc();
    require(memory && PEM_write_bio_PrivateKey(memory.get(), impl_->pair.get(), cipher, password.empty() ? nullptr : secret,
                                               static_cast<int>(password.size()), nullptr, nullptr) == 1);
    return content(memory);
}

bool RsaKey::verifies(std::string_view message, std::string_view signature) const {
    const std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    require(context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, impl_->public_half.get()) == 1);
    return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                            reinterpret_cast<const unsigned char*>(message.data()), message.size()) == 1;
}

std::string from_base64url(std::string_view text) {
    std::string plain(text);
    for (char& c : plain) {
        if (c == '-') c = '+';
        if (c == '_') c = '/';
    }
    const std::size_t padding = (4 - plain.size() % 4) % 4;
    plain.append(padding, '=');
    std::string out(plain.size(), '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(plain.data()),
                                     static_cast<int>(plain.size()));
    require(size >= 0 && padding < 3 && text.find_first_of("+/=") == std::string_view::npos);
    out.resize(static_cast<std::size_t>(size) - padding);
    return out;
}

}  // namespace brugwacht
