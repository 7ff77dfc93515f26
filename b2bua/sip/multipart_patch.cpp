// SPDX-License-Identifier: Apache-2.0
#include "b2bua/sip/multipart_patch.h"

#include "b2bua/sip/text_sink.h"

#include <array>

namespace sallyport::sip {
namespace {

constexpr std::size_t kLengthDigits = 10;  // of a Content-Length that is written anew

struct NewSize {
    std::size_t size{0};
    bool changes{false};
};

/// The size that each part will have, and whether something inside it changes.
std::array<NewSize, BodyParts::kMaxParts + 1> new_sizes(const BodyParts& body,
                                                        std::span<const PartText> texts) noexcept {
    std::array<NewSize, BodyParts::kMaxParts + 1> sizes{};
    const auto parts = body.parts();
    for (std::size_t i = 0; i < parts.size(); ++i) {
        sizes[i].size = parts[i].content.size();
    }
    for (const PartText& text : texts) {
        const std::size_t old = parts[text.part].content.size();
        for (std::size_t at = text.part;; at = parts[at].parent) {
            sizes[at].size = sizes[at].size - old + text.text.size();
            sizes[at].changes = true;
            if (parts[at].depth == 0) {
                break;
            }
        }
    }
    // A length that changes its number of digits lengthens what is around it, from the inside out.
    for (std::size_t i = parts.size(); i-- > 1;) {
        if (!sizes[i].changes || parts[i].content_length.empty()) {
            continue;
        }
        std::size_t digits = 1;
        for (std::size_t rest = sizes[i].size; rest > 9; rest /= 10) {
            ++digits;
        }
        for (std::size_t at = i; parts[at].depth != 0;) {
            at = parts[at].parent;
            sizes[at].size = sizes[at].size - parts[i].content_length.size() + digits;
        }
    }
    return sizes;
}

}  // namespace

std::size_t room_for(const BodyParts& body, std::span<const PartText> texts) noexcept {
    std::size_t room = body.parts()[0].content.size() + BodyParts::kMaxParts * kLengthDigits;
    for (const PartText& text : texts) {
        room += text.text.size();
    }
    return room;
}

std::optional<std::string_view> with_contents(const BodyParts& body,
                                              std::span<const PartText> texts,
                                              std::span<char> out) noexcept {
    const auto parts = body.parts();
    const auto sizes = new_sizes(body, texts);
    TextSink sink(out);
    const char* rest = parts[0].content.data();
    const char* const end = rest + parts[0].content.size();
    std::size_t next = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (sizes[i].changes && !parts[i].content_length.empty()) {
            sink.put(scan::view(rest, parts[i].content_length.data()));
            sink.put_number(sizes[i].size);
            rest = parts[i].content_length.data() + parts[i].content_length.size();
        }
        if (next < texts.size() && texts[next].part == i) {
            sink.put(scan::view(rest, parts[i].content.data()));
            sink.put(texts[next++].text);
            rest = parts[i].content.data() + parts[i].content.size();
        }
    }
    sink.put(scan::view(rest, end));
    return sink.overflow() ? std::nullopt : std::optional(sink.written());
}

}  // namespace sallyport::sip
