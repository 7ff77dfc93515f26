// SPDX-License-Identifier: Apache-2.0
// The worker's cheap look at the Call-ID finds what the parser finds.
#include "b2bua/routing/steer.h"

#include "b2bua/policy/identifiers.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::routing {
namespace {

std::string with(std::string_view lines) {
    return "INVITE sip:b@c SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n" + std::string(lines) + "\r\nbody";
}

TEST(Steer, FindsTheCallIdInEveryForm) {
    struct {
        std::string_view lines;
        std::string_view call_id;
    } const rows[] = {
        {"Call-ID: abc@host\r\n", "abc@host"},
        {"CALL-id:abc\r\n", "abc"},
        {"call-ID \t:  abc \t\r\n", "abc"},
        {"i: abc\r\n", "abc"},
        {"I :abc\r\n", "abc"},
        {"Call-ID: abc\n", "abc"},
        {"Call-ID:\r\n  abc\r\n", "abc"},
        {"Contact: x\r\nContent-Type: Call-ID: no\r\nIdentity: y\r\ni:z\r\n", "z"},
        {"Call-IDs: no\r\nXCall-ID: no\r\n", ""},
        {"Call-ID\r\n", ""},
        {"Call-ID:\r\n", ""},
        {"Subject: x\r\n\r\nCall-ID: body\r\n", ""},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(find_call_id(with(row.lines)), row.call_id) << row.lines;
    }
}

TEST(Steer, ReadsNothingBehindTheEnd) {
    const std::string whole = "\r\n\r\n" + with("Call-ID:\r\n  abc \r\n");
    for (std::size_t length = 0; length <= whole.size(); ++length) {
        const std::string cut(whole, 0,
                              length);  // its own allocation: the sanitizer watches its end
        const std::string_view found = find_call_id(std::string_view(cut.data(), cut.size()));
        EXPECT_TRUE(std::string_view("abc").starts_with(found)) << length;
    }
    EXPECT_EQ(find_call_id(whole), "abc");
}

TEST(Steer, ChoosesTheShardOfTheCallId) {
    const std::string payload = with("i: abc\r\n");
    for (std::uint8_t shards = 1; shards <= 8; ++shards) {
        EXPECT_EQ(steer_by_call_id(payload, shards), shard_of_call_id("abc", shards));
        EXPECT_EQ(steer_by_call_id("garbage", shards), 0);
        EXPECT_EQ(steer_by_call_id("", shards), 0);
    }
}

TEST(Steer, LooksNoFurtherThanAHeaderSection) {
    const std::string far = "X y\r\n" + std::string(40000, 'a') + "\r\nCall-ID: abc\r\n\r\n";
    EXPECT_EQ(find_call_id(far), "");
}

}  // namespace
}  // namespace sallyport::routing
