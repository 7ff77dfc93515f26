// SPDX-License-Identifier: Apache-2.0
// The arithmetic of digest authentication (RFC 7616 s.3.4.1, RFC 8760 s.2): HA1, and the response
// that credentials must hold. All values in and out are text as it stands in the headers, hashes as
// lower-case hex. Pure.
#pragma once

#include "b2bua/sip/digest.h"
#include "config/users.h"

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::policy {

/// What the algorithm parameter of a challenge or of credentials says.
struct NamedAlgorithm {
    DigestAlgorithm algorithm{DigestAlgorithm::kMd5};
    bool session{false};  // "-sess": HA1 is bound to nonce and cnonce as well
};

/// "SHA-256"
[[nodiscard]] std::string_view name_of(DigestAlgorithm algorithm) noexcept;

/// Absent means MD5 (RFC 7616 s.3.3); nullopt: none that we know.
[[nodiscard]] std::optional<NamedAlgorithm> algorithm_of(const sip::Digest& digest) noexcept;

/// H(user ":" realm ":" password), as the users file keeps it.
[[nodiscard]] std::string ha1_of(DigestAlgorithm algorithm, std::string_view user,
                                 std::string_view realm, std::string_view password);

/// What the response parameter must be for a user with that HA1; qop of the credentials is empty or
/// "auth".
[[nodiscard]] std::string expected_response(const sip::Digest& credentials, NamedAlgorithm named,
                                            std::string_view ha1, std::string_view method);

/// Without regard to the case of the hex digits, in a time that says nothing of where they differ.
[[nodiscard]] bool same_hash(std::string_view expected, std::string_view received) noexcept;

}  // namespace sallyport::policy
