// SPDX-License-Identifier: Apache-2.0
// A phone as a model: it calls, rings, answers, cancels, hangs up, and retransmits by RFC 3261 s.17
// in its own simple way, so that it does not share the gateway's mistakes. One call at a time.
// Every message that it sees is checked for what a legal dialog allows; what is wrong goes to
// complaints(). Tests only.
#pragma once

#include "b2bua/sip/message.h"
#include "tests/sim/network.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sallyport::sim {

/// What the phone does with a call that comes in.
struct Manners {
    int answer{200};    // final status
    Millis ring{500};   // 180 until the final
    Millis talk{2000};  // the caller hangs up after this; the callee too if callee_hangs_up
    bool callee_hangs_up{false};
    std::optional<Millis> cancel_after;  // the caller gives up ringing
    bool reinvites{false};               // the caller holds and resumes in the middle of the talk
};

enum class Outcome : std::uint8_t {
    kIdle,
    kTrying,
    kTalking,
    kDone,
    kRefused,
    kCancelled,
    kTimedOut
};

class Phone {
public:
    Phone(Network& network, Endpoint own, Endpoint proxy, std::string name);

    void call(const std::string& target_uri, const Manners& manners);
    void expect(const Manners& manners) { manners_ = manners; }

    [[nodiscard]] Outcome outcome() const noexcept { return outcome_; }
    [[nodiscard]] int final_status() const noexcept { return final_status_; }
    [[nodiscard]] const std::vector<std::string>& complaints() const noexcept {
        return complaints_;
    }
    [[nodiscard]] const std::string& remote_sdp() const noexcept { return remote_sdp_; }
    [[nodiscard]] int reinvites_done() const noexcept { return reinvites_done_; }
    [[nodiscard]] int ringing() const noexcept { return ringing_; }

private:
    void on_packet(const Packet& packet);
    void on_response(const sip::Message& response);
    void on_invite_response(const sip::Message& response);
    void on_final(const sip::Message& response);
    void on_request(const sip::Message& request);
    void on_invite(const sip::Message& invite);
    void finish_ringing(const std::string& invite_octets);
    void answer(const sip::Message& invite);
    void on_cancel(const sip::Message& cancel);
    void on_bye(const sip::Message& bye);

    void send_invite();
    void send_ack(const sip::Message& response);
    void send_in_dialog(const std::string& method);
    void respond(const sip::Message& request, int status, const std::string& reason, bool with_sdp);
    void send(const std::string& octets) { network_.send({own_, proxy_, octets}); }
    /// Sends and repeats with doubling until `while_true` turns false or 64*T1 have gone.
    void send_until(const std::string& octets, std::function<bool()> while_true, Millis cap);
    void repeat(std::string octets, std::function<bool()> while_true, Millis interval, Millis cap,
                Moment end);
    void schedule_talk();
    void hang_up();
    void complain(const std::string& what) { complaints_.push_back(name_ + ": " + what); }
    void check(const sip::Message& message, const Packet& packet);
    [[nodiscard]] std::string sdp(const std::string& direction) const;
    [[nodiscard]] std::string own_uri() const;
    [[nodiscard]] std::string via(const std::string& branch) const;

    Network& network_;
    Endpoint own_, proxy_;
    std::string name_;
    Manners manners_;
    Outcome outcome_{Outcome::kIdle};
    int final_status_{0};
    int reinvites_done_{0};
    int ringing_{0};
    bool caller_{false};
    bool final_seen_{false}, acked_{false}, cancelled_{false}, bye_sent_{false},
        bye_answered_{false};
    bool provisional_seen_{false};
    std::string call_id_, local_tag_, remote_tag_, local_party_, remote_party_, target_;
    std::string invite_branch_, invite_octets_, last_final_, remote_sdp_, remote_origin_, last_ack_;
    std::uint32_t cseq_{0}, invite_cseq_{0};
    std::optional<std::uint32_t> remote_cseq_;
    std::map<std::string, std::string>
        answered_;  // branch + method -> final response, resent on a repeat
    std::vector<std::string> complaints_;
};

}  // namespace sallyport::sim
