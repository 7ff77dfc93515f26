// SPDX-License-Identifier: Apache-2.0
#include "b2bua/binding_writer.h"

#include <chrono>
#include <utility>

namespace sallyport {
namespace {

using registration::Instant;

constexpr Millis kCleanEvery{60 * 1000};
constexpr Millis kTryAgain{5 * 1000};

}  // namespace

Instant instant_now() noexcept {
    using std::chrono::duration_cast;
    using std::chrono::steady_clock;
    using std::chrono::system_clock;
    return {{duration_cast<Millis>(steady_clock::now().time_since_epoch())},
            duration_cast<Millis>(system_clock::now().time_since_epoch())};
}

BindingWriter::BindingWriter(registration::BindingStore::Opened opened, Journal& journal)
    : store_(std::move(opened.store)),
      journal_(journal),
      next_clean_(instant_now().monotonic + kCleanEvery) {
    counters_.restored.add(opened.restored.bindings.size());
    counters_.restore_expired.add(opened.restored.expired);
    counters_.restore_foreign.add(opened.restored.foreign);
    counters_.restore_damaged.add(opened.restored.damaged);
    thread_ = std::thread([this] { run(); });
}

BindingWriter::~BindingWriter() {
    stop();
}

void BindingWriter::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    stop_.notify_one();
    if (thread_.joinable()) {
        thread_.join();
    }
}

/// False: it is time to end.
bool BindingWriter::wait() {
    std::unique_lock lock(mutex_);
    return !stop_.wait_for(lock, kPeriod, [this] { return stopping_; });
}

void BindingWriter::run() {
    while (wait()) {
        const Instant now = instant_now();
        if (!again_ || *again_ <= now.monotonic) {
            write(now);
            clean(now);
        }
    }
    write(instant_now());
}

void BindingWriter::write(Instant now) {
    counters_.store_overflows.set(changes_.overflows());
    const registration::BindingChanges::Batch batch = changes_.take();
    if (batch.empty()) {
        return;
    }
    if (const auto done = store_->write(batch.changes, batch.whole, now); !done) {
        changes_.lost();
        return failed(done.error(), now.monotonic);
    }
    counters_.stored.add(batch.changes.size());
    if (again_) {
        again_.reset();
        journal_.write(LogLevel::kWarn, "bindings are written to the state directory again");
    }
}

void BindingWriter::clean(Instant now) {
    if (now.monotonic < next_clean_ && !store_->clock_was_set(now)) {
        return;
    }
    next_clean_ = now.monotonic + kCleanEvery;
    if (const auto done = store_->clean(now); !done) {
        failed(done.error(), now.monotonic);
    }
}

void BindingWriter::failed(const std::string& why, Moment now) {
    counters_.store_failed.add();
    if (!again_) {  // once, not every five seconds
        journal_.write(LogLevel::kError, "bindings cannot be written: " + why +
                                             "; until then a restart loses what changed");
    }
    again_ = now + kTryAgain;
}

}  // namespace sallyport
