// SPDX-License-Identifier: Apache-2.0
// Which dialog of ours stands behind which (D14): what a message calls a dialog on one leg is
// another dialog on the other. CallTable implements it. Owner: one Shard, on its thread.
#pragma once

#include "b2bua/routing/router.h"
#include "b2bua/sip/uri.h"
#include "b2bua/transport/flow.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::call {

/// A dialog as one of its user agents knows it.
struct NamedDialog {
    std::string call_id;
    std::string local_tag;  // that user agent's own
    std::string remote_tag;
    std::string target;  // the URI of that user agent's Contact
    Flow flow;           // how it is reached
    [[nodiscard]] bool operator==(const NamedDialog&) const = default;
};

/// What a shard tells the others of a confirmed dialog of its own: how its far user agent calls it,
/// and who stands behind. A dialog is asked for by messages of other Call-IDs, and those may be
/// another shard's.
struct DialogChange {
    enum class Kind : std::uint8_t { kPut, kErase };
    Kind kind{Kind::kPut};
    std::string call_id;
    std::string local_tag;
    std::string remote_tag;
    std::string contact;  // URI of the Contact that we show in it
    Endpoint near;        // where its far user agent is
    NamedDialog behind;   // of kErase: as it was
    [[nodiscard]] bool operator==(const DialogChange&) const = default;
};

class DialogDirectory {
public:
    virtual ~DialogDirectory() = default;
    /// The dialog is named as its far user agent knows it, and that is us: who stands behind, and
    /// what the dialog is called there. RFC 3891 s.3: local_tag is the one of the named user agent.
    [[nodiscard]] virtual std::optional<NamedDialog> behind(std::string_view call_id,
                                                            std::string_view local_tag,
                                                            std::string_view remote_tag) = 0;
    /// Who stands behind a dialog that the sender's side knows by a Contact of ours.
    [[nodiscard]] virtual std::optional<routing::Target> behind_contact(
        const sip::Uri& contact, const Endpoint& sender) const = 0;
    /// The Call-ID of the other leg of a call, also of one that has ended; empty: not known.
    [[nodiscard]] virtual std::string_view other_call_id(std::string_view call_id) const = 0;
};

}  // namespace sallyport::call
