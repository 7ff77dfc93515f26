// SPDX-License-Identifier: Apache-2.0
// The client transactions of one Layer: carries out what client_machine.h says. RFC 3261 s.17.1,
// s.9.1; RFC 6026 s.7.2. Internal to b2bua/transaction; on the shard's thread. Tells the user last,
// when nothing here is half done.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/transaction/client_machine.h"
#include "b2bua/transaction/context.h"
#include "b2bua/transaction/hash_index.h"
#include "b2bua/transaction/layer.h"
#include "b2bua/transaction/matching.h"
#include "config/types/slab.h"

#include <cstddef>
#include <string_view>

namespace sallyport::transaction {

class Clients {
public:
    explicit Clients(Context& context);

    [[nodiscard]] ClientHandle open(std::string_view request, const Flow& flow, UserRef ref,
                                    Moment now);
    void on_response(const sip::Message& response, const Flow& flow, Moment now);
    void cancel(ClientHandle invite, std::string_view reason, Moment now);
    void on_timer(ClientHandle handle, ClientEvent event, Moment deadline, Moment now);

    /// The request as sent, in view; nullptr when stale.
    [[nodiscard]] const sip::Message* request_of(ClientHandle handle, sip::Message& view) noexcept;

    [[nodiscard]] std::size_t invites() const noexcept { return invites_.size(); }
    [[nodiscard]] std::size_t others() const noexcept { return others_.size(); }

private:
    struct Client {
        Octets request;  // as sent
        Octets ack;      // for a 3xx-6xx, once written
        Octets reason;   // of a CANCEL that waits for a 1xx
        ResponseKey key;
        Flow flow;
        UserRef ref;
        Moment started;
        Millis interval{0};  // of timer A or E
        TimerHandle resend;
        TimerHandle lifetime;
        HashLink link;
        ClientState state{ClientState::kTrying};
        bool invite{false};
        bool own_cancel{false};  // a CANCEL of ours: nobody is told about it
        bool cancel_due{false};  // at the first 1xx
        bool cancel_sent{false};
        bool ending{false};  // the wait of 64*T1 has begun: timer C is over
    };
    /// What an event brings with it.
    struct Occasion {
        Moment now;
        Moment deadline;  // of the timer
        const sip::Message* response{nullptr};
        const Flow* flow{nullptr};
    };
    using Index = HashIndex<Client, ClientTag, &Client::link>;

    [[nodiscard]] bool contradicts(const Client& client, const sip::Message& response);
    void step(ClientHandle handle, ClientEvent event, const Occasion& at);
    void act_timers(Client& client, ClientHandle handle, ClientActs acts, const Occasion& at);
    void act_sends(Client& client, ClientHandle handle, ClientActs acts, const Occasion& at);
    void tell(ClientHandle handle, UserRef ref, ClientActs acts, const Occasion& at);

    void start(Client& client, ClientHandle handle, Moment now);
    void arm(TimerHandle& timer, ClientHandle handle, Moment deadline, ClientEvent event);
    void arm_c(Client& client, ClientHandle handle, const Occasion& at);
    void back_off(Client& client, ClientHandle handle, const Occasion& at);
    void stop(Client& client);
    void transport_failed(Client& client, ClientHandle handle, Moment now);
    void acknowledge(Client& client, const sip::Message& response);
    void send_cancel(Client& client, ClientHandle handle, Moment now);
    void close(ClientHandle handle);
    [[nodiscard]] Index& index_for(bool invite) noexcept { return invite ? invites_ : others_; }

    Context& context_;
    Slab<Client, ClientTag> slab_;
    Index invites_;
    Index others_;
    sip::Message own_;  // the stored request being read
};

}  // namespace sallyport::transaction
