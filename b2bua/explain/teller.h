// SPDX-License-Identifier: Apache-2.0
// Plays one message after the other and writes down what became of each. Owner: explain().
#pragma once

#include "b2bua/explain/arrival.h"
#include "b2bua/explain/dry_run.h"
#include "b2bua/explain/judgement.h"
#include "b2bua/explain/origin.h"
#include "b2bua/sip/message.h"
#include "config/config.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::explain {

class Teller {
public:
    Teller(const Config& config, const Claim& claim, std::size_t width,
           const MakeRelays& make_relays);

    void tell(const Arrival& arrival, std::string_view title);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// Something came in that can be judged, and nothing of it was refused.
    [[nodiscard]] bool passes() const noexcept { return good_ != 0 && refused_.empty(); }
    /// The last line: whether all passes, or what does not.
    [[nodiscard]] std::string conclusion() const;

private:
    struct Played {
        const sip::Message& message;
        const Flow& flow;
        bool readable;
        const Effects& effects;
        Judgement judged;
    };

    void come_in(const Arrival& arrival, const Origin& origin, std::string_view title);
    void decision(const Played& played);
    void outcome(const Played& played);
    void messages(const Played& played);
    void reasons(const Played& played);
    void compare_with(const Played& played, const Sent& sent);
    void show_line(const Sent& sent, std::string_view label);
    void show_whole(const Sent& sent);
    void go_on(const Arrival& arrival, const Played& played, std::string_view title);
    [[nodiscard]] std::optional<Arrival> registrar_answers(const Played& played);
    [[nodiscard]] std::optional<Arrival> sender_proves(const Played& played);

    const Config& config_;
    Claim claim_;
    std::size_t width_;
    DryRun run_;
    // Large, and used one at a time each.
    std::unique_ptr<sip::Message> message_{std::make_unique<sip::Message>()};
    std::unique_ptr<sip::Message> other_{std::make_unique<sip::Message>()};
    std::string text_;
    std::size_t good_{0};
    std::vector<std::string> refused_;  // their titles
};

}  // namespace sallyport::explain
