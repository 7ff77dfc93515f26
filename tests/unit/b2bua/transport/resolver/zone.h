// SPDX-License-Identifier: Apache-2.0
// A DNS for tests, written as a zone: one record a line, "name TYPE values". What it does not name
// does not exist; "name TYPE !" fails, "name TYPE -" has no records of that type.
#pragma once

#include "b2bua/transport/resolver/dns_answer.h"

#include <map>
#include <string_view>

namespace sallyport::resolver {

class Zone {
public:
    explicit Zone(std::string_view text);
    [[nodiscard]] Answer operator()(const Question& question) const;

private:
    std::map<Question, Answer> answers_;
    std::map<std::string, std::string> aliases_;
};

}  // namespace sallyport::resolver
