// SPDX-License-Identifier: Apache-2.0
// Requests outside dialogs that make none: OPTIONS, MESSAGE, PUBLISH, unknown methods (spec
// M12-M14), and NOTIFYs that nobody subscribed to: one transaction on each leg, nothing kept
// between them but the retry context (D4). Owner: Shard, on its thread.
#pragma once

#include "b2bua/call/call.h"
#include "b2bua/call/environment.h"
#include "b2bua/policy/header_policy.h"
#include "b2bua/routing/router.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace sallyport::call {

/// Top octet of the UserRef of a standalone request.
inline constexpr std::uint64_t kStandaloneRef = 3ULL << 56;
/// A request of ours whose outcome changes nothing.
inline constexpr transaction::UserRef kUnattended{4ULL << 56};

class StandaloneRelay {
public:
    explicit StandaloneRelay(Environment& environment) noexcept : environment_(environment) {}

    /// Passes the request on, or answers it.
    void on_request(transaction::ServerHandle server, const sip::Message& request,
                    const Flow& flow);
    void on_response(transaction::UserRef ref, const sip::Message& response);
    /// Non-INVITE: the sender gets silence, never a 408 (C5).
    void on_failed(transaction::UserRef ref);

    [[nodiscard]] std::size_t size() const noexcept { return pending_.size(); }

private:
    struct Pending {
        transaction::ServerHandle server;
        Echo echo;
        std::string from_uri, from_tag, to_tag;
        std::string far_call_id, far_tag;
        std::uint32_t far_cseq{0};
        Flow near;
        RealmId far;
        Flow far_flow;  // of the target, whom credentials are for (D4)
    };

    /// retry: what an earlier try of the same sender left (D4), or nullopt.
    [[nodiscard]] Pending open(transaction::ServerHandle server, const sip::Message& request,
                               const Flow& near, const Flow& far,
                               const std::optional<RetryContext>& retry);
    [[nodiscard]] std::vector<std::string> follow(const sip::Message& request, const Flow& near,
                                                  routing::Target& target) const;
    [[nodiscard]] bool send(Pending& pending, const sip::Message& request,
                            const routing::Target& target, std::span<const std::string> routes);
    void note_refusal(const Pending& pending, const sip::Message& response);
    [[nodiscard]] policy::Crossing crossing(const sip::Message& message, RealmId from,
                                            RealmId to) const;

    Environment& environment_;
    std::unordered_map<std::uint64_t, Pending> pending_;
    std::uint64_t last_id_{0};
};

}  // namespace sallyport::call
