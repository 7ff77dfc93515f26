// SPDX-License-Identifier: Apache-2.0
// The transaction layer of one shard: the four machines of RFC 3261 s.17 with RFC 6026, matching,
// retransmission and timers (spec section C). Owner: one Shard; runs on that shard's thread only.
// Never reads a clock: the moment of each event is handed in. Sends through Sender, tells the
// transaction user through User.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/transaction/counters.h"
#include "b2bua/transport/flow.h"
#include "b2bua/transport/sender.h"
#include "config/types/id.h"
#include "config/types/units.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace sallyport::transaction {

using ServerHandle = Handle<struct ServerTag>;
using ClientHandle = Handle<struct ClientTag>;

struct Reply;  // b2bua/transaction/reply.h

/// What the user attached to a client or server transaction; opaque to the layer.
struct UserRef {
    std::uint64_t value{0};
    constexpr auto operator<=>(const UserRef&) const noexcept = default;
};

enum class ClientFailure : std::uint8_t {
    kTimeout,    // timer B or F, or 64*T1 after our CANCEL (C14): act as if 408 was received. For
                 // an INVITE a late 2xx may still follow by on_response (E-R7)
    kTimerC,     // INVITE in Proceeding for longer than timer C: the user should cancel (C18)
    kTransport,  // the transport refused it: act as if 503 was received
};

/// The transaction user (a Shard). Called from within Layer::receive and Layer::advance, and never
/// re-entrantly for the same event; it may call any Layer function back, including for the
/// transaction that the call is about.
class User {
public:
    virtual ~User() = default;
    /// Whether a new request other than ACK and CANCEL is to have a transaction. False: it was
    /// answered without state (reply_stateless) or not at all, and its retransmission is new again.
    [[nodiscard]] virtual bool admits(const sip::Message&, const Flow&) { return true; }
    /// One that is. An INVITE was already answered with 100 (C3). An
    /// INVITE must get a final response or be abandoned by the user; anything else unanswered ends
    /// by itself, silently (C5).
    virtual void on_request(ServerHandle server, const sip::Message& request, const Flow& flow) = 0;
    /// A CANCEL that matched an INVITE server transaction without a final response; 200 was already
    /// sent (C15). The user answers the INVITE with 487.
    virtual void on_cancel(ServerHandle invite, const sip::Message& cancel) = 0;
    /// ACK for a 2xx: of an INVITE server transaction in Accepted (server valid), or matching none
    /// (server empty).
    virtual void on_ack(ServerHandle server, const sip::Message& ack, const Flow& flow) = 0;
    /// 1xx and final responses, once each; for INVITE every 2xx in Accepted too (RFC 6026 s.7.2),
    /// and behind a 3xx-6xx those of other forks (E-R7).
    virtual void on_response(ClientHandle client, UserRef ref, const sip::Message& response,
                             const Flow& flow) = 0;
    /// 2xx to an INVITE whose client transaction is gone (C12). Other stray responses are dropped
    /// and counted.
    virtual void on_stray_2xx(const sip::Message& response, const Flow& flow) = 0;
    virtual void on_client_failed(ClientHandle client, UserRef ref, ClientFailure failure) = 0;
    /// The server transaction ended. For INVITE in Accepted this is timer L.
    virtual void on_server_ended(ServerHandle server, UserRef ref) = 0;
};

struct Settings {
    std::size_t max_transactions{
        65536};  // half of them servers, half clients; memory is taken when needed
    std::size_t max_octets{std::size_t{256} << 20};  // stored messages, all transactions together
    Millis t1{500};
    Millis t2{4000};
    Millis t4{5000};
    Millis timer_c{185000};
    /// Keys the hash tables and the To tags of stateless replies (C17): 128 unpredictable bits, one
    /// value per process.
    std::array<std::uint64_t, 2> secret{};
    std::uint32_t force_rport{
        0};  // bit n: realm n answers every UDP request to its source port (B5)
};

struct Gauges {
    std::size_t invite_clients{0}, invite_servers{0}, clients{0}, servers{0}, timers{0};
};

class Layer {
public:
    Layer(const Settings& settings, Sender& sender, User& user);
    ~Layer();
    Layer(const Layer&) = delete;
    Layer& operator=(const Layer&) = delete;

    /// One parsed message from the wire.
    void receive(const sip::Message& message, const Flow& flow, Moment now);

    /// Starts a client transaction and sends its first copy. request: complete octets, copied; its
    /// top Via carries our branch (unique). flow: where to send. Empty handle when the table is
    /// full; a transport refusal is reported by on_client_failed from the next advance(), never
    /// from within request().
    [[nodiscard]] ClientHandle request(std::string_view request, const Flow& flow, UserRef ref,
                                       Moment now);

    /// Sends CANCEL for an INVITE client now or after its first 1xx (C14). reason: value of a
    /// Reason header or empty. No effect once a final response came; a stale handle is ignored.
    void cancel(ClientHandle invite, std::string_view reason, Moment now);

    /// Answers a server transaction. response: complete octets, copied for retransmission; status
    /// is its code. 2xx to INVITE moves to Accepted: retransmitting that 2xx is the user's job (C3,
    /// E-R2). False: stale handle, or a final was already sent; nothing happens then.
    bool respond(ServerHandle server, int status, std::string_view response, Moment now);

    /// Attaches the user's reference to a server transaction.
    void attach(ServerHandle server, UserRef ref);
    [[nodiscard]] UserRef ref_of(ServerHandle server) const;  // zero when stale or not attached
    /// Where responses of that server go, for the user's own 2xx retransmissions; nullptr when
    /// stale.
    [[nodiscard]] const Flow* flow_of(ServerHandle server) const;
    /// The request that opened it, re-parsed view over the stored octets; nullptr when stale. Valid
    /// until the next call.
    [[nodiscard]] const sip::Message* request_of(ServerHandle server);
    /// The same for a request that we sent.
    [[nodiscard]] const sip::Message* request_of(ClientHandle client);

    /// The request's Via header lines, all in order, each ended by CRLF; the top one with received
    /// and rport (B5). For responses. Empty when stale; valid while the transaction lives.
    [[nodiscard]] std::string_view vias_of(ServerHandle server) const;
    /// The To tag for responses (other than 100) to a request that came without one. Set it before
    /// the first response so that our 200 to a CANCEL carries the same (C15); not set: taken from
    /// the responses given, and before that the keyed tag of C17. Empty when stale; valid while the
    /// transaction lives and its tag stays the same.
    [[nodiscard]] std::string_view to_tag_of(ServerHandle server);
    void set_to_tag(ServerHandle server, std::string_view tag);
    /// True from creation until a final response was sent or the transaction was abandoned.
    [[nodiscard]] bool awaiting_final(ServerHandle server) const;

    /// Answers a request without keeping state (A20, C17). request: parsed, or refused by parse()
    /// but echoable(). Does nothing for ACK, for responses and towards an address that must not be
    /// answered. The ACK to it is absorbed.
    void reply_stateless(const sip::Message& request, const Flow& flow, const Reply& reply);

    /// Forgets a server transaction without an answer (C5: silence after a far-end timeout). It
    /// lingers to absorb retransmissions and then ends.
    void abandon(ServerHandle server, Moment now);

    /// Runs the timers that are due. Call at least every 10 ms (C1).
    void advance(Moment now);
    /// When the next timer is due; far future when none.
    [[nodiscard]] Moment next_deadline() const;

    [[nodiscard]] Gauges gauges() const;  // on the shard's thread
    [[nodiscard]] const Counters& counters() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sallyport::transaction
