// SPDX-License-Identifier: Apache-2.0
// Keepalives to phones behind NAT (H19), in virtual time: what is sent, when and by whom, and what
// the silence of a phone means.
#include "tests/unit/b2bua/registration/keepalive_bed.h"

#include <algorithm>
#include <map>

namespace sallyport::registration {
namespace {

TEST(Keepalive, B2BUA_H19_OPTIONS_to_the_contact_over_its_flow) {
    Bed bed;
    begun(bed).bind(bound(1));
    bed.pass(Millis{30'000});
    ASSERT_EQ(bed.sent.size(), 1U);
    EXPECT_EQ(bed.sent[0].flow, bound(1).flow);
    sip::Message request;
    ASSERT_TRUE(request.parse(bed.sent[0].text).ok()) << bed.sent[0].text;
    EXPECT_EQ(request.method(), sip::Method::kOptions);
    EXPECT_EQ(request.request_uri(), "sip:phone1@10.0.0.5:5060;ob");
    EXPECT_EQ(request.top_via().host, "10.10.0.1");
    EXPECT_TRUE(request.top_via().rfc3261_branch);
    EXPECT_TRUE(request.top_via().rport);
    EXPECT_EQ(request.from().uri, "sip:10.10.0.1:5060");
    EXPECT_FALSE(request.from().tag.empty());
    EXPECT_EQ(request.to().uri, "sip:phone1@10.0.0.5:5060;ob");
    EXPECT_NE(bed.sent[0].text.find("\r\nContact: <sip:10.10.0.1:5060>\r\n"), std::string::npos);
    EXPECT_EQ(bed.counters.keepalives_sent.read(), 1U);
}

TEST(Keepalive, B2BUA_H19_every_25_seconds_and_a_fifth_more_or_less) {
    Bed bed;
    begun(bed).bind(bound(1));
    for (int i = 0; i < 100; ++i) {
        bed.pass(Millis{30'000} - (bed.now - (bed.sent.empty() ? at(1) : bed.sent.back().at)));
        if (!bed.sent.empty() && bed.sent.back().at == bed.now) {
            EXPECT_TRUE(bed.answer("200 OK"));
        }
        bed.pass(Millis{10});
    }
    ASSERT_GT(bed.sent.size(), 90U);
    Millis shortest = Millis::max();
    Millis longest{0};
    for (std::size_t i = 1; i < bed.sent.size(); ++i) {
        shortest = std::min(shortest, bed.sent[i].at - bed.sent[i - 1].at);
        longest = std::max(longest, bed.sent[i].at - bed.sent[i - 1].at);
    }
    EXPECT_GE(shortest, Millis{20'000});
    EXPECT_LT(shortest, Millis{22'000});
    EXPECT_LE(longest, Millis{29'010}) << "a NAT may forget after 30 s";
    EXPECT_GT(longest, Millis{28'000});
}

TEST(Keepalive, B2BUA_H19_crlf_is_four_octets) {
    Bed bed(KeepaliveKind::kCrlf);
    begun(bed).bind(bound(1));
    bed.pass(Millis{130'000});
    EXPECT_GE(bed.sent.size(), 4U);
    EXPECT_EQ(bed.sent[0].text, "\r\n\r\n");
    EXPECT_EQ(bed.counters.flows_silent.read(), 0U) << "nobody answers those";
}

TEST(Keepalive, B2BUA_H19_none_where_nobody_wants_them) {
    Bed off(KeepaliveKind::kOff);
    begun(off).bind(bound(1));
    off.pass(Millis{60'000});
    EXPECT_TRUE(off.sent.empty());
    EXPECT_EQ(off.keepalive->size(), 0U);
    Bed own;
    Binding keeps_itself = bound(1);
    keeps_itself.pinhole = false;
    begun(own).bind(keeps_itself);
    own.pass(Millis{60'000});
    EXPECT_TRUE(own.sent.empty());
}

TEST(Keepalive, B2BUA_H19_one_for_a_flow_of_several_bindings) {
    Bed bed;
    begun(bed).bind(bound(1, "a"));
    bed.bind(bound(1, "b"));
    bed.pass(Millis{30'000});
    EXPECT_EQ(bed.sent.size(), 1U);
    bed.bindings.erase("a", bed.now);
    bed.pass(Millis{30'000});
    EXPECT_GE(bed.sent.size(), 2U) << "the other one is still there";
    bed.bindings.erase("b", bed.now);
    const std::size_t before = bed.sent.size();
    bed.pass(Millis{60'000});
    EXPECT_EQ(bed.sent.size(), before);
    EXPECT_EQ(bed.keepalive->size(), 0U);
}

TEST(Keepalive, B2BUA_B20_blanks_of_anybody_put_off_two_and_no_more) {
    Bed bed;
    begun(bed).bind(bound(1));
    const auto blanks_for = [&bed](int seconds) {
        for (int i = 0; i < seconds; i += 5) {
            bed.pass(Millis{5'000});
            bed.keepalive->heard_blanks(bound(1).flow, bed.now);
        }
    };
    blanks_for(40);
    EXPECT_EQ(bed.sent.size(), 0U) << "the phone's own keepalives, for all we know";
    blanks_for(60);
    EXPECT_GE(bed.sent.size(), 1U) << "two are put off";
    bed.sent.clear();
    blanks_for(300);
    EXPECT_GE(bed.sent.size(), 9U) << "the phone itself was not heard since";
    EXPECT_TRUE(bed.answer("200 OK"));
    bed.sent.clear();
    blanks_for(35);
    EXPECT_EQ(bed.sent.size(), 0U);
}

TEST(Keepalive, B2BUA_H19_and_B20_not_where_the_phone_was_just_heard) {
    Bed bed;
    begun(bed).bind(bound(1));
    bed.bind(bound(2));
    bed.bind(bound(3));
    for (int i = 0; i < 10; ++i) {
        bed.pass(Millis{15'000});
        bed.bind(bound(1));                            // a refresh
        bed.keepalive->heard(bound(2).flow, bed.now);  // a keepalive of its own
    }
    EXPECT_GE(bed.sent.size(), 5U);
    for (const Sent& sent : bed.sent) {
        EXPECT_EQ(sent.flow.remote, phone(3));
    }
}

TEST(Keepalive, B2BUA_H19_three_unanswered_flag_the_flow_and_keep_the_binding) {
    Bed bed;
    begun(bed).bind(bound(1));
    bed.pass(Millis{90'000});
    EXPECT_EQ(bed.counters.flows_silent.read(), 0U);
    bed.pass(Millis{30'000});
    EXPECT_EQ(bed.counters.flows_silent.read(), 1U);
    EXPECT_NE(bed.journal.text().find("192.0.2.0:10001 in inside left three OPTIONS unanswered; "
                                      "bound there: 'phone1@biloxi.example.com'"),
              std::string::npos)
        << bed.journal.text();
    EXPECT_NE(bed.bindings.find("token-1"), nullptr);
    bed.pass(Millis{300'000});
    EXPECT_EQ(bed.counters.flows_silent.read(), 1U) << "said once";
    EXPECT_GE(bed.sent.size(), 13U) << "and it may come back";
    EXPECT_TRUE(bed.answer("200 OK"));
    bed.pass(Millis{125'000});
    EXPECT_EQ(bed.counters.flows_silent.read(), 2U) << "it had come back";
}

TEST(Keepalive, B2BUA_H19_what_does_not_fit_was_not_left_unanswered) {
    Bed bed;
    Binding binding = bound(1);
    binding.contact_uri.append(";x=").append(2'000, 'x');
    begun(bed).bind(binding);
    bed.pass(Millis{200'000});
    EXPECT_EQ(bed.sent.size(), 0U);
    EXPECT_EQ(bed.counters.keepalives_sent.read(), 0U);
    EXPECT_EQ(bed.counters.flows_silent.read(), 0U);
    const std::string lines = bed.journal.text();
    EXPECT_NE(lines.find("192.0.2.0:10001 in inside gets no OPTIONS: found a Contact of 2030 "
                         "octets, expected one that twice goes into an OPTIONS of 2048, do shorten "
                         "it at the phone, or set keepalive = crlf; bound there: "
                         "'phone1@biloxi.example.com'"),
              std::string::npos)
        << lines;
    EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1) << "said once: " << lines;
}

TEST(Keepalive, B2BUA_H19_an_address_of_record_forges_no_line) {
    Bed bed;
    Binding binding = bound(1);
    binding.aor = "bob\nERROR forged@biloxi.example.com";
    begun(bed).bind(binding);
    bed.pass(Millis{120'000});
    EXPECT_EQ(bed.counters.flows_silent.read(), 1U);
    EXPECT_EQ(bed.journal.text().find("\nERROR"), std::string::npos);
    EXPECT_NE(bed.journal.text().find("'bob\\x0aERROR forged@biloxi.example.com'"),
              std::string::npos)
        << bed.journal.text();
}

TEST(Keepalive, B2BUA_H19_two_lost_and_one_answered_is_alive) {
    Bed bed;
    begun(bed).bind(bound(1));
    for (int round = 0; round < 5; ++round) {
        for (const std::size_t until = bed.sent.size() + 3; bed.sent.size() < until;) {
            bed.pass(Millis{10});
        }
        EXPECT_TRUE(bed.answer("200 OK"));
    }
    EXPECT_EQ(bed.counters.flows_silent.read(), 0U);
    EXPECT_EQ(bed.counters.keepalives_answered.read(), 5U);
}

TEST(Keepalive, B2BUA_H19_any_final_response_is_a_sign_of_life) {
    for (const char* status :
         {"200 OK", "302 Moved", "404 Not Found", "481 No", "501 No", "603 No"}) {
        Bed bed;
        begun(bed).bind(bound(1));
        bed.pass(Millis{30'000});
        EXPECT_TRUE(bed.answer(status)) << status;
        EXPECT_EQ(bed.counters.keepalives_answered.read(), 1U) << status;
    }
    Bed bed;
    begun(bed).bind(bound(1));
    bed.pass(Millis{30'000});
    EXPECT_TRUE(bed.answer("100 Trying")) << "ours, but";
    EXPECT_EQ(bed.counters.keepalives_answered.read(), 0U);
}

TEST(Keepalive, B2BUA_H19_responses_of_others_are_not_taken) {
    Bed bed;
    begun(bed).bind(bound(1));
    bed.pass(Millis{30'000});
    EXPECT_FALSE(bed.answer("200 OK", ";x=y")) << "another branch";
    Sent elsewhere = bed.sent.back();
    elsewhere.flow.remote = phone(9);
    EXPECT_FALSE(bed.answer_to(elsewhere, "200 OK")) << "from another address";
    const Sent first = bed.sent.back();
    bed.pass(Millis{30'000});
    EXPECT_FALSE(bed.answer_to(first, "200 OK")) << "to the one before";
    EXPECT_EQ(bed.counters.keepalives_answered.read(), 0U);
}

TEST(Keepalive, B2BUA_H19_ends_with_the_binding_and_moves_with_its_flow) {
    Bed bed;
    Binding binding = bound(1);
    binding.expires = at(40);
    begun(bed).bind(binding);
    bed.pass(Millis{20'000});
    Binding moved = bound(2, "token-1");  // H18
    moved.expires = at(80);
    bed.bind(moved);
    bed.pass(Millis{100'000});
    ASSERT_FALSE(bed.sent.empty());
    EXPECT_EQ(bed.sent.back().flow.remote, phone(2));
    EXPECT_LE(bed.sent.back().at, at(80));
    EXPECT_EQ(bed.keepalive->size(), 0U);
}

TEST(Keepalive, B2BUA_H19_each_flow_by_one_of_the_shards) {
    constexpr std::uint8_t kShards = 4;
    constexpr std::uint32_t kPhones = 400;
    std::map<Endpoint, int> senders;
    for (std::uint8_t i = 0; i < kShards; ++i) {
        Bed bed(KeepaliveKind::kOptions, ShardId{i}, kShards);
        begun(bed);
        for (std::uint32_t n = 0; n < kPhones; ++n) {
            if (n % 2 == 0) {
                bed.bind(bound(n));
            } else {
                bed.restore(bound(n));  // another shard made it
            }
        }
        bed.pass(Millis{30'000});
        EXPECT_GT(bed.sent.size(), 50U) << "shard " << int{i};
        std::map<Endpoint, int> once;
        for (const Sent& sent : bed.sent) {
            once[sent.flow.remote] = 1;
        }
        for (const auto& [remote, one] : once) {
            senders[remote] += one;
        }
    }
    EXPECT_EQ(senders.size(), kPhones);
    EXPECT_TRUE(std::all_of(senders.begin(), senders.end(),
                            [](const auto& row) { return row.second == 1; }));
}

/// The most that were sent in any turn of 10 ms from then on.
std::size_t largest_burst(const std::vector<Sent>& sent, Moment from) {
    std::map<Moment, std::size_t> turns;
    std::size_t most = 0;
    for (const Sent& one : sent) {
        most = one.at < from ? most : std::max(most, ++turns[one.at]);
    }
    return most;
}

TEST(Keepalive, B2BUA_H19_evenly_spread) {
    constexpr std::uint32_t kPhones = 20'000;
    Bed bed;
    begun(bed);
    for (std::uint32_t n = 0; n < kPhones; ++n) {
        bed.bind(bound(n));  // all at the same moment
    }
    bed.pass(Millis{60'000});
    EXPECT_LE(largest_burst(bed.sent, at(0)), 60U) << "20 on the average";
    const auto late = std::count_if(bed.sent.begin(), bed.sent.end(),
                                    [](const Sent& sent) { return sent.at > at(36); });
    EXPECT_GT(late, 15'000) << "and nobody is left out";
}

TEST(Keepalive, B2BUA_H21_restored_flows_are_probed_first_and_not_at_once) {
    constexpr std::uint32_t kPhones = 4'000;
    Bed bed;
    for (std::uint32_t n = 0; n < kPhones; ++n) {
        bed.restore(bound(n));
    }
    bed.pass(Millis{10});
    ASSERT_FALSE(bed.sent.empty());
    EXPECT_EQ(bed.sent[0].flow.remote, phone(0));
    bed.pass(Millis{1'100});
    EXPECT_EQ(bed.sent.size(), kPhones);
    EXPECT_LE(largest_burst(bed.sent, at(0)), 40U);
    bed.pass(Millis{30'000});
    EXPECT_GE(bed.sent.size(), 2 * kPhones - 10) << "then as any other";
}

TEST(Keepalive, B2BUA_H19_a_clock_that_jumps_makes_no_burst) {
    constexpr std::uint32_t kPhones = 2'000;
    Bed bed;
    begun(bed);
    for (std::uint32_t n = 0; n < kPhones; ++n) {
        bed.bind(bound(n));
    }
    bed.now = at(600);
    bed.pass(Millis{100});
    EXPECT_LE(largest_burst(bed.sent, at(0)), Keepalive::kMostAtOnce);
    EXPECT_EQ(bed.sent.size(), kPhones);
}

TEST(Keepalive, B2BUA_H19_a_network_that_falls_silent_does_not_fill_the_log) {
    constexpr std::uint32_t kPhones = 3'000;
    Bed bed;
    begun(bed);
    for (std::uint32_t n = 0; n < kPhones; ++n) {
        bed.bind(bound(n));
    }
    bed.pass(Millis{150'000});
    EXPECT_EQ(bed.counters.flows_silent.read(), kPhones);
    const std::string lines = bed.journal.text();
    EXPECT_LT(std::count(lines.begin(), lines.end(), '\n'), 700);
}

}  // namespace
}  // namespace sallyport::registration
