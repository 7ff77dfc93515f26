// SPDX-License-Identifier: Apache-2.0
// Whether a file can be handed to LMDB. LMDB maps a file and follows the page numbers and offsets
// in it without a look, so that a damaged or shortened one ends the process; this walks all pages
// first. Knows data version 1 of LMDB 0.9 (64 bit, low octet first), one database without
// duplicates. Pure; takes any octets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::registration {

/// nullopt: every page that LMDB may reach is sound. Else what was found, in a few words.
[[nodiscard]] std::optional<std::string> fault_of_lmdb(std::string_view file);

}  // namespace sallyport::registration
