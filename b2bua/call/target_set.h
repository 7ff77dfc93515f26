// SPDX-License-Identifier: Apache-2.0
// The target set of an INVITE (RFC 3261 s.16.5): which targets are still to be tried, one after the
// other (I6, E15), which a 3xx added (I11), and what the ones before answered (M1). Owner: a Call,
// on its shard's thread, until the INVITE has its final response.
#pragma once

#include "b2bua/routing/router.h"
#include "b2bua/sip/message.h"

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::call {

/// How one target ended.
struct Refused {
    int status{0};
    std::string octets;  // its response; empty: none came
};

/// A target that was tried, as History-Info tells of it (RFC 7044 s.9.2, s.9.3).
struct Tried {
    std::string uri;  // the Request-URI that it was sent
    RealmId realm;
    std::string_view how{};              // "rc" or "mp", where the Contact that named it said so
    std::size_t redirects{0};            // that led to it; 0: the route table did
    std::size_t redirector{0};           // which of the tries before had that Contact
    int status{0};                       // 0: it has not answered
    std::vector<std::string> reasons{};  // Reason values of its response
};

class TargetSet {
public:
    // I11: what a chain of redirects may cost.
    static constexpr std::size_t kMaxDepth = 5;
    static constexpr std::size_t kMaxTries = 10;

    TargetSet() = default;
    /// invite: the octets that each attempt is made from (E15).
    TargetSet(std::string_view invite, routing::Targets targets);

    [[nodiscard]] std::string_view invite() const noexcept { return invite_; }
    /// Puts the target that is reached by this flow before the others; no change when none is.
    void prefer(const Flow& flow);
    /// The next target, which is then the current one; nullopt when none is left.
    [[nodiscard]] std::optional<routing::Target> take();
    [[nodiscard]] const routing::Target& current() const noexcept { return current_.target; }
    [[nodiscard]] bool more() const noexcept { return !left_.empty() && tries_ < kMaxTries; }
    /// More than one target was asked.
    [[nodiscard]] bool failed_over() const noexcept { return tries_ > 1; }
    /// True when the current target is the Contact of a 3xx.
    [[nodiscard]] bool redirected() const noexcept { return current_.depth > 0; }

    /// True when the operator wants the next target tried after such an answer of the current one,
    /// which has sent a 18x or not (I6).
    [[nodiscard]] bool fails_over(int status, bool rang) const noexcept;
    /// True when the current target's 3xx is for us to follow (I11).
    [[nodiscard]] bool follows(int status) const noexcept;
    /// Puts the Contacts of the current target's 3xx next, best q first. Those that lead back to
    /// us, into the caller's realm (near), nowhere, or to a target tried before are left out.
    void add_contacts(const Config& config, RealmId near, const sip::Message& redirect);

    /// How the current target ended.
    void note_end(int status, const sip::Message* response);
    /// All that were tried; the last one is the current one.
    [[nodiscard]] std::span<const Tried> tries() const noexcept { return history_; }

    void note_refusal(Refused refused) { refused_.push_back(std::move(refused)); }
    /// The response that the caller gets when no target is left (RFC 3261 s.16.7 step 6): 6xx,
    /// else the lowest class, and in 4xx one that helps the caller to try again; null when there
    /// is none.
    [[nodiscard]] const Refused* best() const noexcept;
    /// Header lines of the challenges in all 401 and 407 but the best response, in order (RFC 3261
    /// s.16.7 step 7).
    [[nodiscard]] std::string other_challenges() const;

private:
    struct Candidate {
        routing::Target target;
        std::size_t depth{0};  // redirects that led to it
        std::string_view how{};
        std::size_t redirector{0};
    };
    [[nodiscard]] std::optional<Candidate> candidate_of(const Config& config, RealmId near,
                                                        std::string_view contact) const;
    [[nodiscard]] bool tried(std::string_view uri) const;

    std::string invite_;
    std::deque<Candidate> left_;
    Candidate current_;
    std::vector<std::string> uris_;  // of all that were tried or wait to be
    std::vector<Refused> refused_;
    std::vector<Tried> history_;
    std::size_t tries_{0};
};

}  // namespace sallyport::call
