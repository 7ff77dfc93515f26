// SPDX-License-Identifier: Apache-2.0
// Octets as the user part of a URI of ours, sealed by AES-SIV (RFC 5297) with a key that is derived
// from the process's secret: nobody reads them or makes them up, and no table has to remember them
// or to be shared between shards. The same octets always give the same user part. Pure but for the
// key.
#pragma once

#include "b2bua/transport/flow.h"
#include "config/config.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::routing {

class Seal {
public:
    struct Form {
        std::string_view purpose;  // seals of different purposes do not open each other
        std::string_view mark;     // what the user part begins with; static
        std::size_t least;         // octets that are sealed
        std::size_t most;
    };

    /// secret: the process's, the same on every shard.
    Seal(std::span<const std::uint8_t> secret, const Form& form) noexcept;

    /// The mark, and the sealed octets in lower-case hex; empty: more octets than the form has room
    /// for.
    [[nodiscard]] std::string close(std::string_view octets) const;
    /// Whether it could be one of ours by its looks.
    [[nodiscard]] static bool has_form(const Form& form, std::string_view user) noexcept;
    /// nullopt: not sealed with this key. user has the form.
    [[nodiscard]] std::optional<std::string> open(std::string_view user) const;

private:
    std::array<std::uint8_t, 32> key_{};
    Form form_;
};

// The octets of what is sealed: numbers in network order.
void add_number(std::string& out, std::uint64_t value, std::size_t length);
[[nodiscard]] std::uint64_t take_number(std::string_view& in, std::size_t length) noexcept;

inline constexpr std::size_t kFlowOctets = 23;
/// Our address in the realm is the configuration's; the port may be any listen point's.
void add_flow(std::string& out, const Flow& flow);
/// in has kFlowOctets at least. nullopt: there is no such realm.
[[nodiscard]] std::optional<Flow> take_flow(const Config& config, std::string_view& in) noexcept;

}  // namespace sallyport::routing
