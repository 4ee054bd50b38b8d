#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <bitset>
#include <cstring>
#include <mutex>
#include <utility>

#include "engine/core/ports.hpp"
#include "engine/core/process.hpp"

namespace brugwacht {
namespace {

/// 64 KiB that stay out of the swap file and out of core files, given out in runs of 64 bytes. Long secrets and those for which there is no
/// room come from the heap.
class LockedPool {
  public:
    /// Lives until the process ends: secrets of static life may go after everything else.
    static LockedPool& instance() {
        static auto* const kPool = new LockedPool();
        return *kPool;
    }

    bool locked() const { return locked_; }

    char* take(std::size_t size) {
        const std::size_t wanted = slots(size);
        const std::lock_guard guard(mutex_);
        for (std::size_t at = 0, run = 0; start_ != nullptr && at < kSlots; ++at) {
            run = used_[at] ? 0 : run + 1;
            if (run < wanted) continue;
            const std::size_t first = at + 1 - wanted;
            for (std::size_t i = first; i <= at; ++i) used_.set(i);
            return start_ + first * kSlotBytes;
        }
        return nullptr;
    }

    /// False when the bytes are not of this pool.
    bool give_back(const char* bytes, std::size_t size) {
        const std::less<const char*> before;
        if (start_ == nullptr || before(bytes, start_) || !before(bytes, start_ + kBytes)) return false;
        const std::lock_guard guard(mutex_);
        const auto first = static_cast<std::size_t>(bytes - start_) / kSlotBytes;
        for (std::size_t i = first; i < first + slots(size); ++i) used_.reset(i);
        return true;
    }

  private:
    static constexpr std::size_t kBytes = std::size_t{64} << 10;  // what RLIMIT_MEMLOCK always was at least
    static constexpr std::size_t kSlotBytes = 64;
    static constexpr std::size_t kSlots = kBytes / kSlotBytes;

    LockedPool() {
        void* const made = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (made == MAP_FAILED) return;
        start_ = static_cast<char*>(made);
        locked_ = ::mlock(made, kBytes) == 0;
        ::madvise(made, kBytes, MADV_DONTDUMP);
    }

    static std::size_t slots(std::size_t size) { return (size + kSlotBytes - 1) / kSlotBytes; }

    char* start_ = nullptr;
    bool locked_ = false;
    std::bitset<kSlots> used_;
    std::mutex mutex_;
};

}  // namespace

Secret::Secret(std::string bytes) : size_(bytes.size()) {
    if (size_ == 0) return;
    bytes_ = LockedPool::instance().take(size_);
    if (bytes_ == nullptr) bytes_ = new char[size_];
    std::memcpy(bytes_, bytes.data(), size_);
    ::explicit_bzero(bytes.data(), size_);
}

Secret::Secret(Secret&& other) noexcept : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        bytes_ = std::exchange(other.bytes_, nullptr);
        size_ = std::exchange(other.size_, 0);
    }
    return *this;
}

Secret::~Secret() { wipe(); }

void Secret::wipe() {
    if (bytes_ == nullptr) return;
    ::explicit_bzero(bytes_, size_);
    if (!LockedPool::instance().give_back(bytes_, size_)) delete[] bytes_;
    bytes_ = nullptr;
    size_ = 0;
}

void protect_process() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

bool secrets_are_locked() { return LockedPool::instance().locked(); }

}  // namespace brugwacht
