// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/stream/stream_framer.h"

#include "b2bua/transport/stream/content_length.h"

#include <algorithm>

namespace sallyport {
namespace {

constexpr std::size_t kFirstRoom = 2048;  // most messages fit
constexpr std::size_t kKeptRoom = 4096;   // of a connection that waits for its next message

/// What a method or "SIP/2.0" may begin with (RFC 3261 s.25.1 token).
bool begins_start_line(char c) noexcept {
    constexpr std::string_view kMarks = "-.!%*_+`'~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
}

}  // namespace

int status_for(StreamFault fault) noexcept {
    constexpr int kStatus[] = {
#define SALLYPORT_STREAM_FAULT(name, status, help) status,
#include "b2bua/transport/stream/stream_faults.def"
#undef SALLYPORT_STREAM_FAULT
    };
    return kStatus[static_cast<std::size_t>(fault)];
}

StreamFramer::Found StreamFramer::next(std::string_view& input) noexcept {
    using Kind = Found::Kind;
    forget_given();
    if (!fault_ && message_.empty()) {
        const Found found = between_messages(input);
        if (found.kind != Kind::kNothing || input.empty()) {
            return found;
        }
    }
    if (!fault_ && whole_ == 0) {
        read_header_section(input);
    }
    if (!fault_ && whole_ != 0) {
        read_body(input);
    }
    const std::string_view text{message_.data(), message_.size()};
    if (fault_) {
        return {Kind::kFault, text};
    }
    given_ = whole_ != 0 && message_.size() == whole_;
    return given_ ? Found{Kind::kMessage, text} : Found{};
}

void StreamFramer::forget_given() noexcept {
    if (!given_) {
        return;
    }
    given_ = false;
    whole_ = 0;
    line_ends_ = kNone;
    message_.clear();
    if (message_.capacity() > kKeptRoom) {
        message_ = std::vector<char>{};
    }
}

/// Line ends before a start line (RFC 3261 s.7.5); nothing, with input left: a message begins.
StreamFramer::Found StreamFramer::between_messages(std::string_view& input) noexcept {
    using Kind = Found::Kind;
    while (!input.empty() && (input.front() == '\r' || input.front() == '\n')) {
        if (!step(input.front())) {
            return fail(StreamFault::bare_line_end);
        }
        input.remove_prefix(1);
        if (line_ends_ == kCrLf) {
            return {Kind::kLineEnd};
        }
        if (line_ends_ == kBlankLine) {
            line_ends_ = kNone;
            return {Kind::kPing};
        }
    }
    if (input.empty()) {
        return {};
    }
    if (!step(input.front())) {
        return fail(StreamFault::bare_line_end);
    }
    return begins_start_line(input.front()) ? Found{} : fail(StreamFault::not_a_start_line);
}

/// False: a CR or an LF without the other.
bool StreamFramer::step(char octet) noexcept {
    const bool after_cr = line_ends_ == kCr || line_ends_ == kCrLfCr;
    if (after_cr != (octet == '\n')) {
        return false;
    }
    if (after_cr || octet == '\r') {
        line_ends_ = static_cast<LineEnds>(line_ends_ + 1);
    } else {
        line_ends_ = kNone;
    }
    return true;
}

void StreamFramer::read_header_section(std::string_view& input) noexcept {
    const std::size_t room = limits_.header_section - message_.size();
    std::size_t used = 0;
    bool well_ended = true;
    while (used < std::min(input.size(), room) && line_ends_ != kBlankLine && well_ended) {
        well_ended = step(input[used++]);
    }
    const bool full = used == room;
    take(input, used);
    if (!well_ended) {
        fail(StreamFault::bare_line_end);
    } else if (line_ends_ == kBlankLine) {
        read_length();
    } else if (full) {
        fail(StreamFault::header_section_too_large);
    }
}

void StreamFramer::read_length() noexcept {
    const auto body = content_length({message_.data(), message_.size()}, limits_.body);
    if (!body) {
        fail(body.error());
    } else if (message_.size() + *body > kMaxMessage) {
        fail(StreamFault::message_too_large);
    } else {
        whole_ = message_.size() + *body;
        message_.reserve(whole_);
    }
}

void StreamFramer::read_body(std::string_view& input) noexcept {
    take(input, std::min(input.size(), whole_ - message_.size()));
}

/// Room doubles, up to what one message may have.
void StreamFramer::take(std::string_view& input, std::size_t octets) noexcept {
    const std::size_t needed = message_.size() + octets;
    if (needed > message_.capacity()) {
        const std::size_t doubled = std::max(kFirstRoom, 2 * message_.capacity());
        message_.reserve(std::max(needed, std::min(doubled, kMaxMessage)));
    }
    message_.insert(message_.end(), input.begin(), input.begin() + octets);
    input.remove_prefix(octets);
}

StreamFramer::Found StreamFramer::fail(StreamFault fault) noexcept {
    fault_ = fault;
    return {Found::Kind::kFault, {message_.data(), message_.size()}};
}

}  // namespace sallyport
