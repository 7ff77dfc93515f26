// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/identity_of_phone.h"

#include "b2bua/policy/list_values.h"
#include "b2bua/registration/address_of_record.h"
#include "b2bua/sip/name_addr.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/uri.h"

#include <string>

namespace sallyport::registration {
namespace {

/// RFC 3966 s.4: visual separators say nothing, and case does not matter.
std::string plain_number(std::string_view tel) {
    std::string text(tel);
    std::erase_if(text, [](char c) { return c == '-' || c == '.' || c == '(' || c == ')'; });
    return text;
}

bool same_identity(const sip::Uri& a, const sip::Uri& b) {
    if (a.scheme != b.scheme) {
        return false;
    }
    return a.scheme == sip::Scheme::kTel
               ? sip::iequals(plain_number(a.text), plain_number(b.text))
               : (a.scheme == sip::Scheme::kSip || a.scheme == sip::Scheme::kSips) &&
                     sip::equivalent(a, b);
}

}  // namespace

bool is_identity(const Binding& binding, std::string_view uri) {
    const auto asked = sip::Uri::parse(uri);
    if (!asked.ok()) {
        return false;
    }
    if (canonical_aor(uri) == binding.aor) {
        return true;
    }
    policy::ListValues values(binding.identities);
    while (const auto value = values.next()) {
        const auto named = sip::NameAddr::parse(*value);
        const auto own = sip::Uri::parse(named.ok() ? named->uri : std::string_view{});
        if (own.ok() && same_identity(*own, *asked)) {
            return true;
        }
    }
    return false;
}

}  // namespace sallyport::registration
