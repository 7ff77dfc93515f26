// SPDX-License-Identifier: Apache-2.0
// --dump: the configuration in effect, complete, in the form of the file; read back it dumps the
// same.
#include "config/load.h"
#include "tests/unit/config/loading.h"

#include <gtest/gtest.h>

#include <string>

namespace sallyport::config {
namespace {

// clang-format off: a line of the file is a line here
const char* const kEveryDefault =
    "workers = 1\n"
    "shards = 1\n"
    "metrics = 127.0.0.1:9464\n"
    "idle = adaptive\n"
    "log-level = info\n"
    "media-records = none\n"
    "hugepages = auto\n"
    "memory = 512\n"
    "max-calls = 10000\n"
    "state-directory = /var/lib/sallyport\n"
    "no-1xx-timeout = 5\n"
    "min-se = 90\n"
    "no-response-code = 408\n"
    "unanchored = pass\n"
    "anchor-udp = false\n"
    "srtp-over-tls-only = false\n"
    "refer = pass\n"
    "unknown-methods = pass\n"
    "dialog-info = pass\n"
    "users = /etc/sallyport/users\n"
    "legacy-digest = false\n"
    "tolerate-bare-lf = false\n"
    "max-header-section = 32768\n"
    "max-header-line = 8192\n"
    "max-headers = 256\n"
    "max-body = 32768\n"
    "max-request-uri = 1024\n"
    "max-call-id = 256\n"
    "max-tag = 256\n"
    "max-vias = 70\n"
    "max-routes = 30\n"
    "max-contacts = 32\n"
    "max-body-parts = 16\n"
    "max-body-nesting = 3\n"
    "max-media-lines = 32\n"
    "\n"
    "[realm.inside]\n"
    "device = net_af_xdp0,iface=lan0\n"
    "tap = sp-inside\n"
    "address = 10.10.0.1/24\n"
    "listen = udp:5060\n"
    "media-ports = 20000-29999\n"
    "nat = true\n"
    "latch = auto\n"
    "latch-ip = signalling\n"
    "latch-packets = 1\n"
    "mobility = false\n"
    "media-keepalive = false\n"
    "dscp-audio = 46\n"
    "dscp-video = 34\n"
    "preserve-dscp = false\n"
    "preloaded-route = pass\n"
    "hide-redirects = false\n"
    "ua-hide = false\n"
    "strip-info-uris = true\n"
    "strip-headers = none\n"
    "topology-hide = true\n"
    "callid = new\n"
    "fork = separate\n"
    "early-ack = off\n"
    "100rel = pass\n"
    "preferred-identity = strip\n"
    "registration = contact-map\n"
    "keepalive = options\n"
    "\n"
    "[realm.outside]\n"
    "device = net_af_xdp1,iface=wan0\n"
    "tap = sp-outside\n"
    "address = 10.20.0.1/24\n"
    "listen = udp:5060\n"
    "media-ports = 30000-39999\n"
    "nat = false\n"
    "latch = auto\n"
    "latch-ip = signalling\n"
    "latch-packets = 1\n"
    "mobility = false\n"
    "media-keepalive = false\n"
    "dscp-audio = 46\n"
    "dscp-video = 34\n"
    "preserve-dscp = false\n"
    "preloaded-route = pass\n"
    "hide-redirects = false\n"
    "ua-hide = false\n"
    "strip-info-uris = true\n"
    "strip-headers = none\n"
    "topology-hide = true\n"
    "callid = new\n"
    "fork = separate\n"
    "early-ack = off\n"
    "100rel = pass\n"
    "preferred-identity = strip\n"
    "registration = contact-map\n"
    "keepalive = options\n"
    "\n"
    "[peer.carrier]\n"
    "realm = outside\n"
    "uri = sip:10.20.0.2:5060\n"
    "redirect = pass\n"
    "max-pending-registers = 100\n"
    "failover-codes = none\n"
    "\n"
    "[route.out]\n"
    "from = inside\n"
    "to = peer.carrier\n"
    "when = always\n"
    "priority = 100\n"
    "method = any\n"
    "user = any\n"
    "user-prefix = any\n"
    "user-regex = any\n"
    "domain = any\n"
    "header = any\n"
    "strip-digits = 0\n"
    "add-prefix = none\n"
    "\n"
    "[route.in]\n"
    "from = outside\n"
    "to = registered\n"
    "when = always\n"
    "priority = 100\n"
    "method = any\n"
    "user = any\n"
    "user-prefix = any\n"
    "user-regex = any\n"
    "domain = any\n"
    "header = any\n"
    "strip-digits = 0\n"
    "add-prefix = none\n";
// clang-format on

TEST(Dump, IsTheFileWithEveryDefault) {
    const auto loaded = load_text(kGood, {"--dump"});
    ASSERT_TRUE(loaded) << all(loaded.error());
    EXPECT_EQ(loaded->mode, Mode::kDump);
    EXPECT_EQ(loaded->text, kEveryDefault);
}

TEST(Dump, OfADumpIsTheSame) {
    const std::string other =
        "metrics=0.0.0.0:9000\nidle=poll\nhugepages=off\nlog-level=error\nmax-calls=77\n[realm.r_1]"
        "\n"
        "device=1:0.0\ntap=t\naddress=2001:DB8::0:1/64\nlisten=udp:5080, udp:5060\n"
        "media-ports = 10240 - 65535\n[realm.s]\ndevice=d2\ntap=t2\naddress=192.0.2.1/31\n"
        "[route.b]\nfrom=s\nto=group.g,peer.p\n[peer.p]\nuri=sip:192.0.2.0\nrealm=s\n"
        "failover-codes=500, 502\n"
        "[route.c]\nfrom=s\nto=registered\nmethod=MESSAGE\nuser-prefix=%2a31%23\n"
        "domain=*.Example.com\nheader=X-Line:gold\npriority=0\n"
        "[route.e]\nfrom=s\nto=peer.p\nuser-regex=0[1-9]\\d*,?\n"
        "[route.d]\nfrom=s\nto=peer.p,group.g\nuser=%61ny\nstrip-digits=2\nadd-prefix=+49\n"
        "[group.g]\nmembers=peer.r priority=2, peer.q weight=3\n"
        "[peer.q]\nuri=sip:192.0.2.0:5070\nrealm=s\n[peer.r]\nuri=sip:192.0.2.0:5080\nrealm=s\n";
    for (const std::string& text : {std::string(kGood), other}) {
        const auto first = load_text(text, {"--dump", "--shards=3"});
        ASSERT_TRUE(first) << all(first.error());
        const auto second = load_text(first->text, {"--dump"});
        ASSERT_TRUE(second) << all(second.error());
        EXPECT_EQ(second->text, first->text);
        EXPECT_EQ(second->config.shards, 3);
        EXPECT_EQ(all(first->warnings).empty(), all(second->warnings).empty());
    }
}

}  // namespace
}  // namespace sallyport::config
