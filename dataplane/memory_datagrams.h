// SPDX-License-Identifier: Apache-2.0
// DatagramPort without packets: the twin of datagram_port.h for tests and simulations of the
// control plane. What a test injects is received in order; what the control plane sends can be
// taken and judged. Send refuses what the real one refuses by itself (too large, not ours); a test
// can make destinations unreachable and buffers short. Thread: one.
#pragma once

#include "config/config.h"
#include "dataplane/datagram.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace sallyport::dataplane {

class MemoryDatagrams final : public DatagramPort {
public:
    /// A datagram that owns its payload.
    struct Stored {
        RealmId realm;
        Endpoint local;  // ours: destination of what is received, source of what is sent
        Endpoint remote;
        std::string payload;
        bool operator==(const Stored&) const noexcept = default;
    };

    /// realms: address and listen points are read, during construction only.
    explicit MemoryDatagrams(std::span<const Realm> realms);

    std::size_t receive(std::span<Datagram> out) noexcept override;
    SendResult send(RealmId realm, const Endpoint& local, const Endpoint& remote,
                    std::string_view payload) noexcept override;
    /// Returns at once: time is the test's.
    void wait(Millis at_most) noexcept override;

    /// Puts a datagram where receive() will find it.
    void inject(Stored datagram) { waiting_.push_back(std::move(datagram)); }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }

    /// Everything sent since the last call, oldest first.
    [[nodiscard]] std::vector<Stored> take_sent();
    /// Called for every datagram sent, before it is stored; lets a simulated network carry it on.
    void on_sent(std::function<void(const Stored&)> listener) { listener_ = std::move(listener); }

    /// From now on send() to this address gives result instead of kQueued; kQueued takes that back.
    void answer_sends_to(const IpAddr& remote, SendResult result);

private:
    struct Ours {
        IpAddr address;
        std::vector<Port> listen;
        PortRange media;
    };
    struct Verdict {
        IpAddr remote;
        SendResult result;
    };
    [[nodiscard]] SendResult judge(RealmId realm, const Endpoint& local, const Endpoint& remote,
                                   std::size_t length) const noexcept;

    std::vector<Ours> realms_;
    std::deque<Stored> waiting_;
    std::deque<Stored> batch_;  // what the last receive() gave out views of
    std::vector<Stored> sent_;
    std::vector<Verdict> verdicts_;
    std::function<void(const Stored&)> listener_;
};

}  // namespace sallyport::dataplane
