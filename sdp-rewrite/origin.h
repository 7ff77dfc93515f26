// SPDX-License-Identifier: Apache-2.0
// What one dialog has been shown in o= (B2BUA-E6; RFC 3264 s.5, s.8; RFC 8866 s.5.2): username,
// sess-id, nettype and address never change after the first SDP sent on the dialog; the version
// rises by exactly one when the SDP differs from the last one sent, else it is repeated. Fixed
// size, copyable: every early dialog of a forked INVITE starts from a copy of the INVITE's Origin.
// Owner: the dialog, on its shard's thread.
//
// A failed offer (E8) needs no rollback here: its version has been seen by the far end, so the next
// different SDP goes on counting from it, and the same offer sent again (after 401, 407, 491)
// repeats it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sallyport::sdp {

/// Bytes kept inside the object; what does not fit is refused by the parser first
/// (Fault::kBadOrigin).
template <std::size_t kCapacity>
class InlineText {
public:
    [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), size_}; }
    bool assign(std::string_view text) noexcept;

private:
    std::array<char, kCapacity> bytes_{};
    std::uint16_t size_{0};
};

inline constexpr std::size_t kMaxOriginIdentity = 192;  // "username sess-id "
inline constexpr std::size_t kMaxOriginVersion = 32;    // digits
inline constexpr std::size_t kMaxOriginAddress = 320;   // " IN IP4 " and a name of 255 (RFC 1035)
inline constexpr std::size_t kLongestAddress = 39;      // IPv6 text (RFC 5952)

/// FNV-1a over the text without its version: says whether two SDPs differ otherwise. A far end that
/// manages to forge a collision only confuses itself.
[[nodiscard]] std::uint64_t digest_without(std::string_view text,
                                           std::string_view version) noexcept;

class Origin {
public:
    /// Nothing has been sent yet: the next SDP keeps its source's username, sess-id and version.
    [[nodiscard]] bool empty() const noexcept { return version_.view().empty(); }

    /// Call when an SDP made by rewrite() with this Origin goes out for the first time (not for
    /// retransmissions, where it would change nothing). Text without o= leaves everything as it
    /// was.
    void sent(std::string_view text) noexcept;

    /// The version after version(): one more, or 1 when that is no number.
    [[nodiscard]] InlineText<kMaxOriginVersion> next_version() const noexcept;

    // What the next o= line has to read (used by rewrite()); empty views when empty().
    [[nodiscard]] std::string_view identity() const noexcept { return identity_.view(); }
    [[nodiscard]] std::string_view version() const noexcept { return version_.view(); }
    [[nodiscard]] std::string_view address() const noexcept { return address_.view(); }
    /// digest_without() of the last text sent.
    [[nodiscard]] std::uint64_t digest() const noexcept { return digest_; }

private:
    InlineText<kMaxOriginIdentity> identity_;  // from the start of the o= value to its version
    InlineText<kMaxOriginVersion> version_;
    InlineText<kMaxOriginAddress> address_;  // from the end of the version to the end of the line
    std::uint64_t digest_{0};
};

}  // namespace sallyport::sdp
