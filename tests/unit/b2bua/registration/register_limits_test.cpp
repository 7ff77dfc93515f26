// SPDX-License-Identifier: Apache-2.0
// What is refused, what is bounded, and bindings on several shards.
#include "tests/unit/b2bua/registration/gate.h"

#include <gtest/gtest.h>

namespace sallyport::registration {
namespace {

using sip::HeaderId;

std::string granted(const Gate& gate) {
    return "Contact: <sip:" + gate.token() + "@10.20.0.1:5060>;expires=3600\r\n";
}

TEST(RegisterLimits, B2BUA_H9_MalformedContacts) {
    struct {
        const char* lines;
        const char* aor;
        int status;
    } const rows[] = {
        {"Contact: *\r\n", "sip:b@c", 400},
        {"Contact: *\r\nExpires: 60\r\n", "sip:b@c", 400},
        {"Contact: *, <sip:b@10.0.0.5>\r\nExpires: 0\r\n", "sip:b@c", 400},
        {"Contact: <sip:b@10.0.0.5>\r\nContact: *\r\nExpires: 0\r\n", "sip:b@c", 400},
        {"Contact: <sip:b@10.0.0.5>\r\n", "tel:+15551234", 400},
        {"Contact: <sips:b@10.0.0.5>\r\n", "sip:b@c", 480},
    };
    for (const auto& row : rows) {
        Gate gate;
        PhoneRegister request;
        request.lines = row.lines;
        request.aor = row.aor;
        gate.phone(request);
        ASSERT_EQ(gate.at_phone.size(), 1U) << row.lines;
        EXPECT_EQ(gate.at_phone[0]->status(), row.status) << row.lines;
        EXPECT_FALSE(gate.at_phone[0]->to().tag.empty());
        EXPECT_TRUE(gate.at_registrar.empty());
        EXPECT_EQ(gate.relay.counters().malformed.read(), 1U);
    }
}

TEST(RegisterLimits, B2BUA_J10_ContactsOfOneAddressOfRecord) {
    Settings settings;
    settings.contacts_per_aor = 2;
    Gate gate(settings);
    for (int device = 0; device < 3; ++device) {
        PhoneRegister request;
        request.call_id = "device-" + std::to_string(device);
        request.lines = "Contact: <sip:bob@10.0.0." + std::to_string(device + 5) + ">\r\n";
        gate.phone(request);
        if (device < 2) {
            gate.registrar("200 OK", granted(gate));
        }
    }
    EXPECT_EQ(gate.at_phone.back()->status(), 403);
    EXPECT_EQ(gate.relay.counters().too_many_contacts.read(), 1U);
    PhoneRegister refresh;  // a known one still may
    refresh.call_id = "device-0";
    refresh.cseq = 2;
    refresh.lines = "Contact: <sip:bob@10.0.0.5>\r\n";
    gate.phone(refresh);
    gate.registrar("200 OK", granted(gate));
    EXPECT_EQ(gate.at_phone.back()->status(), 200);
}

TEST(RegisterLimits, B2BUA_J7_FullTables) {
    Settings settings;
    settings.max_bindings = 1;
    settings.max_pending = 1;
    Gate gate(settings);
    gate.phone({});
    PhoneRegister other;
    other.call_id = "other";
    other.aor = "sip:alice@biloxi.example.com";
    gate.phone(other);  // one is at the registrar, no more may be
    ASSERT_EQ(gate.at_phone.size(), 1U);
    EXPECT_EQ(gate.at_phone[0]->status(), 503);
    const int wait = std::stoi(gate.at_phone[0].values(HeaderId::kRetryAfter));
    EXPECT_TRUE(wait >= 5 && wait <= 15) << wait;
    gate.registrar("200 OK", granted(gate));
    other.cseq = 2;
    gate.phone(other);  // no room for a second binding
    EXPECT_EQ(gate.at_phone.back()->status(), 503);
    EXPECT_EQ(gate.relay.counters().table_full.read(), 2U);
    EXPECT_EQ(gate.at_registrar.size(), 1U);
}

TEST(RegisterLimits, NothingIsLeftAfterTheirTime) {
    Gate gate;
    for (int i = 0; i < 50; ++i) {
        PhoneRegister request;
        request.call_id = "c" + std::to_string(i);
        request.aor = "sip:u" + std::to_string(i) + "@example.com";
        gate.phone(request);
        gate.registrar(i % 2 == 0 ? "200 OK" : "401 Unauthorized", i % 2 == 0 ? granted(gate) : "");
    }
    EXPECT_EQ(gate.relay.size(), 25U);
    gate.pass(Millis{3700 * 1000});
    EXPECT_EQ(gate.relay.size(), 0U);
    EXPECT_EQ(gate.relay.pending(), 0U);
    EXPECT_EQ(gate.layer.gauges().servers + gate.layer.gauges().clients, 0U);
    EXPECT_EQ(gate.layer.gauges().timers, 0U);
}

TEST(RegisterLimits, StrayResponsesAreCounted) {
    Gate gate;
    gate.phone({});
    const sip::Message& request = *gate.at_registrar[0].message;
    gate.relay.on_response({kRegistrationRef | 999}, request, gate.now);
    EXPECT_EQ(gate.relay.counters().stray.read(), 0U);  // not even a response: status 0
    gate.registrar("200 OK", granted(gate));
    gate.relay.on_response({kRegistrationRef | 1}, *gate.at_phone[0].message, gate.now);
    EXPECT_EQ(gate.relay.counters().stray.read(), 1U);
    gate.relay.on_failed({kRegistrationRef | 1}, transaction::ClientFailure::kTimeout, gate.now);
    EXPECT_EQ(gate.relay.counters().timeout.read(), 0U);
}

TEST(RegisterShards, BindingsOfOneAreKnownToAll) {
    Gate first({}, ShardId{0}, 2);
    Gate second({}, ShardId{1}, 2);
    first.phone({});
    EXPECT_EQ(shard_of_call_id(first.at_registrar[0]->call_id(), 2), 0);
    first.registrar("200 OK", granted(first));
    const std::string token = first.token();
    ASSERT_EQ(first.published.size(), 1U);
    EXPECT_EQ(second.call(token), "404");
    second.relay.apply(first.published[0]);
    EXPECT_EQ(second.call(token), "sip:bob@10.0.0.5:5060 via 192.0.2.10:40000");
    EXPECT_TRUE(second.published.empty());

    PhoneRegister rebooted;  // its new Call-ID belongs to the other shard
    rebooted.call_id = "new";
    second.phone(rebooted);
    EXPECT_EQ(second.token(), token);  // H3: the key is the process's
    EXPECT_EQ(shard_of_call_id(second.at_registrar[0]->call_id(), 2), 1);
    rebooted.cseq = 2;
    second.registrar("200 OK", granted(second));
    rebooted.lines = "Contact: *\r\nExpires: 0\r\n";
    second.phone(rebooted);
    second.registrar("200 OK", "");
    for (const BindingChange& change : second.published) {
        first.relay.apply(change);
    }
    EXPECT_EQ(first.call(token), "404");
    EXPECT_EQ(first.relay.size() + second.relay.size(), 0U);
}

}  // namespace
}  // namespace sallyport::registration
