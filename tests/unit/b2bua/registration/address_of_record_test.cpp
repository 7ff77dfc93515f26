// SPDX-License-Identifier: Apache-2.0
// RFC 3261 s.10.3 step 5.
#include "b2bua/registration/address_of_record.h"

#include <gtest/gtest.h>

namespace sallyport::registration {
namespace {

TEST(AddressOfRecord, Canonical) {
    EXPECT_EQ(canonical_aor("sip:%61lice@Example.COM:5060;user=phone"), "alice@example.com");
    EXPECT_EQ(canonical_aor("sips:Alice@example.com"), "Alice@example.com");
    EXPECT_EQ(canonical_aor("sip:+1%2%zz%4@h"), "+1%2%zz%4@h");  // no escapes, so they stay
    EXPECT_EQ(canonical_aor("tel:+15551234"), std::nullopt);
    EXPECT_EQ(canonical_user("a%40b%"), "a@b%");
    EXPECT_EQ(canonical_aor("a%40b", "X"), "a@b@x");
}

}  // namespace
}  // namespace sallyport::registration
