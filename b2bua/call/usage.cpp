// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/usage.h"

#include "b2bua/call/options.h"
#include "b2bua/call/steps.h"
#include "b2bua/sip/delta_seconds.h"
#include "b2bua/sip/event.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/subscription_state.h"

#include <algorithm>
#include <charconv>

namespace sallyport::call {
namespace {

using sip::HeaderId;
using sip::Method;

constexpr std::string_view kRefer = "refer";
/// Kept for so long behind the end that both sides know, for what is still on its way.
constexpr Millis kGrace{32'000};
/// RFC 6665 s.4.4.2 leaves the duration to the package when nobody says one; an hour is the most
/// usual.
constexpr Millis kUnsaid{3'600'000};
/// A transfer that says nothing more for longer than a phone rings is over.
constexpr Millis kUnsaidRefer{180'000};
/// Nobody's subscription binds memory for longer without a refresh.
constexpr std::uint32_t kLongest{7 * 86400};

Millis timer_n(const Environment& env) noexcept {
    return env.t1 * 64;  // RFC 6665 s.4.1.2.4
}

Millis seconds(std::uint32_t n) noexcept {
    return Millis{std::min(n, kLongest)} * 1000;
}

/// RFC 6665 s.4.1.2.2, s.4.2.2: responses that end the subscription, not the request alone.
bool ends_usage(int status) noexcept {
    constexpr int kEnding[] = {404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604};
    return std::find(std::begin(kEnding), std::end(kEnding), status) != std::end(kEnding);
}

bool carries_event(Method method) noexcept {
    return method == Method::kSubscribe || method == Method::kNotify;
}

bool is_refer(const Subscription& s) noexcept {
    return s.far_refer != 0;
}

/// The number by which the sender of a message knows the REFER of this subscription.
std::uint32_t number_for(const Subscription& s, Side sender) noexcept {
    return s.subscriber == sender ? s.near_refer : s.far_refer;
}

bool says_number(std::string_view id, std::uint32_t number) noexcept {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), value);
    return error == std::errc{} && end == id.data() + id.size() && value == number;
}

/// RFC 6665 s.8.2.1; only the first REFER's NOTIFYs may go without id (RFC 3515 s.2.4.6).
bool is_of(const Subscription& s, const sip::Event& event, Side sender) noexcept {
    if (s.package != event.package) {
        return false;
    }
    return is_refer(s) ? event.id.empty() || says_number(event.id, number_for(s, sender))
                       : s.id == event.id;
}

Side subscriber_of(const Received& request) noexcept {
    return request.message.method() == Method::kNotify ? dataplane::other(request.side)
                                                       : request.side;
}

template <class Subscriptions>
auto find_in(Subscriptions& subscriptions, const Received& request) -> decltype(&subscriptions[0]) {
    const auto event = sip::Event::parse(request.message.value_of(HeaderId::kEvent));
    if (!event.ok() || !carries_event(request.message.method())) {
        return nullptr;
    }
    const Side subscriber = subscriber_of(request);
    const auto found =
        std::find_if(subscriptions.begin(), subscriptions.end(), [&](const Subscription& s) {
            return s.pair == request.pair && s.subscriber == subscriber &&
                   is_of(s, *event, request.side);
        });
    return found == subscriptions.end() ? nullptr : &*found;
}

Subscription* find_serial(Call& call, std::uint32_t serial) noexcept {
    const auto found = std::find_if(call.subscriptions.begin(), call.subscriptions.end(),
                                    [serial](const Subscription& s) { return s.serial == serial; });
    return found == call.subscriptions.end() ? nullptr : &*found;
}

void erase(Call& call, std::uint32_t serial) {
    std::erase_if(call.subscriptions,
                  [serial](const Subscription& s) { return s.serial == serial; });
}

Subscription& open(Environment& env, Call& call, const Exchange& exchange,
                   const Received& request) {
    Subscription s;
    s.serial = ++call.last_subscription;
    s.pair = exchange.pair;
    s.subscriber = exchange.from;
    s.until = env.now + timer_n(env);
    if (exchange.method == Method::kRefer) {
        s.package = kRefer;
        s.near_refer = request.message.cseq().number;
        s.far_refer = call.pair(exchange.pair).of(dataplane::other(exchange.from)).local_cseq;
    } else {
        const auto event = sip::Event::parse(request.message.value_of(HeaderId::kEvent));
        s.package = event->package;  // refused_by_method() saw to it that it parses
        s.id = event->id;
    }
    return call.subscriptions.emplace_back(std::move(s));
}

/// A NOTIFY is on its way to the subscriber.
UsageStep note_notify(Environment& env, Subscription& s, const sip::Message& notify) {
    const auto state = sip::SubscriptionState::parse(notify.value_of(HeaderId::kSubscriptionState));
    s.notified = true;
    if (state.ok() && state->state == sip::Substate::kTerminated) {
        s.until = env.now + kGrace;
        return UsageStep::kTerminate;
    }
    if (state.ok() && state->expires) {
        s.until = env.now + seconds(*state->expires) + kGrace;
    } else if (s.granted) {
        s.until = *s.granted;
    } else {
        s.until = env.now + (is_refer(s) ? kUnsaidRefer : kUnsaid);
    }
    return UsageStep::kNotify;
}

/// RFC 6665 s.4.1.2.2, s.4.1.2.3: what a 2xx to SUBSCRIBE grants; 0 ends with one more NOTIFY.
void note_granted(Environment& env, Subscription& s, const sip::Message& response) {
    const auto granted = sip::delta_seconds(response.value_of(HeaderId::kExpires));
    s.granted = env.now + (granted ? seconds(*granted) : kUnsaid) + kGrace;
    if (s.notified) {
        s.until = *s.granted;
    }
}

/// RFC 4488 s.4: the 2xx says that no subscription was made.
bool declines_subscription(const sip::Message& response) noexcept {
    const std::string_view text = response.value_of(HeaderId::kReferSub);
    return sip::iequals(text.substr(0, text.find_first_of("; \t")), "false");
}

void opening_answered(Environment& env, Call& call, Subscription& s, const Exchange& exchange,
                      const sip::Message& response) {
    const bool refer = exchange.method == Method::kRefer;
    const bool taken = response.status() < 300 && !(refer && declines_subscription(response));
    if (!taken) {
        // RFC 6665 s.4.4.1: notifiers that come late answer the request outside a dialog, so only
        // its refusal ends the wait for them, not that of a further event.
        const std::uint32_t declined = s.notified ? 0 : s.serial;
        std::erase_if(call.subscriptions, [&exchange, declined](const Subscription& other) {
            return other.serial == declined || (exchange.initial && other.pair == kRootPair);
        });
    } else if (taken && refer && !s.notified) {
        s.until = env.now + timer_n(env);
    } else if (taken && !refer) {
        note_granted(env, s, response);
    }
}

bool has_one_target(const sip::Message& refer) noexcept {
    const auto fields = refer.headers();
    const auto count = std::count_if(fields.begin(), fields.end(), [](const sip::HeaderField& f) {
        return f.id == HeaderId::kReferTo;
    });
    return count == 1 && sip::NameAddr::parse(refer.value_of(HeaderId::kReferTo)).ok();
}

bool opens_usage(Method method) noexcept {
    return method == Method::kSubscribe || method == Method::kRefer;
}

bool needs_session(Method method) noexcept {
    return method == Method::kInvite || method == Method::kBye || method == Method::kUpdate ||
           method == Method::kPrack;
}

/// The usage that the request is of must be there (RFC 5057 s.4). While there is a session, a
/// NOTIFY that belongs to none is for the far side to judge: docs/decisions/0004.
bool lacks_usage(const Call& call, const Received& request, bool known) noexcept {
    const Method method = request.message.method();
    switch (call.state) {
        case CallState::kInviting:
        case CallState::kConfirmed:
            return false;
        case CallState::kEnding:  // what BYE, INVITE and PRACK get then, their own events know
            return !known && method != Method::kBye && method != Method::kInvite &&
                   method != Method::kPrack;
        case CallState::kNoSession:
            // The last subscription of a dialog takes the dialog with it (RFC 6665 s.4.4.1).
            return needs_session(method) || (method == Method::kNotify && !known) ||
                   (opens_usage(method) && subscription_of(call, request.pair) == 0);
    }
    return false;
}

struct MethodRefusal {
    int status{0};
    std::string_view reason;
};

std::optional<MethodRefusal> refusal_of(const Config& config, const sip::Message& request) {
    const Method method = request.method();
    if (method == Method::kUnknown && config.unknown_methods == Passage::kReject) {
        return MethodRefusal{501, {}};  // RFC 3261 s.21.5.2
    }
    if (method == Method::kRefer && config.refer == Transfers::kReject) {
        return MethodRefusal{603, {}};
    }
    if (method == Method::kRefer && !has_one_target(request)) {
        return MethodRefusal{400, "Exactly One Refer-To Needed"};  // RFC 3515 s.2.4.2
    }
    if (carries_event(method) && !sip::Event::parse(request.value_of(HeaderId::kEvent)).ok()) {
        return MethodRefusal{400, "Missing Or Bad Event"};
    }
    return std::nullopt;
}

}  // namespace

bool refused_by_method(Environment& env, transaction::ServerHandle server,
                       const sip::Message& request) {
    const auto refusal = refusal_of(env.config, request);
    if (!refusal) {
        return false;
    }
    std::string allow;
    if (refusal->status == 501) {
        allow.append("Allow: ").append(allowed_methods(env.config)).append("\r\n");
    }
    env.counters.policy_refused.add();
    respond_here(env, server, refusal->status, refusal->reason, allow);
    return true;
}

bool refused_by_usage(Environment& env, Call& call, const Received& request) {
    const Method method = request.message.method();
    if (refused_by_method(env, request.server, request.message)) {
        return true;
    }
    const bool known = find_in(call.subscriptions, request) != nullptr;
    if (lacks_usage(call, request, known)) {
        env.counters.no_usage.add();
        respond_here(env, request.server, 481,
                     carries_event(method) ? "Subscription Does Not Exist" : std::string_view{});
        return true;
    }
    const bool opens = method == Method::kRefer || (method == Method::kSubscribe && !known);
    if (opens && call.subscriptions.size() >= kMaxSubscriptions) {
        env.counters.too_many_subscriptions.add();
        refuse_busy(env, request.server, "Too Many Subscriptions");
        return true;
    }
    return false;
}

std::optional<std::string> crossed_event(const Call& call, const Received& request) {
    const Subscription* s = find_in(call.subscriptions, request);
    const std::string_view text = request.message.value_of(HeaderId::kEvent);
    const auto event = sip::Event::parse(text);
    if (s == nullptr || !is_refer(*s) || !event.ok() || event->id.empty()) {
        return std::nullopt;
    }
    std::string crossed(text);
    const auto at = static_cast<std::size_t>(event->id.data() - text.data());
    return crossed.replace(at, event->id.size(),
                           std::to_string(number_for(*s, dataplane::other(request.side))));
}

void request_crossed(Environment& env, Call& call, Exchange& exchange, const Received& request) {
    if (exchange.method == Method::kRefer) {
        exchange.usage = {open(env, call, exchange, request).serial, UsageStep::kOpen};
        return;
    }
    Subscription* s = find_in(call.subscriptions, request);
    if (exchange.method == Method::kSubscribe) {
        exchange.usage = s == nullptr ? ExchangeUsage{open(env, call, exchange, request).serial,
                                                      UsageStep::kOpen}
                                      : ExchangeUsage{s->serial, UsageStep::kRefresh};
    } else if (s != nullptr) {
        exchange.usage = {s->serial, note_notify(env, *s, request.message)};
    }
}

void response_crossed(Environment& env, Call& call, const Exchange& exchange,
                      const sip::Message& response) {
    Subscription* s = find_serial(call, exchange.usage.serial);
    if (s == nullptr) {
        return;
    }
    const int status = response.status();
    const bool challenged = status == 401 || status == 407;
    switch (exchange.usage.step) {
        case UsageStep::kNone:
            return;
        case UsageStep::kOpen:
            return opening_answered(env, call, *s, exchange, response);
        case UsageStep::kRefresh:
            if (status < 300) {
                note_granted(env, *s, response);
            }
            break;
        case UsageStep::kNotify:
            break;
        case UsageStep::kTerminate:
            if (!challenged) {
                return erase(call, s->serial);
            }
            break;
    }
    if (ends_usage(status)) {
        erase(call, s->serial);
    }
}

void response_missed(Call& call, const Exchange& exchange) {
    const Subscription* s = find_serial(call, exchange.usage.serial);
    if (s == nullptr || exchange.usage.step == UsageStep::kRefresh) {
        return;  // RFC 6665 s.4.1.2.2: what was granted before still holds
    }
    if (exchange.usage.step != UsageStep::kOpen || !s->notified) {
        erase(call, s->serial);  // RFC 6665 s.4.2.2: a notifier gives up here, too
    }
}

std::uint32_t opening_for(const Call& call, const sip::Message& notify) {
    const auto event = sip::Event::parse(notify.value_of(HeaderId::kEvent));
    if (call.state != CallState::kNoSession || notify.method() != Method::kNotify || !event.ok()) {
        return 0;
    }
    const auto found = std::find_if(
        call.subscriptions.begin(), call.subscriptions.end(), [&](const Subscription& s) {
            return s.pair == kRootPair && is_of(s, *event, dataplane::other(s.subscriber));
        });
    return found == call.subscriptions.end() ? 0 : found->serial;
}

std::uint32_t open_fork(Call& call, std::uint32_t opening, std::size_t pair) {
    const Subscription* root = find_serial(call, opening);
    if (root == nullptr) {
        return 0;
    }
    Subscription s = *root;
    s.serial = ++call.last_subscription;
    s.pair = pair;
    return call.subscriptions.emplace_back(std::move(s)).serial;
}

std::uint32_t subscription_of(const Call& call, std::size_t pair) noexcept {
    const auto found = std::find_if(call.subscriptions.begin(), call.subscriptions.end(),
                                    [pair](const Subscription& s) { return s.pair == pair; });
    return found == call.subscriptions.end() ? 0 : found->serial;
}

void expire_subscriptions(Call& call, Moment now) {
    std::erase_if(call.subscriptions, [now](const Subscription& s) { return s.until <= now; });
}

std::optional<Moment> next_expiry(const Call& call) noexcept {
    std::optional<Moment> next;
    for (const Subscription& s : call.subscriptions) {
        next = next && *next < s.until ? *next : s.until;
    }
    return next;
}

}  // namespace sallyport::call
