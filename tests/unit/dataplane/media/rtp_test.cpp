// SPDX-License-Identifier: Apache-2.0
#include "dataplane/rtp.h"

#include "tests/unit/dataplane/media/wire.h"

#include <gtest/gtest.h>

namespace sallyport::dataplane {
namespace {

using test::hex;
using test::Octets;

PayloadBytes bytes(const Octets& o) {
    return {o, static_cast<std::uint32_t>(o.size()), o.data() + o.size() - 1};
}

struct DemuxRow {
    const char* name;
    std::uint8_t first;
    std::uint8_t second;
    MediaKind kind;
};

class Demux : public testing::TestWithParam<DemuxRow> {};

TEST_P(Demux, B2BUA_G10_FirstOctet) {
    const Octets o{GetParam().first, GetParam().second, 0, 0};
    EXPECT_EQ(demultiplex(bytes(o)), GetParam().kind);
}

INSTANTIATE_TEST_SUITE_P(Rfc7983, Demux,
                         testing::Values(DemuxRow{"StunFirst", 0, 1, MediaKind::kStun},
                                         DemuxRow{"StunLast", 3, 0, MediaKind::kStun},
                                         DemuxRow{"AfterStun", 4, 0, MediaKind::kUnknown},
                                         DemuxRow{"BeforeZrtp", 15, 0, MediaKind::kUnknown},
                                         DemuxRow{"ZrtpFirst", 16, 0, MediaKind::kZrtp},
                                         DemuxRow{"ZrtpLast", 19, 0, MediaKind::kZrtp},
                                         DemuxRow{"DtlsFirst", 20, 0xfe, MediaKind::kDtls},
                                         DemuxRow{"DtlsLast", 63, 0, MediaKind::kDtls},
                                         DemuxRow{"TurnFirst", 64, 0, MediaKind::kTurn},
                                         DemuxRow{"TurnLast", 79, 0, MediaKind::kTurn},
                                         DemuxRow{"AfterTurn", 80, 0, MediaKind::kUnknown},
                                         DemuxRow{"BeforeRtp", 127, 0, MediaKind::kUnknown},
                                         DemuxRow{"RtpFirst", 128, 0, MediaKind::kRtp},
                                         DemuxRow{"RtpMarker", 128, 0x80 | 8, MediaKind::kRtp},
                                         DemuxRow{"BelowRtcp", 129, 191, MediaKind::kRtp},
                                         DemuxRow{"RtcpFirst", 129, 192, MediaKind::kRtcp},
                                         DemuxRow{"RtcpLast", 191, 223, MediaKind::kRtcp},
                                         DemuxRow{"AboveRtcp", 191, 224, MediaKind::kRtp},
                                         DemuxRow{"Dynamic", 128, 0x80 | 96, MediaKind::kRtp},
                                         DemuxRow{"AfterRtp", 192, 0, MediaKind::kUnknown}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Demux, TooShortForTwoOctets) {
    const Octets one{0x80};
    EXPECT_EQ(demultiplex(bytes(one)), MediaKind::kUnknown);
    EXPECT_EQ(demultiplex({}), MediaKind::kUnknown);
}

struct HeaderRow {
    const char* name;
    const char* octets;
    bool valid;
};

class RtpHeader : public testing::TestWithParam<HeaderRow> {};

TEST_P(RtpHeader, Rfc3550_A1) {
    const Octets o = hex(GetParam().octets);
    EXPECT_EQ(is_valid_rtp(bytes(o)), GetParam().valid);
}

INSTANTIATE_TEST_SUITE_P(
    Headers, RtpHeader,
    testing::Values(
        HeaderRow{"HeaderOnly", "8000 0001 00000000 11223344", true},
        HeaderRow{"OctetShort", "8000 0001 00000000 112233", false},
        HeaderRow{"Version1", "4000 0001 00000000 11223344", false},
        HeaderRow{"Version3", "c000 0001 00000000 11223344", false},
        HeaderRow{"OneCsrc", "8100 0001 00000000 11223344 55667788", true},
        HeaderRow{"CsrcMissing", "8100 0001 00000000 11223344 556677", false},
        HeaderRow{"FifteenCsrcMissing", "8f00 0001 00000000 11223344 55667788", false},
        HeaderRow{"EmptyExtension", "9000 0001 00000000 11223344 bede0000", true},
        HeaderRow{"ExtensionOfOneWord", "9000 0001 00000000 11223344 bede0001 10ff0000 aa", true},
        HeaderRow{"ExtensionHeaderCut", "9000 0001 00000000 11223344 bede00", false},
        HeaderRow{"ExtensionTooLong", "9000 0001 00000000 11223344 bede0002 10ff0000", false},
        HeaderRow{"ExtensionAbsurd", "9000 0001 00000000 11223344 bedeffff 10ff0000", false},
        HeaderRow{"CsrcAndExtension", "9100 0001 00000000 11223344 55667788 bede0000", true},
        HeaderRow{"PaddingOfAll", "a000 0001 00000000 11223344 00000004", true},
        HeaderRow{"PaddingOfPart", "a000 0001 00000000 11223344 aabb0002", true},
        HeaderRow{"PaddingZero", "a000 0001 00000000 11223344 aabbcc00", false},
        HeaderRow{"PaddingLongerThanPayload", "a000 0001 00000000 11223344 aabbcc05", false},
        HeaderRow{"PaddingOverHeader", "a000 0001 00000000 11223304", false}),
    [](const auto& row) { return std::string(row.param.name); });

class RtcpHeader : public testing::TestWithParam<HeaderRow> {};

TEST_P(RtcpHeader, Rfc3550_A2) {
    const Octets o = hex(GetParam().octets);
    EXPECT_EQ(is_compound_rtcp(bytes(o)), GetParam().valid);
}

INSTANTIATE_TEST_SUITE_P(
    Compounds, RtcpHeader,
    testing::Values(
        HeaderRow{"ReceiverReport", "80c90001 11223344", true},
        HeaderRow{"ReportAndSdes", "80c90001 11223344 81ca0002 11223344 00000000", true},
        HeaderRow{"SdesFirst", "81ca0002 11223344 00000000", false},
        HeaderRow{"ByeFirst", "81cb0001 11223344", false},
        HeaderRow{"FeedbackFirst", "81cd0002 11223344 55667788", false},
        HeaderRow{"TooShort", "80c90001 112233", false},
        HeaderRow{"Version1", "40c90001 11223344", false},
        HeaderRow{"LengthBeyondEnd", "80c90002 11223344", false},
        HeaderRow{"SecondBeyondEnd", "80c90001 11223344 81ca0003 11223344 00000000", false},
        HeaderRow{"PaddingInFirstOfTwo", "a0c90001 11223344 81ca0002 11223344 00000000", false},
        HeaderRow{"PaddingInTheOnlyOne", "a0c90002 11223344 00000004", true},
        HeaderRow{"EncryptedRest", "80c90001 11223344 0badcafe 00112233", true}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(RtcpHeader, Rfc5506_ReducedSizeIsRelayedThoughItCannotLatch) {
    const Octets feedback = hex("81cd0002 11223344 55667788");
    EXPECT_TRUE(is_valid_rtcp(bytes(feedback)));
    EXPECT_FALSE(is_compound_rtcp(bytes(feedback)));
}

TEST(RtcpHeader, WalkOfManyPartsEnds) {
    Octets many;
    for (int i = 0; i < 200; ++i) {
        const Octets part = hex("80c90001 11223344");
        many.insert(many.end(), part.begin(), part.end());
    }
    EXPECT_TRUE(is_compound_rtcp(bytes(many)));
}

TEST(MediaFacts, AreReadInNetworkOrder) {
    const Octets o = hex("8065 fffe 00000000 a1b2c3d4");
    const MediaFacts rtp = facts_of_rtp(bytes(o));
    EXPECT_EQ(rtp.ssrc, 0xa1b2c3d4U);
    EXPECT_EQ(rtp.sequence, 0xfffe);
    EXPECT_EQ(rtp.payload_type, 101);
    const Octets report = hex("80c90001 0a0b0c0d");
    EXPECT_EQ(facts_of_rtcp(bytes(report)).ssrc, 0x0a0b0c0dU);
}

}  // namespace
}  // namespace sallyport::dataplane
