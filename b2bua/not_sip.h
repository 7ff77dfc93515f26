// SPDX-License-Identifier: Apache-2.0
// What comes to a SIP port and is no SIP message: NAT keepalives of a few blanks (B20), STUN
// Binding Requests (B18, RFC 5626 s.3.5.2), which are answered, and anything else that cannot be
// SIP. Owner: one Shard, on its thread.
#pragma once

#include "b2bua/counters.h"
#include "b2bua/policy/error_reply_budget.h"
#include "b2bua/registration/register_relay.h"
#include "b2bua/transport/sender.h"
#include "config/config.h"

#include <string_view>

namespace sallyport {

class NotSip {
public:
    struct Parts {
        const Config& config;
        Sender& sender;
        registration::RegisterRelay& registration;
        Counters& counters;
        HashKey key;
    };

    /// Answers to one address: thousands of phones may be behind it, each asking every 25 s.
    static constexpr int kStunPerSecond = 100;

    explicit NotSip(const Parts& parts) : parts_(parts), budget_(parts.key, kStunPerSecond) {}

    /// True: it was none, and is done with.
    bool take(std::string_view payload, const Flow& flow, Moment now);

private:
    void answer_stun(std::string_view payload, const Flow& flow, Moment now);
    [[nodiscard]] bool is_peer(const Flow& flow) const;

    Parts parts_;
    ErrorReplyBudget budget_;
};

}  // namespace sallyport
