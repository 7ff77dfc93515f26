// SPDX-License-Identifier: Apache-2.0
#include "config/pattern.h"

#include <re2/re2.h>

namespace sallyport {

Result<Pattern, std::string> Pattern::compile(std::string_view text) {
    if (text.empty() || text.size() > kLongest) {
        return Failure{"1 to " + std::to_string(kLongest) + " characters"};
    }
    re2::RE2::Options options;
    options.set_encoding(re2::RE2::Options::EncodingLatin1);  // user parts are octets
    options.set_log_errors(false);
    options.set_never_capture(true);
    options.set_max_mem(1 << 20);
    auto compiled =
        std::make_shared<const re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
    if (!compiled->ok()) {
        return Failure{compiled->error()};
    }
    Pattern pattern;
    pattern.text_ = text;
    pattern.compiled_ = std::move(compiled);
    return pattern;
}

bool Pattern::matches(std::string_view subject) const {
    return compiled_ != nullptr &&
           re2::RE2::FullMatch(re2::StringPiece(subject.data(), subject.size()), *compiled_);
}

}  // namespace sallyport
