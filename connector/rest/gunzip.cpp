#include "connector/rest/gunzip.hpp"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <array>

namespace brugwacht {

struct Gunzip::Impl {
    inflate_state state{};
    bool complete = false;
};

Gunzip::Gunzip() : impl_(std::make_unique<Impl>()) {
    isal_inflate_init(&impl_->state);
    impl_->state.crc_flag = ISAL_GZIP;
}

Gunzip::~Gunzip() = default;

bool Gunzip::complete() const { return impl_->complete; }

Gunzip::Result Gunzip::add(std::string_view piece, std::size_t most, std::string& out) {
    inflate_state& state = impl_->state;
    std::array<unsigned char, 65536> block;
    std::string input(piece);  // isa-l wants to be able to write
    state.next_in = reinterpret_cast<unsigned char*>(input.data());
    state.avail_in = static_cast<std::uint32_t>(input.size());
    do {
        if (impl_->complete && state.avail_in > 0) {  // RFC 1952 2.2: members may follow each other
            isal_inflate_reset(&state);
            state.crc_flag = ISAL_GZIP;
            impl_->complete = false;
        }
        state.next_out = block.data();
        state.avail_out = static_cast<std::uint32_t>(block.size());
        if (isal_inflate(&state) != ISAL_DECOMP_OK) return Result::Damaged;
        const std::size_t got = block.size() - state.avail_out;
        if (got > most - out.size()) return Result::TooLarge;
        out.append(reinterpret_cast<const char*>(block.data()), got);
        impl_->complete = state.block_state == ISAL_BLOCK_FINISH;
    } while (state.avail_in > 0 || (state.avail_out == 0 && !impl_->complete));
    return Result::Good;
}

}  // namespace brugwacht
