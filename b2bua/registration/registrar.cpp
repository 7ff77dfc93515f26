// SPDX-License-Identifier: Apache-2.0
// RFC 3261 s.10.3 in its order: who is it (steps 3 to 5), which contacts (6), in order (7), bound
// all or none (7), all shown (8).
#include "b2bua/registration/registrar.h"

#include "b2bua/policy/list_values.h"
#include "b2bua/registration/address_of_record.h"
#include "b2bua/registration/behind_nat.h"
#include "b2bua/registration/edge_path.h"
#include "b2bua/sip/date.h"
#include "b2bua/sip/name_addr.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/uri.h"
#include "b2bua/transaction/reply.h"

#include <algorithm>

namespace sallyport::registration {
namespace {

using sip::HeaderId;

/// RFC 3323 s.4.1.1.3: who hides says so in From, and proves who it is all the same.
constexpr std::string_view kAnonymous = "anonymous.invalid";

/// Of the name of a binding that is not the registrar's own.
constexpr std::string_view kBeside = ";beside";

/// RFC 5626 s.6: we are the first hop, or the proxy that is keeps flows; it was the first to add to
/// the Path, to which each further one prepends.
bool first_hop_keeps_flows(const sip::Message& request, std::string_view path) {
    std::string_view first_hop;
    policy::ListValues values(path);
    while (const auto value = values.next()) {
        first_hop = *value;
    }
    const auto route = sip::NameAddr::parse(first_hop);
    const auto uri = sip::Uri::parse(route.ok() ? route->uri : std::string_view{});
    return request.via_count() == 1 || (uri.ok() && sip::find_param(uri->params, "ob"));
}

std::uint32_t seconds_left(const Binding& binding, Moment now) noexcept {
    return static_cast<std::uint32_t>(
        std::max<std::int64_t>((binding.expires - now).count() / 1000, 0));
}

/// Thousandths as a qvalue (RFC 3261 s.25.1).
std::string q_text(std::uint16_t q) {
    std::string digits = std::to_string(1000 + q % 1000);
    return q >= 1000 ? "1" : "0." + digits.substr(1);
}

/// most: seconds after which the phone shall come again, however long the binding lasts.
std::string shown(const Binding& binding, std::uint32_t most, Moment now) {
    std::string text = "<" + binding.contact_uri + ">";
    const std::uint32_t left = std::min(seconds_left(binding, now), most);
    text.append(";expires=").append(std::to_string(left));
    if (binding.q != 1000) {
        text.append(";q=").append(q_text(binding.q));
    }
    if (!binding.instance.empty()) {
        text.append(";+sip.instance=").append(binding.instance);
    }
    return text;
}

}  // namespace

Registrar::Registrar(const Environment& env, Bindings& bindings, Counters& counters)
    : env_(env), bindings_(bindings), counters_(counters), proof_(env, bindings, counters) {}

void Registrar::answer(transaction::ServerHandle server, const Refusal& refusal, Moment now) {
    transaction::Reply reply;
    reply.status = refusal.status;
    reply.reason = refusal.reason;
    reply.lines = refusal.lines;
    transaction::reply(env_.layer, server, reply, now);
}

void Registrar::on_register(transaction::ServerHandle server, const sip::Message& request,
                            const Flow& flow, Moment now) {
    auto asked = read(server, request, flow, false, now);
    if (!asked) {
        return;
    }
    if (auto refusal = refuse_sender(asked->aor)) {
        return answer(server, *refusal, now);
    }
    counters_.bound_here.add(serve(server, *asked, now) ? 1 : 0);
}

void Registrar::on_known(transaction::ServerHandle server, const sip::Message& request,
                         const Flow& flow, std::uint32_t most, Moment now) {
    if (auto asked = read(server, request, flow, true, now)) {
        asked->most = most;
        counters_.survived.add(serve(server, *asked, now) ? 1 : 0);
    }
}

std::optional<Registrar::Asked> Registrar::read(transaction::ServerHandle server,
                                                const sip::Message& request, const Flow& flow,
                                                bool registrar_is_dead, Moment now) {
    auto contacts = read_contacts(request);
    auto aor = canonical_aor(request.to().uri);
    if (!contacts.ok() || !aor) {
        counters_.malformed.add();
        const Refusal bad = contacts.ok()
                                ? Refusal{400, "Bad To"}
                                : Refusal{contacts.error().status, contacts.error().reason};
        answer(server, bad, now);
        return std::nullopt;
    }
    Asked asked =
        this->asked({request, flow, now}, std::move(*aor), std::move(*contacts), registrar_is_dead);
    if (const auto refusal = refuse_path(request, asked)) {
        counters_.bad_path.add();
        answer(server, *refusal, now);
        return std::nullopt;
    }
    return asked;
}

Registrar::Asked Registrar::asked(const ReceivedRegister& received, std::string aor,
                                  RequestedContacts contacts, bool registrar_is_dead) const {
    const sip::Message& request = received.request;
    Asked asked{asked_by(env_.config, received, std::move(aor), std::move(contacts))};
    asked.path = routes_of(request, HeaderId::kPath, env_.config.limits.route);
    if (!asked.path.empty()) {  // a proxy sends it: whether the phone is behind a NAT is its affair
        asked.behind_nat = asked.behind_nat && seen_through_nat(request, {}, asked.flow.remote);
    }
    asked.registrar_is_dead = registrar_is_dead;
    // Else the token is that by which the registrar knows the phone.
    asked.outbound = !registrar_is_dead && asked.contacts.list.size() == 1 &&
                     asks_outbound(request, asked.contacts);
    return asked;
}

/// RFC 3327 s.5.3, RFC 5626 s.6.
std::optional<Registrar::Refusal> Registrar::refuse_path(const sip::Message& request,
                                                         const Asked& asked) const {
    if (asked.registrar_is_dead) {
        return std::nullopt;  // which had accepted it
    }
    const bool has_path = request.has(HeaderId::kPath);
    if (has_path && !lists_tag(request, HeaderId::kSupported, "path")) {
        return Refusal{420, {}, "Unsupported: path\r\n"};
    }
    if (has_path && asked.path.empty()) {
        return Refusal{400, "Bad Path"};
    }
    if (asked.outbound && !first_hop_keeps_flows(request, asked.path)) {
        return Refusal{439};
    }
    return std::nullopt;
}

bool Registrar::serve(transaction::ServerHandle server, Asked& asked, Moment now) {
    auto refusal = refuse_contacts(asked, now);
    refusal = refusal ? refusal : refuse_order(asked);
    refusal = refusal ? refusal : refuse_amount(asked);
    if (refusal) {
        answer(server, *refusal, now);
        return false;
    }
    bind(asked, now);
    answer(server, {200, {}, bound_lines(asked, now)}, now);
    return true;
}

/// Steps 4 and 5; who sends it has been proved (step 3).
std::optional<Registrar::Refusal> Registrar::refuse_sender(const std::string& aor) {
    const auto sender = proof_.take();
    if (!env_.config.users->has_domain(domain_of(aor))) {
        counters_.not_our_domain.add();
        return Refusal{404, "Not A Domain Of Ours"};
    }
    if (sender != aor) {
        counters_.not_allowed.add();
        return Refusal{403, "Not Your Address-Of-Record"};
    }
    return std::nullopt;
}

/// What each Contact is bound as, and whether for long enough (H22). Without the registrar's word a
/// binding does not move to another flow (H18): it gets another beside it, which takes over when
/// it has run out.
std::optional<Registrar::Refusal> Registrar::refuse_contacts(Asked& asked, Moment now) const {
    const std::string_view registrar = routing::name_of(env_.config, asked.registrar);
    for (RequestedContact& contact : asked.contacts.list) {
        if (contact.routable && contact.expires != 0 && contact.expires < kLeast) {
            counters_.too_brief.add();
            return Refusal{423, {}, "Min-Expires: " + std::to_string(kLeast) + "\r\n"};
        }
        const std::string flow_of_instance = "reg-id=" + std::to_string(contact.reg_id);
        contact.token = token_of(env_.key, registrar, asked.aor,
                                 asked.outbound ? flow_of_instance : contact.uri, contact.instance);
        const Binding* known = asked.outbound ? nullptr : same_binding(asked, contact);
        if (known != nullptr && asked.registrar_is_dead && stands(*known, now) &&
            !(known->flow == asked.flow)) {
            contact.token = token_of(env_.key, registrar, asked.aor, contact.uri,
                                     contact.instance + std::string(kBeside));
        } else if (known != nullptr) {
            contact.token = known->token;
        }
    }
    return std::nullopt;
}

/// The binding that the Contact means: by its token, else by a URI that is the same (step 7).
const Binding* Registrar::same_binding(const Asked& asked, const RequestedContact& contact) const {
    if (const Binding* binding = bindings_.last_of(contact.token)) {
        return binding;
    }
    const auto uri = sip::Uri::parse(contact.uri);
    for (const std::string& token : bindings_.tokens_of(asked.registrar, asked.aor)) {
        const Binding* binding = bindings_.find(token);
        const auto known = sip::Uri::parse(binding->contact_uri);
        if (uri.ok() && known.ok() && contact.instance == binding->instance &&
            sip::equivalent(*uri, *known)) {
            return binding;
        }
    }
    return nullptr;
}

/// Steps 6 and 7: what the request touches was last changed by an older request, or by another
/// client.
std::optional<Registrar::Refusal> Registrar::refuse_order(const Asked& asked) const {
    std::vector<std::string> touched;
    if (asked.contacts.wildcard) {
        touched = bindings_.tokens_of(asked.registrar, asked.aor);
    }
    for (const RequestedContact& contact : asked.contacts.list) {
        touched.push_back(contact.token);
    }
    const bool late = std::any_of(touched.begin(), touched.end(), [&](const std::string& token) {
        const Binding* binding = bindings_.find(token);
        return binding != nullptr && binding->call_id == asked.call_id &&
               binding->cseq >= asked.cseq;
    });
    if (!late) {
        return std::nullopt;
    }
    counters_.out_of_order.add();
    return Refusal{500, "CSeq Out Of Order"};
}

std::optional<Registrar::Refusal> Registrar::refuse_amount(const Asked& asked) const {
    std::size_t more = 0;
    for (const RequestedContact& contact : asked.contacts.list) {
        const bool is_new = bindings_.find(contact.token) == nullptr;
        more += contact.routable && contact.expires != 0 && is_new ? 1 : 0;
    }
    if (more == 0) {
        return std::nullopt;
    }
    if (bindings_.tokens_of(asked.registrar, asked.aor).size() + more >
        env_.settings.contacts_per_aor) {
        counters_.too_many_contacts.add();
        return Refusal{403, "Too Many Contacts"};
    }
    if (!bindings_.has_room(more)) {
        counters_.table_full.add();
        const std::uint64_t wait = 5 + env_.identifiers.number() % 11;  // J7
        return Refusal{503, {}, "Retry-After: " + std::to_string(wait) + "\r\n"};
    }
    return std::nullopt;
}

void Registrar::bind(const Asked& asked, Moment now) {
    if (asked.contacts.wildcard) {
        for (const std::string& token : bindings_.tokens_of(asked.registrar, asked.aor)) {
            erase(token, asked.at);
        }
    }
    for (const RequestedContact& contact : asked.contacts.list) {
        if (!contact.routable) {
            continue;  // H10: nobody can be called there through us
        }
        if (contact.expires == 0) {
            erase(contact.token, asked.at);
        } else {
            put(asked, contact, now);
        }
    }
}

void Registrar::put(const Asked& asked, const RequestedContact& contact, Moment now) {
    const auto nat_cap = static_cast<std::uint32_t>(env_.settings.nat_cap_udp.count() / 1000);
    const std::uint32_t granted =
        std::min({contact.expires, asked.most, asked.behind_nat ? nat_cap : kMost});
    const Binding* known = asked.registrar_is_dead ? bindings_.last_of(contact.token) : nullptr;
    Binding binding = known != nullptr ? *known : Binding{};  // of the token: H6, H16
    if (!asked.registrar_is_dead || !stands(binding, now)) {
        bind_as_asked(asked, contact, binding);
        binding.path = asked.path;
        binding.accepted = asked.registrar_is_dead ? std::nullopt : std::optional(now);
    }
    binding.asked = asked.at;
    binding.expires = std::max(binding.expires, now + Millis{std::int64_t{granted} * 1000});
    binding.upstream_expires = std::max(binding.upstream_expires, binding.expires);
    (void)bindings_.put(binding);  // refuse_amount() has seen to the room
    if (env_.publish) {
        env_.publish({BindingChange::Kind::kPut, std::move(binding)});
    }
}

void Registrar::erase(const std::string& token, Moment asked) {
    const Binding* binding = bindings_.find(token);
    if (binding == nullptr) {
        return;
    }
    BindingChange change{BindingChange::Kind::kErase, *binding};
    change.binding.asked = asked;
    if (bindings_.erase(token, asked) && env_.publish) {
        env_.publish(change);
    }
}

/// Step 8: every binding of the address-of-record, with what is left of it.
std::string Registrar::bound_lines(const Asked& asked, Moment now) const {
    std::string lines;
    for (const std::string& token : bindings_.tokens_of(asked.registrar, asked.aor)) {
        lines.append("Contact: ")
            .append(shown(*bindings_.find(token), asked.most, now))
            .append("\r\n");
    }
    if (!asked.path.empty()) {
        lines.append("Path: ").append(asked.path).append("\r\n");
    }
    if (env_.unix_time) {
        lines.append("Date: ").append(sip::sip_date(env_.unix_time())).append("\r\n");
    }
    if (asked.outbound) {
        lines.append("Require: outbound\r\nFlow-Timer: ")
            .append(std::to_string(kFlowTimer))
            .append("\r\n");
    }
    return lines;
}

bool Registrar::knows_sender(const sip::Message& request, const Flow& flow, Moment now) {
    return proof_.demand(request, flow, now);
}

bool Registrar::admits(transaction::ServerHandle server, const sip::Message& request, Moment now) {
    const auto sender = proof_.take();
    const auto from = canonical_aor(request.from().uri);
    if (sender && from && (domain_of(*from) == kAnonymous || from == sender)) {
        return true;
    }
    counters_.not_allowed.add();
    answer(server, {403, "From Is Not Your Address-Of-Record"}, now);
    return false;
}

}  // namespace sallyport::registration
