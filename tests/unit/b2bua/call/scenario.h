// SPDX-License-Identifier: Apache-2.0
// A stage for scripted calls: alice inside, bob at the carrier outside, a whole shard between them
// in virtual time. When a scenario is over two more minutes pass, and then nothing may be left of
// it (spec section K). Tests only.
#pragma once

#include "tests/sim/gate.h"
#include "tests/unit/b2bua/call/party.h"

#include <gtest/gtest.h>

#include <memory>

namespace sallyport::call {
using dataplane::Side;

class Scenario : public ::testing::Test {
protected:
    explicit Scenario(const Config& config = sim::example_config());
    void TearDown() override;

    void run(Millis length) { network.run_until(network.now() + length); }
    /// Time for a message to cross, be answered and come back.
    void turn() { run(Millis{50}); }

    /// alice says INVITE number 1 with an offer; bob has heard it.
    void invite(std::string_view lines = {});
    /// bob answers the INVITE with an SDP answer under this tag; alice has heard it.
    void answer(std::string_view tag = "b1");
    /// alice acknowledges; bob has heard it.
    void acknowledge(std::uint32_t cseq = 1);
    void establish();
    /// alice says BYE with this number, bob answers: the plain end.
    void hang_up(std::uint32_t cseq = 9);
    [[nodiscard]] std::size_t calls() const { return gate.gauges().calls; }

    sim::Network network{7, {}};
    sim::Gate gate;
    Party alice;
    Party bob;
};

[[nodiscard]] Endpoint at(std::string_view ip, std::uint16_t port = 5060);

}  // namespace sallyport::call
