// SPDX-License-Identifier: Apache-2.0
// Workers tell the mirror which next hops they miss. Writers: workers; reader: mirror thread.
// Requests are few (each worker asks once per next hop and second), so a bell per request is cheap.
#pragma once

#include "config/types/id.h"
#include "config/types/ip.h"
#include "dataplane/shard_inbox.h"

#include <string>

namespace sallyport::dataplane {

class ResolveRequests {
public:
    struct alignas(4) Request {
        IpAddr next_hop;
        RealmId realm;
    };
    static_assert(sizeof(Request) % 4 == 0);

    explicit ResolveRequests(const std::string& name);
    ~ResolveRequests();
    ResolveRequests(const ResolveRequests&) = delete;
    ResolveRequests& operator=(const ResolveRequests&) = delete;
    [[nodiscard]] bool ok() const noexcept { return ring_ != nullptr && bell_ >= 0; }

    /// Worker. A full ring loses the request; the worker asks again.
    void ask(const Request& request) noexcept;

    /// Mirror: readable when requests wait.
    [[nodiscard]] int bell() const noexcept { return bell_; }
    /// Mirror: false when there is none.
    [[nodiscard]] bool take(Request& request) noexcept;
    void quiet() noexcept;

private:
    static constexpr unsigned kSlots = 512;
    RingHandle ring_;
    int bell_{-1};
};

}  // namespace sallyport::dataplane
