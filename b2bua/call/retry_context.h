// SPDX-License-Identifier: Apache-2.0
// The retry context of D4: after a challenge or another answer that invites a second try (RFC 3261
// s.8.1.3.5, s.22.3), the next request with the same Call-ID reuses the far leg's Call-ID, From tag
// and CSeq space, so that a digest nonce bound to them keeps working. Bounded, expires. Owner: one
// Shard.
#pragma once

#include "config/types/units.h"

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sallyport::call {

struct RetryContext {
    std::string from_tag;  // of the near leg; a new one gets a new far tag (D4)
    std::string far_call_id;
    std::string far_tag;
    std::uint32_t far_cseq{0};  // last number used
};

/// True for the final responses after which a context is kept (D4).
[[nodiscard]] bool invites_retry(int status) noexcept;

class RetryContexts {
public:
    static constexpr Millis kLife{300'000};
    static constexpr std::size_t kMax = 16384;

    /// Keeps (or renews) the context of one near-leg Call-ID and From URI.
    void keep(std::string_view call_id, std::string_view from_uri, RetryContext context,
              Moment now);
    /// The context, taken out; nullopt when there is none or it expired.
    std::optional<RetryContext> take(std::string_view call_id, std::string_view from_uri,
                                     Moment now);
    [[nodiscard]] std::size_t size() const noexcept { return by_key_.size(); }
    void expire(Moment now);

private:
    struct Entry {
        std::string key;
        RetryContext context;
        Moment until;
    };
    std::list<Entry> oldest_first_;
    std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
};

}  // namespace sallyport::call
