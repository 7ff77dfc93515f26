// SPDX-License-Identifier: Apache-2.0
#include "b2bua/policy/contact_text.h"

#include <gtest/gtest.h>

namespace sallyport::policy {
namespace {

TEST(ContactText, B2BUA_D10_NamesOurListenPoint) {
    const Endpoint v4{IpAddr::v4(0x0a140001), Port{5060}};
    EXPECT_EQ(own_contact("alice", v4), "<sip:alice@10.20.0.1:5060>");
    EXPECT_EQ(own_contact("", v4), "<sip:10.20.0.1:5060>");
    EXPECT_EQ(own_uri("a%20b;x", v4), "sip:a%20b;x@10.20.0.1:5060");
    EXPECT_EQ(own_contact("a", {*IpAddr::parse("2001:db8::1"), Port{5070}}),
              "<sip:a@[2001:db8::1]:5070>");
}

}  // namespace
}  // namespace sallyport::policy
