// SPDX-License-Identifier: Apache-2.0
// D11 as data: header, verdict in requests, verdict in responses, basis. A header that gets a name
// in sip/header_table.def and no row here does not compile.
#include "b2bua/policy/header_policy.h"

#include <array>
#include <cstddef>

namespace sallyport::policy {
namespace {

using Id = sip::HeaderId;
using V = Verdict;

constexpr HeaderRule kTable[] = {
    // The path and identity of a message: per leg.
    {Id::kVia, V::kLegOwned, V::kLegOwned, "RFC 3261 s.8.1.1.7"},
    {Id::kFrom, V::kLegOwned, V::kLegOwned, "RFC 3261 s.8.1.1.3"},
    {Id::kTo, V::kLegOwned, V::kLegOwned, "RFC 3261 s.8.1.1.2"},
    {Id::kCallId, V::kLegOwned, V::kLegOwned, "RFC 3261 s.8.1.1.4"},
    {Id::kCSeq, V::kLegOwned, V::kLegOwned, "RFC 3261 s.8.1.1.5"},
    {Id::kMaxForwards, V::kLegOwned, V::kLegOwned, "RFC 7332 s.4"},
    {Id::kContact, V::kLegOwned, V::kLegOwned, "RFC 3261 s.12.1.1"},
    {Id::kRoute, V::kLegOwned, V::kLegOwned, "RFC 3261 s.16.4"},
    {Id::kRecordRoute, V::kLegOwned, V::kLegOwned, "RFC 3261 s.12.1.1"},
    {Id::kContentLength, V::kLegOwned, V::kLegOwned, "RFC 3261 s.20.14"},
    // In mode contact-map neither side sees the other's path; in mode path both do (H15, H16).
    {Id::kPath, V::kByPath, V::kByPath, "RFC 3327 s.5"},
    {Id::kServiceRoute, V::kStrip, V::kByPath, "RFC 3608 s.6"},
    {Id::kFlowTimer, V::kPass, V::kPass, "RFC 5626 s.5.4"},
    // One branch per message: it may keep the whole breadth (admit() sees to zero).
    {Id::kMaxBreadth, V::kPass, V::kPass, "RFC 5393 s.5.3"},
    // Body.
    {Id::kContentType, V::kPass, V::kPass, "RFC 3261 s.7.4"},
    {Id::kContentEncoding, V::kPass, V::kPass, "RFC 3261 s.7.4"},
    {Id::kContentDisposition, V::kPass, V::kPass, "RFC 3261 s.20.11"},
    {Id::kContentLanguage, V::kPass, V::kPass, "RFC 3261 s.20.13"},
    {Id::kContentId, V::kPass, V::kPass, "RFC 8262"},
    {Id::kMimeVersion, V::kPass, V::kPass, "RFC 3261 s.20.24"},
    // Capabilities.
    {Id::kAccept, V::kPass, V::kPass, "RFC 3261 s.20.1"},
    {Id::kAcceptEncoding, V::kPass, V::kPass, "RFC 3261 s.20.2"},
    {Id::kAcceptLanguage, V::kPass, V::kPass, "RFC 3261 s.20.3"},
    {Id::kAllow, V::kMethods, V::kMethods, "RFC 3261 s.20.5"},
    {Id::kAllowEvents, V::kPass, V::kPass, "RFC 6665 s.8.2"},
    {Id::kSupported, V::kOptionTags, V::kOptionTags, "RFC 3261 s.20.37"},
    {Id::kRequire, V::kPass, V::kOptionTags, "RFC 3261 s.20.32"},
    {Id::kProxyRequire, V::kStrip, V::kStrip, "RFC 3261 s.20.29"},
    {Id::kUnsupported, V::kPass, V::kPass, "RFC 3261 s.20.40"},
    {Id::kRecvInfo, V::kInfoPackages, V::kInfoPackages, "RFC 6086 s.8, RFC 8840 s.10"},
    {Id::kInfoPackage, V::kPass, V::kPass, "RFC 6086 s.8"},
    {Id::kFeatureCaps, V::kPass, V::kPass, "RFC 6809 s.4"},
    // Digest (D15) and security agreement.
    {Id::kAuthorization, V::kPass, V::kPass, "RFC 3261 s.22.3"},
    {Id::kProxyAuthorization, V::kCredentials, V::kPass, "RFC 3261 s.22.3"},
    {Id::kWwwAuthenticate, V::kPass, V::kChallenge, "RFC 3261 s.22.3"},
    {Id::kProxyAuthenticate, V::kPass, V::kChallenge, "RFC 3261 s.22.3"},
    {Id::kAuthenticationInfo, V::kPass, V::kPass, "RFC 7615 s.3"},
    {Id::kProxyAuthenticationInfo, V::kPass, V::kPass, "RFC 7615 s.4"},
    {Id::kSecurityClient, V::kStrip, V::kStrip, "RFC 3329 s.2"},
    {Id::kSecurityServer, V::kStrip, V::kStrip, "RFC 3329 s.2"},
    {Id::kSecurityVerify, V::kStrip, V::kStrip, "RFC 3329 s.2"},
    // Timers and refresh.
    {Id::kExpires, V::kPass, V::kPass, "RFC 3261 s.20.19"},
    {Id::kMinExpires, V::kPass, V::kPass, "RFC 3261 s.20.23"},
    {Id::kSessionExpires, V::kPass, V::kPass, "RFC 4028 s.5"},
    {Id::kMinSe, V::kPass, V::kPass, "RFC 4028 s.5"},
    {Id::kRetryAfter, V::kPass, V::kPass, "RFC 3261 s.20.33"},
    {Id::kTimestamp, V::kStrip, V::kStrip, "RFC 3261 s.8.2.6.1"},
    {Id::kDate, V::kPass, V::kPass, "RFC 8224 s.4.1"},
    // Reliable provisional responses are numbered per leg.
    {Id::kRSeq, V::kLegOwned, V::kLegOwned, "RFC 3262 s.3"},
    {Id::kRAck, V::kLegOwned, V::kLegOwned, "RFC 3262 s.7.2"},
    // Events and publication.
    {Id::kEvent, V::kPass, V::kPass, "RFC 6665 s.8.2"},
    {Id::kSubscriptionState, V::kPass, V::kPass, "RFC 6665 s.8.2"},
    {Id::kSipEtag, V::kPass, V::kPass, "RFC 3903 s.4"},
    {Id::kSipIfMatch, V::kPass, V::kPass, "RFC 3903 s.4"},
    // Dialogs that name other dialogs: an id that nobody translates is unknown to us and passes
    // (D14).
    {Id::kReplaces, V::kPass, V::kPass, "RFC 3891 s.3"},
    {Id::kJoin, V::kPass, V::kPass, "RFC 3911 s.4"},
    {Id::kTargetDialog, V::kPass, V::kPass, "RFC 4538 s.7"},
    {Id::kInReplyTo, V::kPersonal, V::kPersonal, "RFC 3261 s.20.21"},
    {Id::kReferTo, V::kPass, V::kPass, "RFC 3515 s.2"},
    {Id::kReferredBy, V::kPass, V::kPass, "RFC 3892 s.2"},
    {Id::kReferSub, V::kPass, V::kPass, "RFC 4488 s.4"},
    // Identity and privacy.
    {Id::kPAssertedIdentity, V::kAsserted, V::kAsserted, "RFC 3325 s.5, s.7"},
    {Id::kPPreferredIdentity, V::kStrip, V::kStrip, "RFC 3325 s.6, s.9.2"},
    {Id::kPrivacy, V::kPrivacy, V::kPrivacy, "RFC 3323 s.5"},
    {Id::kRemotePartyId, V::kAsserted, V::kAsserted, "as P-Asserted-Identity"},
    {Id::kIdentity, V::kSigned, V::kSigned, "RFC 8224 s.4"},
    {Id::kIdentityInfo, V::kSigned, V::kSigned, "RFC 8224 s.4"},
    {Id::kHistoryInfo, V::kTrusted, V::kTrusted, "RFC 7044 s.7"},
    {Id::kDiversion, V::kTrusted, V::kTrusted, "RFC 5806"},
    // What the users tell each other.
    {Id::kReason, V::kPass, V::kPass, "RFC 3326 s.2"},
    {Id::kWarning, V::kWarnAgent, V::kWarnAgent, "RFC 3261 s.20.43"},
    {Id::kUserAgent, V::kAgent, V::kAgent, "RFC 3261 s.20.41"},
    {Id::kServer, V::kAgent, V::kAgent, "RFC 3261 s.20.35"},
    {Id::kOrganization, V::kPersonal, V::kPersonal, "RFC 3261 s.20.25"},
    {Id::kSubject, V::kPersonal, V::kPersonal, "RFC 3261 s.20.36"},
    {Id::kPriority, V::kPass, V::kPass, "RFC 3261 s.20.26"},
    {Id::kReplyTo, V::kPersonal, V::kPersonal, "RFC 3261 s.20.31"},
    {Id::kAlertInfo, V::kInfoUris, V::kInfoUris, "RFC 3261 s.20.4"},
    {Id::kCallInfo, V::kInfoUris, V::kInfoUris, "RFC 3261 s.20.9"},
    {Id::kErrorInfo, V::kInfoUris, V::kInfoUris, "RFC 3261 s.20.18"},
    {Id::kUserToUser, V::kPass, V::kPass, "RFC 7433"},
    {Id::kSessionId, V::kPass, V::kPass, "RFC 7989 s.7"},
    // Where the caller is and how the call should be treated.
    {Id::kGeolocation, V::kPass, V::kPass, "RFC 6442 s.4"},
    {Id::kGeolocationRouting, V::kPass, V::kPass, "RFC 6442 s.4"},
    {Id::kGeolocationError, V::kPass, V::kPass, "RFC 6442 s.4"},
    {Id::kAcceptContact, V::kPass, V::kPass, "RFC 3841 s.9"},
    {Id::kRejectContact, V::kPass, V::kPass, "RFC 3841 s.9"},
    {Id::kRequestDisposition, V::kPass, V::kPass, "RFC 3841 s.9"},
    {Id::kResourcePriority, V::kPass, V::kPass, "RFC 4412 s.3"},
    {Id::kAcceptResourcePriority, V::kPass, V::kPass, "RFC 4412 s.3"},
    {Id::kAnswerMode, V::kPass, V::kPass, "RFC 5373 s.4"},
    {Id::kPrivAnswerMode, V::kPass, V::kPass, "RFC 5373 s.4"},
    // 3GPP.
    {Id::kPEarlyMedia, V::kPass, V::kPass, "RFC 5009"},
    {Id::kPChargingVector, V::kTrustedBoth, V::kTrustedBoth, "RFC 7315 s.4"},
    {Id::kPChargingFunctionAddresses, V::kTrustedBoth, V::kTrustedBoth, "RFC 7315 s.4"},
    {Id::kPAccessNetworkInfo, V::kTrustedBoth, V::kTrustedBoth, "RFC 7315 s.4"},
    {Id::kPVisitedNetworkId, V::kTrustedBoth, V::kTrustedBoth, "RFC 7315 s.4"},
    {Id::kPCalledPartyId, V::kTrustedBoth, V::kTrustedBoth, "RFC 7315 s.4"},
    // The registrar tells the phone its identities in the 2xx to REGISTER (H2).
    {Id::kPAssociatedUri, V::kRegistered, V::kRegistered, "RFC 7315 s.4.1"},
    {Id::kPServedUser, V::kTrustedBoth, V::kTrustedBoth, "RFC 5502 s.6"},
    {Id::kPAssertedService, V::kTrustedBoth, V::kTrustedBoth, "RFC 6050 s.4"},
    {Id::kPPreferredService, V::kStrip, V::kStrip, "RFC 6050 s.4"},
};

constexpr std::size_t kNames = static_cast<std::size_t>(Id::kCount);

constexpr bool every_name_once() {
    std::array<int, kNames> seen{};
    for (const HeaderRule& rule : kTable) {
        ++seen[static_cast<std::size_t>(rule.header)];
    }
    for (std::size_t i = 1; i < kNames; ++i) {
        if (seen[i] != 1) {
            return false;
        }
    }
    return seen[0] == 0;
}
static_assert(every_name_once(), "each header of sip/header_table.def has one row");

struct Verdicts {
    Verdict request{V::kPass};
    Verdict response{V::kPass};
};

constexpr auto kById = [] {
    std::array<Verdicts, kNames> by_id{};
    for (const HeaderRule& rule : kTable) {
        by_id[static_cast<std::size_t>(rule.header)] = {rule.request, rule.response};
    }
    return by_id;
}();

}  // namespace

std::span<const HeaderRule> header_table() noexcept {
    return kTable;
}

Verdict verdict_of(sip::HeaderId header, bool request) noexcept {
    const Verdicts& verdicts = kById[static_cast<std::size_t>(header)];
    return request ? verdicts.request : verdicts.response;
}

}  // namespace sallyport::policy
