// SPDX-License-Identifier: Apache-2.0
// What crossed the gateway's ports, in its order, for tests that ask who heard what, when and how
// often. It judges nothing. Tests only.
#pragma once

#include "tests/sim/gate.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::sim {

struct WireMessage {
    std::size_t number{0};  // its place in the log
    bool sent{false};       // by the gateway
    RealmId realm{};
    Moment at{};
    int status{0};       // 0: a request
    std::string method;  // of a response: that of its CSeq
    std::uint32_t cseq{0};
    std::string branch, from_tag, to_tag;
    std::string reason;  // the header
    bool has_body{false};
    std::string octets;
};

using Messages = std::vector<const WireMessage*>;

class WireLog final : public Tap {
public:
    void on_arrival(RealmId realm, const Packet& packet, Moment now) override {
        add(false, realm, packet, now);
    }
    void on_handled(Moment) override {}
    void on_sent(RealmId realm, const Packet& packet, Moment now) override {
        add(true, realm, packet, now);
    }

    // Requests that came from, and went into, a realm, repetitions included.
    [[nodiscard]] Messages arrived(RealmId realm, std::string_view method) const {
        return select(false, realm, 0, method);
    }
    [[nodiscard]] Messages sent(RealmId realm, std::string_view method) const {
        return select(true, realm, 0, method);
    }
    // Responses with that status.
    [[nodiscard]] Messages arrived(RealmId realm, int status, std::string_view method) const {
        return select(false, realm, status, method);
    }
    [[nodiscard]] Messages sent(RealmId realm, int status, std::string_view method) const {
        return select(true, realm, status, method);
    }
    /// Each line of the log as text, for the message of a failed test.
    [[nodiscard]] std::string text() const;

private:
    void add(bool sent, RealmId realm, const Packet& packet, Moment now);
    [[nodiscard]] Messages select(bool sent, RealmId realm, int status,
                                  std::string_view method) const;

    std::deque<WireMessage> messages_;
};

/// How many transactions they belong to: repetitions count once.
[[nodiscard]] std::size_t transactions(const Messages& messages);

/// Did the first of these cross before the first of those? What never crossed is last.
[[nodiscard]] bool precedes(const Messages& these, const Messages& those);

}  // namespace sallyport::sim
