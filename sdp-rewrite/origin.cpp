// SPDX-License-Identifier: Apache-2.0
// Keeping o= steady for one dialog (B2BUA-E6).
#include "sdp-rewrite/origin.h"

#include "sdp-rewrite/grammar.h"

#include <algorithm>

namespace sallyport::sdp {
namespace {

constexpr std::uint64_t kFnvOffset = 0xcbf29ce484222325;  // FNV-1a, 64 bits
constexpr std::uint64_t kFnvPrime = 0x100000001b3;

std::uint64_t fnv1a(std::uint64_t digest, std::string_view text) noexcept {
    for (const char c : text) {
        digest = (digest ^ static_cast<unsigned char>(c)) * kFnvPrime;
    }
    return digest;
}

/// The value of the o= line; empty when there is none above the first m=.
std::string_view find_origin(std::string_view text) noexcept {
    LineCursor lines(text);
    while (!lines.at_end()) {
        const Line line = lines.next();
        if (line.type == 'o') {
            return line.value;
        }
        if (line.type == 'm') {
            break;
        }
    }
    return {};
}

}  // namespace

template <std::size_t kCapacity>
bool InlineText<kCapacity>::assign(std::string_view text) noexcept {
    if (text.size() > kCapacity) {
        return false;
    }
    std::copy(text.begin(), text.end(), bytes_.begin());
    size_ = static_cast<std::uint16_t>(text.size());
    return true;
}
template class InlineText<kMaxOriginIdentity>;
template class InlineText<kMaxOriginVersion>;
template class InlineText<kMaxOriginAddress>;

std::uint64_t digest_without(std::string_view text, std::string_view version) noexcept {
    const auto before = static_cast<std::size_t>(version.data() - text.data());
    std::string_view after = text;
    after.remove_prefix(before + version.size());
    return fnv1a(fnv1a(kFnvOffset, {text.data(), before}), after);
}

void Origin::sent(std::string_view text) noexcept {
    const std::string_view value = find_origin(text);
    const auto origin = parse_origin(value);
    if (!origin) {
        return;
    }
    const std::string_view version = origin->sess_version;
    const auto identity = static_cast<std::size_t>(version.data() - value.data());
    std::string_view address = value;
    address.remove_prefix(identity + version.size());
    Origin next;
    if (!next.identity_.assign({value.data(), identity}) || !next.version_.assign(version) ||
        !next.address_.assign(address)) {
        return;
    }
    next.digest_ = digest_without(text, version);
    *this = next;
}

InlineText<kMaxOriginVersion> Origin::next_version() const noexcept {
    std::array<char, kMaxOriginVersion + 1> digits{};  // in decimal: versions exceed 64 bits
    const std::string_view last = version();
    const bool number =
        std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; });
    InlineText<kMaxOriginVersion> next;
    if (!number || last.size() == kMaxOriginVersion) {
        next.assign("1");
        return next;
    }
    digits[0] = '0';
    std::copy(last.begin(), last.end(), digits.begin() + 1);
    std::size_t at = last.size();
    while (digits[at] == '9') {
        digits[at--] = '0';
    }
    ++digits[at];
    const std::size_t first = digits[0] == '0' ? 1 : 0;
    next.assign({digits.data() + first, last.size() + 1 - first});
    return next;
}

}  // namespace sallyport::sdp
