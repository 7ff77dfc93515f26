// SPDX-License-Identifier: Apache-2.0
// SIP methods, case-sensitive (RFC 3261 s.7.1; "invite" is an unknown method). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sallyport::sip {

enum class Method : std::uint8_t {
    kInvite,
    kAck,
    kBye,
    kCancel,
    kOptions,
    kRegister,
    kPrack,
    kUpdate,
    kInfo,
    kRefer,
    kSubscribe,
    kNotify,
    kPublish,
    kMessage,
    kUnknown,
};
inline constexpr std::size_t kMethodCount = static_cast<std::size_t>(Method::kUnknown) + 1;

[[nodiscard]] Method method_of(std::string_view token) noexcept;
/// "INVITE" ...; "unknown" for kUnknown (a bounded metrics label, never the peer's bytes).
[[nodiscard]] std::string_view name(Method method) noexcept;

}  // namespace sallyport::sip
