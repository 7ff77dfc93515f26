// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/media_json.h"

#include "b2bua/call/media_verdict.h"
#include "b2bua/call/media_words.h"

#include <nlohmann/json.hpp>

namespace sallyport::call {
namespace {

using nlohmann::ordered_json;

std::string_view name_of(dataplane::LatchCause cause) noexcept {
    using dataplane::LatchCause;
    switch (cause) {
        case LatchCause::kNone:
            break;
        case LatchCause::kSdp:
            return "sdp";
        case LatchCause::kSignalling:
            return "signalling-address";
        case LatchCause::kSubnet:
            return "signalling-subnet";
        case LatchCause::kSdpAddress:
            return "sdp-address";
        case LatchCause::kWindow:
            return "any-source";
        case LatchCause::kRtpAddress:
            return "rtp-address";
        case LatchCause::kRebinding:
            return "nat-rebinding";
        case LatchCause::kMobility:
            return "mobility";
    }
    return "none";
}

std::string_view name_of(dataplane::LatchMode mode) noexcept {
    using dataplane::LatchMode;
    switch (mode) {
        case LatchMode::kOff:
            break;
        case LatchMode::kPort:
            return "sdp-address";
        case LatchMode::kSignalling:
            return "signalling-address";
        case LatchMode::kSubnet:
            return "signalling-subnet";
        case LatchMode::kAny:
            return "any-source";
    }
    return "sdp";
}

bool known(const Endpoint& endpoint) noexcept {
    return endpoint.ip.family() != Family::kNone;
}

void put(ordered_json& to, const char* name, const Endpoint& endpoint) {
    if (known(endpoint)) {
        to[name] = endpoint.to_string();
    }
}

ordered_json latch_of(const dataplane::FlowReading& flow) {
    const dataplane::LatchReading& latch = flow.latch;
    ordered_json to;
    to["cause"] = name_of(latch.cause);
    to["after-new-sdp"] = latch.after_change;
    if (latch.cause == dataplane::LatchCause::kNone) {
        return to;
    }
    to["ago-ms"] = latch.ago.count();
    put(to, "before", latch.before);
    if (latch.cause == dataplane::LatchCause::kRebinding) {
        to["sequence-step"] = latch.step;
    }
    if (latch.cause == dataplane::LatchCause::kRebinding ||
        latch.cause == dataplane::LatchCause::kMobility) {
        to["silence-ms"] = latch.silence.count();
    }
    return to;
}

ordered_json drops_of(const dataplane::FlowReading& flow) {
    ordered_json to = ordered_json::object();
    for (std::size_t i = 0; i < dataplane::kFlowDrops; ++i) {
        if (flow.drops.counts[i] != 0) {
            to[std::string(dataplane::name_of(dataplane::kFlowDropReasons[i]))] =
                flow.drops.counts[i];
        }
    }
    return to;
}

ordered_json flow_of(const Endpoint& ours, const dataplane::FlowReading& flow) {
    ordered_json to;
    put(to, "ours", ours);
    put(to, "latched", flow.latched);
    put(to, "sending-to", flow.sending_to);
    to["remote"] = explain_remote(flow);
    to["latch"] = latch_of(flow);
    to["packets-in"] = flow.packets_in;
    to["octets-in"] = flow.octets_in;
    to["packets-out"] = flow.packets_out;
    to["octets-out"] = flow.octets_out;
    if (flow.last_seen_ago >= Millis{0}) {
        to["last-seen-ago-ms"] = flow.last_seen_ago.count();
    }
    to["dropped"] = drops_of(flow);
    if (const auto& last = flow.last_refused; known(last.source)) {
        to["last-refused"] = {{"source", last.source.to_string()},
                              {"reason", dataplane::name_of(last.reason)},
                              {"payload-type", last.payload_type},
                              {"ago-ms", last.ago.count()}};
    }
    return to;
}

ordered_json side_of(const MediaSide& side) {
    ordered_json to;
    to["realm"] = side.realm;
    to["sdp"] = side.said;
    to["direction"] = word_of(side.direction);
    to["signalling"] = side.signalling.to_string();
    to["nat"] = side.nat;
    to["seen-through-nat"] = side.through_nat;
    to["heard-from"] = name_of(side.latch);
    to["rtp"] = flow_of(side.ours.rtp, side.rtp);
    to["rtcp"] = flow_of(side.ours.rtcp, side.rtcp);
    return to;
}

ordered_json line_of(const MediaLine& line) {
    ordered_json to;
    to["m-line"] = line.index;
    to["media"] = line.kind;
    to["verdict"] = line.verdict;
    to["relayed"] = line.relayed;
    to["age-ms"] = line.age.count();
    to["a"] = side_of(line.of(Side::kA));
    to["b"] = side_of(line.of(Side::kB));
    return to;
}

}  // namespace

std::string to_json(const MediaReport& report) {
    ordered_json to;
    to["a-call-id"] = report.a_call_id;
    to["b-call-id"] = report.b_call_id;
    to["answered"] = report.answered;
    to["age-ms"] = report.age.count();
    to["lines"] = ordered_json::array();
    for (const MediaLine& line : report.lines) {
        to["lines"].push_back(line_of(line));
    }
    return to.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace sallyport::call
