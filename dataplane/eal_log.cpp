// SPDX-License-Identifier: Apache-2.0
// The stream behind eal_log.h. rte_log may be called from any DPDK thread, so the kept line is
// guarded; it is no packet path.
#include "dataplane/eal_log.h"

#include <rte_log.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <dlfcn.h>
#include <mutex>
#include <string_view>

namespace sallyport::dataplane {

namespace {

struct Captured {
    std::mutex guard;
    std::string complaint;
    FILE* stream{nullptr};
};

Captured& captured() {
    static Captured instance;
    return instance;
}

std::string_view without_prefix(std::string_view line) {
    // "EAL: ", "ETHDEV: ", "init_internals(): ": component or function name, then colon and blank.
    constexpr std::size_t kLongestName = 40;
    std::size_t colon = line.find(": ");
    while (colon < kLongestName && line.find(' ') > colon) {
        line.remove_prefix(colon + 2);
        colon = line.find(": ");
    }
    return line;
}

void keep(std::string_view line, bool is_error) {
    while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) {
        line.remove_suffix(1);
    }
    if (line.empty()) {
        return;
    }
    spdlog::debug("dpdk: {}", line);
    Captured& c = captured();
    const std::lock_guard lock(c.guard);
    if (is_error && c.complaint.empty()) {
        c.complaint = without_prefix(line);
    }
}

ssize_t write_line(void*, const char* text, size_t size) {
    std::string_view all(text, size);
    const int level = rte_log_cur_msg_loglevel();
    const bool is_error = level > 0 && level <= static_cast<int>(RTE_LOG_ERR);
    while (!all.empty()) {
        const std::size_t end = all.find('\n');
        keep(all.substr(0, end), is_error);
        all.remove_prefix(end == std::string_view::npos ? all.size() : end + 1);
    }
    return static_cast<ssize_t>(size);
}

int print_line(int level, const char* format, va_list arguments) {
    constexpr int kDebug = 2;
    char line[256];
    const int length = vsnprintf(line, sizeof line, format, arguments);
    if (length > 0 && level < kDebug) {
        const std::size_t kept = std::min(static_cast<std::size_t>(length), sizeof line - 1);
        keep(std::string_view(line, kept), false);
    }
    return length;
}

}  // namespace

void catch_dpdk_log() {
    Captured& c = captured();
    if (c.stream != nullptr) {
        return;
    }
    cookie_io_functions_t io{};
    io.write = write_line;
    c.stream = fopencookie(nullptr, "w", io);
    if (c.stream != nullptr) {
        setvbuf(c.stream, nullptr, _IOLBF, 1024);
        rte_openlog_stream(c.stream);
    }
}

void catch_xdp_log() {
    // Not linked: a machine without af_xdp need not have them, and their level type is a plain int
    // to the ABI.
    using Print = int (*)(int, const char*, va_list);
    using SetPrint = Print (*)(Print);
    struct Library {
        const char* file;
        const char* setter;
    };
    constexpr Library kLibraries[] = {{"libbpf.so.1", "libbpf_set_print"},
                                      {"libxdp.so.1", "libxdp_set_print"}};
    for (const Library& library : kLibraries) {
        void* loaded = dlopen(library.file, RTLD_LAZY | RTLD_NOLOAD);
        void* setter = loaded == nullptr ? nullptr : dlsym(loaded, library.setter);
        if (setter != nullptr) {
            reinterpret_cast<SetPrint>(setter)(print_line);
        }
        if (loaded != nullptr) {
            dlclose(loaded);  // the driver still holds it
        }
    }
}

void release_dpdk_log() {
    Captured& c = captured();
    if (c.stream != nullptr) {
        rte_openlog_stream(nullptr);
        fclose(c.stream);
        c.stream = nullptr;
    }
}

void forget_dpdk_complaint() {
    Captured& c = captured();
    const std::lock_guard lock(c.guard);
    c.complaint.clear();
}

std::string dpdk_complaint() {
    Captured& c = captured();
    const std::lock_guard lock(c.guard);
    return c.complaint;
}

}  // namespace sallyport::dataplane
