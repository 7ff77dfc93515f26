// SPDX-License-Identifier: Apache-2.0
// A dialog named by a message of another one: Replaces (RFC 3891 s.6.1), Join (RFC 3911 s.7.1),
// Target-Dialog (RFC 4538 s.7). All three say the dialog as the receiver of the message sees it.
// Views into the value, so that each part can be replaced in its place. Pure.
#pragma once

#include "b2bua/sip/parse_error.h"
#include "config/types/result.h"

#include <cstdint>
#include <string_view>

namespace sallyport::sip {

/// How the tags are called.
enum class ReferenceForm : std::uint8_t {
    kToFrom,       // Replaces, Join: to-tag, from-tag
    kLocalRemote,  // Target-Dialog: local-tag, remote-tag
};

struct DialogReference {
    std::string_view call_id;
    std::string_view local_tag;   // of the receiver: to-tag, local-tag
    std::string_view remote_tag;  // of the receiver: from-tag, remote-tag
    bool early_only{false};       // RFC 3891 s.6.1

    /// Both tags must be there, each once.
    [[nodiscard]] static Result<DialogReference, ParseError> parse(std::string_view text,
                                                                   ReferenceForm form) noexcept;
};

}  // namespace sallyport::sip
