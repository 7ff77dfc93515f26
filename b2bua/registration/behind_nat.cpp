// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/behind_nat.h"

#include "b2bua/policy/seen_through_nat.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/uri.h"

#include <algorithm>

namespace sallyport::registration {

bool seen_through_nat(const sip::Message& request, const RequestedContacts& asked,
                      const Endpoint& source) {
    if (!policy::via_names_source(request, source)) {
        return true;
    }
    return std::any_of(asked.list.begin(), asked.list.end(), [&](const RequestedContact& contact) {
        return contact.routable && sip::Uri::parse(contact.uri).ok() &&
               !policy::names_source(contact.uri, source);
    });
}

bool keeps_alive(const sip::Message& request) {
    return sip::find_param(request.top_via().params, "keep").has_value();
}

}  // namespace sallyport::registration
