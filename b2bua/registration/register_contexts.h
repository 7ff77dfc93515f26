// SPDX-License-Identifier: Apache-2.0
// What is kept between the REGISTERs of one phone so that the registrar sees one client (H3, D4):
// the phone's Call-ID and address-of-record lead to the Call-ID, From tag and CSeq that we use
// upstream. Digest nonces that the registrar binds to a Call-ID keep working. Bounded: when it is
// full, the context that ends first makes room, which costs its phone no more than a fresh
// challenge. Owner: the RegisterRelay of one Shard.
#pragma once

#include "b2bua/policy/identifiers.h"
#include "b2bua/registration/asked_register.h"
#include "b2bua/registration/kept_answer.h"
#include "b2bua/sip/message.h"
#include "config/types/units.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace sallyport::registration {

struct RegisterContext {
    std::string call_id;             // upstream
    std::string from_tag;            // upstream
    std::uint32_t cseq{0};           // upstream, of the last REGISTER sent
    std::string phone_from_tag;      // a new one gets a new tag upstream (D4)
    std::uint32_t accepted_cseq{0};  // the phone's, of its last REGISTER with a 2xx
    Moment accepted_until;           // as long as that one binds (RFC 3261 s.10.3 step 7)
    std::uint32_t floor{0};          // seconds asked of the registrar at least; raised by its 423
    bool pending{false};             // at the registrar now (H13)
    bool challenged{false};          // the registrar's last word was 401, 407 or 423
    std::optional<KeptAnswer> kept;  // while its last word was a 2xx that binds (H7)
    Moment due;
};

class RegisterContexts {
public:
    explicit RegisterContexts(std::size_t capacity) : capacity_(capacity) {}

    [[nodiscard]] static std::string key_of(const sip::Message& request,
                                            const AskedRegister& asked);
    /// The context of that key, made when there is none. Valid until the next open() or advance().
    RegisterContext& open(const std::string& key, Identifiers& identifiers);
    [[nodiscard]] RegisterContext* find(const std::string& key);
    /// Keeps a context until then; one that is pending stays in any case.
    void keep_until(const std::string& key, Moment due);
    void advance(Moment now);
    [[nodiscard]] std::size_t size() const noexcept { return contexts_.size(); }

private:
    std::size_t capacity_;
    std::unordered_map<std::string, RegisterContext> contexts_;
    std::set<std::pair<Moment, std::string>> due_;  // of those not pending
};

}  // namespace sallyport::registration
