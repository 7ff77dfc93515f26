// SPDX-License-Identifier: Apache-2.0
// Faults of the options that say how calls and their headers cross.
#include "tests/unit/config/fault_table.h"

namespace sallyport::config {
namespace {

class OptionFaults : public testing::TestWithParam<FaultRow> {};

TEST_P(OptionFaults, TellsExactlyThese) {
    expect_exactly(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Calls, OptionFaults,
    testing::Values(
        FaultRow{
            "no_response_code",
            "shards  = 1",
            "no-response-code = 404",
            {"2: no-response-code: found '404', expected one of 408|480, do write for instance "
             "'no-response-code = 408'"}},
        FaultRow{"state_directory",
                 "shards  = 1",
                 "state-directory = var/lib",
                 {"2: state-directory: found 'var/lib', expected the absolute path of a directory "
                  "without spaces, or none, do write for instance 'state-directory = "
                  "/var/lib/sallyport'"}},
        FaultRow{"media_records",
                 "shards  = 1",
                 "media-records = media\x7f.json",
                 {"2: media-records: found 'media\\x7f.json', expected the name of a file, do "
                  "write for instance 'media-records = none'"}},
        FaultRow{"fork",
                 "nat         = true",
                 "fork = one",
                 {"11: realm.inside.fork: found 'one', expected one of separate|single, do write "
                  "for instance 'fork = separate'"}},
        FaultRow{"early_ack",
                 "nat         = true",
                 "early-ack = true",
                 {"11: realm.inside.early-ack: found 'true', expected one of off|on, do write for "
                  "instance 'early-ack = off'"}},
        FaultRow{
            "reliable",
            "nat         = true",
            "100rel = require",
            {"11: realm.inside.100rel: found 'require', expected one of pass|off, do write for "
             "instance '100rel = pass'"}},
        FaultRow{
            "preferred_identity",
            "nat         = true",
            "preferred-identity = pass",
            {"11: realm.inside.preferred-identity: found 'pass', expected one of strip|assert, "
             "do write for instance 'preferred-identity = strip'"}},
        FaultRow{"registration",
                 "nat         = true",
                 "registration = registrar",
                 {"11: realm.inside.registration: found 'registrar', expected one of "
                  "contact-map|path|local|survive, do write for instance 'registration = "
                  "contact-map'"}},
        FaultRow{"keepalive",
                 "nat         = true",
                 "keepalive = on",
                 {"11: realm.inside.keepalive: found 'on', expected one of options|crlf|off, do "
                  "write for instance 'keepalive = options'"}},
        FaultRow{"latch",
                 "nat         = true",
                 "latch = true",
                 {"11: realm.inside.latch: found 'true', expected one of auto|on|off|port, do "
                  "write for instance 'latch = auto'"}},
        FaultRow{"latch_ip",
                 "nat         = true",
                 "latch-ip = sdp",
                 {"11: realm.inside.latch-ip: found 'sdp', expected one of signalling|subnet|any, "
                  "do write for instance 'latch-ip = signalling'"}},
        FaultRow{"latch_packets",
                 "nat         = true",
                 "latch-packets = 2",
                 {"11: realm.inside.latch-packets: found '2', expected one of 1|3, do write for "
                  "instance 'latch-packets = 1'"}},
        FaultRow{"callid",
                 "nat         = true",
                 "callid = keep",
                 {"11: realm.inside.callid: found 'keep', expected one of new|preserve, do write "
                  "for instance 'callid = new'"}},
        FaultRow{"topology_hide",
                 "nat         = true",
                 "topology-hide = yes",
                 {"11: realm.inside.topology-hide: found 'yes', expected true or false, do write "
                  "'topology-hide = true' or false"}},
        FaultRow{
            "realm_option_of_a_peer",
            "uri   = sip:10.20.0.2:5060",
            "uri = sip:10.20.0.2\nfork = single",
            {"23: peer.carrier.fork: found an unknown key, expected one of those that stand in a "
             "peer, do move it into a section [realm.NAME]"}}),
    name_of);

TEST(OptionWarnings, PreferredIdentitiesOfATrustedRealm) {
    const auto loaded =
        load_text(replaced(kGood, "media-ports = 30000-39999\n",
                           "media-ports = 30000-39999\npreferred-identity = assert\n"));
    ASSERT_TRUE(loaded) << all(loaded.error());
    EXPECT_EQ(all(loaded->warnings),
              "FILE:19: realm.outside.preferred-identity: found assert in a realm that is trusted, "
              "expected a realm with nat = true, do remove the line; P-Asserted-Identity of this "
              "realm passes as it is\n");
}

TEST(OptionWarnings, NoneWherePhonesAre) {
    const auto loaded = load_text(replaced(kGood, "nat         = true",
                                           "nat = true\npreferred-identity = assert\n"
                                           "fork = single\nearly-ack = on\n100rel = off\n"
                                           "callid = preserve\ntopology-hide = false"));
    ASSERT_TRUE(loaded) << all(loaded.error());
    EXPECT_EQ(all(loaded->warnings), "");
    const Realm& realm = loaded->config.realms[0];
    EXPECT_EQ(realm.preferred_identity, PreferredIdentity::kAssert);
    EXPECT_EQ(realm.fork, Forking::kSingle);
    EXPECT_EQ(realm.early_ack, Toggle::kOn);
    EXPECT_EQ(realm.reliable, ReliableResponses::kOff);
    EXPECT_EQ(realm.callid, CallIdOfCalls::kPreserve);
    EXPECT_FALSE(realm.topology_hide);
}

}  // namespace
}  // namespace sallyport::config
