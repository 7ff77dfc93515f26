// SPDX-License-Identifier: Apache-2.0
// The policy of messages on their way from one leg to the other, and what becomes of those that it
// refuses (spec D11, C20). Declared in steps.h.
#include "b2bua/call/preferred_identity.h"
#include "b2bua/call/steps.h"

namespace sallyport::call {

bool refused(Environment& env, transaction::ServerHandle server,
             const std::optional<policy::Rejection>& rejection) {
    if (rejection) {
        env.counters.policy_refused.add();
        respond_here(env, server, rejection->status, rejection->reason, rejection->header_line);
    }
    return rejection.has_value();
}

policy::Crossing crossing_between(Environment& env, const sip::Message& message, RealmId from,
                                  RealmId to) {
    policy::Crossing crossing = policy::crossing_between(env.config, from, to);
    crossing.request = message.is_request();
    crossing.method = message.method();
    crossing.identities_stripped = &env.counters.identities_stripped;
    return crossing;
}

policy::Crossing crossing_of(Environment& env, Call& call, Side from, const sip::Message& message,
                             bool in_dialog) {
    policy::Crossing crossing = crossing_between(env, message, call.root.of(from).flow.realm,
                                                 call.root.of(dataplane::other(from)).flow.realm);
    crossing.in_dialog = in_dialog;
    // Early dialogs that the caller takes for one have no answer of their own to commit (E12).
    crossing.carries_100rel &= !call.single || call.confirmed || !crossing.request;
    crossing.identity = asserted_identity(env, message, call.current().of(from).flow);
    return crossing;
}

}  // namespace sallyport::call
