// SPDX-License-Identifier: Apache-2.0
// RSeq = response-num, response-num = 1*DIGIT (RFC 3262 s.10), between 1 and 2^32-1 (s.7.1).
#include "b2bua/sip/rseq.h"

#include "b2bua/sip/digits.h"

namespace sallyport::sip {
namespace {

constexpr std::uint64_t kLimit = std::uint64_t{1} << 32;

}  // namespace

Result<RSeq, ParseError> RSeq::parse(std::string_view text) noexcept {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* const first = scan::skip(begin, end, scan::kLws);
    const Digits number = read_digits(first, end, kLimit);
    if (number.end == first || scan::skip(number.end, end, scan::kLws) != end) {
        return Failure{ParseError{ParseFault::kBadRseq, scan::distance(begin, number.end)}};
    }
    if (number.value == 0 || number.value == kLimit) {
        return Failure{ParseError{ParseFault::kBadRseq, scan::distance(begin, first)}};
    }
    return RSeq{static_cast<std::uint32_t>(number.value)};
}

}  // namespace sallyport::sip
