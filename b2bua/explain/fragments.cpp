// SPDX-License-Identifier: Apache-2.0
#include "b2bua/explain/fragments.h"

#include <algorithm>
#include <iterator>

namespace sallyport::explain {
namespace {

constexpr std::size_t kMostPending = 64;
constexpr std::size_t kLongest = 65'535;

bool is_same(const Fragment& a, const Fragment& b) {
    return a.id == b.id && a.protocol == b.protocol && a.source == b.source &&
           a.destination == b.destination;
}

}  // namespace

/// Without overlaps, as many octets as the last one ends at are all there are.
bool Fragments::is_whole(const Pieces& pieces) noexcept {
    const auto& [offset, last] = *pieces.parts.rbegin();
    return pieces.octets == pieces.total && offset + last.size() == pieces.total;
}

Fragments::Pieces& Fragments::of(const Fragment& piece) {
    const auto found = std::find_if(pending_.begin(), pending_.end(),
                                    [&piece](const Pieces& p) { return is_same(p.first, piece); });
    if (found != pending_.end()) {
        return *found;
    }
    if (pending_.size() == kMostPending) {
        forget(pending_.front());
    }
    Pieces& made = pending_.emplace_back();
    made.first = piece;
    made.first.octets = {};
    return made;
}

void Fragments::forget(const Pieces& pieces) {
    lost_ += pieces.parts.size();
    pending_.remove_if([&pieces](const Pieces& p) { return &p == &pieces; });
}

Layers Fragments::take(const Fragment& piece) {
    Layers waiting;
    waiting.content = Content::kFragment;
    const std::size_t end = piece.offset + piece.octets.size();
    if (piece.octets.empty() || end > kLongest) {
        ++lost_;
        return waiting;
    }
    Pieces& pieces = of(piece);
    const auto next = pieces.parts.lower_bound(piece.offset);
    if (next != pieces.parts.end() && next->first == piece.offset && next->second == piece.octets) {
        return waiting;  // the same again
    }
    const bool meets_next = next != pieces.parts.end() && next->first < end;
    const bool meets_last = next != pieces.parts.begin() &&
                            std::prev(next)->first + std::prev(next)->second.size() > piece.offset;
    pieces.total = piece.more ? pieces.total : end;
    if (meets_next || meets_last) {
        ++lost_;
        forget(pieces);
        return waiting;
    }
    pieces.parts.emplace(piece.offset, piece.octets);
    pieces.octets += piece.octets.size();
    return is_whole(pieces) ? join(pieces) : waiting;
}

/// Takes the pieces away. A datagram that says it is a piece itself is none.
Layers Fragments::join(const Pieces& pieces) {
    whole_.clear();
    for (const auto& [offset, octets] : pieces.parts) {
        whole_ += octets;
    }
    const Fragment whose = pieces.first;
    pending_.remove_if([&pieces](const Pieces& p) { return &p == &pieces; });
    Layers layers = peel_datagram(whose, whole_);
    if (layers.content == Content::kFragment) {
        ++lost_;
    }
    return layers;
}

std::uint64_t Fragments::lost() const noexcept {
    std::uint64_t sum = lost_;
    for (const Pieces& pieces : pending_) {
        sum += pieces.parts.size();
    }
    return sum;
}

}  // namespace sallyport::explain
