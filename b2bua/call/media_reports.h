// SPDX-License-Identifier: Apache-2.0
// Reports on the media of calls, made when somebody asks: at a call's end, or by
// Gateway::explain_media. Reads relays and SDP texts; changes nothing.
#pragma once

#include "b2bua/call/call_table.h"
#include "b2bua/call/media_report.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace sallyport::call {

/// Of the dialog pair that stands for the call, with verdicts.
[[nodiscard]] MediaReport report_of(const Environment& env, Call& call);

/// Of the calls one of whose legs has this Call-ID; of all when it is empty, in no order. Early
/// dialogs with media of their own have reports of their own (E12). At most limit. Looks at every
/// call.
[[nodiscard]] std::vector<MediaReport> explain_media(CallTable& table, std::string_view call_id,
                                                     std::size_t limit);

}  // namespace sallyport::call
