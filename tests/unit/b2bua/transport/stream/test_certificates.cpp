// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/b2bua/transport/stream/test_certificates.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <fstream>

namespace sallyport::test {
namespace {

constexpr long kDay = 24 * 60 * 60;

void add_name(GENERAL_NAMES* names, int kind, std::string_view text) {
    ASN1_IA5STRING* const value = ASN1_IA5STRING_new();
    ASN1_STRING_set(value, text.data(), static_cast<int>(text.size()));
    GENERAL_NAME* const name = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(name, kind, value);
    sk_GENERAL_NAME_push(names, name);
}

void add_alt_names(X509* certificate, const CertificateText& text) {
    GENERAL_NAMES* const names = GENERAL_NAMES_new();
    for (const std::string& uri : text.uris) {
        add_name(names, GEN_URI, uri);
    }
    for (const std::string& host : text.hosts) {
        add_name(names, GEN_DNS, host);
    }
    if (sk_GENERAL_NAME_num(names) > 0) {
        X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT);
    }
    GENERAL_NAMES_free(names);
}

void add_constraints(X509* certificate, bool ca) {
    X509_EXTENSION* const extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, ca ? "CA:TRUE" : "CA:FALSE");
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

template <class Write>
std::string pem_of(Write&& write) {
    BIO* const memory = BIO_new(BIO_s_mem());
    write(memory);
    char* octets = nullptr;
    const long size = BIO_get_mem_data(memory, &octets);
    std::string out(octets, static_cast<std::size_t>(size));
    BIO_free(memory);
    return out;
}

}  // namespace

Issued::Issued(const CertificateText& text, const Issued* issuer, bool ca)
    : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
    static long serial = 0;
    X509* const x = certificate_.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(x), text.from_days * kDay);
    X509_gmtime_adj(X509_getm_notAfter(x), text.to_days * kDay);
    X509_set_pubkey(x, key_.get());
    X509_NAME* const subject = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    if (!text.common_name.empty()) {
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(text.common_name.c_str()),
                                   -1, -1, 0);
    }
    X509_set_issuer_name(
        x, issuer == nullptr ? subject : X509_get_subject_name(issuer->certificate_.get()));
    add_constraints(x, ca);
    add_alt_names(x, text);
    X509_sign(x, issuer == nullptr ? key_.get() : issuer->key_.get(), EVP_sha256());
}

std::string Issued::certificate_pem() const {
    return pem_of([&](BIO* out) { PEM_write_bio_X509(out, certificate_.get()); });
}

std::string Issued::key_pem(const char* passphrase) const {
    const EVP_CIPHER* const cipher = passphrase == nullptr ? nullptr : EVP_aes_128_cbc();
    return pem_of([&](BIO* out) {
        PEM_write_bio_PKCS8PrivateKey(out, key_.get(), cipher, nullptr, 0, nullptr,
                                      const_cast<char*>(passphrase));
    });
}

Folder::Folder() {
    std::string made = std::filesystem::temp_directory_path() / "streams-XXXXXX";
    path_ = ::mkdtemp(made.data());
}

std::string Folder::write(const std::string& name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
}

TlsFiles::Certificate Folder::write(const std::string& name, const Issued& issued) const {
    return {write(name + ".pem", issued.certificate_pem()), write(name + ".key", issued.key_pem())};
}

}  // namespace sallyport::test
