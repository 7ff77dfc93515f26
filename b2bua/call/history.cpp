// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/history.h"

#include "b2bua/sip/name_addr.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/uri.h"
#include "b2bua/sip/uri_headers.h"

#include <algorithm>
#include <optional>

namespace sallyport::call {
namespace {

struct LastEntry {
    std::string uri;
    std::string index;
};

/// RFC 7044 s.5: index-val.
bool is_index(std::string_view text) noexcept {
    return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos &&
           text.front() != '.' && text.back() != '.';
}

/// The caller's last entry; nullopt when it has none that can be read.
std::optional<LastEntry> last_entry(const sip::Message& invite) {
    std::string_view last;
    sip::ValueCursor cursor(invite, sip::HeaderId::kHistoryInfo);
    while (const auto value = cursor.next()) {
        last = *value;
    }
    const auto entry = sip::NameAddr::parse(last);
    const auto index = sip::find_param(entry.ok() ? entry->params : std::string_view{}, "index");
    if (!index || !index->value || !is_index(*index->value)) {
        return std::nullopt;
    }
    return LastEntry{std::string(entry->uri.substr(0, entry->uri.find('?'))),
                     std::string(*index->value)};
}

bool same(std::string_view a, std::string_view b) noexcept {
    const auto left = sip::Uri::parse(a);
    const auto right = sip::Uri::parse(b);
    return a == b || (left.ok() && right.ok() && sip::equivalent(*left, *right));
}

/// The URI as the far realm may see it: a number becomes a SIP URI (RFC 3261 s.19.1.6), and an
/// address of another realm ours (D19).
std::string shown(const Environment& env, std::string_view text, RealmId at, RealmId far) {
    const IpAddr& own = env.realm(far).address.address;
    const std::string host = own.is_v6() ? "[" + own.to_string() + "]" : own.to_string();
    const auto uri = sip::Uri::parse(text);
    if (uri.ok() && uri->scheme == sip::Scheme::kTel) {
        return "sip:" + std::string(text.substr(text.find(':') + 1)) + "@" + host + ";user=phone";
    }
    if (uri.ok() && at != far && uri->ip()) {
        return "sip:" + std::string(uri->user) + (uri->user.empty() ? "" : "@") + host;
    }
    return std::string(text);
}

/// RFC 7044 s.10.2: what the target answered, and why; silence is a 408.
std::string reason_headers(const Tried& tried) {
    const int status = tried.status == 0 ? 408 : tried.status;
    std::string text = "?Reason=";
    text.append(sip::escaped_header_value("SIP;cause=" + std::to_string(status)));
    for (const std::string& reason : tried.reasons) {
        text.append("&Reason=").append(sip::escaped_header_value(reason));
    }
    return text;
}

/// RFC 7044 s.10.4
std::string how_param(const Tried& tried, const std::string& parent, bool first_hand,
                      bool unchanged) {
    if (!first_hand) {
        const std::string of = parent + "." + std::to_string(tried.redirector + 1);
        return tried.how.empty() ? std::string{} : ";" + std::string(tried.how) + "=" + of;
    }
    return (unchanged ? ";np=" : ";rc=") + parent;
}

void add(std::string& entries, std::string_view uri, std::string_view index) {
    entries.append(entries.empty() ? "<" : ", <").append(uri).append(">;index=").append(index);
}

}  // namespace

std::string added_history(const Environment& env, const Call& call, const sip::Message& invite) {
    std::string entries;
    const auto last = last_entry(invite);
    if (!call.targets.redirected() || (!last && invite.has(sip::HeaderId::kHistoryInfo))) {
        return entries;
    }
    const RealmId far = call.root.b.flow.realm;
    const std::string_view asked = invite.request_uri();
    std::string parent = last ? last->index : "1";
    if (!last || !same(last->uri, asked)) {  // on behalf of the hop before (RFC 7044 s.9.1, s.10.3)
        parent.append(last ? ".0.1" : "");
        add(entries, shown(env, asked, call.root.a.flow.realm, far), parent);
    }
    const auto tries = call.targets.tries();
    for (std::size_t i = 0; i < tries.size(); ++i) {
        std::string uri = shown(env, tries[i].uri, tries[i].realm, far);
        uri.append(i + 1 < tries.size() ? reason_headers(tries[i]) : "");
        add(entries, uri, parent + "." + std::to_string(i + 1));
        entries.append(
            how_param(tries[i], parent, tries[i].redirects == 0, same(tries[i].uri, asked)));
    }
    return entries;
}

}  // namespace sallyport::call
