// SPDX-License-Identifier: Apache-2.0
// SipHash-2-4 (Aumasson and Bernstein, 2012), a keyed pseudorandom function with 64 bits of output,
// fed in pieces. Keys the hash tables, so that a sender who picks branches cannot pick their
// buckets, makes the To tags of stateless replies (C17) and the cookie in our Call-IDs (C21). Pure,
// no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sallyport {

using HashKey = std::array<std::uint64_t, 2>;

class KeyedHash {
public:
    explicit KeyedHash(const HashKey& key) noexcept;

    KeyedHash& octets(std::string_view text) noexcept;
    /// The text without regard to ASCII case and with its length, so that neighbouring fields
    /// cannot trade octets.
    KeyedHash& field_nocase(std::string_view text) noexcept;
    KeyedHash& field(std::string_view text) noexcept;
    KeyedHash& number(std::uint64_t value) noexcept;
    [[nodiscard]] std::uint64_t finish() noexcept;  // once

private:
    void octet(std::uint8_t value) noexcept;
    void round() noexcept;

    std::array<std::uint64_t, 4> v_;
    std::uint64_t word_{0};  // octets that do not fill a word yet, little endian
    std::uint64_t length_{0};
};

}  // namespace sallyport
