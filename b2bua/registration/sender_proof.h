// SPDX-License-Identifier: Apache-2.0
// Who sends a request to a realm of our own users (H23; RFC 3261 s.22, s.26.3.2.4): decided before
// there is a transaction, because a source that proves nothing may be anybody's, and must neither
// hold a place in our tables nor be sent one answer many times. Owner: the Registrar of one Shard;
// the clock is handed in.
#pragma once

#include "b2bua/policy/authenticator.h"
#include "b2bua/policy/error_reply_budget.h"
#include "b2bua/registration/bindings.h"
#include "b2bua/registration/counters.h"
#include "b2bua/registration/register_relay.h"
#include "b2bua/sip/message.h"

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::registration {

/// "example.com" of "alice@example.com".
[[nodiscard]] std::string_view domain_of(std::string_view aor) noexcept;

class SenderProof {
public:
    /// Challenges to one address: an office of thousands of phones may be behind it.
    static constexpr int kChallengesPerSecond = 500;

    /// All outlive it.
    SenderProof(const Environment& env, const Bindings& bindings, Counters& counters);

    /// True: the request is from a user of ours, or in a domain that is none of ours, which the
    /// registrar refuses. False: it got 401 or 407, once and without state.
    [[nodiscard]] bool demand(const sip::Message& request, const Flow& flow, Moment now);

    /// The address-of-record of who sent what demand() let in last; given once. nullopt: nobody.
    [[nodiscard]] std::optional<std::string> take() noexcept;

private:
    /// Whose user the sender would be; nullopt: nobody's who could be asked.
    [[nodiscard]] std::optional<std::string> domain_to_ask(const sip::Message& request,
                                                           const Flow& flow, Moment now) const;
    [[nodiscard]] std::optional<std::string> our_domain(std::string_view uri) const;
    void challenge(const sip::Message& request, const Flow& flow, std::string_view domain,
                   bool stale, Moment now);

    const Environment& env_;
    const Bindings& bindings_;
    Counters& counters_;
    policy::Authenticator authenticator_;
    ErrorReplyBudget budget_;
    std::optional<std::string> sender_;
};

}  // namespace sallyport::registration
