// SPDX-License-Identifier: Apache-2.0
// A Keepalive in virtual time, with phones that are bound to it and what it sent them. Tests only.
#pragma once

#include "b2bua/registration/keepalive.h"
#include "tests/unit/b2bua/registration/stored_binding.h"
#include "tests/unit/b2bua/seeded_random.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::registration {

struct Sent {
    Moment at;
    Flow flow;
    std::string text;
};

inline Endpoint phone(std::uint32_t number) {
    return {IpAddr::v4(0xc0000200 + number / 1000),
            Port{static_cast<std::uint16_t>(10000 + number % 1000)}};
}

/// Bound for an hour, from a phone of that number.
inline Binding bound(std::uint32_t number, std::string token = {}) {
    Binding binding =
        stored_binding(token.empty() ? "token-" + std::to_string(number) : std::move(token));
    binding.aor = "phone" + std::to_string(number) + "@biloxi.example.com";
    binding.contact_uri = "sip:phone" + std::to_string(number) + "@10.0.0.5:5060;ob";
    binding.flow.remote = phone(number);
    binding.expires = at(3600);
    return binding;
}

class Bed : public Sender {
public:
    explicit Bed(KeepaliveKind kind = KeepaliveKind::kOptions, ShardId self = {},
                 std::uint8_t shards = 1)
        : config(two_realms()), random(5 + self.value), identifiers(random, self, shards) {
        config.shards = shards;
        config.realms[0].keepalive = kind;
        keepalive = std::make_unique<Keepalive>(Keepalive::Parts{
            config, identifiers, bindings, counters, this, &journal, self, 131072});
    }
    bool send(const Flow& flow, std::string_view message) noexcept override {
        sent.push_back({now, flow, std::string(message)});
        return true;
    }
    void bind(const Binding& binding) {
        EXPECT_TRUE(bindings.put(binding));
        keepalive->watch(binding, now);
    }
    void restore(const Binding& binding) {
        EXPECT_TRUE(bindings.put(binding));
        keepalive->told(binding);
    }
    void pass(Millis time) {
        for (const Moment end = now + time; now < end;) {
            now = now + Millis{10};
            keepalive->advance(now);
        }
    }
    /// The phone answers what it was sent last; false: nobody wanted that.
    bool answer(std::string_view status, std::string_view branch_end = {}) {
        return answer_to(sent.back(), status, branch_end);
    }
    bool answer_to(const Sent& asked, std::string_view status, std::string_view branch_end = {}) {
        sip::Message request;
        EXPECT_TRUE(request.parse(asked.text).ok());
        std::string text =
            "SIP/2.0 " + std::string(status) + "\r\nVia: " + std::string(request.top_via().text) +
            std::string(branch_end) + "\r\nFrom: " + std::string(request.from().text) +
            "\r\nTo: " + std::string(request.to().text) +
            ";tag=p\r\nCall-ID: " + std::string(request.call_id()) +
            "\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
        if (!branch_end.empty()) {
            const auto at_branch = text.find(";branch=") + 10;
            text[at_branch + 8] = text[at_branch + 8] == '0' ? '1' : '0';
        }
        sip::Message response;
        EXPECT_TRUE(response.parse(text).ok());
        return keepalive->on_response(response, asked.flow, now);
    }

    Moment now{at(1)};
    Config config;
    SeededRandom random;
    Identifiers identifiers;
    Bindings bindings{131072};
    Counters counters;
    TestJournal journal;
    std::vector<Sent> sent;
    std::unique_ptr<Keepalive> keepalive;
};

inline Bed& begun(Bed& bed) {
    bed.keepalive->advance(bed.now);
    return bed;
}

}  // namespace sallyport::registration
