// SPDX-License-Identifier: Apache-2.0
// Retry contexts (B2BUA-D4): expiry, bound, and media that waits for 10 s only.
#include "b2bua/call/retry_context.h"

#include "dataplane/memory_relays.h"
#include "tests/unit/b2bua/call/scenario.h"

namespace sallyport::call {
namespace {

constexpr Moment at_second(std::int64_t seconds) {
    return Moment{} + Millis{seconds * 1000};
}

RetryContext context(std::string call_id) {
    RetryContext made;
    made.far_call_id = std::move(call_id);
    return made;
}

TEST(RetryContexts, B2BUA_D4_taken_once_by_method_call_id_and_from) {
    RetryContexts contexts;
    contexts.keep({"INVITE", "c", "sip:a"}, context("far"), {});
    EXPECT_FALSE(contexts.take({"INVITE", "c", "sip:b"}, {}));
    EXPECT_FALSE(contexts.take({"MESSAGE", "c", "sip:a"}, {}));
    EXPECT_FALSE(contexts.take({"INVITE", "C", "sip:a"}, {}));
    const auto taken = contexts.take({"INVITE", "c", "sip:a"}, {});
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->far_call_id, "far");
    EXPECT_FALSE(contexts.take({"INVITE", "c", "sip:a"}, {}));
}

TEST(RetryContexts, B2BUA_D4_three_hundred_seconds) {
    RetryContexts contexts;
    contexts.keep({"INVITE", "old", "sip:a"}, context("1"), at_second(0));
    contexts.keep({"INVITE", "new", "sip:a"}, context("2"), at_second(10));
    contexts.expire(at_second(300));
    EXPECT_EQ(contexts.size(), 2U);
    contexts.expire(at_second(301));
    EXPECT_EQ(contexts.size(), 1U);
    EXPECT_FALSE(contexts.take({"INVITE", "old", "sip:a"}, at_second(301)));
    EXPECT_TRUE(contexts.take({"INVITE", "new", "sip:a"}, at_second(301)));
}

TEST(RetryContexts, B2BUA_D4_kept_again_lives_again) {
    RetryContexts contexts;
    contexts.keep({"INVITE", "c", "sip:a"}, context("1"), at_second(0));
    contexts.keep({"INVITE", "c", "sip:a"}, context("2"), at_second(200));
    EXPECT_EQ(contexts.size(), 1U);
    const auto taken = contexts.take({"INVITE", "c", "sip:a"}, at_second(400));
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->far_call_id, "2");
}

TEST(RetryContexts, B2BUA_J10_bounded_and_the_oldest_goes) {
    RetryContexts contexts;
    for (std::size_t i = 0; i <= RetryContexts::kMax; ++i) {
        const std::string id = std::to_string(i);
        contexts.keep({"INVITE", id, "sip:a"}, {}, {});
    }
    EXPECT_EQ(contexts.size(), RetryContexts::kMax);
    EXPECT_FALSE(contexts.take({"INVITE", "0", "sip:a"}, {}));
    EXPECT_TRUE(contexts.take({"INVITE", "1", "sip:a"}, {}));
}

TEST(RetryContexts, B2BUA_D4_media_waits_for_ten_seconds) {
    const Config config = sim::example_config();
    dataplane::MemoryRelays relays(config.realms, 1, [] { return Moment{}; });
    RetryContexts contexts;
    RetryContext kept = context("far");
    kept.media = std::make_unique<Media>(relays, config);
    kept.media->set_peer(Side::kA, {sim::kInside, at("10.10.0.5").ip});
    kept.media->set_peer(Side::kB, {sim::kOutside, at("10.20.0.2").ip});
    sdp::Origin origin;
    ASSERT_TRUE(kept.media->carry(Side::kA, SdpRole::kOffer, sdp("10.10.0.5", 4000), origin).ok());
    contexts.keep({"INVITE", "c", "sip:a"}, std::move(kept), at_second(0));
    contexts.expire(at_second(9));
    EXPECT_EQ(relays.live(), 1U);
    contexts.expire(at_second(10));
    EXPECT_EQ(relays.live(), 0U);
    EXPECT_TRUE(
        contexts.take({"INVITE", "c", "sip:a"}, at_second(10)));  // the context itself lives on
}

TEST(RetryContexts, B2BUA_D4_statuses) {
    for (int status = 100; status < 700; ++status) {
        const bool expected = status / 100 == 3 || status == 401 || status == 407 ||
                              status == 413 || status == 415 || status == 416 || status == 420 ||
                              status == 422 || status == 423 || status == 494;
        EXPECT_EQ(invites_retry(status), expected) << status;
    }
}

}  // namespace
}  // namespace sallyport::call
