// SPDX-License-Identifier: Apache-2.0
// Collecting the edits of a Patch: kept in message order as they come, so that patch_encode.cpp is
// one walk.
#include "b2bua/sip/patch.h"

#include "b2bua/sip/scan.h"

#include <cstring>
#include <functional>

namespace sallyport::sip {

void Patch::fail(PatchFault fault) noexcept {
    if (!fault_) {
        fault_ = fault;
    }
}

/// Copies into text_, CR and LF as SP. False when it does not fit.
bool Patch::store(std::string_view text) noexcept {
    if (text.size() > kMaxText - text_used_) {
        fail(PatchFault::kNoRoom);
        return false;
    }
    for (const char c : text) {
        text_[text_used_++] = c == '\r' || c == '\n' ? ' ' : c;
    }
    return true;
}

/// Offset of the blank line.
std::uint32_t Patch::headers_end() const noexcept {
    const auto fields = message_.headers();
    return fields.empty() ? message_.first_header_offset() : fields.back().next_line;
}

/// Inside one header value, or one of the parts of the start line that come from the peer.
bool Patch::editable(std::uint32_t begin, std::uint32_t end) const noexcept {
    const auto within = [this, begin, end](std::string_view part) {
        const auto at = scan::distance(message_.octets().data(), part.data());
        return !part.empty() && begin >= at && end <= at + part.size();
    };
    if (begin < message_.first_header_offset()) {
        return message_.is_request()
                   ? within(message_.request_uri()) || within(message_.method_name())
                   : within(message_.reason());
    }
    for (const HeaderField& field : message_.headers()) {
        if (begin < field.next_line) {
            return begin >= field.value && end <= field.value + field.value_length;
        }
    }
    return false;
}

void Patch::set_status(int status, std::string_view reason) noexcept {
    status_ = StatusLine{status, reason};
}

void Patch::set_request_uri(std::string_view uri) noexcept {
    replace(message_.request_uri(), uri);
}

void Patch::set_value(const HeaderField& field, std::string_view text) noexcept {
    add({field.value, field.value + field.value_length, 0, 0, Kind::kReplace}, text);
}

void Patch::replace(std::string_view piece, std::string_view text) noexcept {
    const std::string_view octets = message_.octets();
    const std::less_equal<const char*> not_after;
    if (piece.data() == nullptr || !not_after(octets.data(), piece.data()) ||
        !not_after(piece.data() + piece.size(), octets.data() + octets.size())) {
        return fail(PatchFault::kNotInside);
    }
    const auto begin = scan::distance(octets.data(), piece.data());
    const auto end = begin + static_cast<std::uint32_t>(piece.size());
    if (!editable(begin, end)) {
        return fail(PatchFault::kNotInside);
    }
    add({begin, end, 0, 0, piece.empty() ? Kind::kInsert : Kind::kReplace}, text);
}

void Patch::remove(const HeaderField& field) noexcept {
    forget_inside(field);
    add({field.line, field.next_line, 0, 0, Kind::kReplace}, {});
}

void Patch::prepend(std::string_view name, std::string_view value) noexcept {
    add_line(message_.first_header_offset(), name, value);
}

void Patch::append(std::string_view name, std::string_view value) noexcept {
    add_line(headers_end(), name, value);
}

void Patch::insert_after(const HeaderField& field, std::string_view name,
                         std::string_view value) noexcept {
    add_line(field.next_line, name, value);
}

void Patch::set_body(std::string_view body) noexcept {
    body_ = body;
}

void Patch::add(Edit edit, std::string_view text) noexcept {
    edit.text = static_cast<std::uint32_t>(text_used_);
    edit.text_length = static_cast<std::uint32_t>(text.size());
    if (store(text)) {
        place(edit);
    }
}

void Patch::add_line(std::uint32_t at, std::string_view name, std::string_view value) noexcept {
    Edit edit{at, at, static_cast<std::uint32_t>(text_used_), 0, Kind::kLine};
    if (store(name) && store(": ") && store(value)) {
        edit.text_length = static_cast<std::uint32_t>(text_used_) - edit.text;
        place(edit);
    }
}

/// Puts the edit where it belongs, or over the earlier one of the same span; anything else that
/// touches it is an overlap.
void Patch::place(const Edit& edit) noexcept {
    std::size_t at = edit_count_;
    for (; at > 0; --at) {
        const Edit& before = edits_[at - 1];
        const bool same_span = before.begin == edit.begin && before.end == edit.end;
        if (same_span && before.kind == Kind::kReplace && edit.kind == Kind::kReplace) {
            edits_[at - 1] = edit;
            return;
        }
        if (before.begin < edit.end && edit.begin < before.end) {
            return fail(PatchFault::kOverlap);
        }
        const bool earlier = before.begin < edit.begin ||
                             (before.begin == edit.begin && before.kind != Kind::kReplace);
        if (earlier) {
            break;
        }
    }
    if (edit_count_ == kMaxEdits) {
        return fail(PatchFault::kTooManyEdits);
    }
    std::memmove(&edits_[at + 1], &edits_[at], (edit_count_ - at) * sizeof(Edit));
    edits_[at] = edit;
    ++edit_count_;
}

void Patch::forget_inside(const HeaderField& field) noexcept {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < edit_count_; ++i) {
        const bool inside = edits_[i].kind != Kind::kLine && edits_[i].begin > field.line &&
                            edits_[i].end < field.next_line;
        if (!inside) {
            edits_[kept++] = edits_[i];
        }
    }
    edit_count_ = kept;
}

}  // namespace sallyport::sip
