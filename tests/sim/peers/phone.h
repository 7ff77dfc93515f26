// SPDX-License-Identifier: Apache-2.0
// A phone as a model: it makes or takes one call as its script says, over its own transactions
// (transactions.h) and its own end of the session (media_end.h). What it hears is judged by the
// checker, not here. Tests only.
#pragma once

#include "b2bua/sip/message.h"
#include "tests/sim/peers/draft.h"
#include "tests/sim/peers/media_end.h"
#include "tests/sim/peers/script.h"
#include "tests/sim/peers/transactions.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sallyport::sim {

enum class Outcome : std::uint8_t {
    kIdle,
    kTrying,
    kTalking,
    kDone,
    kRefused,
    kCancelled,
    kTimedOut
};

struct PhonePlace {
    Endpoint own;
    std::optional<Endpoint> proxy;  // everything goes there; none: where the route set says
    std::string name;
    Port media;
};

/// What the phone knows of a dialog (RFC 3261 s.12).
struct PhoneDialog {
    std::string remote_tag;
    std::string remote_party;
    std::string target;
    std::vector<std::string> routes;
    MediaEnd media;
    std::uint32_t rseq{0};  // last reliable 1xx taken
};

class Phone final : private TransactionUser {
public:
    Phone(Network& network, PhonePlace place, Script script);

    void call(const std::string& uri);
    void register_at(const std::string& domain);
    void receive(const Packet& packet) { transactions_.receive(packet); }

    [[nodiscard]] Outcome outcome() const noexcept { return outcome_; }
    [[nodiscard]] int final_status() const noexcept { return final_status_; }
    [[nodiscard]] int ringing() const noexcept { return ringing_; }
    /// Hung up or was restarted, which the gateway may not have heard of yet.
    [[nodiscard]] bool left() const noexcept { return bye_sent_ || life_ != 0; }
    [[nodiscard]] int deeds_done() const noexcept { return deeds_done_; }
    /// Session timers: what became of them.
    struct TimerScore {
        std::uint64_t refreshed{0}, expired{0}, raised{0};
    };
    [[nodiscard]] const TimerScore& timer_score() const noexcept { return timer_score_; }
    /// Reports of the end of a transfer that it has asked for.
    [[nodiscard]] std::uint64_t transfers_reported() const noexcept { return transfers_reported_; }
    [[nodiscard]] bool registered() const noexcept { return registered_; }
    [[nodiscard]] const Script& script() const noexcept { return script_; }
    [[nodiscard]] const Endpoint& own() const noexcept { return place_.own; }
    [[nodiscard]] const std::string& name() const noexcept { return place_.name; }
    /// The agreed media while the phone talks and nothing is being negotiated; else null.
    [[nodiscard]] const std::vector<AgreedLine>* settled_media() const;

private:
    // TransactionUser.
    void on_request(const sip::Message& request, const Packet& packet) override;
    void on_ack(const sip::Message& ack) override;
    void on_response(const std::string& branch, const sip::Message& response) override;
    void on_timeout(const std::string& branch, sip::Method method) override;
    void on_unacknowledged(std::uint32_t cseq) override;

    // As caller (phone_caller.cpp).
    void send_invite(const std::string& credentials);
    void send_cancel();
    void on_invite_response(const std::string& branch, const sip::Message& response);
    void on_provisional(const sip::Message& response);
    void on_refusal(const sip::Message& response);
    void on_ok(const std::string& branch, const sip::Message& response);
    void send_prack(PhoneDialog& dialog, const sip::Message& response);
    void send_ack(const std::string& branch, const sip::Message& response);
    PhoneDialog& dialog_of(const sip::Message& response);

    // As callee (phone_callee.cpp).
    struct Asked {  // an INVITE that waits for its answer
        std::string key;
        std::string octets;
        Endpoint to;
        bool initial{false};
    };
    void on_invite(const sip::Message& invite, const Packet& packet);
    void on_first_invite(const sip::Message& invite);
    void on_reinvite(const sip::Message& invite);
    void ring(const Ring& ring);
    void answer();
    void answer_ok(const sip::Message& invite);
    void on_cancel(const sip::Message& cancel, const Packet& packet);
    void refuse_invite(int status);
    void on_prack(const sip::Message& prack, const Packet& packet);
    void repeat_reliable(std::string octets, Endpoint to, std::uint32_t rseq, Millis interval);

    // Inside the dialog (phone_dialog.cpp).
    void serve(const sip::Message& request, const Packet& packet);
    void act(Deed deed);
    void change_session(Deed deed);
    void reinvite(std::string_view direction, bool offer);
    void update(bool offer);
    void send_in_dialog(std::string_view method, std::string_view lines = {},
                        std::string_view body = {});
    void hang_up();
    void on_bye(const sip::Message& bye, const Packet& packet);
    void subscribe();
    void on_subscribe(const sip::Message& subscribe, const Packet& packet);
    void on_update(const sip::Message& update, const Packet& packet);
    void on_update_response(const sip::Message& response);
    void misbehave(Deed deed);
    void talk();  // the script's steps begin
    void plan(const std::vector<Step>& steps);

    // Transfers (phone_transfer.cpp).
    void refer();
    void on_refer(const sip::Message& refer, const Packet& packet);
    void report_transfer(const std::string& id, std::string_view state, std::string_view outcome);
    void on_report(const sip::Message& notify, const Packet& packet);

    // Session timers (phone_session_timer.cpp).
    [[nodiscard]] std::string session_lines() const;
    [[nodiscard]] std::string session_answer(const sip::Message& request);
    [[nodiscard]] bool refuse_session(const sip::Message& invite, const Packet& packet);
    [[nodiscard]] bool raise_session(const sip::Message& response);
    void take_session(const sip::Message& response);
    void start_session(std::uint32_t seconds, bool ours);
    void refresh_session(std::uint64_t since, int tries);

    // Registering (phone_registration.cpp).
    void send_register(std::string_view credentials);
    void on_registered(const sip::Message& response);

    // Writing (phone_writing.cpp).
    [[nodiscard]] Draft start(std::string_view method, const std::string& branch,
                              std::uint32_t cseq);
    [[nodiscard]] std::string reply(const sip::Message& request, int status,
                                    std::string_view lines = {}, std::string_view body = {});
    void respond(const sip::Message& request, const Packet& packet, int status,
                 std::string_view body = {});
    [[nodiscard]] std::string new_branch();
    [[nodiscard]] std::string own_uri() const;
    [[nodiscard]] std::string contact_line() const { return "Contact: <" + own_uri() + ">\r\n"; }
    [[nodiscard]] Endpoint hop() const;
    [[nodiscard]] PhoneDialog& dialog();
    [[nodiscard]] bool talking() const noexcept { return outcome_ == Outcome::kTalking; }
    /// Runs the step unless the phone was restarted meanwhile.
    void after(Millis delay, std::function<void()> what);
    void restart();

    Network& network_;
    PhonePlace place_;
    Script script_;
    Transactions transactions_;
    Outcome outcome_{Outcome::kIdle};
    bool caller_{false};
    std::string call_id_, local_tag_, local_party_, remote_uri_party_, request_uri_;
    std::map<std::string, PhoneDialog> dialogs_;  // by remote tag; "" stands for the INVITE's own
    std::string current_;                         // remote tag of the dialog that counts
    std::uint32_t cseq_{0};
    std::map<std::string, std::uint32_t, std::less<>> remote_cseqs_;  // by remote tag
    std::string invite_branch_, invite_octets_;
    std::uint32_t invite_cseq_{0};
    bool invite_offers_{false};
    bool invite_pending_{false};
    std::optional<Asked> asked_;
    std::string pending_offer_;  // of the INVITE that waits
    bool ack_owed_{false};       // we answered 2xx and wait for its ACK
    std::uint32_t rseq_{0}, pracked_{0};
    bool cancelled_{false}, early_seen_{false}, bye_sent_{false}, tried_again_{false};
    bool talk_planned_{false};
    std::string update_branch_;
    bool update_offers_{false};
    int final_status_{0}, ringing_{0}, deeds_done_{0};
    std::uint32_t session_interval_{0}, min_se_{0};
    bool refreshes_{false};
    std::uint64_t session_starts_{0};
    TimerScore timer_score_;
    std::uint64_t transfers_reported_{0};
    std::string domain_, registration_tag_;
    std::uint32_t registration_cseq_{0};
    bool registered_{false};
    std::uint64_t life_{0};
};

}  // namespace sallyport::sim
