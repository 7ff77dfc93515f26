// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/departed.h"

namespace sallyport::call {
namespace {

std::string key_of(std::string_view call_id, std::string_view remote_tag) {
    std::string key(call_id);
    key.push_back('\n');  // stands in neither of them
    return key.append(remote_tag);
}

}  // namespace

void Departed::forget_oldest() {
    keys_.erase(oldest_first_.front().key);
    oldest_first_.pop_front();
}

void Departed::remember(std::string_view call_id, std::string_view remote_tag, Moment now) {
    expire(now);
    if (oldest_first_.size() >= kMax) {
        forget_oldest();
    }
    std::string key = key_of(call_id, remote_tag);
    if (keys_.insert(key).second) {
        oldest_first_.push_back({now + kLife, std::move(key)});
    }
}

bool Departed::knows(std::string_view call_id, std::string_view remote_tag) const {
    return keys_.count(key_of(call_id, remote_tag)) != 0;
}

void Departed::expire(Moment now) {
    while (!oldest_first_.empty() && oldest_first_.front().until < now) {
        forget_oldest();
    }
}

}  // namespace sallyport::call
