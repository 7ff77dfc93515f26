// SPDX-License-Identifier: Apache-2.0
// Receive: facts and views out of mbufs. Send: route check, build, ring.
#include "dataplane/datagram_port.h"

#include "dataplane/datagram_build.h"

#include <algorithm>

namespace sallyport::dataplane {

EthDatagramPort::EthDatagramPort(const DatagramPaths& paths, std::uint32_t reader,
                                 ShardInbox& inbox, CounterBlock& counters)
    : paths_(paths), reader_(reader), inbox_(inbox), counters_(counters), linear_(kBatch) {
    paths_.epoch.enroll(reader_);
}

EthDatagramPort::~EthDatagramPort() {
    do {
        free_batch();
        batch_size_ = inbox_.pop(batch_);
    } while (batch_size_ > 0);
}

void EthDatagramPort::free_batch() noexcept {
    for (std::size_t i = 0; i < batch_size_; ++i) {
        release(counters_, batch_[i]);
    }
    batch_size_ = 0;
    linear_used_ = 0;
}

std::string_view EthDatagramPort::payload_of(rte_mbuf* mbuf) noexcept {
    const SignalFacts& facts = facts_of(mbuf);
    if (mbuf->data_len >= facts.payload + facts.payload_length) {
        return {rte_pktmbuf_mtod_offset(mbuf, const char*, facts.payload), facts.payload_length};
    }
    std::vector<char>& copy = linear_[linear_used_];
    if (copy.empty()) {
        copy.resize(65536);  // once per slot, on the first fragmented datagram; kept afterwards
    }
    ++linear_used_;
    const auto* whole = static_cast<const char*>(
        rte_pktmbuf_read(mbuf, facts.payload, facts.payload_length, copy.data()));
    return whole == nullptr ? std::string_view{} : std::string_view{whole, facts.payload_length};
}

std::size_t EthDatagramPort::receive(std::span<Datagram> out) noexcept {
    free_batch();
    batch_size_ = inbox_.pop(std::span(batch_).first(std::min(out.size(), kBatch)));
    for (std::size_t i = 0; i < batch_size_; ++i) {
        const SignalFacts& facts = facts_of(batch_[i]);
        out[i] = {facts.realm, facts.local, facts.remote, payload_of(batch_[i])};
    }
    return batch_size_;
}

bool EthDatagramPort::reachable(RealmId realm, const IpAddr& remote) noexcept {
    const Epoch::ReadGuard guard(paths_.epoch, reader_);
    return paths_.board.current().find(realm, remote).state != Adjacency::State::kNoRoute;
}

SendResult EthDatagramPort::send(RealmId realm, const Endpoint& local, const Endpoint& remote,
                                 std::string_view payload) noexcept {
    const bool known = paths_.realms.contains(realm) && local.ip == paths_.realms[realm].address;
    const bool media = known && paths_.realms[realm].media_port(local.port.value);
    if (!media && !(known && paths_.realms[realm].listens_on(local.port.value))) {
        return SendResult::kNotOurs;
    }
    if (payload.size() > kMaxUdpPayload) {
        return SendResult::kTooLarge;
    }
    if (remote.ip.family() != local.ip.family() || !reachable(realm, remote.ip)) {
        counters_.add(Drop::no_route);
        return SendResult::kNoRoute;
    }
    const std::uint8_t tos = media ? kMediaTos : kSignallingTos;
    Outgoing datagram{local, remote, tos, paths_.realms[realm].mtu, 0, payload};
    datagram.identification = paths_.identification.fetch_add(1, std::memory_order_relaxed);
    std::array<rte_mbuf*, kMaxFragments> packets;
    const std::size_t count = build_datagram(paths_.pool, datagram, packets);
    if (count == 0) {
        counters_.add(Drop::no_mbuf);
        return SendResult::kNoBuffer;
    }
    counters_.add(Counter::mbufs_acquired, count);
    for (std::size_t i = 0; i < count; ++i) {
        facts_of(packets[i]) = {local, remote, realm, local.ip.family(), 0, 0, 0};
    }
    if (rte_ring_enqueue_bulk(paths_.outgoing[realm.value],
                              reinterpret_cast<void**>(packets.data()),
                              static_cast<unsigned>(count), nullptr) == 0) {
        std::for_each_n(packets.begin(), count, [this](rte_mbuf* m) { release(counters_, m); });
        counters_.add(Drop::send_ring_full);
        return SendResult::kNoBuffer;
    }
    counters_.add(Counter::signalling_out);
    if (count > 1) {
        counters_.add(Counter::fragmented_out);
    }
    return SendResult::kQueued;
}

}  // namespace sallyport::dataplane
