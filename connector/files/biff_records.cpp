#include "connector/files/biff_records.hpp"

#include <algorithm>
#include <bit>

#include "connector/files/utf8.hpp"

namespace brugwacht {

namespace {

constexpr std::size_t kHeader = 4;
constexpr std::size_t kWindow = 128 << 10;

/// How many bytes at the start of a record are never encrypted. [MS-XLS] 2.2.10.
std::size_t plain_bytes(std::uint16_t id, std::size_t size) {
    switch (id) {
        case biff::Bof5:
        case biff::Bof4:
        case biff::Bof3:
        case biff::Bof2:
        case biff::FilePass:
        case 0xe1:   // INTERFACEHDR
        case 0x138:  // RRDHEAD
        case 0x194:  // USREXCL
        case 0x195:  // FILELOCK
        case 0x196:  // RRDINFO
            return size;
        case biff::BoundSheet:
            return std::min<std::size_t>(size, 4);
        default:
            return 0;
    }
}

}  // namespace

double BiffRecord::f64(std::size_t at) const { return std::bit_cast<double>(static_cast<std::uint64_t>(u32(at + 4)) << 32 | u32(at)); }

std::string_view BiffReader::window(std::uint64_t offset, std::size_t size) {
    if (offset < buffer_at_ || offset + size > buffer_at_ + buffer_.size()) {
        buffer_.resize(kWindow);
        buffer_at_ = offset;
        buffer_.resize(bytes_.read_at(offset, buffer_.data(), kWindow));
    }
    const std::string_view all = buffer_;
    return all.substr(static_cast<std::size_t>(offset - buffer_at_), size);
}

std::uint16_t BiffReader::next_id() {
    const std::string_view head = window(at_, kHeader);
    if (head.size() < kHeader) return 0xffff;
    return static_cast<std::uint16_t>(static_cast<std::uint8_t>(head[0]) | static_cast<std::uint8_t>(head[1]) << 8);
}

bool BiffReader::next(BiffRecord& record) {
    BiffRecord head;
    head.data = window(at_, kHeader);
    if (head.data.size() < kHeader) return false;
    const std::size_t size = head.u16(2);
    record.id = head.u16(0);
    record.offset = at_;
    record.data = window(at_ + kHeader, size);
    record.cut = record.data.size() < size;
    at_ += kHeader + record.data.size();
    if (cipher_ == nullptr) return true;
    const std::size_t plain = plain_bytes(record.id, record.data.size());
    if (plain == record.data.size()) return true;
    plain_ = record.data;
    cipher_->decipher(record.offset + kHeader + plain, size, plain, plain_.data() + plain, plain_.size() - plain);
    record.data = plain_;
    return true;
}

bool BiffPayload::advance() {
    while (data_.empty()) {
        if (failed_ || reader_.next_id() != biff::Continue || !reader_.next(record_)) return false;
        data_ = record_.data;
    }
    return true;
}

bool BiffPayload::more() { return !failed_ && advance(); }

std::uint8_t BiffPayload::u8() {
    if (failed_ || !advance()) {
        failed_ = true;
        return 0;
    }
    const auto value = static_cast<std::uint8_t>(data_.front());
    data_.remove_prefix(1);
    return value;
}

std::uint16_t BiffPayload::u16() {
    const std::uint8_t low = u8();
    return static_cast<std::uint16_t>(low | u8() << 8);
}

std::uint32_t BiffPayload::u32() {
    const std::uint16_t low = u16();
    return low | static_cast<std::uint32_t>(u16()) << 16;
}

void BiffPayload::skip(std::uint64_t count) {
    while (count > 0) {
        if (failed_ || !advance()) {
            failed_ = true;
            return;
        }
        const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(count, data_.size()));
        data_.remove_prefix(part);
        count -= part;
    }
}

void BiffPayload::bytes(std::size_t count, std::string& out) {
    while (count > 0) {
        if (failed_ || !advance()) {
            failed_ = true;
            return;
        }
        const std::size_t part = std::min(count, data_.size());
        out.append(data_, 0, part);
        data_.remove_prefix(part);
        count -= part;
    }
}

void BiffPayload::text8(std::size_t count, std::string& out) {
    const std::uint8_t flags = u8();
    const std::uint32_t runs = (flags & 8) != 0 ? u16() : 0U;
    const std::uint32_t readings = (flags & 4) != 0 ? u32() : 0U;
    characters(count, (flags & 1) != 0, out);
    skip(std::uint64_t{runs} * 4);
    skip(readings);
}

/// In every CONTINUE the characters begin with a new flag: one byte each or two.
void BiffPayload::characters(std::size_t count, bool wide, std::string& out) {
    std::uint32_t high = 0;  // a first half of a pair that waits for its second
    std::uint32_t half = 0;  // the first byte of a character that was split
    bool split = false;
    const auto put = [&](std::uint32_t unit) {
        --count;
        if (high != 0 && unit >= 0xdc00 && unit < 0xe000) {
            append_utf8(out, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
            high = 0;
            return;
        }
        if (high != 0) append_utf8(out, high);
        high = unit >= 0xd800 && unit < 0xdc00 ? unit : 0;
        if (high == 0) append_utf8(out, unit);
    };
    while (count > 0) {
        if (failed_) return;
        if (data_.empty()) {
            if (!advance()) {
                failed_ = true;
                break;
            }
            wide = (u8() & 1) != 0;
            if (split && !data_.empty()) {
                put(half | static_cast<std::uint32_t>(u8()) << 8);
                split = false;
            }
            continue;
        }
        const auto at = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<std::uint8_t>(data_[i])); };
        std::size_t used = 0;
        if (!wide) {
            if (high == 0) {
                const std::size_t plain = ascii_prefix(data_.substr(0, count));
                out.append(data_, 0, plain);
                used = plain;
                count -= plain;
            }
            while (count > 0 && used < data_.size()) put(at(used++));
        } else {
            for (; count > 0 && used + 1 < data_.size(); used += 2) put(at(used) | at(used + 1) << 8);
            if (count > 0 && used < data_.size()) {
                half = at(used++);
                split = true;
            }
        }
        data_.remove_prefix(used);
    }
    if (high != 0) append_utf8(out, high);
}

}  // namespace brugwacht
