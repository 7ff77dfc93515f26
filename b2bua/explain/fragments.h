// SPDX-License-Identifier: Apache-2.0
// Datagrams of a capture that came in pieces (RFC 791 s.3.2, RFC 8200 s.4.5). Bounded in number and
// size; pieces that overlap are given up with their datagram (RFC 5722 s.3). Owner: one reader.
#pragma once

#include "b2bua/explain/packet_layers.h"

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <string>

namespace sallyport::explain {

class Fragments {
public:
    /// The whole datagram when this was the last piece that it lacked, until the next call; else
    /// kFragment.
    [[nodiscard]] Layers take(const Fragment& piece);

    /// Pieces of datagrams that never became whole.
    [[nodiscard]] std::uint64_t lost() const noexcept;

private:
    struct Pieces {
        Fragment first;                            // whose it is; without octets
        std::map<std::size_t, std::string> parts;  // by offset
        std::size_t octets{0};
        std::size_t total{0};  // 0: the last piece is not there
    };
    [[nodiscard]] Pieces& of(const Fragment& piece);
    void forget(const Pieces& pieces);
    [[nodiscard]] static bool is_whole(const Pieces& pieces) noexcept;
    [[nodiscard]] Layers join(const Pieces& pieces);

    std::list<Pieces> pending_;  // oldest first
    std::uint64_t lost_{0};
    std::string whole_;
};

}  // namespace sallyport::explain
