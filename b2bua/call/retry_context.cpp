// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/retry_context.h"

#include <utility>

namespace sallyport::call {
namespace {

std::string key_of(std::string_view call_id, std::string_view from_uri) {
    std::string key(call_id);
    key.push_back('\n');  // cannot stand in a Call-ID
    key.append(from_uri);
    return key;
}

}  // namespace

bool invites_retry(int status) noexcept {
    switch (status) {
        case 401:
        case 407:
        case 413:
        case 415:
        case 416:
        case 420:
        case 422:
        case 423:
        case 494:
            return true;
        default:
            return status >= 300 && status < 400;
    }
}

void RetryContexts::keep(std::string_view call_id, std::string_view from_uri, RetryContext context,
                         Moment now) {
    std::string key = key_of(call_id, from_uri);
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
        oldest_first_.erase(found->second);
        by_key_.erase(found);
    }
    if (by_key_.size() >= kMax) {
        by_key_.erase(oldest_first_.front().key);
        oldest_first_.pop_front();
    }
    oldest_first_.push_back({key, std::move(context), now + kLife});
    by_key_.emplace(std::move(key), std::prev(oldest_first_.end()));
}

std::optional<RetryContext> RetryContexts::take(std::string_view call_id, std::string_view from_uri,
                                                Moment now) {
    expire(now);
    const auto found = by_key_.find(key_of(call_id, from_uri));
    if (found == by_key_.end()) {
        return std::nullopt;
    }
    RetryContext context = std::move(found->second->context);
    oldest_first_.erase(found->second);
    by_key_.erase(found);
    return context;
}

void RetryContexts::release_media(Moment now) {
    // Newest last, and media is dropped in the same order: the walk stops at the first that is
    // young.
    for (Entry& entry : oldest_first_) {
        if (now < entry.until + (kMediaLife - kLife)) {
            return;
        }
        entry.context.media.reset();
    }
}

void RetryContexts::expire(Moment now) {
    release_media(now);
    while (!oldest_first_.empty() && oldest_first_.front().until < now) {
        by_key_.erase(oldest_first_.front().key);
        oldest_first_.pop_front();
    }
}

}  // namespace sallyport::call
