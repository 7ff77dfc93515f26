// SPDX-License-Identifier: Apache-2.0
// The server transactions of one Layer: carries out what server_machine.h says. RFC 3261 s.17.2,
// s.9.2; RFC 6026 s.7.1; RFC 4320 s.4. Internal to b2bua/transaction; on the shard's thread. Tells
// the user last, when nothing here is half done.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/transaction/context.h"
#include "b2bua/transaction/hash_index.h"
#include "b2bua/transaction/layer.h"
#include "b2bua/transaction/matching.h"
#include "b2bua/transaction/reply.h"
#include "b2bua/transaction/server_machine.h"
#include "config/types/slab.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace sallyport::transaction {

class Servers {
public:
    struct Server {
        Octets request;
        Octets vias;      // Layer::vias_of
        Octets response;  // the last one, for retransmission
        Octets to_tag;
        RequestKey key;  // views into request
        Flow flow;       // where responses go
        UserRef ref;
        Millis interval{0};  // of timer G
        TimerHandle resend;  // timer G, or the 3.5 s to our own 100
        TimerHandle lifetime;
        HashLink link;
        HashLink merge_link;
        ServerState state{ServerState::kTrying};
        bool invite{false};
        bool cancelled{false};  // the user has been told
        bool rejected{false};   // answered with 3xx-6xx or abandoned
    };

    explicit Servers(Context& context);

    void on_request(const sip::Message& request, const Flow& flow, Moment now);
    void on_ack(const sip::Message& ack, const Flow& flow, Moment now);
    void on_cancel(const sip::Message& cancel, const Flow& flow, Moment now);
    void on_timer(ServerHandle handle, ServerEvent event, Moment deadline, Moment now);

    bool respond(ServerHandle handle, int status, std::string_view response, Moment now);
    void abandon(ServerHandle handle, Moment now);
    void reply_stateless(const sip::Message& request, const Flow& arrival, Reply reply);

    [[nodiscard]] Server* find(ServerHandle handle) noexcept { return slab_.find(handle); }
    [[nodiscard]] std::string_view to_tag_of(ServerHandle handle);
    void set_to_tag(ServerHandle handle, std::string_view tag);

    [[nodiscard]] std::size_t invites() const noexcept { return invites_.size(); }
    [[nodiscard]] std::size_t others() const noexcept { return others_.size(); }

private:
    /// What an event brings with it.
    struct Occasion {
        Moment now;
        Moment deadline;  // of the timer
        std::string_view response{};
        const sip::Message* ack{nullptr};
        const Flow* flow{nullptr};
    };
    using Index = HashIndex<Server, ServerTag, &Server::link>;
    using MergeIndex = HashIndex<Server, ServerTag, &Server::merge_link>;

    [[nodiscard]] bool merged(const RequestKey& key);
    [[nodiscard]] bool has_room(const RequestKey& key) const noexcept;
    void refuse(const sip::Message& request, const Flow& flow);
    [[nodiscard]] ServerHandle open(const sip::Message& request, const RequestKey& key,
                                    const Flow& flow, Moment now);
    void answer_cancel(const sip::Message& cancel, const RequestKey& key, const Flow& flow,
                       const Reply& reply, Moment now);
    [[nodiscard]] bool fill(Server& server, const sip::Message& request, const RequestKey& key,
                            const Flow& flow);

    void step(ServerHandle handle, ServerEvent event, const Occasion& at);
    void act_timers(Server& server, ServerHandle handle, ServerActs acts, const Occasion& at);
    void act_sends(Server& server, ServerActs acts, const Occasion& at);
    void arm(TimerHandle& timer, ServerHandle handle, Moment deadline, ServerEvent event);
    void stop(Server& server);
    void send_trying(Server& server);
    void learn_tag(Server& server, std::string_view response);
    void close(ServerHandle handle);
    [[nodiscard]] Index& index_for(bool invite) noexcept { return invite ? invites_ : others_; }

    Context& context_;
    Slab<Server, ServerTag> slab_;
    Index invites_;
    Index others_;
    MergeIndex merges_;
    sip::Message own_;                       // the stored message being read
    std::array<char, kMaxDatagram> vias_{};  // Via lines being written
};

}  // namespace sallyport::transaction
