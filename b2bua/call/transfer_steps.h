// SPDX-License-Identifier: Apache-2.0
// Steps that the events of a transfer share (local_transfer.h): what the transferor is told, and
// how the transfer ends.
#pragma once

#include "b2bua/call/call_table.h"

#include <string>
#include <string_view>

namespace sallyport::call {

/// What Subscription-State says while the attempt is under way; more than it can last (RFC 3515
/// s.2.4.4).
inline constexpr std::uint32_t kTransferExpires{240};

/// NOTIFY with the status of the attempt (RFC 3515 s.2.4.5); nothing when nobody has subscribed.
void notify_transferor(CallTable& table, Call& call, int status, std::string_view state);

/// The last NOTIFY; the call has no transfer any more.
void conclude_transfer(CallTable& table, Call& call, int status);

/// The same when nobody was joined. The call goes on; without its transferor it ends.
void fail_transfer(CallTable& table, Call& call, int status);

/// The call to the target is given up: CANCEL, or ACK and BYE to an answer. It tells nobody.
void drop_attempt(CallTable& table, Call& attempt, int status);

/// The transfer is over before it came to anything: both of the above.
void abandon_transfer(CallTable& table, Call& call, int status);

}  // namespace sallyport::call
