// SPDX-License-Identifier: Apache-2.0
// CSeq = 1*DIGIT LWS Method (RFC 3261 s.25.1); leading zeros are data, 2^31 and above a fault (A8).
#include "b2bua/sip/cseq.h"

#include "b2bua/sip/digits.h"

namespace sallyport::sip {
namespace {

constexpr std::uint64_t kLimit = std::uint64_t{1} << 31;  // RFC 3261 s.8.1.1.5

}  // namespace

Result<CSeq, ParseError> CSeq::parse(std::string_view text) noexcept {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* const digits = scan::skip(begin, end, scan::kLws);
    const Digits number = read_digits(digits, end, kLimit);
    const char* const method = scan::skip(number.end, end, scan::kLws);
    const char* const method_end = scan::skip(method, end, scan::kToken);
    const bool whole = scan::skip(method_end, end, scan::kLws) == end;
    if (number.end == digits || method == number.end || method_end == method || !whole) {
        return Failure{ParseError{ParseFault::kBadCseq,
                                  scan::distance(begin, whole ? number.end : method_end)}};
    }
    if (number.value >= kLimit) {
        return Failure{ParseError{ParseFault::kCseqOutOfRange, scan::distance(begin, digits)}};
    }
    const auto token = scan::view(method, method_end);
    return CSeq{static_cast<std::uint32_t>(number.value), method_of(token), token};
}

}  // namespace sallyport::sip
