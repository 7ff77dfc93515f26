// SPDX-License-Identifier: Apache-2.0
// The in-memory twin keeps the contract of datagram.h.
#include "dataplane/memory_datagrams.h"

#include <gtest/gtest.h>

#include <array>

namespace sallyport::dataplane {
namespace {

std::vector<Realm> realms() {
    Realm realm;
    realm.name = "inside";
    realm.address = Prefix::parse("10.10.0.1/24").value();
    realm.listen = {ListenPoint{Transport::kUdp, Port{5060}}};
    return {realm};
}

const Endpoint kOurs{IpAddr::v4(0x0A0A0001), Port{5060}};
const Endpoint kPhone{IpAddr::v4(0x0A0A0007), Port{5062}};

TEST(MemoryDatagrams, what_is_injected_is_received_in_order) {
    MemoryDatagrams port(realms());
    port.inject({RealmId{0}, kOurs, kPhone, "one"});
    port.inject({RealmId{0}, kOurs, kPhone, "two"});
    port.inject({RealmId{0}, kOurs, kPhone, "three"});
    std::array<Datagram, 2> batch;
    ASSERT_EQ(port.receive(batch), 2U);
    EXPECT_EQ(batch[0].payload, "one");
    EXPECT_EQ(batch[1].payload, "two");
    EXPECT_EQ(batch[1].remote, kPhone);
    ASSERT_EQ(port.receive(batch), 1U);
    EXPECT_EQ(batch[0].payload, "three");
    EXPECT_EQ(port.receive(batch), 0U);
}

TEST(MemoryDatagrams, send_is_kept_or_refused_like_on_the_wire) {
    MemoryDatagrams port(realms());
    EXPECT_EQ(port.send(RealmId{0}, kOurs, kPhone, "hello"), SendResult::kQueued);
    EXPECT_EQ(port.send(RealmId{0}, {kOurs.ip, Port{20000}}, kPhone, "x"), SendResult::kQueued);
    EXPECT_EQ(port.send(RealmId{0}, {kOurs.ip, Port{30000}}, kPhone, "x"), SendResult::kNotOurs);
    EXPECT_EQ(port.send(RealmId{1}, kOurs, kPhone, "x"), SendResult::kNotOurs);
    EXPECT_EQ(port.send(RealmId{0}, kPhone, kPhone, "x"), SendResult::kNotOurs);
    EXPECT_EQ(port.send(RealmId{0}, {kOurs.ip, Port{5070}}, kPhone, "x"), SendResult::kNotOurs);
    EXPECT_EQ(port.send(RealmId{0}, kOurs, kPhone, std::string(65508, 'x')), SendResult::kTooLarge);
    EXPECT_EQ(port.send(RealmId{0}, kOurs, {IpAddr::v6({}), Port{5060}}, "x"),
              SendResult::kNoRoute);
    port.answer_sends_to(kPhone.ip, SendResult::kNoBuffer);
    EXPECT_EQ(port.send(RealmId{0}, kOurs, kPhone, "x"), SendResult::kNoBuffer);
    port.answer_sends_to(kPhone.ip, SendResult::kQueued);
    const auto sent = port.take_sent();
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[0], (MemoryDatagrams::Stored{RealmId{0}, kOurs, kPhone, "hello"}));
    EXPECT_TRUE(port.take_sent().empty());
}

TEST(MemoryDatagrams, listener_may_send_again) {
    MemoryDatagrams port(realms());
    int left = 100;
    port.on_sent([&](const MemoryDatagrams::Stored& stored) {
        if (--left > 0) {
            (void)port.send(stored.realm, stored.local, stored.remote, stored.payload);
        }
    });
    EXPECT_EQ(port.send(RealmId{0}, kOurs, kPhone, "again"), SendResult::kQueued);
    EXPECT_EQ(port.take_sent().size(), 100U);
}

}  // namespace
}  // namespace sallyport::dataplane
