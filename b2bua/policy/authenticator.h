// SPDX-License-Identifier: Apache-2.0
// Digest authentication of users by the gateway itself (H23; RFC 3261 s.22, RFC 7616, RFC 8760): is
// the sender of a request who its credentials say, and the challenge when it is not. Owner: one
// Shard; the clock is handed in.
#pragma once

#include "b2bua/policy/nonces.h"
#include "b2bua/sip/digest.h"
#include "b2bua/sip/message.h"
#include "config/types/units.h"
#include "config/users.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::policy {

/// A registrar challenges by 401, whoever passes a request on by 407 (RFC 3261 s.22.1).
enum class Challenger : std::uint8_t { kRegistrar, kProxy };

struct Authentication {
    enum class Verdict : std::uint8_t {
        kAccepted,
        kNone,   // no credentials for this realm
        kWrong,  // credentials that prove nothing; whether the user exists is not told
        kStale,  // right, but for a nonce that is used up or too old: a new one, no new password
    };
    Verdict verdict{Verdict::kNone};
    std::string user;  // who, when accepted
};

class Authenticator {
public:
    struct Settings {
        bool legacy{false};              // option legacy-digest: clients without qop
        std::size_t max_nonces{262144};  // whose use is remembered (J10)
    };

    /// users outlives it. secret: as for Nonces.
    Authenticator(const Users& users, std::span<const std::uint8_t> secret, ShardId self,
                  Settings settings);

    /// realm: the domain that the user must belong to.
    [[nodiscard]] Authentication check(const sip::Message& request, Challenger challenger,
                                       std::string_view realm, Moment now);

    /// Complete header lines, the strongest algorithm first (RFC 8760 s.2.4).
    [[nodiscard]] std::string challenge(Challenger challenger, std::string_view realm, bool stale,
                                        Moment now);

private:
    [[nodiscard]] bool readable(const sip::Digest& credentials, std::string_view request_uri) const;
    [[nodiscard]] Authentication judge(const sip::Digest& credentials, std::string_view realm,
                                       std::string_view method, Moment now);

    const Users& users_;
    Nonces nonces_;
    Settings settings_;
};

}  // namespace sallyport::policy
