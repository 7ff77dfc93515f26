// SPDX-License-Identifier: Apache-2.0
#include "b2bua/explain/narration.h"

#include "b2bua/explain/message_lines.h"
#include "b2bua/explain/origin.h"
#include "b2bua/routing/own_address.h"
#include "config/options.h"

#include <algorithm>
#include <variant>

namespace sallyport::explain {
namespace {

using routing::Basis;

/// "[route.out] from = inside, to = peer.carrier, peer.second": what the file says of it, without
/// what it leaves at its default.
std::string route_text(const Config& config, const Route& route) {
    std::string text;
    for (const auto& option : config::options<Route>()) {
        const std::string value = option.write(config, route);
        if (option.text.initial.required || value != option.text.initial.text) {
            text.append(text.empty() ? " " : ", ").append(option.text.name);
            text.append(" = ").append(value);
        }
    }
    return "[route." + route.name + "]" + text;
}

std::string ground_text(const Config& config, RealmId from, const routing::Ground& ground) {
    const std::string& realm = config.realms[from.value].name;
    switch (ground.basis) {
        case Basis::kDialog:
            return "the dialog that it names (Replaces, Join or Target-Dialog)";
        case Basis::kFlow:
            return "the topmost Route, a Path URI of the gateway: its flow token names the phone";
        case Basis::kSealed:
            return "the Request-URI, a token of the gateway for an address of the other side";
        case Basis::kToken:
            return "the Request-URI, the token of a phone's binding";
        case Basis::kOwnUser:
            return "the domain of the Request-URI, which has users in " + config.users_file;
        case Basis::kSurvival:
            return ground.route == nullptr ? "registration = survive: the registrars of " +
                                                 section(config, from) + " are dead"
                                           : route_text(config, *ground.route);
        case Basis::kOwnBinding:
            return "the bindings of " + section(config, from) +
                   ", whose registrar is the gateway itself";
        case Basis::kRoute:
            return ground.route == nullptr ? "a route" : route_text(config, *ground.route);
        case Basis::kNoRoute:
            return "no [route.NAME] has from = " + realm;
        case Basis::kUri:
            return "the Request-URI itself";
        case Basis::kNone:
            break;
    }
    return "the gateway";
}

/// When the next of several targets is tried.
std::string when_next(const Config& config) {
    const std::string silence =
        config.no_1xx_timeout == 0
            ? ""
            : ", or says nothing for " + std::to_string(config.no_1xx_timeout) + " s";
    return "  when the one before answers 503, cannot be reached" + silence;
}

std::string target_text(const Config& config, const routing::Target& target) {
    return name_of(config, target.flow) + " in " + section(config, target.flow.realm) + ", as " +
           printable(target.request_uri);
}

/// A user whom no binding is known of: which bindings the run can know.
std::string_view bindings_note(const routing::Refusal& refusal) {
    const bool by_binding = refusal.ground.basis == Basis::kOwnBinding ||
                            refusal.ground.basis == Basis::kOwnUser ||
                            refusal.ground.basis == Basis::kToken ||
                            (refusal.ground.route != nullptr &&
                             std::holds_alternative<ToRegistered>(refusal.ground.route->to));
    return by_binding ? "; this run knows the phones only whose REGISTER is in the same capture"
                      : "";
}

}  // namespace

std::string row(std::string_view label, std::string_view text) {
    constexpr std::size_t kLabel = 13;
    std::string out = "  " + std::string(label);
    out.append(out.size() < kLabel + 2 ? kLabel + 2 - out.size() : 1, ' ');
    return out.append(text).append("\n");
}

std::string summary(const sip::Message& message) {
    if (message.is_request()) {
        return printable(std::string(message.method_name()) + " " +
                         std::string(message.request_uri()));
    }
    const std::string status =
        std::to_string(message.status()) + " " + std::string(message.reason());
    return printable(message.method_name().empty()
                         ? status
                         : status + " to " + std::string(message.method_name()) + " " +
                               std::to_string(message.cseq().number));
}

std::string tell_choice(const Config& config, RealmId from, const routing::Choice& choice,
                        bool in_order) {
    if (!choice.ok()) {
        const routing::Refusal& refusal = choice.error();
        return row("decided by", ground_text(config, from, refusal.ground)) +
               row("goes to", "nobody: " + std::to_string(refusal.status) + " " +
                                  std::string(refusal.reason) +
                                  std::string(bindings_note(refusal)));
    }
    std::string rows = row("decided by", ground_text(config, from, choice->front().ground));
    const std::size_t count = in_order ? choice->size() : 1;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string number = count == 1 ? "" : std::to_string(i + 1) + ". ";
        rows += row(i == 0 ? "goes to" : "",
                    number + target_text(config, (*choice)[i]) + (i == 1 ? when_next(config) : ""));
    }
    return rows;
}

std::string tell_registrar(const Config& config, RealmId from) {
    const Route* route = routing::route_of_all(config, from);
    return row("decided by", (route == nullptr ? "" : route_text(config, *route)) +
                                 ": its first peer is the registrar of " + section(config, from));
}

std::string tell_fault(std::string_view octets, const sip::ParseError& fault) {
    const std::size_t at = std::min<std::size_t>(fault.offset, octets.size());
    const auto number =
        1 + std::count(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    const std::size_t before = at == 0 ? std::string_view::npos : octets.rfind('\n', at - 1);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    const std::string_view line = octets.substr(begin, octets.find_first_of("\r\n", begin) - begin);
    constexpr std::size_t kShown = 160;
    return row("unreadable", std::string(sip::reason_for(fault.fault)) + ", line " +
                                 std::to_string(number) + ", octet " +
                                 std::to_string(at - begin + 1) + ": " +
                                 printable(line.substr(0, kShown)));
}

}  // namespace sallyport::explain
