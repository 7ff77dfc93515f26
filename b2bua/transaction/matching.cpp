// SPDX-License-Identifier: Apache-2.0
// Keys and comparisons of RFC 3261 s.17.1.3, s.17.2.3 and s.8.2.2.2. Tags, branches and hosts
// compare without case, Call-IDs and methods with it (A1). See matching.h.
#include "b2bua/transaction/matching.h"

#include "b2bua/sip/params.h"

namespace sallyport::transaction {
namespace {

constexpr Port kDefaultPort{5060};

// Separate streams of one key: the same fields never give the same hash for two purposes.
enum class Purpose : std::uint8_t { kBranch, kRfc2543, kMerge, kResponse, kTag };

KeyedHash hash_for(Purpose purpose, const HashKey& secret) noexcept {
    KeyedHash hash(secret);
    hash.number(static_cast<std::uint64_t>(purpose));
    return hash;
}

std::string_view moved(std::string_view piece, std::string_view from,
                       std::string_view to) noexcept {
    if (piece.empty()) {
        return {};
    }
    return to.substr(static_cast<std::size_t>(piece.data() - from.data()), piece.size());
}

bool same_branch(const RequestKey& a, const RequestKey& b) noexcept {
    return sip::iequals(a.branch, b.branch) && sip::iequals(a.host, b.host) && a.port == b.port;
}

/// RFC 3261 s.17.2.3, second list, without To tag and method.
bool same_fields(const RequestKey& a, const RequestKey& b) noexcept {
    return a.cseq == b.cseq && a.call_id == b.call_id && sip::iequals(a.from_tag, b.from_tag) &&
           a.request_uri == b.request_uri && a.top_via == b.top_via;
}

}  // namespace

RequestKey request_key(const sip::Message& request) noexcept {
    const sip::Via& via = request.top_via();
    RequestKey key;
    key.cookie = via.rfc3261_branch;
    key.branch = via.branch;
    key.host = via.host;
    key.port = via.port.value_or(kDefaultPort);
    key.method = {request.method(), request.method_name()};
    key.request_uri = request.request_uri();
    key.to_tag = request.to().tag;
    key.from_tag = request.from().tag;
    key.call_id = request.call_id();
    key.top_via = via.text;
    key.cseq = request.cseq().number;
    return key;
}

RequestKey rebased(const RequestKey& key, std::string_view from, std::string_view to) noexcept {
    RequestKey copy = key;
    copy.branch = moved(key.branch, from, to);
    copy.host = moved(key.host, from, to);
    copy.method.name = moved(key.method.name, from, to);
    copy.request_uri = moved(key.request_uri, from, to);
    copy.to_tag = moved(key.to_tag, from, to);
    copy.from_tag = moved(key.from_tag, from, to);
    copy.call_id = moved(key.call_id, from, to);
    copy.top_via = moved(key.top_via, from, to);
    return copy;
}

std::uint64_t request_hash(const RequestKey& key, const HashKey& secret) noexcept {
    if (key.cookie) {
        KeyedHash hash = hash_for(Purpose::kBranch, secret);
        return hash.field_nocase(key.branch).field_nocase(key.host).number(key.port.value).finish();
    }
    KeyedHash hash = hash_for(Purpose::kRfc2543, secret);
    return hash.field(key.call_id)
        .field_nocase(key.from_tag)
        .field(key.top_via)
        .number(key.cseq)
        .finish();
}

bool retransmits(const RequestKey& stored, const RequestKey& arrived) noexcept {
    if (stored.cookie != arrived.cookie || !(stored.method == arrived.method)) {
        return false;
    }
    return stored.cookie
               ? same_branch(stored, arrived)
               : same_fields(stored, arrived) && sip::iequals(stored.to_tag, arrived.to_tag);
}

bool acknowledges(const RequestKey& invite, std::string_view sent_tag,
                  const RequestKey& ack) noexcept {
    if (invite.cookie != ack.cookie || invite.method.method != sip::Method::kInvite) {
        return false;
    }
    return invite.cookie ? same_branch(invite, ack)
                         : same_fields(invite, ack) && sip::iequals(sent_tag, ack.to_tag);
}

bool cancels(const RequestKey& stored, const RequestKey& cancel) noexcept {
    if (stored.cookie != cancel.cookie) {
        return false;
    }
    return stored.cookie
               ? same_branch(stored, cancel)
               : same_fields(stored, cancel) && sip::iequals(stored.to_tag, cancel.to_tag);
}

bool may_be_merged(const RequestKey& key) noexcept {
    return key.to_tag.empty() && !key.from_tag.empty();
}

std::uint64_t merge_hash(const RequestKey& key, const HashKey& secret) noexcept {
    KeyedHash hash = hash_for(Purpose::kMerge, secret);
    return hash.field(key.call_id).field_nocase(key.from_tag).number(key.cseq).finish();
}

bool merges(const RequestKey& stored, const RequestKey& arrived) noexcept {
    return stored.cseq == arrived.cseq && stored.method == arrived.method &&
           stored.call_id == arrived.call_id && sip::iequals(stored.from_tag, arrived.from_tag) &&
           stored.request_uri == arrived.request_uri;
}

ResponseKey response_key(const sip::Message& message) noexcept {
    const sip::Via& via = message.top_via();
    return {via.branch,
            via.host,
            via.port.value_or(kDefaultPort),
            {message.cseq().method, message.cseq().method_name}};
}

ResponseKey rebased(const ResponseKey& key, std::string_view from, std::string_view to) noexcept {
    ResponseKey copy = key;
    copy.branch = moved(key.branch, from, to);
    copy.host = moved(key.host, from, to);
    copy.method.name = moved(key.method.name, from, to);
    return copy;
}

std::uint64_t response_hash(const ResponseKey& key, const HashKey& secret) noexcept {
    KeyedHash hash = hash_for(Purpose::kResponse, secret);
    return hash.field_nocase(key.branch)
        .number(static_cast<std::uint64_t>(key.method.method))
        .finish();
}

bool answers(const ResponseKey& sent, const ResponseKey& arrived) noexcept {
    return sent.method == arrived.method && sip::iequals(sent.branch, arrived.branch);
}

bool same_sent_by(const ResponseKey& sent, const ResponseKey& arrived) noexcept {
    return sent.port == arrived.port && sip::iequals(sent.host, arrived.host);
}

std::uint64_t stateless_tag(const sip::Message& request, const HashKey& secret) noexcept {
    KeyedHash hash = hash_for(Purpose::kTag, secret);
    return hash.field(request.call_id())
        .field_nocase(request.from().tag)
        .field_nocase(request.top_via().branch)
        .finish();
}

}  // namespace sallyport::transaction
