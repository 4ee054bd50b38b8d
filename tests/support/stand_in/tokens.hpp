// Access tokens and rates on the clock of the system that is stood in for.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "tests/support/local_server.hpp"
#include "tests/support/stand_in/tables.hpp"

namespace brugwacht::stand_in::cloud {

class TokenOffice {
  public:
    explicit TokenOffice(const System& system) : system_(system) {}
    /// A token that is good for so long, in seconds.
    std::string issue(std::int64_t lifetime_s);
    /// The caller shows, as Bearer, a token that has not run out.
    bool knows(const Call& call) const;
    void withdraw_all() { tokens_.clear(); }
    std::size_t issued() const { return issued_; }

  private:
    const System& system_;
    std::map<std::string, std::int64_t> tokens_;  // to the moment at which they run out
    std::size_t issued_ = 0;
};

/// The token endpoint of Microsoft's identity platform, for client_credentials: secret and scope are checked.
Answer entra_token(const System& system, TokenOffice& office, const Call& call, std::int64_t lifetime_s);
/// That of a Keycloak realm: the secret is checked.
Answer keycloak_token(const System& system, TokenOffice& office, const Call& call, std::int64_t lifetime_s);

/// No more than `most` calls in any `window_us`; 0 = no limit.
struct Rate {
    std::size_t most = 0;
    std::int64_t window_us = 0;
    std::deque<std::int64_t> taken;

    /// Counts this call, or tells that it is one too many.
    bool allows(std::int64_t now_us);
    /// Whole seconds until a call is allowed again, at least 1.
    std::int64_t wait_s(std::int64_t now_us) const;
};

}  // namespace brugwacht::stand_in::cloud
