// SPDX-License-Identifier: Apache-2.0
// Which SIP domains a certificate speaks for (B14; RFC 5922 s.7.1, s.7.2). Pure: says nothing of
// whether the certificate can be trusted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

struct x509_st;  // OpenSSL's X509

namespace sallyport {

/// In lower case, as far as they can be domains: those of the subjectAltName's URIs "sip:domain"
/// without a user; without any of those its dNSNames; and the common name when the subjectAltName
/// has neither kind.
[[nodiscard]] std::vector<std::string> sip_identities(const x509_st& certificate);

/// Equal, without regard to case; a "*" in a certificate stands for nothing but itself.
[[nodiscard]] bool speaks_for(const std::vector<std::string>& identities, std::string_view domain);

}  // namespace sallyport
