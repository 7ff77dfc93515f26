// SPDX-License-Identifier: Apache-2.0
// Fuzz target of what DNS servers send: the first octet is the type of the question, the rest the
// reply. An answer is of one kind, of bounded size, and says what it is counted for; the list of
// servers that it makes is bounded too.
#include "b2bua/transport/resolver/dns_message.h"
#include "b2bua/transport/resolver/locate.h"
#include "tests/fuzz/property.h"

#include <cstddef>

namespace {

using namespace sallyport;
using namespace sallyport::resolver;
using sallyport::fuzz::require;

class NoRandomness final : public Randomness {
public:
    std::uint64_t next() noexcept override { return state_ += 0x9e3779b97f4a7c15ULL; }

private:
    std::uint64_t state_{0};
};

void check_answer(const Answer& answer, const Counters& counters) {
    const std::size_t records =
        answer.addresses.size() + answer.services.size() + answer.pointers.size();
    require(records <= kMostRecords, "an answer is bounded");
    require((records != 0) == (answer.kind == AnswerKind::kRecords), "records are of that kind");
    require(answer.alias.empty() || answer.kind == AnswerKind::kAlias, "so are aliases");
    require(answer.kind != AnswerKind::kTimeout, "a reply is no timeout");
    require(answer.is_said() || answer == Answer{}, "what cannot be read says nothing");
    const auto faults =
        counters.malformed.read() + counters.truncated.read() + counters.alias_loops.read();
    require(faults <= 1 && (faults == 0 || !answer.is_said()), "a fault is counted once");
}

/// The same answer to every question.
void check_servers(const Answer& answer) {
    NoRandomness random;
    Counters counters;
    Destination to;
    to.host = "pbx.example";
    const Reach reach{
        {Transport::kUdp, Transport::kTls}, {Family::kIpv4, Family::kIpv6}, false, {}};
    Locate search(to, reach, random, counters);
    std::size_t asked = 0;
    for (auto questions = search.take_questions(); !questions.empty();
         questions = search.take_questions()) {
        asked += questions.size();
        for (const Question& question : questions) {
            search.answer(question, answer);
        }
    }
    require(asked <= Locate::kMostQuestions, "questions are bounded");
    require(search.done(), "every answer brings the end nearer");
    require(search.targets().size() <= Locate::kMostTargets, "targets are bounded");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const auto type = static_cast<RecordType>(bytes[0] % 4);
    const Question question{type, "pbx.example"};
    Counters counters;
    const Answer answer = read_reply({bytes + 1, size - 1}, question, counters);
    check_answer(answer, counters);
    check_servers(answer);
    return 0;
}
