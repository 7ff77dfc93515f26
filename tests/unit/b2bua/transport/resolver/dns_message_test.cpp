// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/resolver/dns_message.h"

#include "tests/unit/b2bua/transport/resolver/reply_builder.h"

#include <gtest/gtest.h>

namespace sallyport::resolver {
namespace {

const Question kPbx{RecordType::kA, "pbx.example"};
const Question kService{RecordType::kSrv, "_sip._udp.pbx.example"};
const Question kPointers{RecordType::kNaptr, "pbx.example"};

Octets name(std::string_view text) {
    return Octets().name(text);
}

Octets address(unsigned last) {
    return Octets().n32(0xc0000200U + last);
}

Octets same() {
    return Octets().pointer();
}

Octets soa(Seconds minimum) {
    return Octets()
        .name("ns.example")
        .name("root.example")
        .n32(1)
        .n32(2)
        .n32(3)
        .n32(4)
        .n32(minimum);
}

Answer read(const ReplyBuilder& reply, const Question& question, Counters& counters) {
    return read_reply(reply.octets(), question, counters);
}

Answer read(const ReplyBuilder& reply, const Question& question) {
    Counters counters;
    return read(reply, question, counters);
}

TEST(DnsMessage, RFC1035_s4_1_AddressesWithTheirTtl) {
    const auto answer = read(ReplyBuilder(kPbx)
                                 .answer(same(), 1, 60, address(1))
                                 .answer(name("PBX.Example"), 1, 30, address(2)),
                             kPbx);
    EXPECT_EQ(answer.kind, AnswerKind::kRecords);
    EXPECT_EQ(answer.ttl, 30U);
    EXPECT_EQ(answer.addresses,
              (std::vector<Address>{{IpAddr::v4(0xc0000201), 60}, {IpAddr::v4(0xc0000202), 30}}));
}

TEST(DnsMessage, RFC3596_s2_2_Aaaa) {
    const Question question{RecordType::kAaaa, "pbx.example"};
    Octets data;
    data.n32(0x20010db8).n32(0).n32(0).n32(1);
    const auto answer = read(ReplyBuilder(question).answer(same(), 28, 60, data), question);
    EXPECT_EQ(answer.addresses, (std::vector<Address>{{*IpAddr::parse("2001:db8::1"), 60}}));
}

TEST(DnsMessage, RFC2782_Srv) {
    const auto answer =
        read(ReplyBuilder(kService)
                 .answer(same(), 33, 60, Octets().n16(10).n16(3).n16(5070).name("A.pbx.example"))
                 .answer(same(), 33, 5, Octets().n16(20).n16(0).n16(0).name("")),
             kService);
    EXPECT_EQ(answer.services, (std::vector<Srv>{{10, 3, Port{5070}, "a.pbx.example", 60},
                                                 {20, 0, Port{0}, "", 5}}));
    EXPECT_EQ(answer.ttl, 5U);
}

TEST(DnsMessage, RFC3403_s4_1_Naptr) {
    const auto answer =
        read(ReplyBuilder(kPointers).answer(
                 same(), 35, 60,
                 Octets().n16(50).n16(7).text("s").text("SIP+D2U").text("").name("_sip._udp.x")),
             kPointers);
    EXPECT_EQ(answer.pointers,
              (std::vector<Naptr>{{50, 7, "s", "SIP+D2U", false, "_sip._udp.x", 60}}));
}

TEST(DnsMessage, B2BUA_I2_TextsOfNaptrAreBounded) {
    const std::string text(255, 'u');
    const auto answer =
        read(ReplyBuilder(kPointers).answer(
                 same(), 35, 60, Octets().n16(1).n16(2).text(text).text(text).text(text).name("")),
             kPointers);
    EXPECT_EQ(answer.pointers,
              (std::vector<Naptr>{{1, 2, text.substr(0, 32), text.substr(0, 32), true, "", 60}}));
}

TEST(DnsMessage, B2BUA_I2_AliasesInsideTheMessage) {
    const auto followed =
        read(ReplyBuilder(kPbx)
                 .answer(name("b.example"), 1, 60, address(1))
                 .answer(same(), ReplyBuilder::kCname, 20, name("a.example"))
                 .answer(name("a.example"), ReplyBuilder::kCname, 40, name("b.example")),
             kPbx);
    EXPECT_EQ(followed.addresses.size(), 1U);
    EXPECT_EQ(followed.ttl, 20U) << "an alias has its time too";
    const auto left =
        read(ReplyBuilder(kPbx).answer(same(), ReplyBuilder::kCname, 20, name("a.example")), kPbx);
    EXPECT_EQ(left.kind, AnswerKind::kAlias);
    EXPECT_EQ(left.alias, "a.example");
    EXPECT_EQ(left.ttl, 20U);
    const auto nothing = read(ReplyBuilder(kPbx)
                                  .answer(same(), ReplyBuilder::kCname, 20, name("a.example"))
                                  .authority(name("example"), ReplyBuilder::kSoa, 50, soa(10)),
                              kPbx);
    EXPECT_EQ(nothing.kind, AnswerKind::kNoRecords) << "RFC 2308 s.2.2: the alias has no records";
    EXPECT_EQ(nothing.ttl, 10U);
}

TEST(DnsMessage, B2BUA_I2_AliasLoopsEnd) {
    Counters counters;
    const auto circle =
        read(ReplyBuilder(kPbx)
                 .answer(same(), ReplyBuilder::kCname, 20, name("a.example"))
                 .answer(name("a.example"), ReplyBuilder::kCname, 20, name("pbx.example")),
             kPbx, counters);
    EXPECT_EQ(circle, Answer{});
    EXPECT_EQ(counters.alias_loops.read(), 1U);
}

struct Nothing {
    const char* rule;
    unsigned flags;
    Seconds ttl;
    Seconds minimum;
    AnswerKind kind;
    Seconds expected;
};

TEST(DnsMessage, B2BUA_I3_RFC2308_s5_NothingHoldsByTheSoa) {
    const Nothing rows[] = {
        {"no such name", 0x8183, 100, 20, AnswerKind::kNoName, 20},
        {"no such records", 0x8180, 20, 100, AnswerKind::kNoRecords, 20},
        {"a TTL with its highest bit (RFC 2181 s.8)", 0x8180, 0x80000001, 7, AnswerKind::kNoRecords,
         0},
        {"a server that fails", 0x8182, 1, 1, AnswerKind::kFailed, 0},
        {"that refuses", 0x8185, 1, 1, AnswerKind::kFailed, 0},
    };
    for (const Nothing& row : rows) {
        const auto answer =
            read(ReplyBuilder(kPbx, row.flags)
                     .authority(name("example"), ReplyBuilder::kSoa, row.ttl, soa(row.minimum)),
                 kPbx);
        EXPECT_EQ(answer.kind, row.kind) << row.rule;
        EXPECT_EQ(answer.ttl, row.expected) << row.rule;
    }
    EXPECT_EQ(read(ReplyBuilder(kPbx), kPbx).ttl, 0U) << "no SOA";
}

TEST(DnsMessage, B2BUA_I2_OtherNamesAndTypesAreNotBelieved) {
    const auto answer = read(ReplyBuilder(kPbx)
                                 .answer(name("other.example"), 1, 60, address(66))
                                 .answer(same(), 16, 60, Octets().text("v=spf1"))
                                 .answer(same(), 1, 60, address(1)),
                             kPbx);
    EXPECT_EQ(answer.addresses, (std::vector<Address>{{IpAddr::v4(0xc0000201), 60}}));
}

TEST(DnsMessage, B2BUA_I2_HundredsOfRecords) {
    ReplyBuilder reply(kPbx);
    for (unsigned i = 0; i < 500; ++i) {
        reply.answer(same(), 1, 60, address(i));
    }
    Counters counters;
    EXPECT_EQ(read(reply, kPbx, counters).addresses.size(), kMostRecords);
    EXPECT_EQ(counters.surplus.read(), 500 - kMostRecords);
}

TEST(DnsMessage, B2BUA_I2_TruncatedIsNoAnswer) {
    Counters counters;
    const auto answer =
        read(ReplyBuilder(kPbx, 0x8380).answer(same(), 1, 60, address(1)), kPbx, counters);
    EXPECT_EQ(answer, Answer{});
    EXPECT_EQ(counters.truncated.read(), 1U);
}

TEST(DnsMessage, B2BUA_I2_OddOctetsOfNamesAreShownAsOdd) {
    const auto answer =
        read(ReplyBuilder(kService).answer(
                 same(), 33, 60,
                 Octets().n16(0).n16(0).n16(5060).n8(4).n8('a').n8('.').n8(0).n8(0xff).n8(0)),
             kService);
    EXPECT_EQ(answer.services.at(0).target, "a???");
}

struct Malformed {
    const char* rule;
    ReplyBuilder reply;
};

TEST(DnsMessage, B2BUA_I2_WhatCannotBeRead) {
    const std::string label(63, 'a');
    const std::string longest = label + "." + label + "." + label + "." + label;
    const Malformed rows[] = {
        {"a query", ReplyBuilder(kPbx, 0x0100)},
        {"another kind of query", ReplyBuilder(kPbx, 0x9080)},
        {"another name", ReplyBuilder({RecordType::kA, "other.example"})},
        {"another type", ReplyBuilder({RecordType::kAaaa, "pbx.example"})},
        {"an address of three octets",
         ReplyBuilder(kPbx).answer(same(), 1, 1, Octets().n8(1).n16(2))},
        {"an address of five", ReplyBuilder(kPbx).answer(same(), 1, 1, address(1).n8(0))},
        {"a pointer to itself", ReplyBuilder(kPbx).answer(Octets().pointer(29), 1, 1, address(1))},
        {"a pointer that leads on",
         ReplyBuilder(kPbx).answer(Octets().pointer(40), 1, 1, address(1))},
        {"a kind of label that is not there",
         ReplyBuilder(kPbx).answer(Octets().n8(0x41).n8('a').n8(0), 1, 1, address(1))},
        {"a name of 257 octets", ReplyBuilder(kPbx).answer(name(longest), 1, 1, address(1))},
        {"an SOA without its numbers",
         ReplyBuilder(kPbx).authority(same(), ReplyBuilder::kSoa, 1, name("a"))},
    };
    for (const Malformed& row : rows) {
        Counters counters;
        EXPECT_EQ(read(row.reply, kPbx, counters), Answer{}) << row.rule;
        EXPECT_EQ(counters.malformed.read(), 1U) << row.rule;
    }
}

TEST(DnsMessage, B2BUA_I2_CutAnywhere) {
    const auto whole = ReplyBuilder(kPbx)
                           .answer(same(), ReplyBuilder::kCname, 20, name("a.example"))
                           .answer(name("a.example"), 1, 60, address(1))
                           .octets();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const std::vector<std::uint8_t> cut(whole.begin(),
                                            whole.begin() + static_cast<std::ptrdiff_t>(size));
        Counters counters;
        EXPECT_EQ(read_reply(cut, kPbx, counters), Answer{}) << size;
        EXPECT_EQ(counters.malformed.read(), 1U) << size;
    }
}

}  // namespace
}  // namespace sallyport::resolver
