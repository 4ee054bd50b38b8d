// Time zones (ICU). A moment is a number of seconds since 1970-01-01T00:00:00 UTC; civil time is the same count as a clock on the wall
// there shows it. Brugwacht keeps civil time of Europe/Brussels.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace brugwacht {

class Zone {
  public:
    static const Zone& brussels();
    /// By IANA name ("Europe/Brussels") or by the name Windows has for it ("Romance Standard Time"); nothing when nobody knows it.
    static std::optional<Zone> find(std::string_view name);

    std::int64_t to_civil(std::int64_t moment) const;
    /// A civil time that comes twice means the first one; one that is skipped counts from the time before the clock went forward (RFC 5545
    /// 3.3.5).
    std::int64_t to_moment(std::int64_t civil) const;

  private:
    struct Impl;
    explicit Zone(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
    std::shared_ptr<const Impl> impl_;
};

}  // namespace brugwacht
