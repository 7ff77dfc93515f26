// SPDX-License-Identifier: Apache-2.0
// The words for each Fault. A switch without default: a new fault without words does not compile.
#include "sdp-rewrite/fault.h"

namespace sallyport::sdp {

const char* describe(Fault fault) noexcept {
    switch (fault) {
        case Fault::kNotSdp:
            return "the body does not begin with v=0";
        case Fault::kTooLong:
            return "the session description is too long";
        case Fault::kTooManySections:
            return "the session description has too many m= lines";
        case Fault::kBadLine:
            return "a line is not of the form x=value";
        case Fault::kBadOrigin:
            return "the o= line is malformed, misplaced or repeated";
        case Fault::kBadConnection:
            return "the c= line of a stream is no unicast IP4 or IP6 address";
        case Fault::kMissingConnection:
            return "a stream has no c= line";
        case Fault::kBadMedia:
            return "an m= line is malformed";
        case Fault::kBadRtcp:
            return "an a=rtcp attribute is malformed";
        case Fault::kMulticast:
            return "multicast streams are not relayed";
        case Fault::kPortCount:
            return "streams over several port pairs are not relayed";
        case Fault::kAnchorCount:
            return "the relay's ports do not match the m= lines";
        case Fault::kSectionCount:
            return "the answer has more m= lines than the offer";
    }
    return "unknown fault";
}

}  // namespace sallyport::sdp
