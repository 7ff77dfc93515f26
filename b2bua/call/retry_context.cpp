// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/retry_context.h"

#include <utility>

namespace sallyport::call {
namespace {

std::string text_of(const RetryKey& key) {
    std::string text(key.method);
    text.append("\n").append(key.call_id);  // a line feed stands in none of them
    return text.append("\n").append(key.from_uri);
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

void RetryContexts::keep(const RetryKey& of, RetryContext context, Moment now) {
    std::string key = text_of(of);
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

std::optional<RetryContext> RetryContexts::take(const RetryKey& key, Moment now) {
    expire(now);
    const auto found = by_key_.find(text_of(key));
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
