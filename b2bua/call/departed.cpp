// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/departed.h"

#include <algorithm>
#include <utility>

namespace sallyport::call {
namespace {

std::string key_of(std::string_view call_id, std::string_view remote_tag) {
    std::string key(call_id);
    key.push_back('\n');  // stands in none of them
    return key.append(remote_tag);
}

std::string key_of(const sip::Message& message) {
    std::string key = key_of(message.call_id(), message.to().tag);
    return key.append("\n").append(std::to_string(message.cseq().number));
}

}  // namespace

void Departed::forget_oldest() {
    const auto found = kept_.find(oldest_first_.front().key);
    if (found != kept_.end() && found->second.until <= oldest_first_.front().until) {
        kept_.erase(found);
    }
    oldest_first_.pop_front();
}

Departed::Kept& Departed::keep(std::string key, Moment now) {
    expire(now);
    if (oldest_first_.size() >= kMax) {
        forget_oldest();
    }
    Kept& kept = kept_[key];
    kept.until = now + kLife;
    oldest_first_.push_back({kept.until, std::move(key)});
    return kept;
}

void Departed::remember(const Dialog& dialog, bool ended, Moment now) {
    Kept& kept = keep(key_of(dialog.call_id, dialog.remote_tag), now);
    kept.ended |= ended;
    kept.said_bye |= dialog.said_bye;
    kept.last_cseq = std::max(kept.last_cseq, dialog.local_cseq);
}

bool Departed::knows(std::string_view call_id, std::string_view remote_tag) const {
    const auto found = kept_.find(key_of(call_id, remote_tag));
    return found != kept_.end() && found->second.ended;
}

bool Departed::take_bye(std::string_view call_id, std::string_view remote_tag) {
    const auto found = kept_.find(key_of(call_id, remote_tag));
    return found != kept_.end() && found->second.ended &&
           !std::exchange(found->second.said_bye, true);
}

std::uint32_t Departed::last_cseq(std::string_view call_id, std::string_view remote_tag) const {
    const auto found = kept_.find(key_of(call_id, remote_tag));
    return found == kept_.end() ? 0 : found->second.last_cseq;
}

void Departed::keep_ack(const SentAck& ack, Moment now) {
    sip::Message message;
    if (message.parse(ack.octets, sip::kOwnLimits).ok()) {
        keep(key_of(message), now).ack = ack;
    }
}

const SentAck* Departed::ack_of(const sip::Message& response) const {
    const auto found = kept_.find(key_of(response));
    return found == kept_.end() ? nullptr : &found->second.ack;
}

void Departed::expire(Moment now) {
    while (!oldest_first_.empty() && oldest_first_.front().until < now) {
        forget_oldest();
    }
}

}  // namespace sallyport::call
