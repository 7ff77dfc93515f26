// SPDX-License-Identifier: Apache-2.0
#include "b2bua/registration/register_contexts.h"

namespace sallyport::registration {

std::string RegisterContexts::key_of(const sip::Message& request, const AskedRegister& asked) {
    std::string key = std::to_string(asked.registrar.value);
    key.append(" ").append(request.call_id()).push_back('\0');  // no part can hold one
    return key.append(asked.aor);
}

RegisterContext& RegisterContexts::open(const std::string& key, Identifiers& identifiers) {
    if (const auto found = contexts_.find(key); found != contexts_.end()) {
        due_.erase({found->second.due, key});
        return found->second;
    }
    if (contexts_.size() >= capacity_ && !due_.empty()) {
        contexts_.erase(due_.begin()->second);
        due_.erase(due_.begin());
    }
    RegisterContext& context = contexts_[key];
    context.call_id = identifiers.call_id();
    context.from_tag = identifiers.tag();
    context.cseq = identifiers.first_cseq();
    return context;
}

RegisterContext* RegisterContexts::find(const std::string& key) {
    const auto found = contexts_.find(key);
    return found == contexts_.end() ? nullptr : &found->second;
}

void RegisterContexts::keep_until(const std::string& key, Moment due) {
    RegisterContext* context = find(key);
    if (context == nullptr) {
        return;
    }
    due_.erase({context->due, key});
    context->due = due;
    due_.emplace(due, key);
}

void RegisterContexts::advance(Moment now) {
    while (!due_.empty() && due_.begin()->first <= now) {
        contexts_.erase(due_.begin()->second);
        due_.erase(due_.begin());
    }
}

}  // namespace sallyport::registration
