// SPDX-License-Identifier: Apache-2.0
// Parameter lists (RFC 3261 s.25.1). An empty parameter is a fault and not skipped: what we skip
// the next element might read (A13).
#include "b2bua/sip/params.h"

#include "b2bua/sip/scan.h"

namespace sallyport::sip {

std::optional<Param> ParamCursor::fail(ParseFault fault, const char* at) noexcept {
    error_ = ParseError{fault, scan::distance(begin_, at)};
    at_ = end_;
    return std::nullopt;
}

std::optional<Param> ParamCursor::next() noexcept {
    const char* p = scan::skip(at_, end_, scan::kLws);
    if (p == end_) {
        at_ = end_;
        return std::nullopt;
    }
    if (*p != ';') {
        return fail(ParseFault::kBadParameter, p);
    }
    const char* const name = scan::skip(p + 1, end_, scan::kLws);
    p = scan::skip(name, end_, scan::kParam);
    if (p == name) {
        return fail(
            p == end_ || *p == ';' ? ParseFault::kEmptyParameter : ParseFault::kBadParameter, p);
    }
    Param param{scan::view(name, p), std::nullopt};
    at_ = scan::skip(p, end_, scan::kLws);
    if (at_ == end_ || *at_ == ';') {
        return param;
    }
    if (*at_ != '=') {
        return fail(ParseFault::kBadParameter, at_);
    }
    return read_value(param);
}

/// at_ stands on the "=".
std::optional<Param> ParamCursor::read_value(Param param) noexcept {
    const char* const value = scan::skip(at_ + 1, end_, scan::kLws);
    at_ = value;
    if (value != end_ && *value == '"') {
        at_ = scan::quoted_end(value, end_);
        if (at_ == nullptr) {
            return fail(ParseFault::kUnterminatedQuote, value);
        }
    } else {
        // "=" inside an unquoted value is no token, but base64 in the field ends in it; it has one
        // reading only.
        while (at_ != end_ && (scan::is(*at_, scan::kParam) || (*at_ == '=' && at_ != value))) {
            ++at_;
        }
        if (at_ == value) {
            return fail(ParseFault::kBadParameter, value);
        }
    }
    param.value = scan::view(value, at_);
    return param;
}

std::optional<Param> find_param(std::string_view params, std::string_view name) noexcept {
    ParamCursor cursor(params);
    while (const auto param = cursor.next()) {
        if (iequals(param->name, name)) {
            return param;
        }
    }
    return std::nullopt;
}

bool iequals_same_size(std::string_view a, std::string_view b) noexcept {
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (scan::lower(a[i]) != scan::lower(b[i])) {
            return false;
        }
    }
    return true;
}

}  // namespace sallyport::sip
