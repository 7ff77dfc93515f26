// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the name-addr grammar: written anew with brackets, a value has the same parts.
// What was a header parameter of a bare addr-spec stays one (A13). An edited tag is the one that is
// read.
#include "b2bua/sip/name_addr.h"
#include "tests/fuzz/property.h"

#include <cstddef>
#include <string>

namespace {

using namespace sallyport::sip;
using sallyport::fuzz::require;
using sallyport::fuzz::require_inside;

void check_edited(const NameAddr& value, std::string_view text) {
    if (value.tag.empty()) {
        return;
    }
    std::string edited(text.data(), value.tag.data());
    edited += "edited-tag";
    edited.append(value.tag.data() + value.tag.size(), text.data() + text.size());
    const auto again = NameAddr::parse(edited);
    require(again.ok() && again->tag == "edited-tag", "the edited tag");
    require(again->uri == value.uri && again->display == value.display, "and nothing else");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto parsed = NameAddr::parse(text);
    if (!parsed) {
        require(parsed.error().offset <= size, "the fault lies in the text");
        return 0;
    }
    for (const std::string_view part :
         {parsed->display, parsed->uri, parsed->params, parsed->tag}) {
        require_inside(part, text);
    }
    require(!parsed->uri.empty(), "a value has a URI");
    if (parsed->uri == "*") {
        return 0;
    }
    std::string whole(parsed->display);
    whole += "<" + std::string(parsed->uri) + ">" + std::string(parsed->params);
    const auto again = NameAddr::parse(whole);
    require(again.ok(), "the parts put together parse");
    require(again->display == parsed->display && again->uri == parsed->uri &&
                again->params == parsed->params && again->tag == parsed->tag,
            "the parts put together are the same parts");
    check_edited(*parsed, text);
    return 0;
}
