// SPDX-License-Identifier: Apache-2.0
// How it is written which requests a route takes, and what it makes of their numbers (B2BUA-I1), as
// config/values.h does for other values. Pure functions.
#pragma once

#include "config/values.h"

#include <string>
#include <string_view>

namespace sallyport::config {

/// The method of a request that a route may be asked for.
struct MethodName {
    static std::string form(const OptionText&) { return "any|METHOD"; }
    static std::string write(const Config&, const std::string& value) {
        return value.empty() ? "any" : value;
    }
    static Verdict read(const Context&, std::string_view text, std::string& out);
};

/// A user part as it stands in a SIP URI (RFC 3261 s.25.1); out has its escapes undone.
struct UserPart {
    static std::string form(const OptionText&) { return "any|USER"; }
    static std::string write(const Config&, const std::string& value);
    static Verdict read(const Context&, std::string_view text, std::string& out);
};

/// A regular expression for a user part.
struct UserPattern {
    static std::string form(const OptionText&) { return "any|EXPRESSION"; }
    static std::string write(const Config&, const Pattern& value) {
        return value.empty() ? "any" : value.text();
    }
    static Verdict read(const Context&, std::string_view text, Pattern& out);
};

/// A host, an address, or *.HOST for all below it; in lower case.
struct HostPattern {
    static std::string form(const OptionText&) { return "any|HOST|*.HOST"; }
    static std::string write(const Config&, const std::string& value) {
        return value.empty() ? "any" : value;
    }
    static Verdict read(const Context&, std::string_view text, std::string& out);
};

struct HeaderTest {
    static std::string form(const OptionText&) { return "any|NAME[: VALUE]"; }
    static std::string write(const Config&, const HeaderCondition& value);
    static Verdict read(const Context&, std::string_view text, HeaderCondition& out);
};

/// What goes in front of a number.
struct DialPrefix {
    static std::string form(const OptionText&) { return "none|DIGITS"; }
    static std::string write(const Config&, const std::string& value) {
        return value.empty() ? "none" : value;
    }
    static Verdict read(const Context&, std::string_view text, std::string& out);
};

}  // namespace sallyport::config
