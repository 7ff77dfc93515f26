// SPDX-License-Identifier: Apache-2.0
// Which transaction a message belongs to: RFC 3261 s.17.1.3 (responses, C8), s.17.2.3 (requests,
// C6; without the branch cookie as in RFC 2543, C7), s.8.2.2.2 (merged requests, C19). Keys are
// views: into the message while it is looked up, into the stored copy of the request once the
// transaction exists. Pure.
#pragma once

#include "b2bua/policy/keyed_hash.h"
#include "b2bua/sip/message.h"
#include "config/types/ip.h"

#include <cstdint>
#include <string_view>

namespace sallyport::transaction {

/// A method with its name, because unknown ones differ by name only.
struct MethodKey {
    sip::Method method{sip::Method::kUnknown};
    std::string_view name;
    [[nodiscard]] bool operator==(const MethodKey& other) const noexcept {
        return method == other.method && (method != sip::Method::kUnknown || name == other.name);
    }
};

struct RequestKey {
    bool cookie{false};  // the branch names the transaction
    std::string_view branch;
    std::string_view host;  // sent-by
    Port port;              // sent-by, 5060 when it names none
    MethodKey method;
    std::string_view request_uri;
    std::string_view to_tag;
    std::string_view from_tag;
    std::string_view call_id;
    std::string_view top_via;
    std::uint32_t cseq{0};
};

[[nodiscard]] RequestKey request_key(const sip::Message& request) noexcept;
/// The same key as views into a copy of the request's octets.
[[nodiscard]] RequestKey rebased(const RequestKey& key, std::string_view from,
                                 std::string_view to) noexcept;

/// Equal for a request, its retransmissions, its CANCEL and its ACK.
[[nodiscard]] std::uint64_t request_hash(const RequestKey& key, const HashKey& secret) noexcept;

[[nodiscard]] bool retransmits(const RequestKey& stored, const RequestKey& arrived) noexcept;
/// sent_tag: To tag of the response that was sent to the stored INVITE (C7).
[[nodiscard]] bool acknowledges(const RequestKey& invite, std::string_view sent_tag,
                                const RequestKey& ack) noexcept;
[[nodiscard]] bool cancels(const RequestKey& stored, const RequestKey& cancel) noexcept;

/// C19. Only for requests without To tag and with a From tag.
[[nodiscard]] bool may_be_merged(const RequestKey& key) noexcept;
[[nodiscard]] std::uint64_t merge_hash(const RequestKey& key, const HashKey& secret) noexcept;
[[nodiscard]] bool merges(const RequestKey& stored, const RequestKey& arrived) noexcept;

/// What a response brings back of the request that we sent: the top Via and the CSeq method.
struct ResponseKey {
    std::string_view branch;
    std::string_view host;
    Port port;
    MethodKey method;
};

[[nodiscard]] ResponseKey response_key(
    const sip::Message& message) noexcept;  // request or response
[[nodiscard]] ResponseKey rebased(const ResponseKey& key, std::string_view from,
                                  std::string_view to) noexcept;
[[nodiscard]] std::uint64_t response_hash(const ResponseKey& key, const HashKey& secret) noexcept;
[[nodiscard]] bool answers(const ResponseKey& sent, const ResponseKey& arrived) noexcept;
/// RFC 3261 s.18.1.2.
[[nodiscard]] bool same_sent_by(const ResponseKey& sent, const ResponseKey& arrived) noexcept;

/// To tag of a stateless reply to this request, and so of the ACK to it (C17): a number to be
/// written as 16 hex digits.
[[nodiscard]] std::uint64_t stateless_tag(const sip::Message& request,
                                          const HashKey& secret) noexcept;

}  // namespace sallyport::transaction
