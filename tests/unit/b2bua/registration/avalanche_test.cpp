// SPDX-License-Identifier: Apache-2.0
// All phones at once after an outage (B2BUA-H5, H7, J7; RFC 3261 s.21.5.4, RFC 5390 s.3): ten
// thousand of them, and a registrar that answers 200 REGISTERs in a second, in virtual time.
#include "tests/unit/b2bua/registration/gate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace sallyport::registration {
namespace {

using sip::HeaderId;

constexpr Millis kService{5};  // of one REGISTER

struct Phone {
    std::uint32_t cseq{0};
    bool challenged{false};
    int put_off{0};
    std::uint32_t granted{0};
};

struct Storm {
    const char* name;
    std::size_t phones;
    bool digest;
    std::int64_t seconds;  // until the last phone is in
};

class Avalanche : public ::testing::TestWithParam<Storm> {
protected:
    Avalanche()
        : gate(Settings{.upstream_expires = Millis{7200 * 1000}}), phones(GetParam().phones) {
        for (std::size_t i = 0; i < phones.size(); ++i) {  // within two seconds
            due.emplace(gate.now + Millis{static_cast<std::int64_t>(i * 7 % 2000)}, i);
        }
    }

    void say(std::size_t i) {
        Phone& phone = phones[i];
        PhoneRegister request;
        request.call_id = "phone-" + std::to_string(i);
        request.cseq = ++phone.cseq;
        request.aor = "sip:" + std::to_string(i) + "@biloxi.example.com";
        request.source = endpoint("192.0.2.10", static_cast<std::uint16_t>(20'000 + i));
        request.lines = "Contact: <sip:" + std::to_string(i) + "@10.0.0.5:5060>\r\n";
        if (phone.challenged) {
            request.lines.append("Authorization: Digest username=\"x\"\r\n");
        }
        gate.phone(request);
    }
    void hear(const Wire& answer) {
        const std::string call_id(answer->call_id());
        const std::size_t index = std::stoul(call_id.substr(6));
        Phone& phone = phones[index];
        phone.challenged = answer->status() == 401;
        if (answer->status() == 200) {
            ++in;
            phone.granted =
                static_cast<std::uint32_t>(std::stoul(answer.values(HeaderId::kExpires)));
        } else if (answer->status() == 503) {
            ++phone.put_off;
            const Millis wait{std::stoll(answer.values(HeaderId::kRetryAfter)) * 1000};
            due.emplace(gate.now + wait, index);
        } else {
            due.emplace(gate.now, index);
        }
    }
    /// The registrar: one after the other; what comes a second time waits only once.
    void serve(bool digest) {
        for (Wire& wire : gate.at_registrar) {
            const std::string branch(wire->top_via().branch);
            if (open.insert(branch).second) {
                queue.push_back(std::move(wire));
            } else {
                ++repeated;
            }
        }
        gate.at_registrar.clear();
        longest = std::max(longest, queue.size());
        if (queue.empty()) {
            return;
        }
        const Wire request = std::move(queue.front());
        queue.pop_front();
        if (digest && !request->has(HeaderId::kAuthorization)) {
            gate.registrar(request, "401 Unauthorized", "WWW-Authenticate: Digest realm=\"r\"\r\n");
        } else {
            gate.registrar(request, "200 OK",
                           "Contact: " + request.values(HeaderId::kContact) +
                               ";expires=7200\r\nExpires: 7200\r\n");
        }
    }
    void step(bool digest) {
        while (!due.empty() && due.begin()->first <= gate.now) {
            const std::size_t next = due.begin()->second;
            due.erase(due.begin());
            say(next);
        }
        serve(digest);
        for (const Wire& answer : gate.at_phone) {
            hear(answer);
        }
        gate.at_phone.clear();
        gate.published.clear();
        gate.pass(kService, kService);
    }
    Gate gate;
    std::vector<Phone> phones;
    std::multimap<Moment, std::size_t> due;  // phones by when they speak next
    std::deque<Wire> queue;
    std::set<std::string> open;
    std::size_t in{0};
    std::size_t longest{0};
    std::size_t repeated{0};
};

TEST_P(Avalanche, B2BUA_J7_every_phone_gets_in_and_the_registrar_is_not_drowned) {
    const Moment start = gate.now;
    const Moment end = start + Millis{GetParam().seconds * 1000};
    while (gate.now < end && in < phones.size()) {
        step(GetParam().digest);
    }
    int most = 0;
    std::map<std::uint32_t, int> granted;
    for (const Phone& phone : phones) {
        most = std::max(most, phone.put_off);
        ++granted[phone.granted];
    }
    RecordProperty("seconds", static_cast<int>((gate.now - start).count() / 1000));
    RecordProperty("put_off_most", most);
    EXPECT_EQ(in, phones.size());
    EXPECT_LE(longest, gate.config.peers[0].max_pending_registers);
    EXPECT_EQ(repeated, 0U) << "answers came too late for timer E (RFC 3261 s.17.1.2.2)";
    EXPECT_LE(most, 8);
    // H5: their refreshes are spread over a tenth of the NAT cap.
    EXPECT_GE(granted.begin()->first, 54U);
    EXPECT_EQ(granted.rbegin()->first, 60U);
    EXPECT_EQ(granted.size(), 7U);
}

INSTANTIATE_TEST_SUITE_P(Storms, Avalanche,
                         ::testing::Values(Storm{"open", 10'000, false, 75},
                                           Storm{"digest", 3'000, true, 45}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(AvalancheRank, B2BUA_J7_phones_with_a_binding_go_before_new_ones) {
    Gate gate;
    const std::uint32_t limit = gate.config.peers[0].max_pending_registers;
    PhoneRegister bound;
    gate.phone(bound);
    gate.registrar("200 OK", "Contact: <sip:" + gate.token() + "@10.20.0.1:5060>;expires=60\r\n");
    PhoneRegister other;
    for (std::uint32_t i = 0; i < limit; ++i) {
        other.call_id = "new-" + std::to_string(i);
        other.aor = "sip:" + other.call_id + "@biloxi.example.com";
        gate.phone(other);
    }
    EXPECT_EQ(gate.relay.pending(), limit - limit / 4);
    EXPECT_EQ(gate.at_phone.back()->status(), 503);
    EXPECT_EQ(gate.relay.counters().put_off.read(), limit / 4);
    ++bound.cseq;
    gate.phone(bound);
    EXPECT_EQ(gate.relay.pending(), limit - limit / 4 + 1);
    EXPECT_EQ(gate.at_registrar.back()->from().uri, bound.aor);
}

}  // namespace
}  // namespace sallyport::registration
