// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the framing of streams (B2, A10, B17): however the octets are split, the same
// messages, pings and fault come out; and what the datagram parser accepts of a message ends where
// the framing says.
#include "b2bua/sip/message.h"
#include "b2bua/transport/stream/stream_framer.h"
#include "tests/fuzz/property.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace sallyport;
using sallyport::fuzz::require;
using Kind = StreamFramer::Found::Kind;
using Pieces = std::vector<std::pair<Kind, std::string>>;

/// Small, so that the fuzzer finds both sides of each.
constexpr MessageLimits kLimits{.header_section = 256, .body = 64};

void feed(StreamFramer& framer, std::string_view octets, Pieces& out) {
    for (;;) {
        const auto found = framer.next(octets);
        if (found.kind == Kind::kNothing) {
            return require(octets.empty(), "what is not used up is found again");
        }
        if (out.empty() || out.back().first != Kind::kFault) {
            out.emplace_back(found.kind, found.text);
        }
        if (found.kind == Kind::kFault) {
            return require(framer.fault().has_value(), "a fault has a reason");
        }
        require(framer.memory() <= StreamFramer::kMaxMessage, "no more than one message is held");
    }
}

/// Reads of 1 .. 64 octets, from a seed.
Pieces split(std::string_view text, std::size_t seed) {
    StreamFramer framer(kLimits);
    Pieces out;
    while (!text.empty()) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        const std::size_t read = std::min(text.size(), (seed >> 58) + 1);
        feed(framer, text.substr(0, read), out);
        text.remove_prefix(read);
    }
    return out;
}

Pieces octet_by_octet(std::string_view text) {
    StreamFramer framer(kLimits);
    Pieces out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        feed(framer, text.substr(i, 1), out);
    }
    return out;
}

void check_against_datagrams(std::string_view text) {
    static sip::Message message;
    if (message.parse(text, sip::kOwnLimits)) {
        require(message.octets() == text, "datagram and stream agree on where a message ends");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    StreamFramer framer(kLimits);
    Pieces whole;
    feed(framer, text, whole);
    require(octet_by_octet(text) == whole, "octet by octet is as good as at once");
    require(split(text, size) == whole && split(text, size + 1) == whole, "any split is as good");
    for (const auto& [kind, piece] : whole) {
        if (kind == Kind::kMessage) {
            check_against_datagrams(piece);
        }
    }
    return 0;
}
