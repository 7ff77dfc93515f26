// SPDX-License-Identifier: Apache-2.0
// The notes' words. The data of LastRefused are stored with release and loaded with acquire, so
// that a reader that saw any of a newer note sees its version too, without a fence.
#include "dataplane/flow_notes.h"

#include "dataplane/flow.h"

namespace sallyport::dataplane {

namespace {

constexpr int kReadAttempts = 8;

std::uint64_t pack_rest(const RefusedPacket& r) noexcept {
    return std::uint64_t{r.source.port.value} |
           std::uint64_t{static_cast<std::uint8_t>(r.source.ip.family())} << 16 |
           std::uint64_t{static_cast<std::uint8_t>(r.reason)} << 24 |
           std::uint64_t{r.payload_type} << 32;
}

RefusedPacket unpack(AddressWords address, std::uint64_t rest, std::uint64_t at_ms) noexcept {
    const auto family = static_cast<Family>(static_cast<std::uint8_t>(rest >> 16));
    const IpAddr ip = family == Family::kNone ? IpAddr{} : address.to_ip(family);
    return {{ip, Port{static_cast<std::uint16_t>(rest)}},
            static_cast<Drop>(static_cast<std::uint8_t>(rest >> 24)),
            static_cast<std::uint8_t>(rest >> 32),
            at_ms};
}

}  // namespace

void LastRefused::write(const RefusedPacket& refused) noexcept {
    std::uint32_t version = version_.load(std::memory_order_relaxed);
    if (version % 2 != 0 ||
        !version_.compare_exchange_strong(version, version + 1, std::memory_order_acquire,
                                          std::memory_order_relaxed)) {
        return;  // another worker notes its own
    }
    const AddressWords address = AddressWords::of(refused.source.ip);
    first_.store(address.first, std::memory_order_release);
    second_.store(address.second, std::memory_order_release);
    rest_.store(pack_rest(refused), std::memory_order_release);
    at_ms_.store(refused.at_ms, std::memory_order_release);
    version_.store(version + 2, std::memory_order_release);
}

RefusedPacket LastRefused::read() const noexcept {
    for (int attempt = 0; attempt < kReadAttempts; ++attempt) {
        const std::uint32_t version = version_.load(std::memory_order_acquire);
        const AddressWords address{first_.load(std::memory_order_acquire),
                                   second_.load(std::memory_order_acquire)};
        const std::uint64_t rest = rest_.load(std::memory_order_acquire);
        const std::uint64_t at_ms = at_ms_.load(std::memory_order_acquire);
        if (version % 2 == 0 && version_.load(std::memory_order_relaxed) == version) {
            return unpack(address, rest, at_ms);
        }
    }
    return {};  // a flood of refusals: their counts say enough
}

FlowDrops FlowNotes::counted() const noexcept {
    FlowDrops sum;
    for (std::size_t i = 0; i < kFlowDrops; ++i) {
        sum.counts[i] = drops[i].load(std::memory_order_relaxed);
    }
    return sum;
}

void FlowNotes::begin(const FlowNotes* before) noexcept {
    for (auto& cell : drops) {
        cell.store(0, std::memory_order_relaxed);
    }
    note_latch({}, 0);
    candidate.store(0, std::memory_order_relaxed);
    last_refused.write(before == nullptr ? RefusedPacket{} : before->last_refused.read());
}

}  // namespace sallyport::dataplane
