// SPDX-License-Identifier: Apache-2.0
// For the tests of config/: the configuration every row starts from, and load() on a text instead
// of a file.
#pragma once

#include "config/load.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::config {

// Line numbers in the fault tables count here.
inline constexpr std::string_view kGood =
    "workers = 1\n"                                // 1
    "shards  = 1\n"                                // 2
    "metrics = 127.0.0.1:9464\n"                   // 3
    "\n"                                           // 4
    "[realm.inside]\n"                             // 5
    "device      = net_af_xdp0,iface=lan0  # c\n"  // 6
    "tap         = sp-inside\n"                    // 7
    "address     = 10.10.0.1/24\n"                 // 8
    "listen      = udp:5060\n"                     // 9
    "media-ports = 20000-29999\n"                  // 10
    "nat         = true\n"                         // 11
    "\n"                                           // 12
    "[realm.outside]\n"                            // 13
    "device      = net_af_xdp1,iface=wan0\n"       // 14
    "tap         = sp-outside\n"                   // 15
    "address     = 10.20.0.1/24\n"                 // 16
    "listen      = udp:5060\n"                     // 17
    "media-ports = 30000-39999\n"                  // 18
    "\n"                                           // 19
    "[peer.carrier]\n"                             // 20
    "realm = outside\n"                            // 21
    "uri   = sip:10.20.0.2:5060\n"                 // 22
    "\n"                                           // 23
    "[route.out]\n"                                // 24
    "from = inside\n"                              // 25
    "to   = peer.carrier\n"                        // 26
    "\n"                                           // 27
    "[route.in]\n"                                 // 28
    "from = outside\n"                             // 29
    "to   = registered   # learned\n";             // 30

/// A file that lives as long as this object, named after the running test.
class TemporaryFile {
public:
    /// name: what tells it from other files of the same test.
    explicit TemporaryFile(std::string_view text, const std::string& name = "conf") {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        for (const char* part : {test->test_suite_name(), test->name()}) {
            path_.append(".").append(part);
        }
        for (char& c : path_) {
            c = c == '/' ? '.' : c;
        }
        path_ = testing::TempDir() + "sallyport" + path_ + "." + name;
        std::ofstream(path_, std::ios::binary) << text;
    }
    ~TemporaryFile() { (void)std::remove(path_.c_str()); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

using Loaded = Result<Invocation, std::vector<Fault>>;

/// load() of a file with this text, which faults call "FILE".
inline Loaded load_text(std::string_view text, std::vector<std::string> arguments = {}) {
    const TemporaryFile file(text);
    arguments.push_back("--config=" + file.path());
    Loaded loaded = load(arguments);
    const auto rename = [&](std::vector<Fault> faults) {
        for (Fault& fault : faults) {
            const std::size_t at = fault.where.find(file.path());
            if (at != std::string::npos) {
                fault.where.replace(at, file.path().size(), "FILE");
            }
        }
        return faults;
    };
    if (!loaded) {
        return Failure{rename(loaded.error())};
    }
    loaded->warnings = rename(loaded->warnings);
    return loaded;
}

inline std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
    std::string out(text);
    const std::size_t at = out.find(from);
    EXPECT_NE(at, std::string::npos) << "the row replaces what is not there: " << from;
    return at == std::string::npos ? out : out.replace(at, from.size(), to);
}

inline std::string all(const std::vector<Fault>& faults) {
    std::string out;
    for (const Fault& fault : faults) {
        out += to_string(fault) + "\n";
    }
    return out;
}

}  // namespace sallyport::config
