// SPDX-License-Identifier: Apache-2.0
// callid *( SEMI param ) with two tags that must be there (RFC 3891 s.6.1, RFC 3911 s.7.1,
// RFC 4538 s.7).
#include "b2bua/sip/dialog_reference.h"

#include "b2bua/sip/params.h"
#include "b2bua/sip/scan.h"

namespace sallyport::sip {
namespace {

struct TagNames {
    std::string_view local, remote;
};

constexpr TagNames names_of(ReferenceForm form) noexcept {
    return form == ReferenceForm::kToFrom ? TagNames{"to-tag", "from-tag"}
                                          : TagNames{"local-tag", "remote-tag"};
}

/// A callid (RFC 3261 s.25.1) has neither ";" nor ",".
const char* call_id_end(const char* p, const char* end) noexcept {
    while (p != end && scan::is(*p, scan::kCallId) && *p != ';' && *p != ',') {
        ++p;
    }
    return p;
}

/// False: given twice, or without a value.
bool read_tag(const Param& param, std::string_view& tag) noexcept {
    const bool good = tag.empty() && param.value && scan::all(*param.value, scan::kToken);
    tag = param.value.value_or(std::string_view{});
    return good;
}

}  // namespace

Result<DialogReference, ParseError> DialogReference::parse(std::string_view text,
                                                           ReferenceForm form) noexcept {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* const first = scan::skip(begin, end, scan::kLws);
    const char* const last = call_id_end(first, end);
    const char* const rest = scan::skip(last, end, scan::kLws);
    const auto bad = [begin](const char* at) {
        return Failure{ParseError{ParseFault::kBadDialogReference, scan::distance(begin, at)}};
    };
    if (first == last || (rest != end && *rest != ';')) {
        return bad(rest);
    }
    const TagNames names = names_of(form);
    DialogReference reference;
    reference.call_id = scan::view(first, last);
    ParamCursor cursor(scan::view(rest, end));
    while (const auto param = cursor.next()) {
        if (iequals(param->name, "early-only")) {
            reference.early_only = true;
        } else if ((iequals(param->name, names.local) && !read_tag(*param, reference.local_tag)) ||
                   (iequals(param->name, names.remote) &&
                    !read_tag(*param, reference.remote_tag))) {
            return bad(param->name.data());
        }
    }
    if (cursor.failed() || reference.local_tag.empty() || reference.remote_tag.empty()) {
        return bad(rest);
    }
    return reference;
}

}  // namespace sallyport::sip
