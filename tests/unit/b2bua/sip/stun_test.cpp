// SPDX-License-Identifier: Apache-2.0
// STUN on the SIP port (B18; RFC 8489 s.5, s.6.3, s.14): what is answered, and byte for byte how.
#include "b2bua/sip/stun.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::sip {
namespace {

using namespace std::string_literals;

const std::string kId = "\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae"s;
const Endpoint kSource{IpAddr::parse("192.0.2.1").value(), Port{32853}};  // RFC 5769 s.2.2

std::string binding(std::string_view attributes = {}) {
    std::string text = "\x00\x01"s;
    text.push_back(static_cast<char>(attributes.size() >> 8));
    text.push_back(static_cast<char>(attributes.size() & 0xff));
    return text.append(kId).append(attributes);
}

std::string answer(std::string_view datagram, const Endpoint& source = kSource) {
    std::array<char, kStunAnswer> room;
    return std::string(answer_stun(datagram, source, room).value_or("nothing"));
}

TEST(Stun, B2BUA_B18_xor_mapped_address) {
    // The address of RFC 5769 s.2.2, whose XOR-MAPPED-ADDRESS is printed there.
    EXPECT_EQ(answer(binding()),
              "\x01\x01\x00\x0c"s + kId + "\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43"s);
    const Endpoint v6{IpAddr::parse("2001:db8:1234:5678:11:2233:4455:6677").value(), Port{32853}};
    EXPECT_EQ(answer(binding(), v6), "\x01\x01\x00\x18"s + kId +
                                         "\x00\x20\x00\x14\x00\x02\xa1\x47"
                                         "\x01\x13\xa9\xfa\xa5\xd3\xf1\x79"
                                         "\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9"s);
}

TEST(Stun, B2BUA_B18_attributes) {
    const std::string software = "\x80\x22\x00\x05hello\x00\x00\x00"s;
    EXPECT_EQ(answer(binding(software)), answer(binding()));
    const std::string username = "\x00\x06\x00\x03yes\x00"s;
    EXPECT_EQ(answer(binding(username + software)), "\x01\x11\x00\x10"s + kId +
                                                        "\x00\x09\x00\x04\x00\x00\x04\x14"s +
                                                        "\x00\x0a\x00\x02\x00\x06\x00\x00"s)
        << "must be understood and is not: 420";
    std::string many;
    for (int i = 0; i < 20; ++i) {
        many += username;
    }
    EXPECT_EQ(answer(binding(many)).size(), 20U + 8 + 4 + 8) << "some are enough";
}

TEST(Stun, B2BUA_B18_what_is_not_answered) {
    const std::string good = binding("\x80\x22\x00\x04true"s);
    ASSERT_NE(answer(good), "nothing");
    for (std::size_t cut = 0; cut < good.size(); ++cut) {
        EXPECT_EQ(answer(good.substr(0, cut)), "nothing") << cut;
    }
    EXPECT_EQ(answer(good + "x"), "nothing") << "longer than it says";
    for (const std::size_t octet : {0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U}) {
        std::string bad = good;
        bad[octet] ^= 0x40;
        EXPECT_EQ(answer(bad), "nothing") << octet;
    }
    EXPECT_EQ(answer(binding("\x80\x22\x00\x05true"s)), "nothing") << "an attribute too long";
    EXPECT_EQ(answer(binding("\x80\x22\x00\x01true"s + "\x80\x22"s)), "nothing");
    EXPECT_EQ(answer("\x00\x11\x00\x00"s + kId), "nothing") << "an indication";
}

TEST(Stun, B2BUA_B18_and_A2_and_A21_what_may_be_sip) {
    for (const char* text : {"OPTIONS sip:a SIP/2.0", "SIP/2.0 200 OK", "\r\n\r\nINVITE",
                             "!interesting-Method0123456789_*+`.%indeed'~ sip:1"}) {
        EXPECT_TRUE(may_be_sip(text)) << text;
    }
    for (int octet = 0; octet < 256; ++octet) {
        const std::string one(1, static_cast<char>(octet));
        if (octet < 4 || (octet > 15 && octet < 33) || octet > 126) {
            EXPECT_FALSE(may_be_sip(one)) << "STUN, ZRTP, DTLS and RTP of RFC 7983: " << octet;
        }
    }
    EXPECT_FALSE(may_be_sip(""));
    EXPECT_FALSE(may_be_sip("<sip:a>"));
}

}  // namespace
}  // namespace sallyport::sip
