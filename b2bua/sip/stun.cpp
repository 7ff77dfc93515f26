// SPDX-License-Identifier: Apache-2.0
#include "b2bua/sip/stun.h"

#include <algorithm>
#include <cstdint>

namespace sallyport::sip {
namespace {

constexpr std::size_t kHead = 20;      // RFC 8489 s.5
constexpr std::size_t kAttribute = 4;  // type and length; s.14
constexpr std::uint32_t kCookie = 0x2112a442;
constexpr std::uint16_t kBindingRequest = 0x0001;
constexpr std::uint16_t kBindingSuccess = 0x0101;
constexpr std::uint16_t kBindingError = 0x0111;
constexpr std::uint16_t kErrorCode = 0x0009;
constexpr std::uint16_t kUnknownAttributes = 0x000a;
constexpr std::uint16_t kXorMappedAddress = 0x0020;
constexpr std::uint16_t kOptional = 0x8000;  // from there on an attribute may be passed over
constexpr std::size_t kMostUnknown = 4;

std::uint32_t number(std::string_view octets, std::size_t at, std::size_t length) noexcept {
    std::uint32_t value = 0;
    for (std::size_t i = at; i < at + length; ++i) {
        value = value << 8 | static_cast<unsigned char>(octets[i]);
    }
    return value;
}

/// Octets in network order, one after the other.
class Octets {
public:
    explicit Octets(std::span<char> out) noexcept : out_(out) {}
    void add(std::uint32_t value, std::size_t length) noexcept {
        for (std::size_t i = length; i > 0; --i) {
            out_[used_++] = static_cast<char>((value >> (8 * (i - 1))) & 0xff);
        }
    }
    void add(std::string_view text) noexcept {
        std::copy(text.begin(), text.end(), out_.begin() + static_cast<std::ptrdiff_t>(used_));
        used_ += text.size();
    }
    /// The length of the header is that of the attributes.
    std::string_view finish() noexcept {
        const std::size_t length = used_ - kHead;
        out_[2] = static_cast<char>(length >> 8);
        out_[3] = static_cast<char>(length & 0xff);
        return {out_.data(), used_};
    }

private:
    std::span<char> out_;
    std::size_t used_{0};
};

/// Attributes that must be understood and are not; nullopt: they do not fill the message.
struct Unknown {
    std::array<std::uint16_t, kMostUnknown> types{};
    std::size_t count{0};
};
std::optional<Unknown> unknown_in(std::string_view attributes) noexcept {
    Unknown unknown;
    while (!attributes.empty()) {
        const std::size_t length =
            attributes.size() < kAttribute ? attributes.size() : number(attributes, 2, 2);
        const std::size_t padded = kAttribute + (length + 3) / 4 * 4;
        if (padded > attributes.size()) {
            return std::nullopt;
        }
        const auto type = static_cast<std::uint16_t>(number(attributes, 0, 2));
        if (type < kOptional && unknown.count < kMostUnknown) {
            unknown.types[unknown.count++] = type;
        }
        attributes.remove_prefix(padded);
    }
    return unknown;
}

/// RFC 8489 s.14.2: the address under the cookie and, of IPv6, the transaction id.
void add_address(Octets& out, std::string_view request, const Endpoint& source) noexcept {
    const bool v6 = source.ip.is_v6();
    const std::size_t length = v6 ? 16 : 4;
    out.add(kXorMappedAddress, 2);
    out.add(static_cast<std::uint32_t>(4 + length), 2);
    out.add(v6 ? 2 : 1, 2);
    out.add(source.port.value ^ (kCookie >> 16), 2);
    for (std::size_t i = 0; i < length; ++i) {
        out.add(source.ip.octets()[i] ^ number(request, 4 + i, 1), 1);
    }
}

/// RFC 8489 s.14.8, s.14.13.
void add_fault(Octets& out, const Unknown& unknown) noexcept {
    constexpr std::uint32_t kClassAndNumber = 0x0414;  // 420
    out.add(kErrorCode, 2);
    out.add(4, 2);
    out.add(kClassAndNumber, 4);
    out.add(kUnknownAttributes, 2);
    out.add(static_cast<std::uint32_t>(2 * unknown.count), 2);
    for (std::size_t i = 0; i < unknown.count; ++i) {
        out.add(unknown.types[i], 2);
    }
    out.add(0, unknown.count % 2 * 2);
}

}  // namespace

bool may_be_sip(std::string_view datagram) noexcept {
    constexpr std::string_view kMarks = "-.!%*_+`'~\r\n";  // token, and CRLF before a start line
    const char c = datagram.empty() ? ' ' : datagram.front();
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           kMarks.find(c) != std::string_view::npos;
}

std::optional<std::string_view> answer_stun(std::string_view datagram, const Endpoint& source,
                                            std::span<char, kStunAnswer> out) noexcept {
    if (datagram.size() < kHead || number(datagram, 0, 2) != kBindingRequest ||
        number(datagram, 2, 2) != datagram.size() - kHead || number(datagram, 4, 4) != kCookie) {
        return std::nullopt;
    }
    const auto unknown = unknown_in(datagram.substr(kHead));
    if (!unknown) {
        return std::nullopt;
    }
    Octets answer(out);
    answer.add(unknown->count == 0 ? kBindingSuccess : kBindingError, 2);
    answer.add(0, 2);
    answer.add(datagram.substr(4, kHead - 4));  // cookie and transaction id
    if (unknown->count == 0) {
        add_address(answer, datagram, source);
    } else {
        add_fault(answer, *unknown);
    }
    return answer.finish();
}

}  // namespace sallyport::sip
