// SPDX-License-Identifier: Apache-2.0
// Privacy (RFC 3323 s.4.2, s.5; "id" RFC 3325 s.9.3, "history" RFC 7044 s.10.1). Performed where a
// message leaves the trust domain: "header" and "session" by what a B2BUA is, "id" and "history" by
// the header table, "user" by an anonymous From and Contact and the table's personal headers. Pure.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/sip/patch.h"

#include <string>
#include <string_view>

namespace sallyport::policy {

/// RFC 3323 s.4.1.1.3: what stands in From for who wants to be nobody.
inline constexpr std::string_view kAnonymousParty =
    R"("Anonymous" <sip:anonymous@anonymous.invalid>)";
inline constexpr std::string_view kAnonymousUri = "sip:anonymous@anonymous.invalid";
inline constexpr std::string_view kAnonymousUser = "anonymous";

/// What a message asks for. With "none" nothing is asked, whatever stands beside it (RFC 3323 s.5).
struct Privacy {
    bool id{false};
    bool user{false};
    bool header{false};
    bool critical{false};
    std::string unknown;  // values that nobody here performs, separated by blanks
};
[[nodiscard]] Privacy privacy_of(const sip::Message& message);

/// The sender's From is not shown there.
[[nodiscard]] bool hides_from(const sip::Message& message, bool to_trusted);
/// Nor is what its Contact says of it (RFC 3323 s.5.1).
[[nodiscard]] bool hides_contact(const sip::Message& message, bool to_trusted);

/// Deletes the values that were performed; the header with them, when nothing else is asked.
void take_out_performed(sip::Patch& patch, const sip::Message& message,
                        const sip::HeaderField& field) noexcept;

}  // namespace sallyport::policy
