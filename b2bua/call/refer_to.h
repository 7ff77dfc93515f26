// SPDX-License-Identifier: Apache-2.0
// Refer-To on its way to the other leg (D11, D14; RFC 3515 s.2.1, RFC 3891 s.2): a URI that is ours
// means somebody behind us, and a Replaces inside it names a dialog. Both are said so that the one
// who is referred reaches the right party, directly or through us.
#pragma once

#include "b2bua/sip/message.h"
#include "b2bua/sip/patch.h"

namespace sallyport::call {

struct Naming;

/// Edits the URI of the only Refer-To; any other count, or a URI that is not read, passes.
void rename_refer_to(sip::Patch& patch, const sip::Message& request, const Naming& naming);

}  // namespace sallyport::call
