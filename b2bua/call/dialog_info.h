// SPDX-License-Identifier: Apache-2.0
// Bodies that tell of the dialogs of their sender (RFC 4235 s.4), said for the other side (D14,
// D16, D19): the ids of dialogs that cross us become those of the reader's side, addresses become
// ours there, and what would only show the other side is left out. Every other octet stays. By the
// option dialog-info.
#pragma once

#include "b2bua/sip/message.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::call {

struct Naming;

/// One document; nullopt: it cannot be read.
[[nodiscard]] std::optional<std::string> crossed_dialog_info(std::string_view document,
                                                             const Naming& naming);

struct InfoText {
    std::size_t part{0};  // index into the parts of the body (sip/multipart.h)
    std::string text;     // empty: the document is left out
};

/// All documents of a body, by rising part; none when they pass as they are.
[[nodiscard]] std::vector<InfoText> crossed_dialog_infos(const sip::Message& message,
                                                         const Naming& naming);

}  // namespace sallyport::call
