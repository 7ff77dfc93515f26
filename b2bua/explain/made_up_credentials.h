// SPDX-License-Identifier: Apache-2.0
// What a user of the gateway would send after its challenge. The file of users has all that it
// takes, and without it no call of theirs could be explained. Pure.
#pragma once

#include "b2bua/sip/message.h"
#include "config/users.h"

#include <optional>
#include <string>

namespace sallyport::explain {

struct MadeUp {
    std::string octets;
    std::string account;  // "alice@lab.example"
};

/// The request once more, with another branch, the next CSeq and credentials for a challenge of
/// that answer (RFC 3261 s.22.2, RFC 7616 s.3.4). nullopt: its sender is no user of the file, or no
/// challenge has an algorithm that it has a hash of.
[[nodiscard]] std::optional<MadeUp> with_credentials(const Users& users,
                                                     const sip::Message& request,
                                                     const sip::Message& answer);

}  // namespace sallyport::explain
