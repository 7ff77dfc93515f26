// SPDX-License-Identifier: Apache-2.0
#include "b2bua/transport/resolver/ares_resolver.h"

#include "b2bua/transport/resolver/domain_name.h"

#include <chrono>
#include <utility>

namespace sallyport::resolver {

Moment monotonic_now() noexcept {
    using std::chrono::duration_cast;
    return {duration_cast<Millis>(std::chrono::steady_clock::now().time_since_epoch())};
}

AresResolver::AresResolver(const Options& options)
    : most_open_(options.most_open), now_(options.now), cache_(options.most_answers, counters_) {}

Result<std::unique_ptr<AresResolver>, std::string> AresResolver::start(const Options& options) {
    std::unique_ptr<AresResolver> resolver(new AresResolver(options));
    auto channel =
        AresChannel::open(options.servers, resolver->counters_,
                          [self = resolver.get()](const Question& question, const Answer& came) {
                              self->take_answer(question, came);
                          });
    if (!channel) {
        return Failure{channel.error()};
    }
    resolver->channel_ = std::move(channel.value());
    resolver->thread_ = std::thread([self = resolver.get()] { self->run(); });
    return resolver;
}

AresResolver::~AresResolver() {
    stop();
}

void AresResolver::stop() noexcept {
    stopping_.store(true, std::memory_order_release);
    if (thread_.joinable()) {
        channel_->wake();
        thread_.join();
    }
}

void AresResolver::ask(const Question& question, Ticket ticket, AnswerBox& box) noexcept {
    asked_.post({question, ticket, &box});
    channel_->wake();
}

void AresResolver::run() noexcept {
    while (!stopping_.load(std::memory_order_acquire)) {
        asked_.drain([this](const Asker& asker) { take_question(asker); });
        channel_->wait();
    }
}

void AresResolver::tell(const Asker& asker, const Answer& answer) {
    asker.box->post({asker.ticket, asker.question, answer});
}

void AresResolver::take_question(const Asker& asker) {
    counters_.asked.add();
    const auto name = domain_name(asker.question.name);
    if (!name) {
        counters_.refused.add();
        return tell(asker, {});
    }
    const Question question{asker.question.type, *name};
    if (const auto known = cache_.find(question, now_())) {
        return tell(asker, *known);
    }
    const auto waiting = waiting_.find(question);
    if (waiting != waiting_.end()) {
        counters_.joined.add();
        waiting->second.push_back(asker);
    } else if (waiting_.size() >= most_open_) {
        counters_.refused.add();
        tell(asker, {});
    } else {
        waiting_[question].push_back(asker);
        channel_->ask(question);
    }
}

void AresResolver::take_answer(const Question& question, const Answer& came) {
    const auto askers = waiting_.extract(question);
    const Answer answer = cache_.put(question, came, now_());
    if (!askers.empty()) {
        for (const Asker& asker : askers.mapped()) {
            tell(asker, answer);
        }
    }
}

}  // namespace sallyport::resolver
