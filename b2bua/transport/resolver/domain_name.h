// SPDX-License-Identifier: Apache-2.0
// Names of hosts and services as the DNS has them (RFC 1035 s.2.3.1, RFC 1123 s.2.1, with the
// underscore of RFC 2782). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::resolver {

/// In lower case, without the dot of the root. nullopt: no name that is worth asking for; that
/// includes whatever could be taken for an address.
[[nodiscard]] std::optional<std::string> domain_name(std::string_view text);

/// Names that nobody may ask the DNS for: invalid (B4, RFC 6761 s.6.4), localhost (RFC 6761 s.6.3).
[[nodiscard]] bool is_reserved_name(std::string_view name) noexcept;

}  // namespace sallyport::resolver
