// SPDX-License-Identifier: Apache-2.0
// RAck = response-num LWS CSeq-num LWS Method (RFC 3262 s.10). The second half is written like a
// CSeq and has its limits (A8).
#include "b2bua/sip/rack.h"

#include "b2bua/sip/digits.h"

namespace sallyport::sip {
namespace {

constexpr std::uint64_t kLimit = std::uint64_t{1} << 32;  // RFC 3262 s.7.1

}  // namespace

Result<RAck, ParseError> RAck::parse(std::string_view text) noexcept {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* const first = scan::skip(begin, end, scan::kLws);
    const Digits number = read_digits(first, end, kLimit);
    const char* const rest = scan::skip(number.end, end, scan::kLws);
    const bool separate = number.end != first && rest != number.end;
    if (!separate || number.value == 0 || number.value == kLimit) {
        return Failure{ParseError{ParseFault::kBadRack, scan::distance(begin, number.end)}};
    }
    const auto cseq = CSeq::parse(scan::view(rest, end));
    if (!cseq.ok()) {
        return Failure{
            ParseError{ParseFault::kBadRack, scan::distance(begin, rest) + cseq.error().offset}};
    }
    return RAck{static_cast<std::uint32_t>(number.value), *cseq};
}

}  // namespace sallyport::sip
