// SPDX-License-Identifier: Apache-2.0
// What happens to each header when a message crosses from one leg to the other: the one table of
// D11, and what may not cross at all (C20, RFC 3261 s.16.3, s.20.29, s.20.32). Headers that are not
// in the table are unknown and pass byte for byte (A18). Operators will add rows to the same table.
// Pure; any thread.
#pragma once

#include "b2bua/sip/header.h"
#include "b2bua/sip/message.h"
#include "b2bua/sip/method.h"
#include "b2bua/sip/patch.h"
#include "config/config.h"
#include "config/types/counter.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::policy {

/// One message on its way from one leg to the other.
struct Crossing {
    bool request{true};
    bool in_dialog{false};
    sip::Method method{sip::Method::kUnknown};
    bool from_trusted{false};  // the realm it came from is in the trust domain (RFC 3324 s.2.3)
    bool to_trusted{false};    // the realm it goes to is
    // Name shown as warn-agent on the other side (RFC 3261 s.20.43); empty: Warning passes as is.
    std::string_view to_realm{};
    // One more option tag that Require of a response must not demand of its receiver; or empty.
    std::string_view withheld_tag{};
    bool parties_kept{true};     // From and To say the same user and host on both legs
    bool hide_agents{false};     // option ua-hide of the realm it goes to
    bool strip_info_uris{true};  // option of the realm it came from
    std::span<const std::string> strip_headers{};  // option of the realm it goes to
    Transfers refer{Transfers::kPass};             // options: what Allow must not promise
    Passage unknown_methods{Passage::kPass};
    bool carries_100rel{true};  // option 100rel of neither realm forbids it
    bool by_path{false};        // a REGISTER, or its answer, of a realm in mode path (H15)
    // What a request's P-Preferred-Identity was found to prove (RFC 3325 s.6).
    std::string identity{};
    // Users of the realm it came from whom we ask for credentials ourselves; may be null.
    const Users* users{nullptr};
    Counter* identities_stripped{nullptr};  // counts signed headers that went; may be null
};

/// What the realms say about a crossing; the message's own part is left to the caller.
[[nodiscard]] Crossing crossing_between(const Config& config, RealmId from, RealmId to) noexcept;

enum class Verdict : std::uint8_t {
    kPass,          // byte for byte, unless an option names the header
    kStrip,         // never crosses
    kLegOwned,      // each leg has its own: the caller writes it, apply() leaves it alone
    kTrusted,       // crosses only into the trust domain
    kTrustedBoth,   // crosses only inside the trust domain: both sides trusted
    kRegistered,    // crosses in what answers a REGISTER, else as kTrustedBoth
    kByPath,        // crosses where the registrar sees a path through us (H15)
    kAsserted,      // RFC 3325 s.5, s.7: believed from trusted only, hidden where Privacy asks
    kPrivacy,       // RFC 3323 s.5: towards untrusted, the values that we perform are taken out
    kPersonal,      // goes where privacy "user" is performed (RFC 3323 s.5.3)
    kAgent,         // personal, and goes where the far realm hides agents
    kSigned,        // RFC 8224 s.4: stands only while both parties do
    kOptionTags,    // minus the option tags that we do not carry there (policy/carried.h)
    kMethods,       // minus the methods that the operator keeps out
    kInfoPackages,  // minus the INFO packages that we do not carry (policy/carried.h)
    kChallenge,     // auth-int leaves qop="auth,auth-int", because we change bodies (D15)
    kCredentials,   // ends here when it answers a challenge of ours (RFC 3261 s.22.3)
    kInfoUris,      // personal, and from untrusted only values with urn: and cid: URIs cross
    kWarnAgent,     // the agent's host becomes the name of our realm
};

/// One row of D11.
struct HeaderRule {
    sip::HeaderId header;
    Verdict request;  // requests, in a dialog and outside
    Verdict response;
    std::string_view basis;  // RFC section or rule
};

/// Every header that has a name in sip/header_table.def, once.
[[nodiscard]] std::span<const HeaderRule> header_table() noexcept;
[[nodiscard]] Verdict verdict_of(sip::HeaderId header, bool request) noexcept;

/// Edits every header that is not leg owned as the table says. Contact is the caller's in requests,
/// 1xx and 2xx; apply() passes it in 3xx, and strips it from 4xx-6xx unless both sides are trusted.
/// A fault of the patch stays in the patch, where encode() reports it.
void apply(sip::Patch& patch, const sip::Message& message, const Crossing& crossing) noexcept;

struct Rejection {
    int status{0};
    std::string reason;
    std::string header_line;  // complete lines, each ended by CRLF; empty when none
};

/// Whether a request may cross: hops left (C20: 483, except OPTIONS, which we then answer), breadth
/// left (440), Proxy-Require and Require tags that need us and that we do not carry (420). ACK and
/// CANCEL are never refused: the caller drops an ACK without hops.
[[nodiscard]] std::optional<Rejection> admit(const sip::Message& request);

/// Whether a request demands reliable provisional responses where the option 100rel of a realm
/// forbids them (M6, RFC 3261 s.8.2.2.3: 420).
[[nodiscard]] std::optional<Rejection> refuse_reliable(const sip::Message& request,
                                                       const Crossing& crossing);

/// Whether the privacy that a request calls critical can be given where it goes (RFC 3323 s.5:
/// 500). Asked when that is known.
[[nodiscard]] std::optional<Rejection> refuse_privacy(const sip::Message& request, bool to_trusted);

}  // namespace sallyport::policy
