// SPDX-License-Identifier: Apache-2.0
#include "b2bua/media_records.h"

#include "b2bua/call/media_json.h"

#include <spdlog/async.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace sallyport {
namespace {

constexpr std::size_t kQueue = 8192;
/// Who called whom is for the owner and its group.
constexpr mode_t kFileMode = 0640;

int open_to_append(const std::string& path) noexcept {
    return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kFileMode);
}

std::string fault_of(const std::string& path, int error) {
    return "media-records: cannot append to '" + path + "': " + std::strerror(error) +
           "; name a file in a directory that exists and may be written to, or take media-records "
           "out";
}

/// Each line is one write to the end of the file, wherever that is by then.
class AppendedFile final : public spdlog::sinks::base_sink<std::mutex> {
public:
    AppendedFile(std::string path, int fd) noexcept : path_(std::move(path)), fd_(fd) {}
    ~AppendedFile() override { close(fd_); }
    AppendedFile(const AppendedFile&) = delete;
    AppendedFile& operator=(const AppendedFile&) = delete;

    /// 0, or errno: then lines still go to the file that was open.
    int reopen() {
        const int fresh = open_to_append(path_);
        if (fresh < 0) {
            return errno;
        }
        const std::lock_guard lock(mutex_);
        close(std::exchange(fd_, fresh));
        return 0;
    }

private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        std::string line(message.payload.data(), message.payload.size());
        line.push_back('\n');
        for (std::string_view rest = line; !rest.empty();) {
            const ssize_t written = ::write(fd_, rest.data(), rest.size());
            if (written < 0 && errno != EINTR) {
                throw spdlog::spdlog_ex("media-records: cannot append to " + path_, errno);
            }
            rest.remove_prefix(static_cast<std::size_t>(std::max(written, ssize_t{0})));
        }
    }
    void flush_() override {}

    std::string path_;
    int fd_;
};

}  // namespace

struct MediaRecords::Sink {
    Sink(const std::string& path, int fd)
        : file(std::make_shared<AppendedFile>(path, fd)),
          logger(std::make_shared<spdlog::async_logger>(
              "media-records", file, pool, spdlog::async_overflow_policy::overrun_oldest)) {}
    std::shared_ptr<spdlog::details::thread_pool> pool =
        std::make_shared<spdlog::details::thread_pool>(kQueue, 1);
    // Shared because the queued lines hold their logger, and that its file.
    std::shared_ptr<AppendedFile> file;
    std::shared_ptr<spdlog::async_logger> logger;
};

Result<std::unique_ptr<MediaRecords>, std::string> MediaRecords::open(const std::string& path) {
    const int fd = open_to_append(path);
    if (fd < 0) {
        return Failure{fault_of(path, errno)};
    }
    return std::unique_ptr<MediaRecords>(new MediaRecords(std::make_unique<Sink>(path, fd)));
}

Outcome<std::string> MediaRecords::reopen() {
    const int error = sink_->file->reopen();
    return error == 0 ? Outcome<std::string>(Done{})
                      : Outcome<std::string>(Failure{
                            std::string("media-records: the file could not be opened anew: ") +
                            std::strerror(error) +
                            "; records still go to the one that was open; see to its directory and "
                            "send SIGHUP again"});
}

MediaRecords::MediaRecords(std::unique_ptr<Sink> sink) noexcept : sink_(std::move(sink)) {}

MediaRecords::~MediaRecords() = default;

void MediaRecords::write(const call::MediaReport& report) noexcept {
    const std::string line = call::to_json(report);
    sink_->logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace sallyport
