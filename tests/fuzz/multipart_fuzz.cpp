// SPDX-License-Identifier: Apache-2.0
// Fuzz target of bodies: the first line is the Content-Type, the rest the body. Without edits the
// body comes out as it is; with one part edited, that part reads as edited and all others as
// before.
#include "b2bua/sip/disposition.h"
#include "b2bua/sip/media_type.h"
#include "b2bua/sip/multipart_patch.h"
#include "tests/fuzz/property.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace {

using namespace sallyport::sip;
using sallyport::fuzz::require;
using sallyport::fuzz::require_inside;

constexpr std::string_view kEdit = "v=0\r\no=edited";

BodyPart whole_of(std::string_view type, std::string_view body) {
    BodyPart whole;
    whole.type = type;
    whole.content = body;
    return whole;
}

std::string patched(const BodyParts& body, std::span<const PartText> texts) {
    std::string out(room_for(body, texts), '\0');
    const auto written = with_contents(body, texts, out);
    require(written.has_value(), "room_for is room enough");
    return std::string(*written);
}

void check_views(const BodyParts& body, std::string_view content) {
    for (std::size_t i = 1; i < body.parts().size(); ++i) {
        const BodyPart& part = body.parts()[i];
        for (const std::string_view view :
             {part.type, part.encoding, part.disposition, part.content_length, part.content}) {
            require_inside(view, content);
        }
        require(part.parent < i, "what is around a part stands before it");
        require(part.depth == body.parts()[part.parent].depth + 1, "one level at a time");
        require(part.depth <= BodyParts::kMaxNesting, "no deeper than allowed");
        require_inside(part.content, body.parts()[part.parent].content);
    }
}

bool has_parts(const BodyParts& body, std::size_t index) {
    return index + 1 < body.parts().size() && body.parts()[index + 1].parent == index;
}

void check_edit(const BodyParts& body, std::size_t index) {
    const PartText edit{index, kEdit};
    const std::string out = patched(body, {&edit, 1});
    const auto again = BodyParts::parse(whole_of(body.parts()[0].type, out));
    require(again.ok() && again->parts().size() == body.parts().size(), "no part comes or goes");
    for (std::size_t i = 1; i < body.parts().size(); ++i) {
        const BodyPart& now = again->parts()[i];
        const BodyPart& then = body.parts()[i];
        require(now.type == then.type && now.disposition == then.disposition &&
                    now.encoding == then.encoding && now.parent == then.parent,
                "the headers are the same");
        require(i != index || now.content == kEdit, "the edited part reads as edited");
        const bool around = now.content.data() <= again->parts()[index].content.data() &&
                            now.content.data() + now.content.size() >=
                                again->parts()[index].content.data() + kEdit.size();
        require(around || now.content == then.content, "the others read as before");
        require(!around || then.content_length.empty() ||
                    now.content_length == std::to_string(now.content.size()),
                "the length of what changed is right");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const std::size_t split = std::min(text.find('\n'), size);
    const std::string_view type = text.substr(0, split);
    const std::string_view content = text.substr(std::min(split + 1, size));
    (void)Disposition::parse(type);
    const auto body = BodyParts::parse(whole_of(type, content));
    if (!body) {
        require(body.error().offset <= size, "the fault lies in the text");
        return 0;
    }
    check_views(*body, content);
    require(patched(*body, {}) == content, "without edits the body is as it came");
    for (std::size_t i = 1; i < body->parts().size(); ++i) {
        if (!has_parts(*body, i) && !body->parts()[i].content.empty()) {
            check_edit(*body, i);
        }
    }
    return 0;
}
