// SPDX-License-Identifier: Apache-2.0
#include "b2bua/media_records.h"

#include "b2bua/call/media_json.h"

#include <spdlog/async.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace sallyport {
namespace {

constexpr std::size_t kQueue = 8192;

/// Empty: it can be opened. Asked before spdlog does, which would make missing directories.
std::string fault_of(const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "ab");
    if (file == nullptr) {
        return "media-records: cannot append to '" + path + "': " + std::strerror(errno) +
               "; name a file in a directory that exists and may be written to, or take "
               "media-records out";
    }
    std::fclose(file);
    return {};
}

}  // namespace

struct MediaRecords::Sink {
    explicit Sink(const std::string& path)
        : logger(std::make_shared<spdlog::async_logger>(
              "media-records", std::make_shared<spdlog::sinks::basic_file_sink_mt>(path), pool,
              spdlog::async_overflow_policy::overrun_oldest)) {
        logger->set_pattern("%v");
        logger->flush_on(spdlog::level::info);
    }
    std::shared_ptr<spdlog::details::thread_pool> pool =
        std::make_shared<spdlog::details::thread_pool>(kQueue, 1);
    // Shared because the queued lines hold their logger.
    std::shared_ptr<spdlog::async_logger> logger;
};

Result<std::unique_ptr<MediaRecords>, std::string> MediaRecords::open(const std::string& path) {
    if (std::string fault = fault_of(path); !fault.empty()) {
        return Failure{std::move(fault)};
    }
    try {
        return std::unique_ptr<MediaRecords>(new MediaRecords(std::make_unique<Sink>(path)));
    } catch (const spdlog::spdlog_ex& fault) {
        return Failure{"media-records: " + std::string(fault.what())};
    }
}

MediaRecords::MediaRecords(std::unique_ptr<Sink> sink) noexcept : sink_(std::move(sink)) {}

MediaRecords::~MediaRecords() = default;

void MediaRecords::write(const call::MediaReport& report) noexcept {
    const std::string line = call::to_json(report);
    sink_->logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace sallyport
