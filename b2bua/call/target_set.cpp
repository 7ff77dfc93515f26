// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/target_set.h"

#include "b2bua/routing/own_address.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/qvalue.h"
#include "b2bua/sip/uri.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace sallyport::call {
namespace {

/// RFC 3261 s.16.7 step 6: these give the caller something to act on.
bool helps_to_retry(int status) noexcept {
    constexpr std::array<int, 5> kHelpful{401, 407, 415, 420, 484};
    return std::find(kHelpful.begin(), kHelpful.end(), status) != kHelpful.end();
}

/// Lower is better.
int rank(int status) noexcept {
    const int status_class = status / 100;
    if (status_class == 6) {
        return 0;
    }
    return status_class * 2 + (helps_to_retry(status) ? 0 : 1);
}

std::string challenges_of(const Refused& refused) {
    std::string lines;
    sip::Message message;
    if (refused.octets.empty() || !message.parse(refused.octets, sip::kOwnLimits).ok()) {
        return lines;
    }
    for (const sip::HeaderField& field : message.headers()) {
        if (field.id == sip::HeaderId::kWwwAuthenticate ||
            field.id == sip::HeaderId::kProxyAuthenticate) {
            lines.append(sip::long_name(field.id)).append(": ");
            lines.append(message.value(field)).append("\r\n");
        }
    }
    return lines;
}

/// RFC 7044 s.10.4: only who redirects knows how the target was found.
std::string_view how_retargeted(const sip::NameAddr& contact) noexcept {
    if (sip::find_param(contact.params, "rc")) {
        return "rc";
    }
    return sip::find_param(contact.params, "mp") ? "mp" : std::string_view{};
}

}  // namespace

TargetSet::TargetSet(std::string_view invite, routing::Targets targets) : invite_(invite) {
    for (routing::Target& target : targets) {
        uris_.push_back(target.request_uri);
        left_.push_back({std::move(target)});
    }
}

void TargetSet::prefer(const Flow& flow) {
    const auto found = std::find_if(left_.begin(), left_.end(), [&](const Candidate& candidate) {
        return candidate.target.flow == flow;
    });
    if (found != left_.end()) {
        std::rotate(left_.begin(), found, std::next(found));
    }
}

std::optional<routing::Target> TargetSet::take() {
    if (!more()) {
        return std::nullopt;
    }
    current_ = std::move(left_.front());
    left_.pop_front();
    ++tries_;
    history_.push_back({current_.target.request_uri, current_.target.flow.realm, current_.how,
                        current_.depth, current_.redirector});
    return current_.target;
}

bool TargetSet::fails_over(int status, bool rang) const noexcept {
    const auto& codes = current_.target.failover_codes;
    // A 408 of somebody who rang says that the callee did not answer.
    return std::find(codes.begin(), codes.end(), status) != codes.end() && !(status == 408 && rang);
}

bool TargetSet::follows(int status) const noexcept {
    // 305 and 380 ask for more than another URI (RFC 3261 s.21.3.4, s.21.3.5): they pass.
    return current_.target.redirect == Redirect::kRecurse && status >= 300 && status <= 302;
}

bool TargetSet::tried(std::string_view uri) const {
    const auto wanted = sip::Uri::parse(uri);
    return std::any_of(uris_.begin(), uris_.end(), [&](const std::string& other) {
        const auto known = sip::Uri::parse(other);
        return known.ok() && wanted.ok() && sip::equivalent(*known, *wanted);
    });
}

std::optional<TargetSet::Candidate> TargetSet::candidate_of(const Config& config, RealmId near,
                                                            std::string_view contact) const {
    const auto uri = sip::Uri::parse(contact);
    if (!uri.ok() || tried(contact)) {
        return std::nullopt;
    }
    Candidate candidate{current_.target, current_.depth + 1};
    candidate.target.request_uri = uri->text.substr(
        0, uri->text.size() - (uri->headers.empty() ? 0 : uri->headers.size() + 1));
    if (uri->scheme == sip::Scheme::kTel) {
        return candidate;  // a number: who sent us there routes it
    }
    const auto ip = uri->ip();
    const bool usable = uri->scheme == sip::Scheme::kSip && ip && !ip->is_loopback() &&
                        !ip->is_multicast() && !ip->is_unspecified() &&
                        !routing::is_own(config, *uri) &&
                        !config.realms[near.value].address.contains(*ip);
    if (!usable) {
        return std::nullopt;  // a name among them: it needs DNS
    }
    candidate.target.flow.remote = {*ip, uri->port.value_or(Port{5060})};
    return candidate;
}

void TargetSet::add_contacts(const Config& config, RealmId near, const sip::Message& redirect) {
    if (current_.depth >= kMaxDepth) {
        return;
    }
    std::vector<std::pair<std::uint16_t, Candidate>> found;
    sip::ValueCursor cursor(redirect, sip::HeaderId::kContact);
    while (const auto value = cursor.next()) {
        const auto contact = sip::NameAddr::parse(*value);
        auto candidate =
            contact.ok() ? candidate_of(config, near, contact->uri) : std::optional<Candidate>{};
        if (candidate && found.size() < kMaxTries) {
            candidate->how = how_retargeted(*contact);
            candidate->redirector = history_.size() - 1;
            uris_.push_back(candidate->target.request_uri);
            found.emplace_back(sip::q_of(*contact), std::move(*candidate));
        }
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (auto next = found.rbegin(); next != found.rend(); ++next) {
        left_.push_front(std::move(next->second));
    }
}

void TargetSet::note_end(int status, const sip::Message* response) {
    if (history_.empty()) {
        return;
    }
    history_.back().status = status;
    if (response != nullptr) {
        sip::ValueCursor cursor(*response, sip::HeaderId::kReason);
        while (const auto value = cursor.next()) {
            history_.back().reasons.emplace_back(*value);
        }
    }
}

const Refused* TargetSet::best() const noexcept {
    const auto found = std::min_element(
        refused_.begin(), refused_.end(),
        [](const Refused& a, const Refused& b) { return rank(a.status) < rank(b.status); });
    return found == refused_.end() ? nullptr : &*found;
}

std::string TargetSet::other_challenges() const {
    std::string lines;
    const Refused* chosen = best();
    for (const Refused& refused : refused_) {
        if (&refused != chosen) {
            lines.append(challenges_of(refused));
        }
    }
    return lines;
}

}  // namespace sallyport::call
