// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/peers/address_text.h"
#include "tests/sim/peers/subscription_peers.h"

#include <algorithm>
#include <charconv>

namespace sallyport::sim {
namespace {

std::uint32_t number_in(std::string_view value, std::uint32_t otherwise) {
    std::uint32_t number = otherwise;
    (void)std::from_chars(value.data(), value.data() + value.size(), number);
    return number;
}

/// RFC 6665 s.4.2.2: the subscription is gone, not the NOTIFY alone.
bool removes(int status) {
    constexpr std::array<int, 12> kRemoving{404, 405, 410, 416, 480, 481,
                                            482, 483, 484, 485, 489, 501};
    return std::find(kRemoving.begin(), kRemoving.end(), status) != kRemoving.end();
}

}  // namespace

Notifier::Usage* Notifier::find(std::uint64_t serial) {
    const auto found = usages_.find(serial);
    return found == usages_.end() || found->second.over ? nullptr : &found->second;
}

void Notifier::on_request(const sip::Message& request, const Packet& packet) {
    const bool refer = request.method() == sip::Method::kRefer;
    if (request.method() != sip::Method::kSubscribe && !refer) {
        agent_.respond(request, packet, request.to().tag.empty() ? 405 : 481, agent_.new_tag(),
                       "Allow: SUBSCRIBE, REFER\r\n");
    } else if (!request.to().tag.empty()) {
        on_refresh(request, packet);
    } else if (!refuses(request, packet)) {
        open(request, packet);
    }
}

bool Notifier::refuses(const sip::Message& request, const Packet& packet) {
    const std::uint32_t asked = number_in(request.value_of(sip::HeaderId::kExpires), 3600);
    const bool refer = request.method() == sip::Method::kRefer;
    if (script_.challenged && !request.has(sip::HeaderId::kAuthorization)) {
        agent_.respond(request, packet, 401, agent_.new_tag(),
                       "WWW-Authenticate: Digest realm=\"sim\", nonce=\"1\"\r\n");
    } else if (!refer && asked != 0 && asked < script_.least) {
        agent_.respond(request, packet, 423, agent_.new_tag(),
                       "Min-Expires: " + std::to_string(script_.least) + "\r\n");
    } else if (script_.status != 200) {
        agent_.respond(request, packet, script_.status, agent_.new_tag());
    } else {
        return false;
    }
    return true;
}

void Notifier::open(const sip::Message& request, const Packet& packet) {
    const bool refer = request.method() == sip::Method::kRefer;
    Usage made;
    made.serial = ++last_serial_;
    made.event = refer ? "refer;id=" + std::to_string(request.cseq().number)
                       : std::string(request.value_of(sip::HeaderId::kEvent));
    AgentDialog& dialog = made.dialog;
    dialog.call_id = request.call_id();
    dialog.local_tag = agent_.new_tag();
    dialog.local_party = std::string(request.to().text) + ";tag=" + dialog.local_tag;
    dialog.remote_party = request.from().text;
    dialog.target = request.contact().uri;
    dialog.routes = values_of(request, sip::HeaderId::kRecordRoute);
    dialog.remote_cseq = request.cseq().number;
    const std::uint32_t seconds = std::min(
        refer ? 60 : number_in(request.value_of(sip::HeaderId::kExpires), 3600), script_.at_most);
    const std::string lines =
        agent_.contact_line() +
        (refer ? std::string{} : "Expires: " + std::to_string(seconds) + "\r\n");
    agent_.after(script_.answers_after, [this, octets = std::string(request.octets()), packet,
                                         tag = dialog.local_tag, lines, refer] {
        sip::Message kept;
        (void)kept.parse(octets);
        agent_.respond(kept, packet, refer ? 202 : 200, tag, lines);
    });
    const std::uint64_t serial = made.serial;
    Usage& usage = usages_.emplace(serial, std::move(made)).first->second;
    grant(usage, seconds);
    schedule(serial);
}

/// What the script does to a subscription.
void Notifier::schedule(std::uint64_t serial) {
    for (const Millis& at : script_.changes) {
        agent_.after(at, [this, serial] {
            if (Usage* usage = find(serial)) {
                change(*usage);
            }
        });
    }
    if (script_.ends_after) {
        agent_.after(*script_.ends_after, [this, serial] {
            if (Usage* usage = find(serial)) {
                end(*usage, "noresource");
            }
        });
    }
    if (script_.restarts_after) {
        agent_.after(*script_.restarts_after, [this] {
            agent_.restart();
            usages_.clear();
        });
    }
    if (script_.strays) {
        agent_.after(Millis{1500}, [this, serial] {
            if (Usage* usage = find(serial)) {
                (void)agent_.send(usage->dialog, "NOTIFY",
                                  "Event: weather\r\nSubscription-State: active;expires=60\r\n" +
                                      agent_.contact_line());
            }
        });
    }
}

/// s.4.2.1.2: a NOTIFY at once, whatever the time granted; 0 ends it.
void Notifier::grant(Usage& usage, std::uint32_t seconds) {
    const Millis left{std::int64_t{seconds} * 1000};
    usage.expires = agent_.network().now() + left;
    if (seconds == 0) {
        end(usage, "timeout");
        return;
    }
    change(usage);
    agent_.after(left, [this, serial = usage.serial] {
        Usage* lapsed = find(serial);
        if (lapsed != nullptr && lapsed->expires <= agent_.network().now()) {
            end(*lapsed, "timeout");  // s.4.2.1.4
        }
    });
}

void Notifier::on_refresh(const sip::Message& request, const Packet& packet) {
    const auto found = std::find_if(usages_.begin(), usages_.end(), [&](const auto& entry) {
        const Usage& usage = entry.second;
        return !usage.over && usage.dialog.call_id == request.call_id() &&
               usage.dialog.local_tag == request.to().tag;
    });
    if (found == usages_.end() || found->second.ending || !found->second.reason.empty()) {
        agent_.respond(request, packet, 481, {});
        return;
    }
    Usage& usage = found->second;
    if (!UserAgent::in_order(usage.dialog, request)) {
        agent_.respond(request, packet, 500, {}, "Retry-After: 1\r\n");
    } else if (request.method() != sip::Method::kSubscribe ||
               request.value_of(sip::HeaderId::kEvent) != usage.event) {
        agent_.respond(request, packet, 403, {});  // s.4.5.2: it shares no dialogs
    } else {
        const std::uint32_t seconds =
            std::min(number_in(request.value_of(sip::HeaderId::kExpires), 3600), script_.at_most);
        agent_.respond(request, packet, 200, {},
                       agent_.contact_line() + "Expires: " + std::to_string(seconds) + "\r\n");
        grant(usage, seconds);
    }
}

void Notifier::notify(Usage& usage, std::string_view state) {
    usage.pending = true;
    const bool refer = usage.event.rfind("refer", 0) == 0;
    const Body body = refer ? Body{"SIP/2.0 100 Trying\r\n", "message/sipfrag"}
                            : Body{"<presence/>", "application/pidf+xml"};
    notifies_[agent_.send(usage.dialog, "NOTIFY",
                          "Event: " + usage.event + "\r\nSubscription-State: " +
                              std::string(state) + "\r\n" + agent_.contact_line(),
                          body)] = usage.serial;
}

/// One NOTIFY at a time, so that none overtakes another.
void Notifier::change(Usage& usage) {
    const Millis left = usage.expires - agent_.network().now();
    if (!usage.pending && !usage.ending && left.count() >= 1000) {
        const bool first = script_.pending && usage.dialog.cseq == 0;
        notify(usage, std::string(first ? "pending" : "active") +
                          ";expires=" + std::to_string(left.count() / 1000));
    }
}

void Notifier::end(Usage& usage, std::string reason) {
    if (usage.ending) {
        return;
    }
    if (usage.pending) {
        usage.reason = std::move(reason);
        return;
    }
    usage.ending = true;
    notify(usage, "terminated;reason=" + reason);
}

void Notifier::on_response(const std::string& branch, const sip::Message& response) {
    if (response.method() == sip::Method::kRegister) {
        agent_.on_registered(response);
        return;
    }
    const auto sent = notifies_.find(branch);
    Usage* usage =
        response.status() < 200 || sent == notifies_.end() ? nullptr : find(sent->second);
    if (usage == nullptr) {
        return;
    }
    usage->pending = false;
    usage->over = usage->ending || removes(response.status());
    if (!usage->over && !usage->reason.empty()) {
        end(*usage, std::move(usage->reason));
    }
}

void Notifier::on_timeout(const std::string& branch, sip::Method) {
    if (const auto sent = notifies_.find(branch); sent != notifies_.end()) {
        if (Usage* usage = find(sent->second)) {
            usage->over = true;
        }
    }
}

}  // namespace sallyport::sim
