// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/dialog_names.h"

#include "b2bua/call/refer_to.h"
#include "b2bua/routing/own_address.h"
#include "b2bua/sip/dialog_reference.h"
#include "b2bua/sip/event.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/uri.h"

#include <utility>

namespace sallyport::call {
namespace {

using sip::HeaderId;
using sip::ReferenceForm;

struct NamedHeader {
    HeaderId id;
    ReferenceForm form;
};
constexpr NamedHeader kNaming[] = {
    {HeaderId::kReplaces, ReferenceForm::kToFrom},
    {HeaderId::kJoin, ReferenceForm::kToFrom},
    {HeaderId::kTargetDialog, ReferenceForm::kLocalRemote},
};

std::optional<NamedDialog> behind(DialogDirectory& dialogs, const sip::Message& request,
                                  const NamedHeader& header) {
    const auto named = sip::DialogReference::parse(request.value_of(header.id), header.form);
    return named.ok() ? dialogs.behind(named->call_id, named->local_tag, named->remote_tag)
                      : std::nullopt;
}

void rename(sip::Patch& patch, const sip::Message& request, const NamedHeader& header,
            const Naming& naming) {
    const auto named = behind(naming.dialogs, request, header);
    if (!named) {
        return;
    }
    const auto at = sip::DialogReference::parse(request.value_of(header.id), header.form);
    patch.replace(at->call_id, named->call_id);
    patch.replace(at->local_tag, named->local_tag);
    patch.replace(at->remote_tag, named->remote_tag);
}

std::string unquoted(std::string_view text) {
    if (text.size() < 2 || text.front() != '"') {
        return std::string(text);
    }
    std::string plain;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        i += text[i] == '\\' && i + 2 < text.size() ? 1 : 0;
        plain.push_back(text[i]);
    }
    return plain;
}

/// RFC 4235 s.3.2: a Call-ID is quoted, since it may be no token.
std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            result.push_back('\\');
        }
        result.push_back(c);
    }
    return result + "\"";
}

/// Event of a subscription to one dialog of the notifier. Its NOTIFYs say it again, and are taken
/// back to what the subscriber said.
void rename_event(sip::Patch& patch, const sip::Message& request, const Naming& naming) {
    const auto event = sip::Event::parse(request.value_of(HeaderId::kEvent));
    if (!event.ok() || event->package != "dialog") {
        return;
    }
    const auto call_id = sip::find_param(event->params, "call-id");
    const auto local = sip::find_param(event->params, "to-tag");
    const auto remote = sip::find_param(event->params, "from-tag");
    if (!call_id || !call_id->value || !local || !local->value || !remote || !remote->value) {
        return;
    }
    const std::string id = unquoted(*call_id->value);
    const bool back = request.method() == sip::Method::kNotify;
    auto named = back ? naming.dialogs.behind(id, *remote->value, *local->value)
                      : naming.dialogs.behind(id, *local->value, *remote->value);
    if (!named || (back && named->flow.realm != naming.to)) {
        return;
    }
    if (back) {
        std::swap(named->local_tag, named->remote_tag);
    }
    patch.replace(*call_id->value, quoted(named->call_id));
    patch.replace(*local->value, named->local_tag);
    patch.replace(*remote->value, named->remote_tag);
}

void rename_replied(sip::Patch& patch, const sip::Message& request, const Naming& naming) {
    sip::ValueCursor cursor(request, HeaderId::kInReplyTo);
    while (const auto call_id = cursor.next()) {
        if (const auto other = naming.dialogs.other_call_id(*call_id); !other.empty()) {
            patch.replace(*call_id, other);
        }
    }
}

}  // namespace

Naming naming_of(Environment& env, const Flow& from, RealmId to) noexcept {
    return {*env.dialogs, env.registered,
            env.sealed,   env.config,
            from,         to,
            env.now,      &env.counters.dialog_infos_unreadable};
}

void rename_dialogs(sip::Patch& patch, const sip::Message& request, const Naming& naming) {
    for (const NamedHeader& header : kNaming) {
        rename(patch, request, header, naming);
    }
    rename_event(patch, request, naming);
    rename_replied(patch, request, naming);
    rename_refer_to(patch, request, naming);
}

std::optional<routing::Target> named_target(DialogDirectory& dialogs, const Config& config,
                                            const sip::Message& request) {
    const auto uri = sip::Uri::parse(request.request_uri());
    const bool own = uri.ok() && routing::is_own(config, *uri);
    for (const NamedHeader& header : kNaming) {
        if (header.id == HeaderId::kTargetDialog && !own) {
            continue;
        }
        if (auto named = behind(dialogs, request, header); named && !named->target.empty()) {
            return routing::Target{named->flow, std::move(named->target)};
        }
    }
    return std::nullopt;
}

}  // namespace sallyport::call
