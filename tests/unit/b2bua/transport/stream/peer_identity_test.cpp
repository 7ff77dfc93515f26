// SPDX-License-Identifier: Apache-2.0
// RFC 5922 s.7.1, s.7.2 and K41: for whom a certificate speaks.
#include "b2bua/transport/stream/peer_identity.h"

#include "tests/unit/b2bua/transport/stream/test_certificates.h"

#include <gtest/gtest.h>

namespace sallyport::test {
namespace {

struct Row {
    const char* name;
    CertificateText certificate;
    const char* domain;
    bool speaks;
};

const std::string kNul("example.com\0.evil.org", 21);

const Row kRows[] = {
    {"uri", {.uris = {"sip:example.com"}}, "example.com", true},
    {"uri_any_case", {.uris = {"SIP:Example.COM"}}, "eXample.com", true},
    {"second_uri", {.uris = {"sip:a.org", "sip:example.com"}}, "example.com", true},
    {"host", {.hosts = {"example.com"}}, "example.com", true},
    {"host_any_case", {.hosts = {"EXAMPLE.com"}}, "example.COM", true},
    {"second_host", {.hosts = {"a.org", "example.com"}}, "example.com", true},
    {"common_name", {.common_name = "Example.com"}, "example.com", true},
    {"uri_of_another_scheme_then_host",
     {.uris = {"https://a.org/"}, .hosts = {"example.com"}},
     "example.com",
     true},
    {"uri_with_port", {.uris = {"sip:example.com:5061"}}, "example.com", true},
    {"address", {.uris = {"sip:192.0.2.1"}}, "192.0.2.1", true},

    {"nothing", {}, "example.com", false},
    {"other_uri", {.uris = {"sip:a.org"}}, "example.com", false},
    {"other_host", {.hosts = {"a.org"}}, "example.com", false},
    {"other_common_name", {.common_name = "a.org"}, "example.com", false},
    {"uri_with_user", {.uris = {"sip:alice@example.com"}}, "example.com", false},
    {"sips_uri", {.uris = {"sips:example.com"}}, "example.com", false},
    {"https_uri", {.uris = {"https://example.com"}}, "example.com", false},
    {"no_uri_at_all", {.uris = {"example.com"}}, "example.com", false},
    {"host_beside_a_sip_uri",
     {.uris = {"sip:a.org"}, .hosts = {"example.com"}},
     "example.com",
     false},
    {"common_name_beside_a_host",
     {.common_name = "example.com", .hosts = {"a.org"}},
     "example.com",
     false},
    {"common_name_beside_a_uri_of_no_use",
     {.common_name = "example.com", .uris = {"sip:a@example.com"}},
     "example.com",
     false},
    {"wildcard_host", {.hosts = {"*.example.com"}}, "sip.example.com", false},
    {"wildcard_uri", {.uris = {"sip:*.example.com"}}, "sip.example.com", false},
    {"wildcard_common_name", {.common_name = "*.example.com"}, "sip.example.com", false},
    {"part_of_the_domain", {.hosts = {"example.com"}}, "sip.example.com", false},
    {"more_than_the_domain", {.hosts = {"sip.example.com"}}, "example.com", false},
    {"nul_in_host", {.hosts = {kNul}}, "example.com", false},
    {"nul_in_uri", {.uris = {"sip:" + kNul}}, "example.com", false},
    {"empty_domain", {.hosts = {""}}, "", false},
};

class PeerIdentity : public testing::TestWithParam<Row> {};

TEST_P(PeerIdentity, B2BUA_B14_SpeaksFor) {
    const Row& row = GetParam();
    const Issued issued(row.certificate);
    EXPECT_EQ(speaks_for(sip_identities(issued.certificate()), row.domain), row.speaks);
}

INSTANTIATE_TEST_SUITE_P(Rows, PeerIdentity, testing::ValuesIn(kRows),
                         [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace sallyport::test
