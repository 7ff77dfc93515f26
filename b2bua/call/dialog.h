// SPDX-License-Identifier: Apache-2.0
// One leg's dialog as we keep it (RFC 3261 s.12, D1): nothing of it ever appears on the other leg
// except through crossing.h. Owner: a Call, on its shard's thread. Texts are copies; no view into a
// message survives here.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/transport/flow.h"
#include "sdp-rewrite/origin.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::call {

struct Dialog {
    std::string call_id;
    std::string local_tag;
    std::string remote_tag;              // empty: not known yet (UAC), or a peer of RFC 2543 (D2)
    std::string local_party;             // value of From in our requests, our tag included
    std::string remote_party;            // value of To in our requests, their tag included
    std::string remote_target;           // URI of their Contact
    std::vector<std::string> route_set;  // in the order of our Route headers
    std::string contact;  // our Contact value, the same for the life of the leg (D10)
    std::uint32_t local_cseq{0};
    std::optional<std::uint32_t> remote_cseq;
    Flow flow;             // where requests go and come from
    sdp::Origin origin;    // what they have been shown of o= (E6)
    std::string allow;     // methods that they said last they allow; empty: they never said
    bool said_bye{false};  // they did
};

/// Where an in-dialog request is sent to and what its R-URI and Route say (RFC 3261 s.12.2.1.1,
/// D8).
struct Destination {
    std::string request_uri;
    std::vector<std::string> routes;
    bool strict{false};  // the R-URI is the next hop (RFC 3261 s.8.1.2), whatever the routes say
};
[[nodiscard]] Destination destination(const Dialog& dialog);

/// Keeps the Allow of a message that came from the remote end, if it has one.
void learn_allow(Dialog& dialog, const sip::Message& message);

/// The remote end has said that it allows the method.
[[nodiscard]] bool allows(const Dialog& dialog, std::string_view method) noexcept;

/// Values of Record-Route in message order, for a UAS (D6); a UAC reverses them.
[[nodiscard]] std::vector<std::string> record_routes(const sip::Message& message);

/// URI of the first Contact; empty when there is none that parses.
[[nodiscard]] std::string_view contact_uri(const sip::Message& message) noexcept;

/// User part of a URI as it stands; empty when there is none.
[[nodiscard]] std::string_view user_of(std::string_view uri) noexcept;

/// A party value (From or To) with its tag replaced, added, or taken out when tag is empty.
[[nodiscard]] std::string with_tag(const sip::NameAddr& party, std::string_view tag);

}  // namespace sallyport::call
