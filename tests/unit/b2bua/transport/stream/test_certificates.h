// SPDX-License-Identifier: Apache-2.0
// Certificates made on the spot, good and bad, and a folder for them that goes with the test.
#pragma once

#include "b2bua/transport/stream/tls_context.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::test {

struct FreeX509 {
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};
struct FreeKey {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};

struct CertificateText {
    std::string common_name{};
    std::vector<std::string> uris{};
    std::vector<std::string> hosts{};
    long from_days{-1};
    long to_days{30};
};

/// A certificate with its key.
class Issued {
public:
    /// Without an issuer it signs itself.
    explicit Issued(const CertificateText& text, const Issued* issuer = nullptr, bool ca = false);
    [[nodiscard]] const X509& certificate() const { return *certificate_; }
    [[nodiscard]] std::string certificate_pem() const;
    [[nodiscard]] std::string key_pem(const char* passphrase = nullptr) const;

private:
    std::unique_ptr<EVP_PKEY, FreeKey> key_;
    std::unique_ptr<X509, FreeX509> certificate_;
};

class Folder {
public:
    Folder();
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    /// Returns the path.
    std::string write(const std::string& name, std::string_view text) const;
    [[nodiscard]] std::string at(const std::string& name) const { return path_ / name; }
    /// name.pem and name.key
    [[nodiscard]] TlsFiles::Certificate write(const std::string& name, const Issued& issued) const;

private:
    std::filesystem::path path_;
};

}  // namespace sallyport::test
