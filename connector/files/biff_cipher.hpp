// Old workbooks that are obfuscated (XOR) or encrypted (RC4) without the user being asked for a password: Excel writes those with a
// password of its own when a workbook is merely protected against changes. Sources: [MS-XLS] 2.2.10 and 2.4.117, [MS-OFFCRYPTO] 2.3.5
// to 2.3.7.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace brugwacht {

/// The password that Excel uses when the user gave none.
constexpr std::string_view kDefaultPassword = "VelvetSweatshop";

class BiffCipher {
  public:
    virtual ~BiffCipher() = default;
    /// Makes `size` bytes of a record plain; they begin at `offset` of the stream and `skipped` bytes of the record's `record_size`
    /// stand plain before them.
    virtual void decipher(std::uint64_t offset, std::size_t record_size, std::size_t skipped, char* data, std::size_t size) = 0;
};

/// From the contents of the record FILEPASS. `ascii` is a password of plain characters. Nothing when it is another password, or a kind
/// of protection that is not known.
std::unique_ptr<BiffCipher> open_biff_cipher(std::string_view filepass, bool biff8, std::string_view ascii);

}  // namespace brugwacht
