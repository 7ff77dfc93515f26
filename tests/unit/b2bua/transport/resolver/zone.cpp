// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/b2bua/transport/resolver/zone.h"

#include <sstream>
#include <stdexcept>
#include <string>

namespace sallyport::resolver {
namespace {

constexpr Seconds kTtl = 300;

std::string or_empty(const std::string& word) {
    return word == "." || word == "\"\"" ? "" : word;
}

RecordType type_of(const std::string& word) {
    static const std::map<std::string, RecordType> kTypes{{"A", RecordType::kA},
                                                          {"AAAA", RecordType::kAaaa},
                                                          {"SRV", RecordType::kSrv},
                                                          {"NAPTR", RecordType::kNaptr}};
    return kTypes.at(word);
}

void add(Answer& answer, RecordType type, std::istringstream& values) {
    std::string word;
    if (type == RecordType::kSrv) {
        Srv srv;
        values >> srv.priority >> srv.weight >> srv.port.value >> word;
        srv.target = or_empty(word);
        srv.ttl = kTtl;
        answer.services.push_back(srv);
    } else if (type == RecordType::kNaptr) {
        Naptr naptr;
        values >> naptr.order >> naptr.preference >> naptr.flags >> naptr.service >> word;
        naptr.has_regexp = !or_empty(word).empty();
        values >> naptr.replacement;
        naptr.ttl = kTtl;
        answer.pointers.push_back(naptr);
    } else {
        values >> word;
        answer.addresses.push_back({IpAddr::parse(word).value(), kTtl});
    }
    if (!values) {
        throw std::invalid_argument("record of a test zone");
    }
}

}  // namespace

Zone::Zone(std::string_view text) {
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream values(line);
        std::string name;
        std::string type;
        if (!(values >> name >> type)) {
            continue;
        }
        if (type == "CNAME") {
            values >> aliases_[name];
            continue;
        }
        Answer& answer = answers_[{type_of(type), name}];
        const char first = static_cast<char>((values >> std::ws).peek());
        answer.kind = first == '!'   ? AnswerKind::kFailed
                      : first == '-' ? AnswerKind::kNoRecords
                                     : AnswerKind::kRecords;
        if (answer.kind == AnswerKind::kRecords) {
            answer.ttl = kTtl;
            add(answer, type_of(type), values);
        }
    }
}

Answer Zone::operator()(const Question& question) const {
    Answer answer;
    answer.kind = AnswerKind::kNoName;
    if (const auto alias = aliases_.find(question.name); alias != aliases_.end()) {
        answer.kind = AnswerKind::kAlias;
        answer.alias = alias->second;
    } else if (const auto found = answers_.find(question); found != answers_.end()) {
        answer = found->second;
    }
    return answer;
}

}  // namespace sallyport::resolver
