// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/stream/peer_identity.h"

#include "b2bua/sip/uri.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace sallyport {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return out;
}

std::string_view text_of(const ASN1_STRING* value) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
            static_cast<std::size_t>(ASN1_STRING_length(value))};
}

/// A name with a NUL in it says one thing to us and another to whoever signed it.
void add(std::vector<std::string>& names, std::string_view name) {
    if (!name.empty() && name.find('\0') == std::string_view::npos) {
        names.push_back(lower(name));
    }
}

/// RFC 5922 s.7.1: the scheme sip and no other, and a domain alone.
void add_uri(std::vector<std::string>& names, std::string_view text) {
    const auto uri = sip::Uri::parse(text);
    if (uri && uri->scheme == sip::Scheme::kSip && !uri->has_userinfo) {
        add(names, uri->host);
    }
}

struct FreeNames {
    void operator()(GENERAL_NAMES* names) const noexcept { GENERAL_NAMES_free(names); }
};

struct AltNames {
    std::vector<std::string> uris;
    std::vector<std::string> hosts;
    bool any{false};  // of either kind, of use or not
};

AltNames alt_names_of(const X509& certificate) {
    AltNames found;
    const std::unique_ptr<GENERAL_NAMES, FreeNames> names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
    const int count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
    for (int i = 0; i < count; ++i) {
        const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_URI) {
            found.any = true;
            add_uri(found.uris, text_of(name->d.uniformResourceIdentifier));
        } else if (name->type == GEN_DNS) {
            found.any = true;
            add(found.hosts, text_of(name->d.dNSName));
        }
    }
    return found;
}

/// The last common name: the most specific one.
std::vector<std::string> common_name_of(const X509& certificate) {
    std::vector<std::string> names;
    const X509_NAME* const subject = X509_get_subject_name(&certificate);
    int last = -1;
    for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;) {
        last = at;
    }
    if (last >= 0) {
        add(names, text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last))));
    }
    return names;
}

}  // namespace

std::vector<std::string> sip_identities(const X509& certificate) {
    AltNames names = alt_names_of(certificate);
    if (!names.uris.empty()) {
        return std::move(names.uris);
    }
    return names.any ? std::move(names.hosts) : common_name_of(certificate);
}

bool speaks_for(const std::vector<std::string>& identities, std::string_view domain) {
    return !domain.empty() &&
           std::find(identities.begin(), identities.end(), lower(domain)) != identities.end();
}

}  // namespace sallyport
