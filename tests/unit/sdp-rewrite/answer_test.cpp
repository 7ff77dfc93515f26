// SPDX-License-Identifier: Apache-2.0
// Answers with the number of m= lines of their offer: B2BUA-E3, E4, RFC 3264 s.6.
#include "sdp-rewrite/answer.h"

#include "tests/unit/sdp-rewrite/sdp_text.h"

namespace sallyport::sdp {
namespace {

using test::crlf;

const std::string kOffer = crlf(
    "v=0|o=- 77 1 IN IP4 10.0.0.5|s=-|c=IN IP4 10.0.0.5|t=1 2|m=audio 4000 RTP/AVP 0|a=sendonly|"
    "m=video 4002/1 RTP/AVP 96 97|a=rtpmap:96 x/90000|m=message 7394 TCP/MSRP *");

std::string padded(const std::string& answer) {
    const auto offer = Session::parse(kOffer);
    const auto session = Session::parse(answer);
    EXPECT_TRUE(offer && session);
    std::array<char, 4096> out{};
    const auto result = pad_answer(*offer, *session, out);
    return result ? std::string(*result) : std::string(describe(result.error()));
}

TEST(PadAnswer, B2BUA_E4_CompleteAnswerIsUntouched) {
    const std::string answer = crlf(
        "v=0|c=IN IP4 10.0.0.6|m=audio 6 RTP/AVP 0|m=video 0 RTP/AVP 96|m=message 0 TCP/MSRP *|");
    EXPECT_EQ(padded(answer), answer);
}

TEST(PadAnswer, B2BUA_E4_MissingLinesAreRejectedCopies) {
    EXPECT_EQ(padded(crlf("v=0|c=IN IP4 10.0.0.6|m=audio 6 RTP/AVP 0")),
              crlf("v=0|c=IN IP4 10.0.0.6|m=audio 6 RTP/AVP 0|m=video 0 RTP/AVP 96 97|"
                   "m=message 0 TCP/MSRP *"));
}

TEST(PadAnswer, B2BUA_E4_KeepsLineEndsAndGivesEachSectionAConnection) {
    EXPECT_EQ(padded("v=0\nm=audio 6 RTP/AVP 0\nc=IN IP4 10.0.0.6\nm=video 0 RTP/AVP 96\n\n"),
              "v=0\nm=audio 6 RTP/AVP 0\nc=IN IP4 10.0.0.6\nm=video 0 RTP/AVP 96\n"
              "m=message 0 TCP/MSRP *\nc=IN IP4 0.0.0.0\n");
    EXPECT_EQ(padded("v=0\nc=IN IP4 10.0.0.6\nm=audio 6 RTP/AVP 0\nm=video 0 RTP/AVP 96"),
              "v=0\nc=IN IP4 10.0.0.6\nm=audio 6 RTP/AVP 0\nm=video 0 RTP/AVP 96\n"
              "m=message 0 TCP/MSRP *\n");
}

TEST(PadAnswer, B2BUA_E4_TooManyLinesIsAFailedAnswer) {
    EXPECT_EQ(padded(crlf("v=0|m=a 0 RTP/AVP 0|m=a 0 RTP/AVP 0|m=a 0 RTP/AVP 0|m=a 0 RTP/AVP 0")),
              describe(Fault::kSectionCount));
}

TEST(PadAnswer, SmallBufferIsAFault) {
    const auto offer = Session::parse(kOffer);
    const std::string answer = crlf("v=0|c=IN IP4 10.0.0.6|m=audio 6 RTP/AVP 0");
    const auto session = Session::parse(answer);
    std::array<char, 60> out{};
    const auto result = pad_answer(*offer, *session, out);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), Fault::kTooLong);
}

TEST(RejectAnswer, B2BUA_E3_EveryStreamAtPort0) {
    const auto offer = Session::parse(kOffer);
    ASSERT_TRUE(offer);
    std::array<char, 4096> out{};
    const auto answer = reject_answer(*offer, out);
    ASSERT_TRUE(answer);
    EXPECT_EQ(*answer, crlf("v=0|o=- 77 1 IN IP4 0.0.0.0|s=-|c=IN IP4 0.0.0.0|t=1 2|"
                            "m=audio 0 RTP/AVP 0|m=video 0 RTP/AVP 96 97|m=message 0 TCP/MSRP *"));
    EXPECT_EQ(test::rewritten(*answer, {test::kOurV4, std::vector<std::optional<Anchor>>(3)}),
              crlf("v=0|o=- 77 1 IN IP4 203.0.113.9|s=-|c=IN IP4 0.0.0.0|t=1 2|"
                   "m=audio 0 RTP/AVP 0|m=video 0 RTP/AVP 96 97|m=message 0 TCP/MSRP *"));
}

TEST(RejectAnswer, MinimalOffer) {
    const auto offer = Session::parse("v=0\nm=audio 0 RTP/AVP 0");
    ASSERT_TRUE(offer);
    std::array<char, 256> out{};
    EXPECT_EQ(*reject_answer(*offer, out),
              "v=0\no=- 0 1 IN IP4 0.0.0.0\ns=-\nc=IN IP4 0.0.0.0\nt=0 0\nm=audio 0 RTP/AVP 0\n");
}

}  // namespace
}  // namespace sallyport::sdp
