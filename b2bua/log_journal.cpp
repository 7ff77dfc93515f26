// SPDX-License-Identifier: Apache-2.0
#include "b2bua/log_journal.h"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace sallyport {
namespace {

constexpr std::size_t kQueue = 8192;

spdlog::level::level_enum level_of(LogLevel level) noexcept {
    switch (level) {
        case LogLevel::kError:
            return spdlog::level::err;
        case LogLevel::kWarn:
            return spdlog::level::warn;
        case LogLevel::kInfo:
            return spdlog::level::info;
        case LogLevel::kDebug:
            break;
    }
    return spdlog::level::debug;
}

}  // namespace

struct LogJournal::Sink {
    std::shared_ptr<spdlog::details::thread_pool> pool =
        std::make_shared<spdlog::details::thread_pool>(kQueue, 1);
    // Shared because the queued lines hold their logger.
    std::shared_ptr<spdlog::async_logger> logger = std::make_shared<spdlog::async_logger>(
        "sallyport", std::make_shared<spdlog::sinks::stderr_sink_mt>(), pool,
        spdlog::async_overflow_policy::overrun_oldest);
};

LogJournal::LogJournal(LogLevel level) : sink_(std::make_unique<Sink>()) {
    sink_->logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    sink_->logger->set_level(level_of(level));
    sink_->logger->flush_on(spdlog::level::info);
}

LogJournal::~LogJournal() = default;

void LogJournal::write(LogLevel level, std::string_view line) noexcept {
    sink_->logger->log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace sallyport
