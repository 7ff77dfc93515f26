// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/peers/carrier.h"

namespace sallyport::sim {

Carrier::Carrier(Network& network, const Endpoint& own, const Endpoint& gate)
    : network_(network), own_(own), gate_(gate), transactions_(network, own, *this) {
    network_.attach(own_, [this](const Packet& packet) { receive(packet); });
}

void Carrier::restart() {
    transactions_.clear();
    forks_.clear();
    fork_of_.clear();
}

void Carrier::receive(const Packet& packet) {
    if (!message_.parse(packet.payload).ok()) {
        return;
    }
    if (!message_.is_request()) {
        if (fork_of_.count(std::string(message_.top_via().branch)) > 0) {
            transactions_.receive(packet);
        } else {
            pass_response(message_);
        }
        return;
    }
    std::string invite_key(message_.top_via().branch);
    invite_key += " INVITE";
    if (transactions_.knows_server(invite_key)) {
        transactions_.receive(packet);  // a repetition, its CANCEL, or the ACK of a non-2xx
        return;
    }
    const Treatment* how = treatment_of(message_);
    const bool forks =
        message_.method() == sip::Method::kSubscribe && how != nullptr && how->targets.size() > 1;
    const bool opening =
        (message_.method() == sip::Method::kInvite || forks) && message_.to().tag.empty();
    if (message_.method() == sip::Method::kRegister ||
        (opening && how != nullptr && !how->stateless())) {
        transactions_.receive(packet);
    } else {
        pass_request(message_);
    }
}

void Carrier::refuse(const sip::Message& request, const Packet& packet, int status,
                     std::string_view lines) {
    Draft draft = Draft::response(status, "As The Seed Says");
    for (const auto& field : request.headers()) {
        if (field.id == sip::HeaderId::kVia) {
            draft.line("Via", request.value(field));
        }
    }
    draft.line("From", request.from().text)
        .line("To",
              std::string(request.to().text) + (request.to().tag.empty() ? ";tag=carrier" : ""))
        .line("Call-ID", request.call_id())
        .line("CSeq", request.value_of(sip::HeaderId::kCSeq))
        .lines(lines);
    transactions_.respond(Transactions::key_of(request), status, draft.finish(),
                          Transactions::reply_to(packet));
}

void Carrier::on_request(const sip::Message& request, const Packet& packet) {
    if (request.method() == sip::Method::kRegister) {
        on_register(request, packet);
        return;
    }
    if (request.method() == sip::Method::kCancel) {
        on_cancel(request, packet);
        return;
    }
    const Treatment* how = treatment_of(request);
    if (how == nullptr || how->silent) {
        return;
    }
    const bool proxy = how->challenge == 407;
    const bool knows =
        request.has(proxy ? sip::HeaderId::kProxyAuthorization : sip::HeaderId::kAuthorization);
    if (how->challenge != 0 && !knows) {
        refuse(request, packet, how->challenge,
               std::string(proxy ? "Proxy" : "WWW") +
                   "-Authenticate: Digest realm=\"sim\", nonce=\"1\"\r\n");
    } else if (how->answer != 0) {
        refuse(request, packet, how->answer,
               how->answer / 100 == 3 ? "Contact: " + how->contacts + "\r\n" : std::string{});
    } else {
        start_fork(request, packet, *how);
    }
}

void Carrier::on_register(const sip::Message& request, const Packet& packet) {
    if (!request.has(sip::HeaderId::kAuthorization)) {
        refuse(request, packet, 401, "WWW-Authenticate: Digest realm=\"sim\", nonce=\"1\"\r\n");
        return;
    }
    const auto uri = request.to().uri;
    const auto at = uri.find('@');
    const std::string user(uri.substr(4, at - 4));
    bindings_[user] = request.contact().uri;
    refuse(request, packet, 200,
           "Contact: <" + std::string(request.contact().uri) + ">;expires=3600\r\n");
}

void Carrier::start_fork(const sip::Message& invite, const Packet& packet,
                         const Treatment& treatment) {
    Fork fork;
    fork.key = Transactions::key_of(invite);
    fork.octets = invite.octets();
    fork.reply_to = Transactions::reply_to(packet);
    const auto user = invite.request_uri().substr(4, invite.request_uri().find('@') - 4);
    for (const Endpoint& target : treatment.targets) {
        const std::string branch = "z9hG4bKf" + std::to_string(network_.random().next());
        const std::string uri = "sip:" + std::string(user) + "@" + target.to_string();
        Branch made;
        made.octets = forward(invite, uri, branch, treatment.record_route);
        made.to = target;
        fork_of_[branch] = fork.key;
        fork.branches.emplace(branch, std::move(made));
    }
    const Fork& kept = forks_.insert_or_assign(fork.key, std::move(fork)).first->second;
    for (const auto& [branch, made] : kept.branches) {
        transactions_.request(branch, invite.method(), made.octets, made.to);
    }
}

void Carrier::on_cancel(const sip::Message& cancel, const Packet& packet) {
    refuse(cancel, packet, 200, "");
    std::string key(cancel.top_via().branch);
    if (const auto found = forks_.find(key.append(" INVITE")); found != forks_.end()) {
        cancel_rest(found->second);
    }
}

void Carrier::cancel_rest(Fork& fork) {
    for (auto& [branch, made] : fork.branches) {
        if (made.status >= 200 || made.cancel_wanted) {
            continue;
        }
        made.cancel_wanted = true;
        if (transactions_.has_provisional(branch)) {
            send_cancel(branch, made);
        }
    }
}

/// RFC 3261 s.9.1.
void Carrier::send_cancel(const std::string& branch, const Branch& of) {
    sip::Message invite;
    (void)invite.parse(of.octets);
    Draft draft = Draft::request("CANCEL", invite.request_uri());
    draft.line("Via", invite.top_via().text)
        .line("Max-Forwards", "70")
        .line("From", invite.from().text)
        .line("To", invite.to().text)
        .line("Call-ID", invite.call_id())
        .line("CSeq", std::to_string(invite.cseq().number) + " CANCEL");
    transactions_.request(branch, sip::Method::kCancel, draft.finish(), of.to);
}

void Carrier::on_response(const std::string& branch, const sip::Message& response) {
    const auto key = fork_of_.find(branch);
    if (key == fork_of_.end() || response.method() == sip::Method::kCancel) {
        return;
    }
    Fork& fork = forks_.at(key->second);
    if (response.method() != sip::Method::kInvite) {
        on_other_response(fork, branch, response);
        return;
    }
    Branch& made = fork.branches.at(branch);
    if (response.status() < 200) {
        if (response.status() > 100 && !fork.answered) {
            transactions_.respond(fork.key, response.status(), without_top_via(response),
                                  fork.reply_to);
        }
        if (made.cancel_wanted && made.status == 0) {
            send_cancel(branch, made);
        }
        made.status = response.status();
        return;
    }
    made.status = response.status();
    if (response.status() < 300) {
        fork.answered = true;
        transactions_.pass_2xx(fork.key, without_top_via(response), fork.reply_to);
        cancel_rest(fork);
        return;
    }
    finish(fork, branch, &response);
}

void Carrier::on_timeout(const std::string& branch, sip::Method method) {
    const auto key = fork_of_.find(branch);
    if (key == fork_of_.end() || method != sip::Method::kInvite) {
        return;
    }
    Fork& fork = forks_.at(key->second);
    fork.branches.at(branch).status = 408;
    finish(fork, branch, nullptr);
}

/// Of a SUBSCRIBE: the first 2xx goes back and no other (RFC 3261 s.16.7(5)).
void Carrier::on_other_response(Fork& fork, const std::string& branch,
                                const sip::Message& response) {
    if (response.status() < 200) {
        return;
    }
    fork.branches.at(branch).status = response.status();
    if (response.status() >= 300) {
        finish(fork, branch, &response);
    } else if (!fork.answered) {
        fork.answered = true;
        transactions_.respond(fork.key, response.status(), without_top_via(response),
                              fork.reply_to);
    }
}

/// RFC 3261 s.16.7(6): when all have refused, the lowest class goes back.
void Carrier::finish(Fork& fork, const std::string& branch, const sip::Message* response) {
    const int status = fork.branches.at(branch).status;
    if (response != nullptr && (fork.best_status == 0 || status < fork.best_status)) {
        fork.best_status = status;
        fork.best = without_top_via(*response);
    }
    for (const auto& [name, made] : fork.branches) {
        if (made.status < 200) {
            return;
        }
    }
    if (fork.answered) {
        return;
    }
    if (fork.best_status != 0) {
        transactions_.respond(fork.key, fork.best_status, fork.best, fork.reply_to);
        return;
    }
    sip::Message invite;
    (void)invite.parse(fork.octets);
    refuse(invite, {fork.reply_to, own_, {}}, 408, "");
}

}  // namespace sallyport::sim
