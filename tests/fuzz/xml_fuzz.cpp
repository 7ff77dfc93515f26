// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the XML pieces: put together they are the document, the attributes of a tag too,
// and what is escaped is what it was when it is read again.
#include "b2bua/sip/xml_cursor.h"
#include "tests/fuzz/property.h"

#include <cstddef>
#include <string>

namespace {

using namespace sallyport::sip;
using sallyport::fuzz::require;
using sallyport::fuzz::require_inside;

void check_attributes(const XmlPiece& piece) {
    std::string all;
    XmlAttributeCursor cursor(piece.attributes);
    while (const auto attribute = cursor.next()) {
        require(!attribute->name.empty(), "an attribute has a name");
        require_inside(attribute->value, attribute->text);
        all.append(attribute->text);
    }
    require(!cursor.failed(), "the attributes of a tag are attributes");
    require(piece.attributes.substr(0, all.size()) == all, "the attributes are the text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    XmlCursor cursor(text);
    std::size_t used = 0;
    while (const auto piece = cursor.next()) {
        require(!piece->text.empty(), "every piece is something");
        require(piece->text.data() == text.data() + used, "the pieces follow each other");
        used += piece->text.size();
        require_inside(piece->name, piece->text);
        require_inside(piece->attributes, piece->text);
        check_attributes(*piece);
    }
    require(cursor.failed() || used == size, "a document is read to its end");
    require(!cursor.next(), "and then nothing more");
    require(xml_unescaped(xml_escaped(text)) == text, "escaped and back");
    (void)xml_unescaped(text);
    return 0;
}
