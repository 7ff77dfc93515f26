// SPDX-License-Identifier: Apache-2.0
// The file of option media-records: one line of JSON for each call that ended, appended by a thread
// of its own so that a slow disk never holds up a shard; when its queue is full the oldest records
// go. Any thread.
#pragma once

#include "b2bua/call/media_report.h"
#include "config/types/result.h"

#include <memory>
#include <string>

namespace sallyport {

class MediaRecords {
public:
    /// Opens or creates the file, for its owner and to be read by the group. The error says what
    /// was wrong and what to do.
    [[nodiscard]] static Result<std::unique_ptr<MediaRecords>, std::string> open(
        const std::string& path);
    ~MediaRecords();
    MediaRecords(const MediaRecords&) = delete;
    MediaRecords& operator=(const MediaRecords&) = delete;

    /// Goes on in the file that has the name now: the other one was moved away (logrotate). The
    /// error is for the log; nothing is lost.
    [[nodiscard]] Outcome<std::string> reopen();
    void write(const call::MediaReport& report) noexcept;

private:
    struct Sink;
    explicit MediaRecords(std::unique_ptr<Sink> sink) noexcept;
    std::unique_ptr<Sink> sink_;
};

}  // namespace sallyport
