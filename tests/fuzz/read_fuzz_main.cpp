// Damages sound files and reads them: no crash, no hang, every failure an Error.
// Use: read_fuzz SECONDS SEED FILE... Each round takes one file, flips, cuts, doubles or swaps bytes, and peeks at the result in every
// format. Build with the asan preset. The damaged file is kept as read_fuzz.bin until the next round, so that a crash leaves it behind.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <sstream>
#include <streambuf>
#include <string>
#include <vector>

#include "connector/files/peek.hpp"
#include "connector/source.hpp"
#include "engine/core/error.hpp"

namespace brugwacht {
namespace {

/// Takes everything and keeps nothing.
class NullBuffer : public std::streambuf {
  protected:
    int_type overflow(int_type c) override { return traits_type::not_eof(c); }
    std::streamsize xsputn(const char*, std::streamsize n) override { return n; }
};

std::string damaged(std::string bytes, std::mt19937_64& random) {
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % std::max<std::size_t>(n, 1)); };
    const std::size_t changes = 1 + below(12);
    for (std::size_t i = 0; i < changes && !bytes.empty(); ++i) {
        const std::size_t at = below(bytes.size());
        switch (below(6)) {
            case 0:
                bytes[at] = static_cast<char>(below(256));
                break;
            case 1:
                bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
                break;
            case 2:
                bytes.erase(at, 1 + below(64));
                break;
            case 3:
                bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(64)));
                break;
            case 4:
                bytes[at] = "\"\\;,\t\r\n\0<>&'\xff\xfe"[below(14)];
                break;
            default:
                if (below(8) == 0) bytes.resize(at);
                break;
        }
    }
    return bytes;
}

int run(double seconds, std::uint64_t seed, const std::vector<std::filesystem::path>& files) {
    std::mt19937_64 random(seed);
    NullBuffer nothing;
    std::ostream out(&nothing);
    const auto start = std::chrono::steady_clock::now();
    const auto elapsed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
    std::uint64_t rounds = 0;
    std::uint64_t refused = 0;
    double slowest = 0;
    while (elapsed() < seconds) {
        std::ifstream in(files[random() % files.size()], std::ios::binary);
        std::string bytes{std::istreambuf_iterator<char>(in), {}};
        if (bytes.size() > (1U << 20)) continue;
        std::ofstream("read_fuzz.bin", std::ios::binary) << damaged(std::move(bytes), random);
        const double before = elapsed();
        try {
            const auto document = open_document("read_fuzz.bin");
            for (const PeekFormat format : {PeekFormat::Csv, PeekFormat::Json, PeekFormat::Table})
                write_peek(*document, {format, {}, "f"}, out);
        } catch (const Error&) {
            ++refused;
        }
        slowest = std::max(slowest, elapsed() - before);
        ++rounds;
    }
    std::cout << rounds << " rounds, " << refused << " refused, slowest " << slowest << " s\n";
    return 0;
}

}  // namespace
}  // namespace brugwacht

int main(int argc, char** argv) {
    if (argc < 4) {
        std::cerr << "read_fuzz SECONDS SEED FILE...\n";
        return 64;
    }
    std::vector<std::filesystem::path> files(argv + 3, argv + argc);
    return brugwacht::run(std::atof(argv[1]), std::strtoull(argv[2], nullptr, 10), files);
}
