// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/record.h"

#include "b2bua/call/media_reports.h"

#include <algorithm>
#include <array>

namespace sallyport::call {
namespace {

std::string_view text_of(CallResult result) noexcept {
    switch (result) {
        case CallResult::kAnswered:
            return "answered";
        case CallResult::kCancelled:
            return "cancelled";
        case CallResult::kRefused:
            return "refused";
        case CallResult::kChallenged:
            return "challenged";
        case CallResult::kUnanswered:
            return "unanswered";
        case CallResult::kFailed:
            break;
    }
    return "failed";
}

void describe_flow(std::string& line, std::string_view name, const dataplane::FlowReading& flow) {
    line.append(" ").append(name).append("=");
    line.append(std::to_string(flow.packets_in))
        .append("/")
        .append(std::to_string(flow.packets_out));
    if (flow.dropped != 0) {
        line.append(" ").append(name).append("-dropped=").append(std::to_string(flow.dropped));
    }
    if (flow.latched.ip.family() != Family::kNone) {
        line.append(" ").append(name).append("-remote=").append(flow.latched.to_string());
    }
}

void describe_leg(std::string& line, std::string_view name, const Dialog& dialog) {
    line.append(" ").append(name).append("-call-id=").append(dialog.call_id);
    line.append(" ").append(name).append("-remote=").append(dialog.flow.remote.to_string());
}

/// Both sides had their say about it.
bool negotiated(const MediaLine& line) noexcept {
    return line.of(Side::kA).told && line.of(Side::kB).told;
}

/// Why there was audio, or none: a line for each m-line (media_verdict.h).
void write_media(Environment& env, const MediaReport& report) {
    if (std::none_of(report.lines.begin(), report.lines.end(), negotiated)) {
        return;
    }
    if (env.media_record) {
        env.media_record(report);
    }
    for (const MediaLine& media : report.lines) {
        if (negotiated(media) || report.answered) {
            std::string line = "call media a-call-id=" + report.a_call_id;
            line.append(" b-call-id=").append(report.b_call_id);
            env.journal.write(LogLevel::kInfo, line.append(" ").append(media.verdict));
        }
    }
}

}  // namespace

std::uint64_t media_packets(const Environment& env, const Call& call) {
    std::uint64_t packets = 0;
    for (const dataplane::RelayId id : call.media->relay_ids()) {
        const auto reading = env.relays.read(id);
        if (!reading.ok()) {
            continue;
        }
        for (const auto& side : reading->flows) {
            packets += side[0].packets_in + side[1].packets_in;
        }
    }
    return packets;
}

void write_record(Environment& env, Call& call) {
    if (!call.result) {
        return;  // written before, or the call never came to be
    }
    std::string line = "call end result=";
    line.append(text_of(*call.result));
    line.append(" status=").append(std::to_string(call.final_status));
    line.append(" ended-by=").append(call.ended_by.empty() ? "-" : call.ended_by);
    line.append(" duration-ms=").append(std::to_string((env.now - call.started).count()));
    const DialogPair& pair = call.current();
    describe_leg(line, "a", pair.a);
    describe_leg(line, "b", pair.b);
    for (const dataplane::RelayId id : call.media->relay_ids()) {
        const auto reading = env.relays.read(id);
        if (reading.ok()) {
            describe_flow(line, "a-rtp", reading->of(Side::kA, dataplane::Component::kRtp));
            describe_flow(line, "b-rtp", reading->of(Side::kB, dataplane::Component::kRtp));
        }
    }
    write_media(env, report_of(env, call));
    env.journal.write(LogLevel::kInfo, line);
    call.result.reset();
}

}  // namespace sallyport::call
