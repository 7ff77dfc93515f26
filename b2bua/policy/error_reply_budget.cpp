// SPDX-License-Identifier: Apache-2.0
#include "b2bua/policy/error_reply_budget.h"

#include <algorithm>
#include <string_view>

namespace sallyport {

bool ErrorReplyBudget::take(const IpAddr& source, Moment now) noexcept {
    const Millis token{1000 / per_second_};
    constexpr std::size_t kPrefix = 8;  // a network of one household or host (RFC 4291 s.2.5.4)
    const auto octets = std::string_view(reinterpret_cast<const char*>(source.octets().data()),
                                         source.is_v6() ? kPrefix : source.octets().size());
    Bucket& bucket = buckets_[KeyedHash(key_).field(octets).finish() % kBuckets];
    const Moment full = std::max(bucket.full, now) + token;
    if (full - now > token * per_second_) {
        return false;
    }
    bucket.full = full;
    return true;
}

}  // namespace sallyport
