// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/resolver/dns_reader.h"

namespace sallyport::resolver {
namespace {

constexpr std::size_t kLongestName = 255;  // RFC 1035 s.2.3.4, octets on the wire
// RFC 1035 s.4.1.4: the two highest bits of a length say what follows.
constexpr std::size_t kKind = 0xc0;
constexpr std::size_t kLabel = 0x00;
constexpr std::size_t kPointer = 0xc0;

/// What a text can show of an octet of a label; "?" for the others, which no host name has.
char shown(std::uint8_t octet) noexcept {
    const char c = static_cast<char>(octet);
    if (octet <= ' ' || octet >= 0x7f || c == '.') {
        return '?';
    }
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

void DnsReader::fail() noexcept {
    failed_ = true;
    position_ = message_.size();
}

void DnsReader::must_be_at(std::size_t position) noexcept {
    if (position_ != position) {
        fail();
    }
}

std::span<const std::uint8_t> DnsReader::octets(std::size_t count) noexcept {
    if (count > message_.size() - position_) {
        fail();
        return {};
    }
    const auto taken = message_.subspan(position_, count);
    position_ += count;
    return taken;
}

std::uint8_t DnsReader::octet() noexcept {
    const auto taken = octets(1);
    return taken.empty() ? std::uint8_t{0} : taken[0];
}

std::uint16_t DnsReader::number16() noexcept {
    const auto taken = octets(2);
    return taken.empty() ? std::uint16_t{0}
                         : static_cast<std::uint16_t>((taken[0] << 8) | taken[1]);
}

std::uint32_t DnsReader::number32() noexcept {
    const std::uint32_t high = number16();
    return (high << 16) | number16();
}

Seconds DnsReader::ttl() noexcept {
    const std::uint32_t seconds = number32();
    return (seconds & 0x80000000U) != 0 ? 0 : seconds;
}

std::string DnsReader::string() {
    const auto taken = octets(octet());
    return {taken.begin(), taken.end()};
}

void DnsReader::skip_to(std::size_t position) noexcept {
    if (position > message_.size() || position < position_) {
        fail();
    } else {
        position_ = position;
    }
}

std::string DnsReader::name() {
    std::string name;
    std::size_t on_wire = 1;
    std::size_t before = position_;  // a pointer must lead to in front of this
    std::size_t after = 0;           // where reading goes on, once a pointer was followed
    for (std::size_t length = octet(); length != 0 && !failed_; length = octet()) {
        if ((length & kKind) == kPointer) {
            const std::size_t to = ((length & ~kKind) << 8) | octet();
            after = after == 0 ? position_ : after;
            if (to >= before) {
                fail();
                break;
            }
            before = position_ = to;
            continue;
        }
        on_wire += length + 1;
        if ((length & kKind) != kLabel || on_wire > kLongestName) {
            fail();
            break;
        }
        name += name.empty() ? "" : ".";
        for (const std::uint8_t label_octet : octets(length)) {
            name += shown(label_octet);
        }
    }
    if (failed_) {
        return {};
    }
    position_ = after == 0 ? position_ : after;
    return name;
}

}  // namespace sallyport::resolver
