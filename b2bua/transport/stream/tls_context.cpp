// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/stream/tls_context.h"

#include "b2bua/transport/stream/peer_identity.h"
#include "config/fault.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace sallyport {
namespace {

/// TLS 1.2 with forward secrecy and authenticated encryption (RFC 9325 s.4.2); 1.3 has no others.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr unsigned char kSessionContext[] = "sallyport";

/// OpenSSL's first words on what went wrong; its queue is empty afterwards.
std::string openssl_words() {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    if (ERR_SYSTEM_ERROR(code)) {
        return std::strerror(ERR_GET_REASON(code));
    }
    const char* const words = ERR_reason_error_string(code);
    return words == nullptr ? "nothing of use" : words;
}

Outcome<std::string> fault(const std::string& file, std::string_view expected,
                           std::string_view cure) {
    return Failure{"tls: " + file + ": " + config::sentence(openssl_words(), expected, cure)};
}

/// Nobody is asked for a passphrase: a gateway starts alone.
int no_passphrase(char*, int, int, void*) noexcept {
    return -1;
}

/// SNI (B15): called while a client's first message is read.
int choose_certificate(SSL* ssl, int*, void* context) noexcept {
    const char* const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (name == nullptr) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    SSL_set_SSL_CTX(ssl, static_cast<const TlsContext*>(context)->for_domain(name));
    return SSL_TLSEXT_ERR_OK;
}

Outcome<std::string> use_certificate(SSL_CTX* context, const TlsFiles::Certificate& files) {
    if (SSL_CTX_use_certificate_chain_file(context, files.chain.c_str()) != 1) {
        return fault(files.chain, "a PEM file with a certificate and those that lead to its CA",
                     "give the path of one that the gateway may read");
    }
    if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context) != 1) {
        return fault(files.key,
                     "a PEM file with the private key of " + files.chain + ", no passphrase on it",
                     "give the path of the key that belongs to that certificate");
    }
    return Done{};
}

Outcome<std::string> use_ca(SSL_CTX* context, const TlsFiles& files) {
    if (files.ca.empty()) {
        SSL_CTX_set_default_verify_paths(context);
        return Done{};
    }
    STACK_OF(X509_NAME)* const names = SSL_load_client_CA_file(files.ca.c_str());
    if (names == nullptr || SSL_CTX_load_verify_file(context, files.ca.c_str()) != 1) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        return fault(files.ca, "a PEM file with the certificates of trusted CAs",
                     "give the path of one that the gateway may read");
    }
    SSL_CTX_set_client_CA_list(context, names);
    return Done{};
}

/// Empty: it is valid today.
std::string out_of_date(const std::string& file, const X509* certificate) {
    std::string_view found;
    if (X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0) {
        found = "a certificate that has expired";
    } else if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0) {
        found = "a certificate that is not valid yet";
    } else {
        return {};
    }
    return "tls: " + file + ": " +
           config::sentence(found, "one that is valid today", "renew it, or set the clock");
}

SSL_CTX* make_context() {
    SSL_CTX* const context = SSL_CTX_new(TLS_method());
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context, kCiphers);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_session_id_context(context, kSessionContext, sizeof kSessionContext - 1);
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    return context;
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const noexcept {
    SSL_CTX_free(context);
}

Result<std::shared_ptr<const TlsContext>, std::string> TlsContext::load(const TlsFiles& files) {
    if (files.clients != ClientCertificates::kNone && files.ca.empty()) {
        return Failure{"tls: " + config::sentence("client certificates without a CA",
                                                  "the CA that vouches for the clients",
                                                  "name its file, or ask for no certificates")};
    }
    const std::shared_ptr<TlsContext> loaded(new TlsContext);
    loaded->clients_ = files.clients;
    if (files.certificates.empty()) {
        if (auto added = loaded->add(files, nullptr); !added) {
            return Failure{added.error()};
        }
    }
    for (const TlsFiles::Certificate& certificate : files.certificates) {
        if (auto added = loaded->add(files, &certificate); !added) {
            return Failure{added.error()};
        }
    }
    return std::shared_ptr<const TlsContext>(loaded);
}

Outcome<std::string> TlsContext::add(const TlsFiles& files,
                                     const TlsFiles::Certificate* certificate) {
    ERR_clear_error();
    Entry entry{std::unique_ptr<ssl_ctx_st, Free>(make_context()), {}};
    SSL_CTX* const context = entry.context.get();
    if (auto used = use_ca(context, files); !used) {
        return used;
    }
    if (certificate != nullptr) {
        if (auto used = use_certificate(context, *certificate); !used) {
            return used;
        }
        const X509* const own = SSL_CTX_get0_certificate(context);
        entry.domains = sip_identities(*own);
        if (std::string warning = out_of_date(certificate->chain, own); !warning.empty()) {
            warnings_.push_back(std::move(warning));
        }
    }
    SSL_CTX_set_tlsext_servername_callback(context, choose_certificate);
    SSL_CTX_set_tlsext_servername_arg(context, this);
    entries_.push_back(std::move(entry));
    return Done{};
}

ssl_ctx_st* TlsContext::for_domain(std::string_view domain) const noexcept {
    const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        return speaks_for(entry.domains, domain);
    });
    return (at == entries_.end() ? entries_.front() : *at).context.get();
}

Result<std::shared_ptr<TlsStore>, std::string> TlsStore::load(TlsFiles files) {
    auto loaded = TlsContext::load(files);
    if (!loaded) {
        return Failure{loaded.error()};
    }
    return std::make_shared<TlsStore>(std::move(files), std::move(*loaded));
}

Outcome<std::string> TlsStore::reload() {
    TlsFiles files;
    {
        const std::lock_guard lock(mutex_);
        files = files_;
    }
    return replace(files);
}

Outcome<std::string> TlsStore::replace(const TlsFiles& files) {
    auto loaded = TlsContext::load(files);
    if (!loaded) {
        return Failure{loaded.error()};
    }
    if (!(*loaded)->warnings().empty()) {
        return Failure{(*loaded)->warnings().front()};
    }
    const std::lock_guard lock(mutex_);
    files_ = files;
    context_ = std::move(*loaded);
    return Done{};
}

std::shared_ptr<const TlsContext> TlsStore::current() const {
    const std::lock_guard lock(mutex_);
    return context_;
}

}  // namespace sallyport
