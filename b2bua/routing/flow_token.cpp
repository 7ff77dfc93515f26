// SPDX-License-Identifier: Apache-2.0
#include "b2bua/routing/flow_token.h"

namespace sallyport::routing {
namespace {

constexpr Seal::Form kForm{"flow token", "flow-", kFlowOctets, kFlowOctets};

}  // namespace

FlowTokens::FlowTokens(std::span<const std::uint8_t> secret) noexcept : seal_(secret, kForm) {}

std::string FlowTokens::seal(const Flow& flow) const {
    std::string plain;
    add_flow(plain, flow);
    return seal_.close(plain);
}

bool FlowTokens::has_form(std::string_view user) noexcept {
    return Seal::has_form(kForm, user);
}

Result<Flow, Refusal> FlowTokens::open(const Config& config, std::string_view user) const {
    const Failure<Refusal> tampered{{403, "Forbidden"}};
    const auto plain = seal_.open(user);
    if (!plain) {
        return tampered;
    }
    std::string_view rest = *plain;
    const auto flow = take_flow(config, rest);
    return flow ? Result<Flow, Refusal>(*flow) : tampered;
}

}  // namespace sallyport::routing
