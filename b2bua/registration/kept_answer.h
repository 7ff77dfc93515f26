// SPDX-License-Identifier: Apache-2.0
// What of the registrar's last 2xx is kept to answer a phone's refreshes here (H7): the registrar
// is asked once per half of what it grants, and the phone, which must keep its NAT open, comes as
// often as it likes. Plain values. Owner: a RegisterContext.
#pragma once

#include "config/types/units.h"

#include <string>
#include <vector>

namespace sallyport::registration {

/// A Contact of the address-of-record as the phone was shown it.
struct ShownContact {
    std::string token;  // of the binding behind it; empty: registered without us
    std::string text;
    Moment until;  // when the registrar lets one without a binding lapse
};

struct KeptAnswer {
    Moment given;       // by the registrar
    std::string asked;  // the Contact values of the phone's REGISTER
    std::vector<ShownContact> contacts;
    std::string lines;  // Path and Service-Route as the phone was shown them, complete; or empty
};

}  // namespace sallyport::registration
