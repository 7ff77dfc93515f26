// SPDX-License-Identifier: Apache-2.0
#include "b2bua/explain/reasons.h"

#include "b2bua/policy/header_policy.h"

#include <algorithm>
#include <string_view>

namespace sallyport::explain {
namespace {

using policy::Verdict;
using sip::HeaderId;

struct LegOwned {
    HeaderId header;
    std::string_view words;
};

constexpr LegOwned kLegOwned[] = {
    {HeaderId::kVia, "each leg has its own path; answers come back to the gateway"},
    {HeaderId::kFrom,
     "the tag is that of our own dialog, a host that is shown is one of this side"},
    {HeaderId::kTo,
     "the tag is that of this leg's dialog, our own host becomes that of who is called"},
    {HeaderId::kCallId, "each leg has its own"},
    {HeaderId::kCSeq, "each leg counts its own requests"},
    {HeaderId::kMaxForwards, "one hop less than it came with, or than 70"},
    {HeaderId::kContact,
     "requests inside the dialog come to the gateway; no address of the other side is shown"},
    {HeaderId::kRoute,
     "values that name the gateway are done with; the route set is that of this leg"},
    {HeaderId::kRecordRoute, "belongs to the dialog of the other leg"},
    {HeaderId::kContentLength, "counted anew over the body that is sent"},
    {HeaderId::kRSeq, "reliable responses are numbered per leg"},
    {HeaderId::kRAck, "names the response by its number on this leg"},
};

std::string_view leg_owned_words(HeaderId id) {
    const auto* row = std::find_if(std::begin(kLegOwned), std::end(kLegOwned),
                                   [id](const LegOwned& r) { return r.header == id; });
    return row == std::end(kLegOwned) ? "each leg has its own" : row->words;
}

/// The rule of a header as the table has it (policy/header_policy.h).
struct Words {
    Verdict verdict;
    std::string_view words;
};
constexpr Words kWords[] = {
    {Verdict::kPass, "passes; what it says of one leg was put into the words of the other"},
    {Verdict::kStrip, "ends at the gateway"},
    {Verdict::kTrusted, "crosses only into realms that are trusted (nat = false)"},
    {Verdict::kTrustedBoth, "crosses only between realms that are trusted (nat = false)"},
    {Verdict::kRegistered,
     "crosses only between trusted realms (nat = false), or in what answers a "
     "REGISTER"},
    {Verdict::kByPath, "crosses only where registration = path"},
    {Verdict::kAsserted,
     "believed only from trusted realms (nat = false), and hidden where Privacy asks"},
    {Verdict::kPrivacy, "privacy that the gateway performs need not be asked for again"},
    {Verdict::kPersonal,
     "taken out where Privacy: user is performed, towards realms that are not "
     "trusted"},
    {Verdict::kAgent,
     "taken out by ua-hide of the realm that is told, or where Privacy: user is "
     "performed"},
    {Verdict::kSigned, "the signature covers From and To, which are shown differently"},
    {Verdict::kOptionTags, "without the option tags that the gateway does not carry"},
    {Verdict::kMethods, "without the methods that the configuration keeps out"},
    {Verdict::kInfoPackages, "without the INFO packages that the gateway does not carry"},
    {Verdict::kChallenge, "auth-int would cover bodies, which the gateway rewrites"},
    {Verdict::kCredentials, "it answered a challenge of the gateway itself"},
    {Verdict::kInfoUris, "URIs of a realm that is not trusted do not cross (strip-info-uris)"},
    {Verdict::kWarnAgent, "the agent's host becomes the name of our realm (topology-hide)"},
};

std::string_view words(Verdict verdict, HeaderId id) {
    if (verdict == Verdict::kLegOwned) {
        return leg_owned_words(id);
    }
    const auto* row = std::find_if(std::begin(kWords), std::end(kWords),
                                   [verdict](const Words& r) { return r.verdict == verdict; });
    return row == std::end(kWords) ? std::string_view{} : row->words;
}

const policy::HeaderRule* rule_of(HeaderId id) {
    const auto table = policy::header_table();
    const auto row = std::find_if(table.begin(), table.end(),
                                  [id](const policy::HeaderRule& r) { return r.header == id; });
    return row == table.end() ? nullptr : &*row;
}

std::string_view value_of(const Line& line) {
    std::string_view value(line.text);
    value.remove_prefix(std::min(value.find(':') + 1, value.size()));
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    return value;
}

bool is_same_value(const Line* before, const Line* after) {
    return before != nullptr && after != nullptr && value_of(*before) == value_of(*after);
}

std::string section(const Crossed& crossed) {
    return "[realm." + crossed.config.realms[crossed.to.value].name + "]";
}

/// An unknown header passes byte for byte (A18) unless the far realm names it.
std::string unknown_header(const Line* after, const Crossed& crossed) {
    return after == nullptr ? "strip-headers of " + section(crossed) + " names it"
                            : "added by the gateway";
}

/// H14: what a Contact is for outside of dialogs.
std::string_view registered_contact(const Crossed& crossed) {
    return crossed.request ? "the registrar is told a token at the gateway, so that calls to the "
                             "phone come by it (RFC 3261 s.10.2.1)"
                           : "the phone is told its own Contact, and when to register again "
                             "(RFC 3261 s.10.3)";
}

std::string header(const Line* before, const Line* after, const Crossed& crossed) {
    if (is_same_value(before, after)) {
        return "long name, one line (RFC 3261 s.7.3.3)";
    }
    const Line& line = before != nullptr ? *before : *after;
    if (line.id == HeaderId::kContact && crossed.method == sip::Method::kRegister) {
        return std::string(registered_contact(crossed));
    }
    const policy::HeaderRule* rule = rule_of(line.id);
    if (rule == nullptr) {
        return unknown_header(after, crossed);
    }
    const Verdict verdict = crossed.request ? rule->request : rule->response;
    std::string text(words(verdict, line.id));
    if (verdict == Verdict::kPass && after == nullptr) {
        text = "not for the other leg: strip-headers of " + section(crossed) +
               ", or it speaks of what ends at the gateway";
    } else if (verdict != Verdict::kLegOwned && before == nullptr) {
        text = "added by the gateway for this leg";
    }
    return text.append(" (").append(rule->basis).append(")");
}

bool has_port_zero(const Line& line) {
    const std::size_t blank = line.text.find(' ');
    return blank != std::string::npos &&
           std::string_view(line.text).substr(blank).starts_with(" 0 ");
}

struct SdpRule {
    std::string_view key;
    std::string_view words;
};
constexpr SdpRule kSdp[] = {
    {"o=", "the origin is that of our own leg: no address of the other side (RFC 8866 s.5.2)"},
    {"c=", "media goes to the gateway's own address (RFC 8866 s.5.7)"},
    {"m=", "a relay port of the gateway (RFC 8866 s.5.14)"},
    {"a=rtcp", "RTCP goes to the relay port of the gateway (RFC 3605 s.2.1)"},
};

std::string body(const Line* before, const Line* after, const Crossed& crossed) {
    const Line& line = after != nullptr ? *after : *before;
    if (after != nullptr && line.key == "m=" && has_port_zero(line)) {
        return "rejected here: not relayed by the gateway, or rejected before (RFC 3264 s.6)";
    }
    const auto* rule = std::find_if(std::begin(kSdp), std::end(kSdp),
                                    [&line](const SdpRule& r) { return r.key == line.key; });
    if (before != nullptr && after != nullptr && rule != std::end(kSdp)) {
        return std::string(rule->words) + ", " + section(crossed);
    }
    if (after == nullptr && line.key.starts_with("a=")) {
        return "names another way for the media than through the gateway";
    }
    return before == nullptr ? "added by the gateway for this leg"
                             : "put into the words of this leg";
}

}  // namespace

std::string why(const Line* before, const Line* after, const Crossed& crossed) {
    const Line& line = before != nullptr ? *before : *after;
    switch (line.part) {
        case Part::kStart:
            return crossed.request ? "where it goes on this leg: our own address and tokens are "
                                     "replaced by whom they stand for (RFC 3261 s.16.5)"
                                   : "the status is that for this leg";
        case Part::kHeader:
            return header(before, after, crossed);
        case Part::kEmpty:
            return before == nullptr ? "a body was added" : "the body does not cross";
        case Part::kBody:
            return body(before, after, crossed);
    }
    return {};
}

}  // namespace sallyport::explain
