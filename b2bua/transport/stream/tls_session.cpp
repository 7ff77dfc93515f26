// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/stream/tls_session.h"

#include "b2bua/transport/stream/peer_identity.h"
#include "config/types/ip.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <utility>

namespace sallyport {
namespace {

constexpr char kHandshakeRecord = 22;  // RFC 8446 s.5.1; so does every connection of TLS begin

int verify_mode(ClientCertificates clients) noexcept {
    switch (clients) {
        case ClientCertificates::kNone:
            return SSL_VERIFY_NONE;
        case ClientCertificates::kRequest:
            return SSL_VERIFY_PEER;
        case ClientCertificates::kRequire:
            break;
    }
    return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
}

bool out_of_date(long result) noexcept {
    return result == X509_V_ERR_CERT_HAS_EXPIRED || result == X509_V_ERR_CERT_NOT_YET_VALID;
}

}  // namespace

void TlsSession::Free::operator()(ssl_st* ssl) const noexcept {
    SSL_free(ssl);
}

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context, std::string domain)
    : context_(std::move(context)),
      domain_(std::move(domain)),
      ssl_(SSL_new(context_->for_domain({}))),
      in_(BIO_new(BIO_s_mem())),
      out_(BIO_new(BIO_s_mem())) {
    SSL_set_bio(ssl_.get(), in_, out_);
}

std::unique_ptr<TlsSession> TlsSession::of_server(std::shared_ptr<const TlsContext> context) {
    const ClientCertificates clients = context->clients();
    std::unique_ptr<TlsSession> session(new TlsSession(std::move(context), {}));
    SSL_set_verify(session->ssl_.get(), verify_mode(clients), nullptr);
    SSL_set_accept_state(session->ssl_.get());
    return session;
}

std::unique_ptr<TlsSession> TlsSession::of_client(std::shared_ptr<const TlsContext> context,
                                                  std::string domain) {
    std::unique_ptr<TlsSession> session(new TlsSession(std::move(context), std::move(domain)));
    SSL* const ssl = session->ssl_.get();
    SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
    if (!IpAddr::parse(session->domain_)) {  // RFC 6066 s.3: no addresses
        SSL_set_tlsext_host_name(ssl, session->domain_.c_str());
    }
    SSL_set_connect_state(ssl);
    session->shake_hands();
    return session;
}

TlsSession::State TlsSession::receive(std::string_view octets, std::string& plain) {
    if (octets.empty() || state_ == State::kFailed || state_ == State::kClosed) {
        return state_;
    }
    if (!std::exchange(first_octet_seen_, true) && octets.front() != kHandshakeRecord) {
        return fail(CloseReason::not_tls);
    }
    BIO_write(in_, octets.data(), static_cast<int>(octets.size()));
    if (state_ == State::kHandshaking) {
        shake_hands();
    }
    if (state_ == State::kOpen) {
        read(plain);
    }
    return state_;
}

TlsSession::State TlsSession::fail(CloseReason reason) noexcept {
    failure_ = reason;
    return state_ = State::kFailed;
}

void TlsSession::shake_hands() {
    ERR_clear_error();
    const int done = SSL_do_handshake(ssl_.get());
    if (done == 1) {
        state_ = State::kOpen;
        if (SSL_is_server(ssl_.get()) == 0 && !speaks_for(identities(), domain_)) {
            finish();
            fail(CloseReason::certificate_of_another);
        }
    } else if (SSL_get_error(ssl_.get(), done) != SSL_ERROR_WANT_READ) {
        fail(reason_of_failure());
    }
}

CloseReason TlsSession::reason_of_failure() const {
    const int reason = ERR_GET_REASON(ERR_peek_error());
    if (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) {
        return CloseReason::certificate_missing;
    }
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
        return out_of_date(SSL_get_verify_result(ssl_.get())) ? CloseReason::certificate_out_of_date
                                                              : CloseReason::certificate_untrusted;
    }
    return reason >= SSL_AD_REASON_OFFSET ? CloseReason::tls_refused : CloseReason::tls_failed;
}

void TlsSession::read(std::string& plain) {
    std::array<char, 4096> block;
    int got = 0;
    ERR_clear_error();
    while ((got = SSL_read(ssl_.get(), block.data(), static_cast<int>(block.size()))) > 0) {
        plain.append(block.data(), static_cast<std::size_t>(got));
    }
    switch (SSL_get_error(ssl_.get(), got)) {
        case SSL_ERROR_WANT_READ:
            return;
        case SSL_ERROR_ZERO_RETURN:
            state_ = State::kClosed;
            return;
        default:
            fail(reason_of_failure());
    }
}

void TlsSession::send(std::string_view plain) {
    if (state_ != State::kOpen || plain.empty()) {
        return;
    }
    ERR_clear_error();
    if (SSL_write(ssl_.get(), plain.data(), static_cast<int>(plain.size())) <= 0) {
        fail(CloseReason::tls_failed);
    }
}

void TlsSession::finish() {
    if (state_ == State::kOpen || state_ == State::kClosed) {
        ERR_clear_error();
        SSL_shutdown(ssl_.get());
    }
}

void TlsSession::take_output(WriteQueue& queue) {
    std::array<char, 4096> block;
    int got = 0;
    while ((got = BIO_read(out_, block.data(), static_cast<int>(block.size()))) > 0) {
        queue.push({block.data(), static_cast<std::size_t>(got)});
    }
}

std::vector<std::string> TlsSession::identities() const {
    const X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
    const bool proven = SSL_get_verify_result(ssl_.get()) == X509_V_OK;
    return certificate != nullptr && proven ? sip_identities(*certificate)
                                            : std::vector<std::string>{};
}

}  // namespace sallyport
