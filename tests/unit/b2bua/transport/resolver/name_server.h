// SPDX-License-Identifier: Apache-2.0
// A DNS server for tests: nsd, on a port of the loopback, with zones of its own in a directory of
// its own. Ends with its owner, by its process id.
#pragma once

#include "config/types/ip.h"

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>

namespace sallyport::resolver {

class NameServer {
public:
    /// Name of a zone, and its file without SOA and NS; "!": there is no file, so all fails.
    using Zones = std::map<std::string, std::string>;

    /// Answers when it is made; throws when it cannot be started.
    explicit NameServer(const Zones& zones);
    ~NameServer();
    NameServer(const NameServer&) = delete;
    NameServer& operator=(const NameServer&) = delete;

    [[nodiscard]] Endpoint endpoint() const noexcept { return endpoint_; }
    /// Ends it and starts another on the same port.
    void restart(const Zones& zones);

private:
    void write(const Zones& zones) const;
    bool start();
    void end() noexcept;
    [[nodiscard]] bool answers() const;

    std::filesystem::path directory_;
    Endpoint endpoint_;
    pid_t process_{-1};
};

/// A port of the loopback where nobody answers.
class SilentServer {
public:
    SilentServer();
    ~SilentServer();
    SilentServer(const SilentServer&) = delete;
    SilentServer& operator=(const SilentServer&) = delete;
    [[nodiscard]] Endpoint endpoint() const noexcept { return endpoint_; }

private:
    int socket_;
    Endpoint endpoint_;
};

}  // namespace sallyport::resolver
