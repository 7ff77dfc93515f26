// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the media header checks: nothing is read outside the payload, what is called valid
// is long enough for its own header, and a datagram in several buffers (whose head alone is
// contiguous) is judged like one in a single one.
#include "dataplane/rtp.h"
#include "tests/fuzz/property.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace {

using namespace sallyport::dataplane;
using sallyport::fuzz::require;

constexpr std::size_t kLongestDatagram = 65507;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size > kLongestDatagram) {
        return 0;
    }
    const auto whole_copy = std::make_unique<std::uint8_t[]>(std::max<std::size_t>(size, 1));
    std::copy_n(bytes, size, whole_copy.get());
    const auto length = static_cast<std::uint32_t>(size);
    const PayloadBytes whole{{whole_copy.get(), size}, length, whole_copy.get() + size - 1};
    const std::size_t head_size = std::min(size, kPayloadHead);
    const auto head_copy = std::make_unique<std::uint8_t[]>(std::max<std::size_t>(head_size, 1));
    std::copy_n(bytes, head_size, head_copy.get());
    const PayloadBytes parts{{head_copy.get(), head_size}, length, whole.last};

    const MediaKind kind = demultiplex(whole);
    require(kind == demultiplex(parts), "the kind is in the first two octets");
    require(is_valid_rtp(whole) == is_valid_rtp(parts), "RTP headers end within the head");
    require(is_valid_rtcp(whole) == is_valid_rtcp(parts), "an RTCP header is at the start");
    if (is_valid_rtp(whole)) {
        require(size >= 12 && (kind == MediaKind::kRtp || kind == MediaKind::kRtcp),
                "valid RTP is what demultiplexing calls RTP or RTCP");
        require(facts_of_rtp(whole).payload_type < 128, "seven bits");
    }
    if (is_compound_rtcp(whole)) {
        require(is_valid_rtcp(whole) && kind == MediaKind::kRtcp, "a compound is RTCP");
        require(facts_of_rtcp(whole).ssrc == facts_of_rtcp(parts).ssrc, "same SSRC");
    }
    return 0;
}
