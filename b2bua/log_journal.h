// SPDX-License-Identifier: Apache-2.0
// The journal of the running process: lines to standard error with time and level, written by a
// thread of their own so that a slow terminal never holds up a shard; when its queue is full the
// oldest lines go. Any thread.
#pragma once

#include "b2bua/policy/journal.h"

#include <memory>

namespace sallyport {

class LogJournal final : public Journal {
public:
    explicit LogJournal(LogLevel level);
    ~LogJournal() override;
    LogJournal(const LogJournal&) = delete;
    LogJournal& operator=(const LogJournal&) = delete;

    void write(LogLevel level, std::string_view line) noexcept override;

private:
    struct Sink;
    std::unique_ptr<Sink> sink_;
};

}  // namespace sallyport
