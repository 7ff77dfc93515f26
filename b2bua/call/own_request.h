// SPDX-License-Identifier: Apache-2.0
// Requests that we originate inside a dialog, on our own behalf (RFC 3261 s.12.2.1.1): BYE, PRACK,
// and the head that ACK shares with them.
#pragma once

#include "b2bua/call/call_table.h"
#include "b2bua/call/dialog.h"
#include "b2bua/sip/method.h"
#include "b2bua/sip/writer.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace sallyport::call {

struct OwnRequest {
    sip::Method method{sip::Method::kUnknown};
    Side to{Side::kA};
    std::size_t pair{0};
    std::string lines;    // header lines of its own, each with its CRLF
    std::string session;  // SDP, or another body, or empty
    std::string_view content_type{"application/sdp"};
};

/// The methods whose requests and 2xx carry a Contact (RFC 3261 s.20.10).
[[nodiscard]] bool has_contact(sip::Method method) noexcept;

/// Request line, Via, Route, Max-Forwards, From, To and Call-ID. CSeq comes next.
sip::Writer& begin_own(sip::Writer& writer, Environment& env, const Dialog& dialog,
                       const Destination& to, std::string_view method);

/// Sends it under the next number of its dialog. Its exchange waits for the response, which nobody
/// else does. Empty: it could not be sent.
transaction::ClientHandle send_own(CallTable& table, Call& call, const OwnRequest& request);

}  // namespace sallyport::call
