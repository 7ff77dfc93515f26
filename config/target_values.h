// SPDX-License-Identifier: Apache-2.0
// How it is written to whom a route leads (B2BUA-I4, I6), as config/values.h does for other values.
// Pure functions.
#pragma once

#include "config/values.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sallyport::config {

struct Target {
    using Value = std::variant<ToPeers, ToRegistered>;
    static std::string form(const OptionText&) { return "peer.NAME|group.NAME[,...]|registered"; }
    static std::string write(const Config& config, const Value& value);
    static Verdict read(const Context& context, std::string_view text, Value& out);
};

/// Members of a group.
struct Members {
    static std::string form(const OptionText&) { return "peer.NAME [priority=N] [weight=N][,...]"; }
    static std::string write(const Config& config, const std::vector<GroupMember>& value);
    static Verdict read(const Context& context, std::string_view text,
                        std::vector<GroupMember>& out);
};

/// Status codes after which the next peer is tried (I6), or none.
struct FailoverCodes {
    static std::string form(const OptionText&) { return "none|CODE[,CODE...]"; }
    static std::string write(const Config&, const std::vector<std::uint16_t>& value);
    static Verdict read(const Context&, std::string_view text, std::vector<std::uint16_t>& out);
};

}  // namespace sallyport::config
