// SPDX-License-Identifier: Apache-2.0
// Fuzz target of what --explain reads: frames of every link type, whole captures, pasted messages.
// The first octet says which. A payload lies inside its frame, a repaired message needs no repair,
// and nothing that is shown has a control octet.
#include "b2bua/explain/capture_reader.h"
#include "b2bua/explain/message_lines.h"
#include "b2bua/explain/packet_layers.h"
#include "b2bua/explain/pasted_message.h"
#include "tests/fuzz/property.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace {

using namespace sallyport::explain;
using sallyport::fuzz::require;
using sallyport::fuzz::require_inside;

void read_frame(Link link, std::string_view frame) {
    const Layers layers = peel(link, frame);
    require_inside(layers.payload, frame);
    require(layers.content == Content::kUdp || layers.content == Content::kCut ||
                layers.payload.empty(),
            "only UDP has a payload");
}

void read_text(std::string_view text) {
    const Arrival once = read_pasted(text);
    const Arrival twice = read_pasted(once.octets);
    require(twice.octets == once.octets, "a repaired message needs no repair");
    const std::string shown = printable(once.octets);
    require(std::none_of(shown.begin(), shown.end(),
                         [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }),
            "what is shown has no control octet");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    constexpr std::uint8_t kLinks = 5;
    if (size == 0) {
        return 0;
    }
    const std::size_t length = size - 1;
    const auto copy = std::make_unique<char[]>(std::max<std::size_t>(length, 1));
    std::copy_n(reinterpret_cast<const char*>(bytes) + 1, length, copy.get());
    const std::string_view rest{copy.get(), length};
    if (bytes[0] < kLinks) {
        read_frame(static_cast<Link>(bytes[0]), rest);
    } else if (is_capture(rest)) {
        (void)read_capture(rest);
    } else {
        read_text(rest);
    }
    return 0;
}
