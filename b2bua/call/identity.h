// SPDX-License-Identifier: Apache-2.0
// From and To as the other realm may see them (D11, D13, D19): a URI whose host is a literal
// address of this side is given the address that stands for it on the other side; names pass. Each
// leg keeps what it was shown, so the rewrite is symmetric by construction. Pure.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/sip/name_addr.h"
#include "b2bua/transport/flow.h"
#include "config/config.h"

#include <string>
#include <string_view>

namespace sallyport::call {

/// The realm that a request is sent into, and to whom.
struct RealmView {
    const Config* config;
    Flow flow;

    /// From of a request that we send: a foreign literal host becomes our own address. Without its
    /// tag.
    [[nodiscard]] std::string own_party(const sip::NameAddr& from) const;
    /// The same for a request, or nobody where its sender asks for that (RFC 3323 s.5.3).
    [[nodiscard]] std::string shown_from(const sip::Message& request) const;
    /// To of a request that we send: a foreign literal host becomes the address it is sent to.
    /// Without its tag.
    [[nodiscard]] std::string peer_party(const sip::NameAddr& to) const;
};

/// A party text without a tag, with this one.
[[nodiscard]] std::string with_tag_text(std::string party, std::string_view tag);

}  // namespace sallyport::call
