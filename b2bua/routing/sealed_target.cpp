// SPDX-License-Identifier: Apache-2.0
#include "b2bua/routing/sealed_target.h"

namespace sallyport::routing {
namespace {

constexpr std::size_t kMoment = 8;
/// In hex they fit a Request-URI (A19: 1024).
constexpr Seal::Form kForm{"sealed target", "to-", kMoment + kFlowOctets, 424};

}  // namespace

SealedTargets::SealedTargets(std::span<const std::uint8_t> secret) noexcept
    : seal_(secret, kForm) {}

std::string SealedTargets::seal(const Target& target, Moment now) const {
    std::string plain;
    add_number(plain, static_cast<std::uint64_t>((now + kLife).since_start.count()), kMoment);
    add_flow(plain, target.flow);
    return seal_.close(plain.append(target.request_uri));
}

std::optional<Result<Target, Refusal>> SealedTargets::open(const Config& config,
                                                           std::string_view user,
                                                           Moment now) const {
    if (!Seal::has_form(kForm, user)) {
        return std::nullopt;
    }
    const Refusal unknown{404, "Not Found"};
    const auto plain = seal_.open(user);
    if (!plain) {
        return Failure{unknown};
    }
    std::string_view rest = *plain;
    const Moment until{Millis{static_cast<std::int64_t>(take_number(rest, kMoment))}};
    const auto flow = take_flow(config, rest);
    if (until <= now || !flow) {
        return Failure{unknown};
    }
    Target target;
    target.flow = *flow;
    target.request_uri = rest;
    return target;
}

}  // namespace sallyport::routing
