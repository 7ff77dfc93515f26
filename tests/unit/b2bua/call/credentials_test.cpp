// SPDX-License-Identifier: Apache-2.0
// Credentials whose digest-uri names us (B2BUA-D15, D19; RFC 7616 s.3.4).
#include "b2bua/call/credentials.h"

#include "tests/sim/gate.h"
#include "tests/unit/b2bua/call/message_text.h"

namespace sallyport::call {
namespace {

struct CredentialCase {
    const char* name;
    const char* lines;
    bool names_us;
};

class Credentials : public ::testing::TestWithParam<CredentialCase> {};

TEST_P(Credentials, B2BUA_D15) {
    const MessageText text(MessageText::request("BYE", GetParam().lines));
    EXPECT_EQ(credentials_name_us(sim::example_config(), text.message), GetParam().names_us);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Credentials,
    ::testing::Values(
        CredentialCase{"none", "", false},
        CredentialCase{
            "ours", "Authorization: Digest username=\"a\", uri=\"sip:b@10.10.0.1:5060\"\r\n", true},
        CredentialCase{"ours_on_the_other_side",
                       "Proxy-Authorization: Digest uri=\"sip:b@10.20.0.1\"\r\n", true},
        CredentialCase{"no_blank_before",
                       "Authorization: Digest a=\"b\",uri=\"sip:b@10.10.0.1\"\r\n", true},
        CredentialCase{"somebody_elses", "Authorization: Digest uri=\"sip:b@example.com\"\r\n",
                       false},
        CredentialCase{"second_header",
                       "Authorization: Digest uri=\"sip:x\"\r\nAuthorization: Digest "
                       "uri=\"sip:b@10.10.0.1\"\r\n",
                       true},
        CredentialCase{"end_of_another_name", "Authorization: Digest xuri=\"sip:b@10.10.0.1\"\r\n",
                       false},
        CredentialCase{"unquoted", "Authorization: Digest uri=sip:b@10.10.0.1\r\n", true},
        CredentialCase{"unfinished", "Authorization: Digest uri=\"\r\n", false}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sallyport::call
