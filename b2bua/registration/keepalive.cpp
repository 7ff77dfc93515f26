// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/keepalive.h"

#include "b2bua/sip/writer.h"
#include "config/fault.h"

#include <algorithm>
#include <utility>

namespace sallyport::registration {
namespace {

constexpr std::string_view kCookie = "z9hG4bK";  // RFC 3261 s.8.1.1.7
constexpr std::string_view kDoubleCrlf = "\r\n\r\n";
constexpr std::size_t kLargestOptions = 2048;
constexpr std::size_t kLinesPerSecond = 10;  // of the journal, when a whole network falls silent
constexpr Millis kTurn{10};

}  // namespace

Keepalive::Keepalive(const Parts& parts)
    : parts_(parts),
      key_{parts.identifiers.number(), parts.identifiers.number()},
      watched_(parts.max_flows),
      timers_(parts.max_flows) {}

/// Every shard knows every binding; one of them keeps its flow open.
bool Keepalive::is_ours(const Flow& flow) const noexcept {
    return std::hash<Endpoint>{}(flow.remote) % parts_.config.shards == parts_.self.value;
}

Keepalive::Watched* Keepalive::find(const Flow& flow) {
    const auto found = flows_.find({flow.realm, flow.remote});
    return found == flows_.end() ? nullptr : watched_.find(found->second);
}

bool Keepalive::is_wanted(const Binding& binding) const noexcept {
    const Realm& realm = parts_.config.realms[binding.flow.realm.value];
    return parts_.sender != nullptr && binding.pinhole && realm.keepalive != KeepaliveKind::kOff &&
           binding.flow.transport == Transport::kUdp && is_ours(binding.flow);
}

void Keepalive::watch(const Binding& binding, Moment now) {
    if (!is_wanted(binding)) {
        return;
    }
    if (find(binding.flow) != nullptr) {
        heard(binding.flow, now);
    } else if (const WatchedHandle handle = add(binding.flow, now)) {
        arm(handle, now + wait());
    }
}

void Keepalive::told(const Binding& binding) {
    if (began_) {
        watch(binding, now_);
    } else if (is_wanted(binding) && find(binding.flow) == nullptr) {
        if (const WatchedHandle handle = add(binding.flow, now_)) {
            restored_.push_back(handle);
        }
    }
}

/// Empty: no room, which is for as many flows as there may be bindings.
Keepalive::WatchedHandle Keepalive::add(const Flow& flow, Moment now) {
    const WatchedHandle handle = watched_.emplace(Watched{flow, now});
    if (handle) {
        flows_.emplace(Key{flow.realm, flow.remote}, handle);
    }
    return handle;
}

/// 25 s and up to a fifth more or less, so that phones which came together do not stay so.
Millis Keepalive::wait() {
    constexpr std::uint64_t kSpread = (kLongest - kShortest).count();
    const std::uint64_t jitter = parts_.identifiers.number() % (kSpread + 1);
    return kShortest + Millis{static_cast<std::int64_t>(jitter)};
}

void Keepalive::arm(WatchedHandle handle, Moment due) {
    watched_.find(handle)->timer = timers_.arm(due, handle);
}

void Keepalive::heard(const Flow& flow, Moment now) {
    if (Watched* watched = find(flow)) {
        watched->heard = now;
        watched->misses = 0;
        watched->silent = false;
        watched->blanks = false;
        watched->put_off = 0;
    }
}

void Keepalive::heard_blanks(const Flow& flow, Moment now) {
    Watched* watched = find(flow);
    if (watched != nullptr && watched->put_off < kMostPutOff) {
        watched->heard = now;
        watched->blanks = true;
    }
}

bool Keepalive::on_response(const sip::Message& response, const Flow& flow, Moment now) {
    Watched* watched = response.cseq().method == sip::Method::kOptions ? find(flow) : nullptr;
    if (watched == nullptr) {
        return false;
    }
    const auto branch = branch_of(*watched);
    if (response.top_via().branch != std::string_view(branch.data(), branch.size())) {
        return false;
    }
    if (response.status() >= 200) {
        parts_.counters.keepalives_answered.add();
        heard(flow, now);
    }
    return true;
}

void Keepalive::advance(Moment now) {
    budget_ = kMostAtOnce;
    if (!began_) {
        began_ = true;
        now_ = now;
    }
    probe(now);
    now_ = now;
    timers_.advance(now, [&](TimerHandle, WatchedHandle handle, Moment) { on_due(handle, now); });
}

/// Restored flows, oldest first: nobody knows which of their NATs are still open.
void Keepalive::probe(Moment now) {
    const std::int64_t elapsed = std::max((now - now_).count(), std::int64_t{1});
    auto many =
        static_cast<std::size_t>(std::min(elapsed * kPerMilli, static_cast<std::int64_t>(budget_)));
    for (; many > 0 && !restored_.empty(); --many) {
        const WatchedHandle handle = restored_.front();
        restored_.pop_front();
        on_due(handle, now);
    }
}

void Keepalive::on_due(WatchedHandle handle, Moment now) {
    Watched& watched = *watched_.find(handle);
    const bool probing = !watched.timer;
    if (!probing && watched.heard + kShortest > now) {
        watched.put_off += std::exchange(watched.blanks, false) ? 1 : 0;
        return arm(handle, watched.heard + wait());
    }
    const Binding* binding = parts_.bindings.kept_open(watched.flow, now);
    if (binding == nullptr) {
        return forget(handle);
    }
    if (budget_ == 0) {
        return arm(handle, now + kTurn);
    }
    --budget_;
    flag(watched, *binding, now);
    if (send(watched, *binding)) {
        parts_.counters.keepalives_sent.add();
    }
    arm(handle, now + wait());
}

/// Three OPTIONS before this one had no answer: said once.
void Keepalive::flag(Watched& watched, const Binding& binding, Moment now) {
    if (told_ + Millis{1000} <= now) {
        told_ = now;
        lines_ = 0;
    }
    if (watched.misses < kMostMisses || watched.silent) {
        return;
    }
    watched.silent = true;
    parts_.counters.flows_silent.add();
    say(watched, binding, "left three OPTIONS unanswered");
}

/// The address-of-record has its escapes undone: it may hold any octet (RFC 3261 s.25.1).
void Keepalive::say(const Watched& watched, const Binding& binding, std::string_view what) {
    if (parts_.journal == nullptr || ++lines_ > kLinesPerSecond) {
        return;
    }
    std::string line = "keepalive: " + watched.flow.remote.to_string() + " in ";
    line.append(parts_.config.realms[watched.flow.realm.value].name).append(" ").append(what);
    line.append("; bound there: ").append(config::in_quotes(binding.aor));
    parts_.journal->write(LogLevel::kInfo, line);
}

bool Keepalive::send(Watched& watched, const Binding& binding) {
    return parts_.config.realms[watched.flow.realm.value].keepalive == KeepaliveKind::kCrlf
               ? parts_.sender->send(watched.flow, kDoubleCrlf)
               : send_options(watched, binding);
}

/// Only what was sent can be missed.
bool Keepalive::send_options(Watched& watched, const Binding& binding) {
    ++watched.sent;
    const auto text = options_to(watched, binding);
    if (!text && !std::exchange(watched.unfit, true)) {
        say(watched, binding,
            "gets no OPTIONS: found a Contact of " + std::to_string(binding.contact_uri.size()) +
                " octets, expected one that twice goes into an OPTIONS of " +
                std::to_string(kLargestOptions) +
                ", do shorten it at the phone, or set keepalive = crlf");
    }
    const bool sent = text && parts_.sender->send(watched.flow, *text);
    watched.misses += sent ? 1 : 0;
    return sent;
}

/// nullopt: it does not fit.
std::optional<std::string> Keepalive::options_to(const Watched& watched,
                                                 const Binding& binding) const {
    const auto branch = branch_of(watched);
    const std::string us = watched.flow.local.to_string();
    std::array<char, kLargestOptions> out;
    sip::Writer writer(out);
    writer.request_line("OPTIONS", binding.contact_uri)
        .header_begin("Via")
        .text("SIP/2.0/UDP ")
        .text(us)
        .text(";branch=")
        .text({branch.data(), branch.size()})
        .text(";rport")
        .line_end()
        .header("Max-Forwards", "70")
        .header_begin("From")
        .text("<sip:")
        .text(us)
        .text(">;tag=")
        .text(parts_.identifiers.tag())
        .line_end()
        .header_begin("To")
        .text("<")
        .text(binding.contact_uri)
        .text(">")
        .line_end()
        .header("Call-ID", parts_.identifiers.call_id())
        .header("CSeq", "1 OPTIONS")
        .header_begin("Contact")
        .text("<sip:")
        .text(us)
        .text(">")
        .line_end();
    const auto text = writer.header("Accept", "application/sdp").finish();
    return text ? std::optional<std::string>(*text) : std::nullopt;
}

void Keepalive::forget(WatchedHandle handle) {
    const Flow& flow = watched_.find(handle)->flow;
    flows_.erase({flow.realm, flow.remote});
    watched_.erase(handle);
}

/// That of the last OPTIONS: only who got it can know it.
std::array<char, 23> Keepalive::branch_of(const Watched& watched) const {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const std::string remote = watched.flow.remote.to_string();
    std::uint64_t bits = KeyedHash(key_).field(remote).number(watched.sent).finish();
    std::array<char, 23> branch{};
    std::copy(kCookie.begin(), kCookie.end(), branch.begin());
    for (std::size_t i = kCookie.size(); i < branch.size(); ++i, bits >>= 4) {
        branch[i] = kDigits[bits & 0xf];
    }
    return branch;
}

}  // namespace sallyport::registration
