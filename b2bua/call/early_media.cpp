// SPDX-License-Identifier: Apache-2.0
// Media before the 2xx: which callee is heard, and a set of ports for each early dialog (spec E12,
// E13, G8; RFC 3960 s.3).
#include "b2bua/call/media.h"
#include "sdp-rewrite/session.h"

#include <cstddef>
#include <memory>
#include <string_view>

namespace sallyport::call {

void Media::begin_early() noexcept {
    early_ = true;
    heard_ = false;
}

void Media::end_early() noexcept {
    early_ = false;
    for (Line& line : lines_) {
        if (line.relay && committed_once_ && !(line.committed[0] && line.committed[1])) {
            drop_line(line);
        }
    }
    take_floor(true);
}

void Media::take_floor(bool open) noexcept {
    heard_ = open;
    for (Line& line : lines_) {
        if (line.relay) {
            apply(line, Side::kA, line.applied[index(Side::kA)]);
            (void)relays_.select(line.relay->id);
        }
    }
}

std::unique_ptr<Media> Media::branch(Side offerer, std::string_view offer) {
    auto made = std::make_unique<Media>(relays_, config_);
    made->peers_ = peers_;
    made->begin_early();
    const auto session = read_session(config_, offer);
    if (!session.ok()) {
        return made;  // a delayed offer: this callee makes its own
    }
    made->lines_.resize(lines_.size());
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (!lines_[i].relay) {
            continue;
        }
        const auto relay = relays_.branch(lines_[i].relay->id);
        if (!relay.ok()) {
            return nullptr;
        }
        made->lines_[i].relay = *relay;
        made->lines_[i].fresh = true;
    }
    made->offered_by_ = offerer;
    made->offer_text_[index(offerer)] = offer;
    made->said_[index(offerer)] = offer;
    made->note(offerer, *session, rejected_sections(config_, *session, nullptr));
    return made;
}

}  // namespace sallyport::call
