// SPDX-License-Identifier: Apache-2.0
// Flow tokens (H15, RFC 5626 s.5.2): the user part of a Path URI of ours holds the flow that a
// phone registered over, sealed (seal.h). Who sends a request with that URI as its topmost Route
// reaches the phone by that flow (RFC 5626 s.5.3). Pure but for the key.
#pragma once

#include "b2bua/routing/router.h"
#include "b2bua/routing/seal.h"
#include "b2bua/transport/flow.h"
#include "config/config.h"
#include "config/types/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::routing {

class FlowTokens {
public:
    /// secret: the process's, the same on every shard; a key of our own is derived from it.
    explicit FlowTokens(std::span<const std::uint8_t> secret) noexcept;

    /// The same for one flow as long as the secret is.
    [[nodiscard]] std::string seal(const Flow& flow) const;
    /// Has the form of a flow token; whether it is one, open() knows.
    [[nodiscard]] static bool has_form(std::string_view user) noexcept;
    /// user: has the form. Refusal: 403, it was not made here.
    [[nodiscard]] Result<Flow, Refusal> open(const Config& config, std::string_view user) const;

private:
    Seal seal_;
};

}  // namespace sallyport::routing
