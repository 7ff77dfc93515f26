// SPDX-License-Identifier: Apache-2.0
// Certificates, keys and CAs of one realm, as OpenSSL wants them (B14, B15): TLS 1.2 and 1.3, no
// other. A context never changes; TlsStore is where the one in force stands, and where another
// takes its place.
#pragma once

#include "config/types/result.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

struct ssl_ctx_st;

namespace sallyport {

/// What a server asks of its clients (B15).
enum class ClientCertificates : std::uint8_t { kNone, kRequest, kRequire };

/// Paths of PEM files.
struct TlsFiles {
    struct Certificate {
        std::string chain;  // the certificate, then those that lead to its CA
        std::string key;
    };
    std::vector<Certificate> certificates{};  // the first is shown to whoever names no domain
    std::string ca{};  // whom we trust; empty: whom the system trusts, as a client
    ClientCertificates clients{ClientCertificates::kNone};
};

class TlsContext {
public:
    /// The error is a sentence: the file, what was found, what was expected, what to do.
    [[nodiscard]] static Result<std::shared_ptr<const TlsContext>, std::string> load(
        const TlsFiles& files);
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;
    ~TlsContext() = default;

    /// With the certificate for that domain, or the first. OpenSSL counts references to it.
    [[nodiscard]] ssl_ctx_st* for_domain(std::string_view domain) const noexcept;
    [[nodiscard]] ClientCertificates clients() const noexcept { return clients_; }
    /// Sentences on certificates that have expired or are not yet valid; works all the same.
    [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return warnings_; }

private:
    struct Free {
        void operator()(ssl_ctx_st* context) const noexcept;
    };
    struct Entry {
        std::unique_ptr<ssl_ctx_st, Free> context;
        std::vector<std::string> domains;
    };
    TlsContext() = default;
    [[nodiscard]] Outcome<std::string> add(const TlsFiles& files,
                                           const TlsFiles::Certificate* certificate);

    std::vector<Entry> entries_;  // one at least
    ClientCertificates clients_{ClientCertificates::kNone};
    std::vector<std::string> warnings_;
};

/// The context in force. Any thread.
class TlsStore {
public:
    [[nodiscard]] static Result<std::shared_ptr<TlsStore>, std::string> load(TlsFiles files);

    /// Reads the files again. What is wrong or out of date leaves the old context in force.
    [[nodiscard]] Outcome<std::string> reload();
    [[nodiscard]] Outcome<std::string> replace(const TlsFiles& files);
    [[nodiscard]] std::shared_ptr<const TlsContext> current() const;

    explicit TlsStore(TlsFiles files, std::shared_ptr<const TlsContext> context) noexcept
        : files_(std::move(files)), context_(std::move(context)) {}

private:
    mutable std::mutex mutex_;  // guards both; held for a copy only
    TlsFiles files_;
    std::shared_ptr<const TlsContext> context_;
};

}  // namespace sallyport
