// SPDX-License-Identifier: Apache-2.0
// The retry context of D4: after a challenge or another answer that invites a second try (RFC 3261
// s.8.1.3.5, s.22.3), the next request with the same Call-ID reuses the far leg's Call-ID, From tag
// and CSeq space, so that a digest nonce bound to them keeps working. Bounded, expires. Owner: one
// Shard.
#pragma once

#include "b2bua/call/media.h"
#include "b2bua/transport/flow.h"
#include "config/types/units.h"
#include "sdp-rewrite/origin.h"

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sallyport::call {

struct RetryContext {
    std::string from_tag;  // of the near leg; a new one gets a new far tag (D4)
    std::string far_call_id;
    std::string far_tag;
    std::uint32_t far_cseq{0};     // last number used
    sdp::Origin far_origin;        // what the far side has been shown of o= (E6)
    std::unique_ptr<Media> media;  // the refused INVITE's: its ports are the next one's; or null
    Flow far_flow;                 // of the target that answered: it is asked again (I7)
};

/// Which request a context is for (D4).
struct RetryKey {
    std::string_view method;    // another method is no second try
    std::string_view call_id;   // of the near leg
    std::string_view from_uri;  // of the near leg
};

/// True for the final responses after which a context is kept (D4).
[[nodiscard]] bool invites_retry(int status) noexcept;

class RetryContexts {
public:
    static constexpr Millis kLife{300'000};
    /// A phone answers a challenge at once; longer than this no ports wait for it.
    static constexpr Millis kMediaLife{10'000};
    static constexpr std::size_t kMax = 16384;

    /// Keeps (or renews) the context of one request.
    void keep(const RetryKey& of, RetryContext context, Moment now);
    /// The context, taken out; nullopt when there is none or it expired.
    std::optional<RetryContext> take(const RetryKey& key, Moment now);
    [[nodiscard]] std::size_t size() const noexcept { return by_key_.size(); }
    /// Lets go of old contexts, and before that of the media of those that nobody came back for.
    void expire(Moment now);

private:
    struct Entry {
        std::string key;
        RetryContext context;
        Moment until;
    };
    void release_media(Moment now);

    std::list<Entry> oldest_first_;
    std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
};

}  // namespace sallyport::call
