// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/departed.h"

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
    kept_.erase(oldest_first_.front().key);
    oldest_first_.pop_front();
}

void Departed::keep(std::string key, SentAck ack, Moment now) {
    expire(now);
    if (oldest_first_.size() >= kMax) {
        forget_oldest();
    }
    if (kept_.try_emplace(key, std::move(ack)).second) {
        oldest_first_.push_back({now + kLife, std::move(key)});
    }
}

void Departed::remember(std::string_view call_id, std::string_view remote_tag, Moment now) {
    keep(key_of(call_id, remote_tag), {}, now);
}

bool Departed::knows(std::string_view call_id, std::string_view remote_tag) const {
    return kept_.count(key_of(call_id, remote_tag)) != 0;
}

void Departed::keep_ack(const SentAck& ack, Moment now) {
    sip::Message message;
    if (message.parse(ack.octets).ok()) {
        keep(key_of(message), ack, now);
    }
}

const SentAck* Departed::ack_of(const sip::Message& response) const {
    const auto found = kept_.find(key_of(response));
    return found == kept_.end() ? nullptr : &found->second;
}

void Departed::expire(Moment now) {
    while (!oldest_first_.empty() && oldest_first_.front().until < now) {
        forget_oldest();
    }
}

}  // namespace sallyport::call
