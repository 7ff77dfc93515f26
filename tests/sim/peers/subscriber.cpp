// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/peers/address_text.h"
#include "tests/sim/peers/subscription_peers.h"

#include <charconv>

namespace sallyport::sim {
namespace {

constexpr Millis kTimerN{32'000};

std::uint32_t number_in(std::string_view value) {
    std::uint32_t number = 0;
    (void)std::from_chars(value.data(), value.data() + value.size(), number);
    return number;
}

std::string expires_line(std::uint32_t seconds) {
    return "Expires: " + std::to_string(seconds) + "\r\n";
}

}  // namespace

void Subscriber::start(const std::string& uri) {
    root_ = agent_.address(uri);
    ask({});
    if (script_.restarts_after) {
        agent_.after(*script_.restarts_after, [this] {
            agent_.restart();
            usages_.clear();
            timer_n_ = Moment{};
        });
    }
}

std::string Subscriber::event_line() const {
    return script_.refer ? "Event: refer;id=" + std::to_string(refer_number_) + "\r\n"
                         : "Event: presence\r\n";
}

void Subscriber::ask(std::string_view more) {
    timer_n_ = agent_.network().now() + kTimerN;
    refer_number_ = root_.cseq + 1;
    const std::string lines = script_.refer
                                  ? "Refer-To: <sip:carol@example.net>\r\n"
                                  : event_line() + (raised_ ? "" : expires_line(script_.expires));
    (void)agent_.send(root_, script_.refer ? "REFER" : "SUBSCRIBE",
                      lines + agent_.contact_line() + std::string(more));
}

Subscriber::Usage* Subscriber::usage_of(const sip::Message& notify) {
    if (notify.call_id() != root_.call_id || notify.to().tag != root_.local_tag) {
        return nullptr;
    }
    const std::string tag(notify.from().tag);
    if (const auto found = usages_.find(tag); found != usages_.end()) {
        return &found->second;
    }
    if (timer_n_ < agent_.network().now()) {
        return nullptr;  // s.4.1.2.4
    }
    Usage made;
    made.dialog = root_;
    made.dialog.remote_party = notify.from().text;
    made.dialog.routes = values_of(notify, sip::HeaderId::kRecordRoute);  // s.4.4.1
    made.refreshes_left = script_.refreshes;
    score_.forks += usages_.empty() ? 0 : 1;
    return &usages_.emplace(tag, std::move(made)).first->second;
}

void Subscriber::on_request(const sip::Message& request, const Packet& packet) {
    const std::string_view event = request.value_of(sip::HeaderId::kEvent);
    const bool of_us = request.method() == sip::Method::kNotify &&
                       event_line() == "Event: " + std::string(event) + "\r\n";
    Usage* usage = of_us ? usage_of(request) : nullptr;
    if (usage == nullptr || usage->over) {
        agent_.respond(request, packet, 481, agent_.new_tag());  // s.4.1.3
    } else if (!UserAgent::in_order(usage->dialog, request)) {
        agent_.respond(request, packet, 500, {}, "Retry-After: 1\r\n");
    } else {
        agent_.respond(request, packet, 200, {});
        take_state(std::string(request.from().tag), request);
    }
}

void Subscriber::take_state(const std::string& tag, const sip::Message& notify) {
    Usage& usage = usages_.at(tag);
    ++score_.notified;
    ++usage.notified;
    if (notify.contact_count() > 0) {
        usage.dialog.target = notify.contact().uri;
    }
    const std::string_view state = notify.value_of(sip::HeaderId::kSubscriptionState);
    if (state.rfind("terminated", 0) == 0) {
        usage.over = true;
        ++score_.terminated;
        return;
    }
    if (usage.notified > 1) {
        return;
    }
    ++score_.subscribed;
    const auto at = state.find("expires=");
    const std::uint32_t seconds = at == state.npos ? 60 : number_in(state.substr(at + 8));
    agent_.after(Millis{std::int64_t{seconds} * 500}, [this, tag] { refresh(tag); });
    if (script_.unsubscribes_after && usages_.size() == 1) {
        agent_.after(*script_.unsubscribes_after, [this] { unsubscribe(); });
    }
}

void Subscriber::refresh(const std::string& tag) {
    Usage& usage = usages_.at(tag);
    if (usage.over || usage.refreshes_left-- <= 0) {
        return;
    }
    renew(tag, script_.expires);
    agent_.after(Millis{std::int64_t{script_.expires} * 500}, [this, tag] { refresh(tag); });
}

void Subscriber::unsubscribe() {
    for (auto& [tag, usage] : usages_) {
        if (!usage.over) {
            ++score_.unsubscribed;
            usage.refreshes_left = 0;
            renew(tag, 0);
        }
    }
}

/// s.4.1.2.2: no NOTIFY until Timer N fires, and the subscription is over.
void Subscriber::renew(const std::string& tag, std::uint32_t expires) {
    Usage& usage = usages_.at(tag);
    usage.dialog.cseq -= script_.stale ? 1 : 0;
    const std::string event = script_.wrong_event ? "Event: winfo\r\n" : event_line();
    asked_[agent_.send(usage.dialog, "SUBSCRIBE",
                       event + expires_line(expires) + agent_.contact_line())] = tag;
    agent_.after(kTimerN, [this, tag, before = usage.notified] {
        Usage& waiting = usages_.at(tag);
        if (waiting.notified == before && !waiting.over) {
            waiting.over = true;
            ++score_.lost;
        }
    });
}

void Subscriber::on_response(const std::string& branch, const sip::Message& response) {
    if (response.status() < 200) {
        return;
    }
    const auto asked = asked_.find(branch);
    if (asked == asked_.end()) {
        on_first_response(response);
        return;
    }
    const auto usage = usages_.find(asked->second);
    if (usage == usages_.end()) {
        return;
    }
    if (response.status() < 300) {
        ++score_.refreshed;
    } else if (response.status() == 481) {
        usage->second.over = true;
        ++score_.lost;
    }
}

void Subscriber::on_first_response(const sip::Message& response) {
    const int status = response.status();
    if (status == 401 && !tried_again_) {
        tried_again_ = true;
        ask(UserAgent::credentials(agent_.name()));
    } else if (status == 423 && !raised_) {
        raised_ = true;
        ask(expires_line(number_in(response.value_of(sip::HeaderId::kMinExpires))));
    } else if (status >= 300) {
        ++score_.refused;
    }
}

}  // namespace sallyport::sim
