// SPDX-License-Identifier: Apache-2.0
// Which requests may not cross, and what they are told (policy/header_policy.h, admit).
#include "b2bua/policy/carried.h"
#include "b2bua/policy/header_policy.h"
#include "b2bua/policy/privacy.h"
#include "b2bua/sip/params.h"

#include <charconv>

namespace sallyport::policy {
namespace {

using sip::HeaderId;
using sip::Message;
using sip::Method;

constexpr std::string_view kTooManyHops = "Too Many Hops";
constexpr std::string_view kBreadthExceeded = "Max-Breadth Exceeded";
constexpr std::string_view kBadExtension = "Bad Extension";

/// RFC 5393 s.5.3.3: nothing may be sent on when no breadth is left.
bool breadth_is_used_up(const Message& request) noexcept {
    const std::string_view text = request.value_of(HeaderId::kMaxBreadth);
    unsigned breadth = 1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), breadth);
    return !text.empty() && error == std::errc{} && end == text.data() + text.size() &&
           breadth == 0;
}

/// Whether a tag of Require is one that only we could serve (D11). A REGISTER may demand path and
/// outbound of its registrar, which answers for itself.
bool refuses_required(std::string_view tag, Method method) noexcept {
    return !carries_tag(tag) && !(method == Method::kRegister && is_path_tag(tag));
}

/// RFC 3323 s.5, and RFC 6140 s.5.1 of a REGISTER (H3): all that a proxy could ask of us.
bool serves_as_proxy(std::string_view tag, Method method) noexcept {
    return sip::iequals(tag, "privacy") ||
           (method == Method::kRegister && sip::iequals(tag, "gin"));
}

void list(std::string& tags, std::string_view tag) {
    tags.append(tags.empty() ? "" : ", ").append(tag);
}

std::string refused_tags(const Message& request) {
    std::string tags;
    sip::ValueCursor proxy(request, HeaderId::kProxyRequire);
    while (const auto tag = proxy.next()) {
        if (!serves_as_proxy(*tag, request.method())) {
            list(tags, *tag);
        }
    }
    sip::ValueCursor required(request, HeaderId::kRequire);
    while (const auto tag = required.next()) {
        if (refuses_required(*tag, request.method())) {
            list(tags, *tag);
        }
    }
    return tags;
}

}  // namespace

std::optional<Rejection> admit(const sip::Message& request) {
    const Method method = request.method();
    if (method == Method::kAck || method == Method::kCancel) {
        return std::nullopt;  // RFC 3261 s.8.2.2.3: what they need is decided with their INVITE
    }
    if (request.max_forwards() == 0 && method != Method::kOptions) {
        return Rejection{483, std::string(kTooManyHops), {}};
    }
    if (breadth_is_used_up(request)) {
        return Rejection{440, std::string(kBreadthExceeded), {}};
    }
    if (const std::string tags = refused_tags(request); !tags.empty()) {
        return Rejection{420, std::string(kBadExtension), "Unsupported: " + tags + "\r\n"};
    }
    return std::nullopt;
}

std::optional<Rejection> refuse_reliable(const sip::Message& request, const Crossing& crossing) {
    if (crossing.carries_100rel || request.method() != Method::kInvite) {
        return std::nullopt;
    }
    sip::ValueCursor required(request, HeaderId::kRequire);
    while (const auto tag = required.next()) {
        if (sip::iequals(*tag, "100rel")) {
            return Rejection{420, std::string(kBadExtension), "Unsupported: 100rel\r\n"};
        }
    }
    return std::nullopt;
}

std::optional<Rejection> refuse_privacy(const sip::Message& request, bool to_trusted) {
    const Privacy asked = to_trusted ? Privacy{} : privacy_of(request);
    if (!asked.critical || asked.unknown.empty()) {
        return std::nullopt;
    }
    return Rejection{500, "Privacy Not Available: " + asked.unknown, {}};
}

}  // namespace sallyport::policy
