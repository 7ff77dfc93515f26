// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/far_dialogs.h"

#include "b2bua/sip/params.h"

namespace sallyport::call {
namespace {

std::string key_of(std::string_view call_id, std::string_view local_tag) {
    std::string key(call_id);
    key.push_back('\n');  // stands in neither of them
    return key.append(local_tag);
}

}  // namespace

void FarDialogs::apply(const DialogChange& change) {
    const std::string key = key_of(change.call_id, change.local_tag);
    switch (change.kind) {
        case DialogChange::Kind::kPut:
            by_key_.insert_or_assign(key, Entry{change.remote_tag, change.behind});
            break;
        case DialogChange::Kind::kErase:
            by_key_.erase(key);
            break;
    }
}

std::optional<NamedDialog> FarDialogs::behind(std::string_view call_id, std::string_view local_tag,
                                              std::string_view remote_tag) const {
    const auto found = by_key_.find(key_of(call_id, local_tag));
    const bool same =
        found != by_key_.end() && sip::iequals(found->second.remote_tag, remote_tag);  // A1
    return same ? std::optional(found->second.behind) : std::nullopt;
}

}  // namespace sallyport::call
