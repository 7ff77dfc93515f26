// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/session_part.h"

#include "b2bua/sip/disposition.h"
#include "b2bua/sip/media_type.h"
#include "b2bua/sip/params.h"

#include <algorithm>

namespace sallyport::call {
namespace {

using sip::BodyPart;

constexpr BodyRefusal kEncoded{415, "Unsupported Media Type", "Accept-Encoding: identity\r\n",
                               "a body with a Content-Encoding cannot be anchored"};
constexpr BodyRefusal kSealed{415, "Unsupported Media Type",
                              "Accept: application/sdp, multipart/mixed\r\n",
                              "an encrypted or signed body cannot be anchored"};
constexpr BodyRefusal kBadType{400, "Bad Content-Type", {}, "Content-Type of a body is malformed"};

bool negotiates(sip::Method method) noexcept {
    return method == sip::Method::kInvite || method == sip::Method::kAck ||
           method == sip::Method::kPrack || method == sip::Method::kUpdate;
}

bool is_type(const BodyPart& part, std::string_view type, std::string_view subtype) noexcept {
    const auto parsed = sip::MediaType::parse(part.type);
    return parsed.ok() && parsed->is(type, subtype);
}

/// The disposition that a part has in fact; empty when none is given, or none that can be read: a
/// description that is rewritten needlessly harms nobody.
std::string_view disposition_of(const BodyPart& part) noexcept {
    const auto parsed = sip::Disposition::parse(part.disposition);
    return parsed.ok() ? parsed->type : std::string_view{};
}

bool is_session(const BodyPart& part) noexcept {
    const std::string_view disposition = disposition_of(part);
    const bool meant = disposition.empty() || sip::iequals(disposition, "session") ||
                       sip::iequals(disposition, "early-session");
    return meant && !part.content.empty() && is_type(part, "application", "sdp");
}

bool is_encoded(const BodyPart& part) noexcept {
    return !part.encoding.empty() && !sip::iequals(part.encoding, "identity");
}

/// S/MIME that hides its content: all but a list of certificates (RFC 8551 s.3.2.2).
bool is_smime(const BodyPart& part) noexcept {
    const auto type = sip::MediaType::parse(part.type);
    return type.ok() &&
           (type->is("application", "pkcs7-mime") || type->is("application", "x-pkcs7-mime")) &&
           !sip::iequals(type->param("smime-type"), "certs-only");
}

/// Some part around this one is signed, so that nothing in it may change.
bool is_signed(const sip::BodyParts& body, const BodyPart& part) noexcept {
    const BodyPart* around = &part;
    while (around->depth != 0) {
        around = &body.parts()[around->parent];
        if (is_type(*around, "multipart", "signed")) {
            return true;
        }
    }
    return false;
}

/// What only counts where offer and answer are made.
std::optional<BodyRefusal> hidden_session(const sip::BodyParts& body,
                                          const BodyPart& part) noexcept {
    const auto type = sip::MediaType::parse(part.type);
    if (!part.type.empty() && !type.ok()) {
        return kBadType;  // a tolerant far end might find a session description in it
    }
    if (type.ok() && sip::iequals(type->type, "multipart") && is_encoded(part)) {
        return kEncoded;
    }
    if (is_smime(part) || (is_session(part) && is_signed(body, part))) {
        return kSealed;
    }
    return std::nullopt;
}

}  // namespace

SessionParts SessionParts::of(const sip::BodyParts& body) {
    SessionParts found;
    for (std::size_t i = 0; i < body.parts().size(); ++i) {
        const BodyPart& part = body.parts()[i];
        if (!is_session(part)) {
            continue;
        }
        if (!found.negotiated && !sip::iequals(disposition_of(part), "early-session")) {
            found.negotiated = found.parts.size();
        }
        found.parts.push_back(i);
    }
    return found;
}

Result<sip::BodyParts, BodyRefusal> readable_parts(const sip::Message& message) noexcept {
    auto body = sip::BodyParts::parse(message);
    if (!body.ok()) {
        const auto fault = body.error().fault;
        return Failure{BodyRefusal{
            sip::status_for(fault), sip::reason_for(fault), {}, sip::reason_for(fault)}};
    }
    if (message.body().empty()) {
        return *body;
    }
    for (const BodyPart& part : body->parts()) {
        if (is_session(part) && is_encoded(part)) {
            return Failure{kEncoded};
        }
        const auto hidden = negotiates(message.method()) ? hidden_session(*body, part)
                                                         : std::optional<BodyRefusal>{};
        if (hidden) {
            return Failure{*hidden};
        }
    }
    return *body;
}

std::string_view session_description(const sip::Message& message) noexcept {
    const auto body = readable_parts(message);
    if (!body.ok()) {
        return {};
    }
    for (const BodyPart& part : body->parts()) {
        if (is_session(part) && !sip::iequals(disposition_of(part), "early-session")) {
            return part.content;
        }
    }
    return {};
}

std::optional<std::string> crossed_body(const sip::Message& message, const SessionTexts& texts) {
    const bool anchored_only = negotiates(message.method());
    const auto body = readable_parts(message);
    if (!body.ok()) {
        return anchored_only ? std::optional<std::string>("") : std::nullopt;
    }
    const SessionParts found = SessionParts::of(*body);
    std::vector<sip::PartText> replaced;
    std::size_t next = 0;
    for (std::size_t i = 0; i < found.parts.size(); ++i) {
        const std::string_view nothing =
            anchored_only ? std::string_view{} : body->parts()[found.parts[i]].content;
        if (texts.negotiated && i == found.negotiated) {
            replaced.push_back({found.parts[i], *texts.negotiated});
        } else {
            replaced.push_back(
                {found.parts[i], next < texts.passive.size() ? texts.passive[next] : nothing});
            ++next;
        }
    }
    replaced.insert(replaced.end(), texts.others.begin(), texts.others.end());
    std::sort(replaced.begin(), replaced.end(),
              [](const sip::PartText& a, const sip::PartText& b) { return a.part < b.part; });
    if (replaced.empty()) {
        return std::nullopt;
    }
    std::string out(sip::room_for(*body, replaced), '\0');
    const auto written = sip::with_contents(*body, replaced, out);
    out.resize(written ? written->size() : 0);
    return out;
}

}  // namespace sallyport::call
