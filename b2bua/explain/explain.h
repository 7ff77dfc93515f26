// SPDX-License-Identifier: Apache-2.0
// sallyport --explain: what the gateway with this configuration would do with a message, or with
// the messages of a capture one after the other, without sending anything. A dry run (dry_run.h)
// does it, the rest is reading and words. No I/O: text in, text out.
#pragma once

#include "b2bua/explain/dry_run.h"
#include "b2bua/explain/origin.h"
#include "config/config.h"
#include "config/types/result.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace sallyport::explain {

/// Of the file.
inline constexpr std::size_t kLargestInput = 64 * 1024 * 1024;

struct Question {
    std::string_view octets;  // of the file
    Claim claim;
    std::size_t width{140};  // columns of the page
};

struct Explanation {
    std::string text;
    bool passes{false};  // all that could be judged goes on, or is answered
};

/// The failure says what was found, what was expected and what to do.
[[nodiscard]] Result<Explanation, std::string> explain(const Config& config,
                                                       const Question& question,
                                                       const MakeRelays& make_relays);

}  // namespace sallyport::explain
