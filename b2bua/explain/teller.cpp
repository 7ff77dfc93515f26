// SPDX-License-Identifier: Apache-2.0
#include "b2bua/explain/teller.h"

#include "b2bua/explain/comparison.h"
#include "b2bua/explain/made_up_credentials.h"
#include "b2bua/explain/message_lines.h"
#include "b2bua/explain/narration.h"
#include "b2bua/explain/registrar_answer.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace sallyport::explain {
namespace {

std::string place(const Config& config, const Flow& flow) {
    return name_of(config, flow) + " in " + section(config, flow.realm);
}

/// What header rules ask: who believes whom, and who may be told (RFC 3324 s.2.3).
std::string trust(const Config& config, RealmId realm) {
    return section(config, realm) + (config.realms[realm.value].nat ? ", nat = true, is not trusted"
                                                                    : ", nat = false, is trusted");
}

const routing::Target* first_target(const Effects& effects) {
    return effects.choices.empty() || !effects.choices.front().ok()
               ? nullptr
               : &effects.choices.front()->front();
}

}  // namespace

Teller::Teller(const Config& config, const Claim& claim, std::size_t width,
               const MakeRelays& make_relays)
    : config_(config), claim_(claim), width_(width), run_(config, make_relays) {}

void Teller::tell(const Arrival& arrival, std::string_view title) {
    const auto parsed = message_->parse(arrival.octets, config_.limits);
    const auto origin = origin_of(config_, claim_, arrival, *message_);
    const bool told = parsed.ok() || !message_->method_name().empty();
    const std::string head =
        std::string(title) + ": " + (told ? summary(*message_) : "unreadable") + "\n";
    if (!origin.ok()) {
        text_ += head + row("not played", origin.error().why) + "\n";
        return;
    }
    come_in(arrival, *origin, head);
    if (!parsed.ok()) {
        text_ += tell_fault(arrival.octets, parsed.error());
    }
    const Effects effects = run_.play(origin->flow, arrival.octets);
    const Played played{*message_, origin->flow, parsed.ok(), effects,
                        judge(*message_, parsed.ok(), effects)};
    const Verdict verdict = played.judged.verdict;
    if (is_bad(verdict)) {
        refused_.emplace_back(title);
    }
    good_ += is_bad(verdict) || says_nothing(verdict) ? 0 : 1;
    decision(played);
    outcome(played);
    messages(played);
    text_.push_back('\n');
    go_on(arrival, played, title);
}

std::string Teller::conclusion() const {
    if (passes()) {
        return "passes\n";
    }
    if (refused_.empty()) {
        return "does not pass: nothing in it that this configuration could judge; --explain-realm "
               "NAME plays what was sent to other addresses\n";
    }
    constexpr std::size_t kNamed = 8;
    std::string text = "does not pass: ";
    for (std::size_t i = 0; i < std::min(refused_.size(), kNamed); ++i) {
        text.append(i == 0 ? "" : "; ").append(refused_[i]);
    }
    const std::size_t more = refused_.size() - std::min(refused_.size(), kNamed);
    return text.append(more == 0 ? "" : "; and " + std::to_string(more) + " more").append("\n");
}

void Teller::come_in(const Arrival& arrival, const Origin& origin, std::string_view title) {
    text_.append(title);
    text_ += row("comes in by", section(config_, origin.flow.realm) + " at " +
                                    origin.flow.local.to_string() + ", from " +
                                    name_of(config_, origin.flow) + ": " + printable(origin.why));
    for (const std::string& note : arrival.notes) {
        text_ += row("note", printable(note));
    }
}

void Teller::decision(const Played& played) {
    const bool invite = played.message.method() == sip::Method::kInvite;
    for (const routing::Choice& choice : played.effects.choices) {
        text_ += tell_choice(config_, played.flow.realm, choice, invite);
    }
    if (played.judged.crossed < 0) {
        return;
    }
    const Flow& flow = played.effects.sent[static_cast<std::size_t>(played.judged.crossed)].flow;
    const routing::Target* target = first_target(played.effects);
    if (target != nullptr && !(target->flow == flow)) {
        text_ += row("",
                     "but its route set leads elsewhere: its own Route, a Path, or the "
                     "Service-Route that its registrar gave");
    }
    const bool registers = played.message.method() == sip::Method::kRegister;
    if (target == nullptr && played.message.is_request()) {
        text_ += registers ? tell_registrar(config_, played.flow.realm)
                           : row("decided by", "the dialog that it belongs to");
    } else if (target == nullptr) {
        text_ += row("decided by", "the transaction that it answers");
    }
    text_ += row("sent to", place(config_, flow) + ", from " + flow.local.to_string());
    text_ += row("trust", trust(config_, played.flow.realm) + "; " + trust(config_, flow.realm));
}

void Teller::outcome(const Played& played) {
    std::string what = words(played.judged.verdict);
    if (played.judged.crossed < 0 && played.judged.answer >= 0) {
        const Sent& sent = played.effects.sent[static_cast<std::size_t>(played.judged.answer)];
        (void)other_->parse(sent.octets, sip::kOwnLimits);
        what += ": " + std::to_string(other_->status()) + " " + printable(other_->reason());
    }
    text_ += row("verdict", what);
    if (played.judged.crossed < 0) {
        reasons(played);
    }
}

/// The gateway's own words: what it counted and logged.
void Teller::reasons(const Played& played) {
    for (const Counted& counted : played.effects.counted) {
        text_ += row("counted", std::string(counted.name) + ": " + std::string(counted.help));
    }
    for (const std::string& line : played.effects.journal) {
        text_ += row("logged", printable(line));
    }
}

void Teller::messages(const Played& played) {
    const std::vector<Sent>& sent = played.effects.sent;
    const int shown = played.judged.crossed >= 0 ? played.judged.crossed : played.judged.answer;
    for (std::size_t i = 0; i < sent.size(); ++i) {
        if (static_cast<int>(i) != shown) {
            show_line(sent[i], "also sends");
        }
    }
    if (shown < 0) {
        return;
    }
    const Sent& one = sent[static_cast<std::size_t>(shown)];
    if (played.judged.crossed >= 0) {
        text_.push_back('\n');
        compare_with(played, one);
    } else {
        show_whole(one);
    }
}

void Teller::compare_with(const Played& played, const Sent& sent) {
    if (!other_->parse(sent.octets, sip::kOwnLimits).ok()) {
        return;
    }
    const std::vector<Line> before = lines_of(played.message);
    const std::vector<Line> after = lines_of(*other_);
    const std::string before_title = "in, " + section(config_, played.flow.realm) + ": " +
                                     played.flow.remote.to_string() + " -> " +
                                     played.flow.local.to_string();
    const std::string after_title = "out, " + section(config_, sent.flow.realm) + ": " +
                                    sent.flow.local.to_string() + " -> " +
                                    sent.flow.remote.to_string();
    text_ += compare({before, after, before_title, after_title},
                     {config_, played.flow.realm, sent.flow.realm, played.message.is_request(),
                      played.message.method()},
                     width_);
}

void Teller::show_line(const Sent& sent, std::string_view label) {
    (void)other_->parse(sent.octets, sip::kOwnLimits);
    text_ += row(label, summary(*other_) + ", to " + place(config_, sent.flow));
}

void Teller::show_whole(const Sent& sent) {
    show_line(sent, "answer");
    text_.push_back('\n');
    for (const Line& line : lines_of(*other_)) {
        text_.append(line.text.empty() ? "" : "    ").append(line.text).append("\n");
    }
}

/// What others would say next, where nothing could be explained without it.
void Teller::go_on(const Arrival& arrival, const Played& played, std::string_view title) {
    if (arrival.made_up || !played.message.is_request()) {
        return;
    }
    if (const auto next = sender_proves(played)) {
        tell(*next, std::string(title) + ", with credentials");
    } else if (const auto answer = registrar_answers(played)) {
        tell(*answer, std::string(title) + ", answered");
    }
}

std::optional<Arrival> Teller::registrar_answers(const Played& played) {
    if (played.judged.crossed < 0 || played.message.method() != sip::Method::kRegister) {
        return std::nullopt;
    }
    const Sent& sent = played.effects.sent[static_cast<std::size_t>(played.judged.crossed)];
    if (!other_->parse(sent.octets, sip::kOwnLimits).ok()) {
        return std::nullopt;
    }
    Arrival answer{accept_register(*other_), sent.flow.remote, sent.flow.local};
    answer.notes = {"made up: what a registrar would say that accepts this REGISTER"};
    answer.made_up = true;
    return answer;
}

std::optional<Arrival> Teller::sender_proves(const Played& played) {
    if (played.judged.verdict != Verdict::kAsked) {
        return std::nullopt;
    }
    const Sent& sent = played.effects.sent[static_cast<std::size_t>(played.judged.answer)];
    if (!other_->parse(sent.octets, sip::kOwnLimits).ok()) {
        return std::nullopt;
    }
    auto made = with_credentials(*config_.users, played.message, *other_);
    if (!made) {
        return std::nullopt;
    }
    Arrival again{std::move(made->octets), played.flow.remote, played.flow.local};
    again.notes = {"made up: the same with credentials of " + made->account};
    again.made_up = true;
    return again;
}

}  // namespace sallyport::explain
