// SPDX-License-Identifier: Apache-2.0
// A cursor over a DNS message (RFC 1035 s.4.1): numbers, strings, names with their compression
// (s.4.1.4). Past the end, or after a fault, it gives nothing any more and says failed(). Internal
// to the resolver. Pure.
#pragma once

#include "b2bua/transport/resolver/dns_answer.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace sallyport::resolver {

class DnsReader {
public:
    explicit DnsReader(std::span<const std::uint8_t> message) noexcept : message_(message) {}

    std::uint8_t octet() noexcept;
    std::uint16_t number16() noexcept;
    std::uint32_t number32() noexcept;
    /// RFC 2181 s.8: what has the highest bit set is 0.
    Seconds ttl() noexcept;
    std::span<const std::uint8_t> octets(std::size_t count) noexcept;
    /// <character-string>: a length and so many octets (RFC 1035 s.3.3).
    std::string string();
    /// In lower case, without the root's dot; "?" for octets that no host name has. A pointer
    /// leads back, never on, so every name ends.
    std::string name();

    void skip_to(std::size_t position) noexcept;
    /// A fault where it is not.
    void must_be_at(std::size_t position) noexcept;
    [[nodiscard]] std::size_t position() const noexcept { return position_; }
    [[nodiscard]] bool failed() const noexcept { return failed_; }

private:
    void fail() noexcept;

    std::span<const std::uint8_t> message_;
    std::size_t position_{0};
    bool failed_{false};
};

}  // namespace sallyport::resolver
