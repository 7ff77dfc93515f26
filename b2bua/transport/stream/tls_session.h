// SPDX-License-Identifier: Apache-2.0
// TLS between the octets of a socket and those of SIP (B14, B15): octets in, octets out, no I/O of
// its own, so that a handshake never waits for anything. One per connection, on the thread of its
// owner.
#pragma once

#include "b2bua/transport/stream/stream_counters.h"
#include "b2bua/transport/stream/tls_context.h"
#include "b2bua/transport/stream/write_queue.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct ssl_st;
struct bio_st;

namespace sallyport {

class TlsSession {
public:
    enum class State : std::uint8_t { kHandshaking, kOpen, kClosed, kFailed };

    /// A client has connected to us.
    [[nodiscard]] static std::unique_ptr<TlsSession> of_server(
        std::shared_ptr<const TlsContext> context);
    /// We have connected. domain: as the target was named, before any DNS (B14): asked for by SNI,
    /// and the certificate must be for it. Its first octets are ready to be taken.
    [[nodiscard]] static std::unique_ptr<TlsSession> of_client(
        std::shared_ptr<const TlsContext> context, std::string domain);
    ~TlsSession() = default;
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;

    /// Octets from the socket; what they held for us is put behind plain.
    State receive(std::string_view octets, std::string& plain);
    /// Only while kOpen.
    void send(std::string_view plain);
    /// Tells the far end that nothing more comes.
    void finish();
    /// Moves what has to go to the socket into queue. To be called after each of the above.
    void take_output(WriteQueue& queue);

    [[nodiscard]] State state() const noexcept { return state_; }
    /// Of kFailed.
    [[nodiscard]] CloseReason failure() const noexcept { return failure_; }
    /// Domains that the far end has proven to speak for; empty when it showed no certificate.
    [[nodiscard]] std::vector<std::string> identities() const;

private:
    struct Free {
        void operator()(ssl_st* ssl) const noexcept;
    };
    TlsSession(std::shared_ptr<const TlsContext> context, std::string domain);
    State fail(CloseReason reason) noexcept;
    void shake_hands();
    void read(std::string& plain);
    [[nodiscard]] CloseReason reason_of_failure() const;

    std::shared_ptr<const TlsContext> context_;  // OpenSSL points into it
    std::string domain_;                         // empty: we are the server
    std::unique_ptr<ssl_st, Free> ssl_;          // owns both ends of its memory
    bio_st* in_{nullptr};
    bio_st* out_{nullptr};
    State state_{State::kHandshaking};
    CloseReason failure_{CloseReason::tls_failed};
    bool first_octet_seen_{false};
};

}  // namespace sallyport
