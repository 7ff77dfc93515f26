// SPDX-License-Identifier: Apache-2.0
// CSeq = 1*DIGIT LWS Method (RFC 3261 s.25.1); leading zeros are data, 2^31 and above a fault (A8).
#include "b2bua/sip/cseq.h"

#include "b2bua/sip/scan.h"

namespace sallyport::sip {
namespace {

constexpr std::uint64_t kLimit = std::uint64_t{1} << 31;  // RFC 3261 s.8.1.1.5

}  // namespace

Result<CSeq, ParseError> CSeq::parse(std::string_view text) noexcept {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* const digits = scan::skip(begin, end, scan::kLws);
    const char* p = digits;
    std::uint64_t number = 0;
    for (; p != end && scan::is(*p, scan::kDigit); ++p) {
        number = number < kLimit ? number * 10 + static_cast<unsigned>(*p - '0') : kLimit;
    }
    const char* const method = scan::skip(p, end, scan::kLws);
    const char* const method_end = scan::skip(method, end, scan::kToken);
    const bool whole = scan::skip(method_end, end, scan::kLws) == end;
    if (p == digits || method == p || method_end == method || !whole) {
        return Failure{
            ParseError{ParseFault::kBadCseq, scan::distance(begin, whole ? p : method_end)}};
    }
    if (number >= kLimit) {
        return Failure{ParseError{ParseFault::kCseqOutOfRange, scan::distance(begin, digits)}};
    }
    const auto token = scan::view(method, method_end);
    return CSeq{static_cast<std::uint32_t>(number), method_of(token), token};
}

}  // namespace sallyport::sip
