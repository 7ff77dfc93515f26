// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/stream/stream_connection.h"

#include "b2bua/transport/stream/asio_endpoint.h"

#include <chrono>
#include <utility>

namespace sallyport {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using Phase = StreamDeadlines::Phase;

constexpr std::string_view kPong = "\r\n";

bool try_later(const error_code& error) {
    return error == boost::asio::error::would_block || error == boost::asio::error::try_again ||
           error == boost::asio::error::interrupted;
}

}  // namespace

Moment stream_now() noexcept {
    return {
        std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now().time_since_epoch())};
}

StreamConnection::StreamConnection(StreamRuntime& runtime, ConnectionId id, const StreamPeer& peer,
                                   Socket socket)
    : runtime_(runtime),
      id_(id),
      peer_(peer),
      socket_(std::move(socket)),
      framer_(runtime.options.messages),
      deadlines_(runtime.options.times, peer.outbound, stream_now()) {}

void StreamConnection::accepted(std::unique_ptr<TlsSession> tls) {
    tls_ = std::move(tls);
    error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(tcp::no_delay(true), ignored);
    if (!tls_) {
        return opened();
    }
    deadlines_.enter(Phase::kHandshaking, stream_now());
    wait_to_read();
}

void StreamConnection::connect(const StreamTarget& target) {
    const bool secured = target.transport == StreamTransport::kTls;
    if (secured != (target.tls != nullptr) || !open_socket(target.from)) {
        return end(CloseReason::connect_failed);
    }
    socket_.async_connect(to_asio(peer_.remote),
                          [self = shared_from_this(), target](const error_code& error) {
                              if (self->ended_) {
                                  return;
                              }
                              if (error) {
                                  return self->end(CloseReason::connect_failed);
                              }
                              self->on_connected(target);
                          });
}

bool StreamConnection::open_socket(const IpAddr& from) {
    error_code error;
    socket_.open(peer_.remote.ip.is_v6() ? tcp::v6() : tcp::v4(), error);
    if (!error && from.family() != Family::kNone) {
        socket_.bind(to_asio(Endpoint{from, {}}), error);
    }
    error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(tcp::no_delay(true), ignored);
    return !error;
}

void StreamConnection::on_connected(const StreamTarget& target) {
    error_code ignored;
    peer_.local = from_asio(socket_.local_endpoint(ignored));
    if (!target.tls) {
        return opened();
    }
    deadlines_.enter(Phase::kHandshaking, stream_now());
    tls_ = TlsSession::of_client(target.tls->current(), target.domain);
    tls_->take_output(out_);
    write();
    wait_to_read();
}

/// Messages may cross from here on.
void StreamConnection::opened() {
    deadlines_.enter(Phase::kOpen, stream_now());
    if (peer_.outbound) {
        runtime_.counters.connected.add();
        runtime_.user.on_open(id_, peer_);
    }
    wait_to_read();
    if (!early_.empty()) {
        push(std::exchange(early_, {}));
        write();
    }
}

void StreamConnection::wait_to_read() {
    if (ended_ || std::exchange(waits_to_read_, true)) {
        return;
    }
    socket_.async_wait(tcp::socket::wait_read,
                       [self = shared_from_this()](const error_code& error) {
                           self->waits_to_read_ = false;
                           if (!error && !self->ended_) {
                               self->read();
                           }
                       });
}

void StreamConnection::read() {
    error_code error;
    const std::size_t octets = socket_.read_some(boost::asio::buffer(runtime_.read_buffer), error);
    if (error == boost::asio::error::eof) {
        return far_end_closed();
    }
    if (error && !try_later(error)) {
        return end(ending_.value_or(CloseReason::reset));
    }
    runtime_.counters.octets_in.add(octets);
    if (!ending_) {
        received({runtime_.read_buffer.data(), octets});
    }
    wait_to_read();
}

void StreamConnection::received(std::string_view octets) {
    if (tls_) {
        decrypt(octets);
    } else {
        frame(octets);
    }
    if (!ended_ && !ending_) {
        deadlines_.inside_message(framer_.inside_message(), stream_now());
    }
}

void StreamConnection::decrypt(std::string_view octets) {
    using State = TlsSession::State;
    const bool was_open = tls_->state() == State::kOpen;
    std::string plain;
    const State state = tls_->receive(octets, plain);
    tls_->take_output(out_);
    write();
    if (!was_open && (state == State::kOpen || !plain.empty()) && !ended_) {
        peer_.identities = tls_->identities();
        opened();
    }
    frame(plain);
    if (state == State::kFailed) {
        end(tls_->failure());
    } else if (state == State::kClosed && !ending_) {
        far_end_closed();
    }
}

void StreamConnection::push(std::string_view octets) {
    if (tls_) {
        tls_->send(octets);
        tls_->take_output(out_);
    } else {
        out_.push(octets);
    }
}

void StreamConnection::frame(std::string_view octets) {
    using Kind = StreamFramer::Found::Kind;
    while (!ended_ && !ending_) {
        const auto found = framer_.next(octets);
        switch (found.kind) {
            case Kind::kNothing:
                return;
            case Kind::kMessage:
                runtime_.counters.messages_in.add();
                deadlines_.received_message(stream_now());
                hand_up(found.text, std::nullopt);
                break;
            case Kind::kLineEnd:
                runtime_.user.on_pong(id_);
                break;
            case Kind::kPing:
                runtime_.counters.pings_answered.add();
                push(kPong);
                write();
                break;
            case Kind::kFault:
                refuse(found.text);
                break;
        }
    }
}

void StreamConnection::hand_up(std::string_view octets, std::optional<StreamFault> fault) {
    runtime_.user.on_message({id_, peer_, octets, fault});
}

/// The framing is lost (A10): time for an answer where there can be one, then the end.
void StreamConnection::refuse(std::string_view octets) {
    const StreamFault fault = *framer_.fault();
    if (status_for(fault) == 0 || octets.empty()) {
        return end(reason_of(fault));
    }
    ending_ = reason_of(fault);
    deadlines_.enter(Phase::kEnding, stream_now());
    hand_up(octets, fault);
}

void StreamConnection::far_end_closed() {
    const bool inside = framer_.inside_message();
    const CloseReason reason = inside ? CloseReason::by_peer_inside : CloseReason::by_peer;
    const bool shaking_hands = deadlines_.phase() == Phase::kHandshaking;
    end(ending_.value_or(shaking_hands ? CloseReason::tls_refused : reason));
}

void StreamConnection::send(std::string_view octets) {
    if (half_closed_) {
        runtime_.counters.unsent.add();
        return runtime_.user.on_unsent(id_);
    }
    runtime_.counters.messages_out.add();
    if (deadlines_.phase() == Phase::kOpen || deadlines_.phase() == Phase::kEnding) {
        deadlines_.sent_message(stream_now());
        push(octets);
        write();
    } else if (early_.size() + octets.size() <= runtime_.options.write_queue) {
        early_.append(octets);
    } else {
        end(CloseReason::write_queue_full);
    }
}

/// Half-closes and waits for the far end to close as well: closing with octets unread would reset
/// the connection, and with it take back the answer that was just written.
void StreamConnection::finish(CloseReason reason) {
    if (ended_) {
        return;
    }
    if (deadlines_.phase() == Phase::kConnecting || deadlines_.phase() == Phase::kHandshaking) {
        return end(reason);
    }
    if (!ending_) {
        ending_ = reason;
        deadlines_.enter(Phase::kEnding, stream_now());
    }
    half_closed_ = true;
    if (tls_) {
        tls_->finish();
        tls_->take_output(out_);
    }
    write();
}

void StreamConnection::write() {
    bool wrote = false;
    error_code error;
    while (!out_.empty() && !error && !waits_to_write_) {
        const std::string_view next = out_.front();
        const std::size_t octets =
            socket_.write_some(boost::asio::buffer(next.data(), next.size()), error);
        runtime_.counters.octets_out.add(octets);
        out_.pop(octets);
        wrote = wrote || octets != 0;
    }
    if (error && !try_later(error)) {
        return end(ending_.value_or(CloseReason::reset));
    }
    if (out_.size() > runtime_.options.write_queue) {
        return end(CloseReason::write_queue_full);
    }
    deadlines_.waits_to_write(!out_.empty(), wrote, stream_now());
    if (!out_.empty()) {
        wait_to_write();
    } else if (half_closed_) {
        error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
    }
}

void StreamConnection::wait_to_write() {
    if (std::exchange(waits_to_write_, true)) {
        return;
    }
    socket_.async_wait(tcp::socket::wait_write,
                       [self = shared_from_this()](const error_code& error) {
                           self->waits_to_write_ = false;
                           if (!error && !self->ended_) {
                               self->write();
                           }
                       });
}

void StreamConnection::check(Moment now) {
    if (const auto reason = deadlines_.due(now)) {
        end(ending_.value_or(*reason));
    }
}

void StreamConnection::end(CloseReason reason) {
    if (std::exchange(ended_, true)) {
        return;
    }
    runtime_.counters.count(reason);  // before the far end can see it
    error_code ignored;
    socket_.close(ignored);
    runtime_.forget(id_);  // its target can be reached anew from on_close
    runtime_.user.on_close(id_, reason);
}

}  // namespace sallyport
