// SPDX-License-Identifier: Apache-2.0
#include "b2bua/policy/contact_text.h"

namespace sallyport::policy {

std::string own_uri(std::string_view user, const Endpoint& local) {
    std::string text = "sip:";
    if (!user.empty()) {
        text.append(user).push_back('@');
    }
    return text + local.to_string();
}

std::string own_contact(std::string_view user, const Endpoint& local) {
    return '<' + own_uri(user, local) + '>';
}

}  // namespace sallyport::policy
