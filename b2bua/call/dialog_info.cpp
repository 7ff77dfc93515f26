// SPDX-License-Identifier: Apache-2.0
#include "b2bua/call/dialog_info.h"

#include "b2bua/call/dialog_names.h"
#include "b2bua/policy/keyed_hash.h"
#include "b2bua/routing/own_address.h"
#include "b2bua/sip/media_type.h"
#include "b2bua/sip/multipart.h"
#include "b2bua/sip/params.h"
#include "b2bua/sip/uri.h"
#include "b2bua/sip/xml_cursor.h"

#include <algorithm>

namespace sallyport::call {
namespace {

using sip::XmlAttribute;
using sip::XmlPiece;
using Kind = sip::XmlPiece::Kind;

bool is_foreign(const Naming& naming, const IpAddr& ip) noexcept {
    return !naming.config.realms[naming.to.value].address.contains(ip);
}

/// Many user agents end their Call-IDs with "@" and their address.
bool names_address(const Naming& naming, std::string_view id) noexcept {
    const auto at = id.rfind('@');
    const std::string_view host = id.substr(at == std::string_view::npos ? 0 : at + 1);
    const std::string text = "sip:" + std::string(host);
    const auto uri = sip::Uri::parse(text);
    const auto ip = uri.ok() ? uri->ip() : std::nullopt;
    return ip && is_foreign(naming, *ip);
}

/// The id of a <dialog> must only be the same in every document (RFC 4235 s.4.1.1): one that shows
/// an address is replaced by a hash.
std::string shown_id(const Naming& naming, std::string_view id) {
    return names_address(naming, id) ? std::to_string(KeyedHash({0, 0}).field(id).finish())
                                     : std::string(id);
}

/// A URI whose host is an address of another side has ours there, as From and Contact have.
std::string shown_uri(const Naming& naming, std::string_view text) {
    const auto uri = sip::Uri::parse(text);
    const auto ip = uri.ok() ? uri->ip() : std::nullopt;
    if (!ip || !is_foreign(naming, *ip)) {
        return std::string(text);
    }
    const auto host = static_cast<std::size_t>(uri->host.data() - text.data());
    const auto rest = uri->params.empty()
                          ? text.size() - (uri->headers.empty() ? 0 : uri->headers.size() + 1)
                          : static_cast<std::size_t>(uri->params.data() - text.data());
    return std::string(text.substr(0, host)) +
           routing::listen_point(naming.config, naming.to).to_string() +
           std::string(text.substr(rest));
}

/// A dialog as the document names it, from its sender's end (RFC 4235 s.4.1.2). Not all of it is
/// known while it is being made.
struct Names {
    std::string call_id;
    std::string local_tag;
    std::string remote_tag;
};

/// What the document calls them; a value that is not given is taken out.
struct Shown {
    std::optional<std::string> call_id;
    std::optional<std::string> local_tag;
    std::optional<std::string> remote_tag;
};

std::string value_of(std::string_view attributes, std::string_view name) {
    const auto found = sip::find_attribute(attributes, name);
    return found ? sip::xml_unescaped(found->value) : std::string{};
}

/// The reader knows a dialog that crosses us as ours on its side: what it says with these names, a
/// Replaces for instance, is then translated like any other (D14). One that is nobody's on the
/// reader's side keeps its names, which its sender understands, unless they show an address.
Shown shown_names(const Naming& naming, const Names& names) {
    const auto known = naming.dialogs.behind(names.call_id, names.remote_tag, names.local_tag);
    if (known && known->flow.realm == naming.to) {
        return {known->call_id, known->remote_tag, known->local_tag};
    }
    if (!names_address(naming, names.call_id)) {
        return {names.call_id, names.local_tag, names.remote_tag};
    }
    return {};
}

class Crossing {
public:
    explicit Crossing(const Naming& naming) noexcept : naming_(naming) {}

    void add(const XmlPiece& piece);
    [[nodiscard]] std::string take() noexcept { return std::move(out_); }

private:
    void add_tag(const XmlPiece& tag);
    void add_text(std::string_view text);
    [[nodiscard]] std::optional<std::string> value_for(const XmlAttribute& attribute,
                                                       std::string_view element,
                                                       const Shown& shown) const;

    const Naming& naming_;
    std::string out_;
    std::string_view element_;  // whose text comes
};

/// Session descriptions and routes say nothing that the reader could use but addresses.
bool is_left_out(std::string_view element) noexcept {
    return element == "session-description" || element == "hop";
}

bool names_dialog(std::string_view element) noexcept {
    return element == "dialog" || element == "replaces";
}

void Crossing::add(const XmlPiece& piece) {
    switch (piece.kind) {
        case Kind::kStart:
        case Kind::kEmpty:
            element_ = piece.kind == Kind::kStart ? piece.name : std::string_view{};
            add_tag(piece);
            break;
        case Kind::kEnd:
            element_ = {};
            out_.append(piece.text);
            break;
        case Kind::kText:
            add_text(piece.text);
            break;
        case Kind::kComment:
            break;  // says nothing to a reader, and may show anything
        case Kind::kInstruction:
            out_.append(piece.text);
            break;
    }
}

void Crossing::add_text(std::string_view text) {
    if (is_left_out(element_)) {
        return;
    }
    constexpr std::string_view kSpace = " \t\r\n";
    const auto begin = text.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) {
        out_.append(text);
        return;
    }
    const auto end = text.find_last_not_of(kSpace) + 1;
    const std::string plain = sip::xml_unescaped(text.substr(begin, end - begin));
    const std::string other = shown_uri(naming_, plain);
    out_.append(text.substr(0, begin));
    out_.append(other == plain ? std::string(text.substr(begin, end - begin))
                               : sip::xml_escaped(other));
    out_.append(text.substr(end));
}

/// Nullopt: the attribute is taken out.
std::optional<std::string> Crossing::value_for(const XmlAttribute& attribute,
                                               std::string_view element, const Shown& shown) const {
    const std::string plain = sip::xml_unescaped(attribute.value);
    if (names_dialog(element)) {
        if (attribute.name == "call-id") {
            return shown.call_id;
        }
        if (attribute.name == "local-tag") {
            return shown.local_tag;
        }
        if (attribute.name == "remote-tag") {
            return shown.remote_tag;
        }
        if (attribute.name == "id") {
            return shown_id(naming_, plain);
        }
    }
    return shown_uri(naming_, plain);
}

void Crossing::add_tag(const XmlPiece& tag) {
    Shown shown;
    if (names_dialog(tag.name)) {
        shown = shown_names(
            naming_, {value_of(tag.attributes, "call-id"), value_of(tag.attributes, "local-tag"),
                      value_of(tag.attributes, "remote-tag")});
    }
    const auto begin = static_cast<std::size_t>(tag.attributes.data() - tag.text.data());
    out_.append(tag.text.substr(0, begin));
    sip::XmlAttributeCursor cursor(tag.attributes);
    std::size_t used = 0;
    while (const auto attribute = cursor.next()) {
        used += attribute->text.size();
        const auto value = value_for(*attribute, tag.name, shown);
        if (value && *value == sip::xml_unescaped(attribute->value)) {
            out_.append(attribute->text);
        } else if (value) {
            const auto at =
                static_cast<std::size_t>(attribute->value.data() - attribute->text.data());
            out_.append(attribute->text.substr(0, at)).append(sip::xml_escaped(*value));
            out_.push_back(attribute->quote);
        }
    }
    out_.append(tag.text.substr(begin + used));
}

bool is_dialog_info(const sip::BodyPart& part) noexcept {
    const auto type = sip::MediaType::parse(part.type);
    return type.ok() && type->is("application", "dialog-info+xml");
}

bool is_encoded(const sip::BodyPart& part) noexcept {
    return !part.encoding.empty() && !sip::iequals(part.encoding, "identity");
}

}  // namespace

std::optional<std::string> crossed_dialog_info(std::string_view document, const Naming& naming) {
    Crossing crossing(naming);
    sip::XmlCursor cursor(document);
    while (const auto piece = cursor.next()) {
        crossing.add(*piece);
    }
    return cursor.failed() ? std::nullopt : std::optional(crossing.take());
}

std::vector<InfoText> crossed_dialog_infos(const sip::Message& message, const Naming& naming) {
    std::vector<InfoText> texts;
    const auto body = sip::BodyParts::parse(message);
    if (naming.config.dialog_info == DialogInfo::kPass || message.body().empty() || !body.ok()) {
        return texts;
    }
    for (std::size_t i = 0; i < body->parts().size(); ++i) {
        const sip::BodyPart& part = body->parts()[i];
        if (!is_dialog_info(part)) {
            continue;
        }
        auto text = is_encoded(part) ? std::nullopt : crossed_dialog_info(part.content, naming);
        if (!text && naming.unreadable_infos != nullptr) {
            naming.unreadable_infos->add();
        }
        texts.push_back({i, text ? std::move(*text) : std::string{}});
    }
    return texts;
}

}  // namespace sallyport::call
