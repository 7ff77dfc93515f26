// SPDX-License-Identifier: Apache-2.0
// Two queues and the refusals of the real port.
#include "dataplane/memory_datagrams.h"

#include <algorithm>

namespace sallyport::dataplane {

namespace {
constexpr std::size_t kMaxPayload =
    65507;  // an IPv4 datagram less its headers (RFC 768, RFC 791 s.3.1)
}

MemoryDatagrams::MemoryDatagrams(std::span<const Realm> realms) {
    for (const Realm& realm : realms) {
        Ours ours{realm.address.address, {}, realm.media_ports};
        for (const ListenPoint& point : realm.listen) {
            ours.listen.push_back(point.port);
        }
        realms_.push_back(std::move(ours));
    }
}

std::size_t MemoryDatagrams::receive(std::span<Datagram> out) noexcept {
    batch_.clear();
    std::size_t count = 0;
    while (count < out.size() && !waiting_.empty()) {
        const Stored& stored = batch_.emplace_back(std::move(waiting_.front()));
        waiting_.pop_front();
        out[count++] = {stored.realm, stored.local, stored.remote, stored.payload};
    }
    return count;
}

SendResult MemoryDatagrams::judge(RealmId realm, const Endpoint& local, const Endpoint& remote,
                                  std::size_t length) const noexcept {
    if (realm.value >= realms_.size() || local.ip != realms_[realm.value].address) {
        return SendResult::kNotOurs;
    }
    const auto& [address, listen, media] = realms_[realm.value];
    const bool is_media = local.port.value >= media.first && local.port.value <= media.last;
    if (!is_media && std::find(listen.begin(), listen.end(), local.port) == listen.end()) {
        return SendResult::kNotOurs;
    }
    if (length > kMaxPayload) {
        return SendResult::kTooLarge;
    }
    if (remote.ip.family() != local.ip.family()) {
        return SendResult::kNoRoute;
    }
    const auto verdict = std::find_if(verdicts_.begin(), verdicts_.end(),
                                      [&](const Verdict& v) { return v.remote == remote.ip; });
    return verdict == verdicts_.end() ? SendResult::kQueued : verdict->result;
}

SendResult MemoryDatagrams::send(RealmId realm, const Endpoint& local, const Endpoint& remote,
                                 std::string_view payload) noexcept {
    const SendResult result = judge(realm, local, remote, payload.size());
    if (result == SendResult::kQueued) {
        const Stored& stored =
            sent_.emplace_back(Stored{realm, local, remote, std::string(payload)});
        if (listener_) {
            listener_(Stored(stored));  // a copy: the listener may send again
        }
    }
    return result;
}

void MemoryDatagrams::wait(Millis) noexcept {}

std::vector<MemoryDatagrams::Stored> MemoryDatagrams::take_sent() {
    std::vector<Stored> taken;
    taken.swap(sent_);
    return taken;
}

void MemoryDatagrams::answer_sends_to(const IpAddr& remote, SendResult result) {
    std::erase_if(verdicts_, [&](const Verdict& v) { return v.remote == remote; });
    if (result != SendResult::kQueued) {
        verdicts_.push_back({remote, result});
    }
}

}  // namespace sallyport::dataplane
