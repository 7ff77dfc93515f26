// SPDX-License-Identifier: Apache-2.0
// Faults of realms, peers and routes, alone and against each other.
#include "tests/unit/config/fault_table.h"

namespace sallyport::config {
namespace {

class SectionFaults : public testing::TestWithParam<FaultRow> {};

TEST_P(SectionFaults, TellsExactlyThese) {
    expect_exactly(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Realms, SectionFaults,
    testing::Values(
        FaultRow{
            "required_keys_missing",
            "tap         = sp-inside\naddress     = 10.10.0.1/24\n",
            "",
            {"5: realm.inside.tap: found nothing, expected a value, it has no default, do add a "
             "line to "
             "[realm.inside], for instance 'tap = sp-inside'",
             "5: realm.inside.address: found nothing, expected a value, it has no default, do add "
             "a line "
             "to [realm.inside], for instance 'address = 10.10.0.1/24'"}},
        FaultRow{"device_with_space",
                 "net_af_xdp0,iface=lan0",
                 "net_af_xdp0, iface=lan0",
                 {"6: realm.inside.device: found 'net_af_xdp0, iface=lan0', expected a DPDK device "
                  "string "
                  "without spaces, do write for instance 'device = net_af_xdp0,iface=lan0'"}},
        FaultRow{
            "device_name_again",
            "net_af_xdp1,iface=wan0",
            "net_af_xdp0,iface=wan0",
            {"14: realm.outside.device: found device 'net_af_xdp0' again, expected a device of its "
             "own "
             "for each realm, do name another one; devices made by a driver are numbered, such as "
             "net_af_xdp0 and net_af_xdp1"}},
        FaultRow{
            "device_interface_again",
            "net_af_xdp1,iface=wan0",
            "net_af_packet0,qpairs=1,iface=lan0",
            {"14: realm.outside.device: found interface 'lan0' again, expected a device of its own "
             "for "
             "each realm, do name an interface that realm inside does not use"}},
        FaultRow{
            "tap_long",
            "= sp-inside",
            "= sp-inside-building-7",
            {"7: realm.inside.tap: found 'sp-inside-building-7', expected at most 15 characters "
             "(the "
             "kernel takes no longer interface names), not 20, do shorten it, for instance to "
             "sp-inside-build"}},
        FaultRow{"tap_with_slash",
                 "= sp-inside",
                 "= sp/inside",
                 {"7: realm.inside.tap: found 'sp/inside', expected an interface name of letters, "
                  "digits, '-', "
                  "'_' and '.', do write for instance 'tap = sp-inside'"}},
        FaultRow{
            "tap_dots",
            "= sp-inside",
            "= ..",
            {"7: realm.inside.tap: found '..', expected an interface name of letters, digits, '-', "
             "'_' "
             "and '.', do write for instance 'tap = sp-inside'"}},
        FaultRow{
            "tap_again",
            "sp-outside",
            "sp-inside",
            {"15: realm.outside.tap: found 'sp-inside' again, expected a tap of its own for each "
             "realm, "
             "do choose a name that realm inside does not use"}},
        FaultRow{"tap_is_the_wire",
                 "sp-outside",
                 "wan0",
                 {"15: realm.outside.tap: found the interface of a device, expected the name of an "
                  "interface "
                  "to create, do choose another name, for instance sp-wan0"}},
        FaultRow{
            "address_without_length",
            "10.10.0.1/24",
            "10.10.0.1",
            {"8: realm.inside.address: found '10.10.0.1', expected an address with the length of "
             "its "
             "network, do write 10.10.0.1/24 if that is the network's length"}},
        FaultRow{
            "address_length",
            "10.10.0.1/24",
            "10.10.0.1/33",
            {"8: realm.inside.address: found '10.10.0.1/33', expected an address with the length "
             "of its "
             "network, do write for instance 'address = 10.10.0.1/24'"}},
        FaultRow{
            "address_mask",
            "10.10.0.1/24",
            "10.10.0.1/255.255.255.0",
            {"8: realm.inside.address: found '10.10.0.1/255.255.255.0', expected an address with "
             "the "
             "length of its network, do write for instance 'address = 10.10.0.1/24'"}},
        FaultRow{
            "address_of_network",
            "10.10.0.1/24",
            "10.10.0.0/24",
            {"8: realm.inside.address: found '10.10.0.0/24', expected an address of a host: this "
             "one is "
             "the address of the network itself, do choose another address in 10.10.0.0/24"}},
        FaultRow{
            "address_broadcast",
            "10.10.0.1/24",
            "10.10.0.255/24",
            {"8: realm.inside.address: found '10.10.0.255/24', expected an address of a host: this "
             "one is "
             "the broadcast address of its network, do choose another address in 10.10.0.255/24"}},
        FaultRow{
            "address_loopback",
            "10.10.0.1/24",
            "127.0.0.1/8",
            {"8: realm.inside.address: found '127.0.0.1/8', expected a unicast address that other "
             "hosts "
             "can reach, do write for instance 'address = 10.10.0.1/24'"}},
        FaultRow{
            "address_again",
            "10.20.0.1/24",
            "10.10.0.1/16",
            {"16: realm.outside.address: found '10.10.0.1' again, expected an address of its own "
             "for each "
             "realm, do give one of them another address; realm inside has this one"}},
        FaultRow{
            "listen_without_port",
            "udp:5060",
            "udp",
            {"9: realm.inside.listen: found 'udp', expected udp:PORT with a port from 1 to 65535 "
             "(UDP is "
             "the only transport yet), do write for instance 'listen = udp:5060'"}},
        FaultRow{
            "listen_tcp",
            "udp:5060",
            "udp:5060,tcp:5060",
            {"9: realm.inside.listen: found 'udp:5060,tcp:5060', expected udp:PORT with a port "
             "from 1 to "
             "65535 (UDP is the only transport yet), do write for instance 'listen = udp:5060'"}},
        FaultRow{
            "listen_port",
            "udp:5060",
            "udp:65536",
            {"9: realm.inside.listen: found 'udp:65536', expected udp:PORT with a port from 1 to "
             "65535 "
             "(UDP is the only transport yet), do write for instance 'listen = udp:5060'"}},
        FaultRow{"listen_twice",
                 "udp:5060",
                 "udp:5060,udp:5060",
                 {"9: realm.inside.listen: found 'udp:5060,udp:5060', expected each port once, do "
                  "remove the "
                  "second udp:5060"}},
        FaultRow{
            "listen_trailing_comma",
            "udp:5060",
            "udp:5060,",
            {"9: realm.inside.listen: found 'udp:5060,', expected udp:PORT with a port from 1 to "
             "65535 "
             "(UDP is the only transport yet), do write for instance 'listen = udp:5060'"}},
        FaultRow{"listen_in_media",
                 "udp:5060",
                 "udp:5060,udp:20000",
                 {"9: realm.inside.listen: found udp:20000, expected a port outside media-ports "
                  "20000-29999, "
                  "do move one of the two"}},
        FaultRow{
            "media_one_port",
            "20000-29999",
            "20000",
            {"10: realm.inside.media-ports: found '20000', expected FIRST-LAST with ports from "
             "1024 to "
             "65535, do write for instance 'media-ports = 20000-29999'"}},
        FaultRow{
            "media_low",
            "20000-29999",
            "1022-29999",
            {"10: realm.inside.media-ports: found '1022-29999', expected FIRST-LAST with ports "
             "from 1024 "
             "to 65535, do write for instance 'media-ports = 20000-29999'"}},
        FaultRow{
            "media_high",
            "20000-29999",
            "20000-65536",
            {"10: realm.inside.media-ports: found '20000-65536', expected FIRST-LAST with ports "
             "from 1024 "
             "to 65535, do write for instance 'media-ports = 20000-29999'"}},
        FaultRow{
            "media_backwards",
            "20000-29999",
            "29999-20000",
            {"10: realm.inside.media-ports: found '29999-20000', expected the lower port first, do "
             "write "
             "20000-29999"}},
        FaultRow{
            "media_odd_first",
            "20000-29999",
            "20001-29999",
            {"10: realm.inside.media-ports: found '20001-29999', expected an even first and an odd "
             "last "
             "port (RTP takes the even port of a pair and RTCP the odd one above it, RFC 3550 "
             "s.11), do "
             "write 20002-29999"}},
        FaultRow{
            "media_even_last",
            "20000-29999",
            "20000-30000",
            {"10: realm.inside.media-ports: found '20000-30000', expected an even first and an odd "
             "last "
             "port (RTP takes the even port of a pair and RTCP the odd one above it, RFC 3550 "
             "s.11), do "
             "write 20000-29999"}},
        FaultRow{
            "media_no_pair",
            "20000-29999",
            "20001-20001",
            {"10: realm.inside.media-ports: found '20001-20001', expected an even first and an odd "
             "last "
             "port (RTP takes the even port of a pair and RTCP the odd one above it, RFC 3550 "
             "s.11), do "
             "write for instance 'media-ports = 20000-29999'"}},
        FaultRow{
            "nat_word",
            "nat         = true",
            "nat = yes",
            {"11: realm.inside.nat: found 'yes', expected true or false, do write 'nat = true' or "
             "false"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    PeersAndRoutes, SectionFaults,
    testing::Values(
        FaultRow{
            "peer_realm_unknown",
            "realm = outside",
            "realm = outsid",
            {"21: peer.carrier.realm: found 'outsid', expected the name of a realm, and there is "
             "no "
             "[realm.outsid], do write outside, or add [realm.outsid]"}},
        FaultRow{
            "peer_realm_absent",
            "realm = outside\n",
            "",
            {"20: peer.carrier.realm: found nothing, expected a value, it has no default, do add a "
             "line "
             "to [peer.carrier], for instance 'realm = outside'"}},
        FaultRow{
            "uri_name",
            "sip:10.20.0.2:5060",
            "sip:sbc.example.net",
            {"22: peer.carrier.uri: found 'sip:sbc.example.net', expected an IP address after sip: "
             "(names "
             "need DNS, which a later version brings), do write the address that the name stands "
             "for, "
             "such as sip:10.20.0.2:5060"}},
        FaultRow{
            "uri_without_scheme",
            "sip:10.20.0.2:5060",
            "10.20.0.2:5060",
            {"22: peer.carrier.uri: found '10.20.0.2:5060', expected sip:IP[:PORT], do begin it "
             "with "
             "sip:"}},
        FaultRow{
            "uri_sips",
            "sip:10.20.0.2:5060",
            "sips:10.20.0.2",
            {"22: peer.carrier.uri: found 'sips:10.20.0.2', expected sip:IP[:PORT] (UDP is the "
             "only "
             "transport yet), do write for instance 'uri = sip:10.20.0.2:5060'"}},
        FaultRow{
            "uri_transport",
            "sip:10.20.0.2:5060",
            "sip:10.20.0.2;transport=tcp",
            {"22: peer.carrier.uri: found 'sip:10.20.0.2;transport=tcp', expected sip:IP[:PORT] "
             "(UDP is "
             "the only transport yet), do write for instance 'uri = sip:10.20.0.2:5060'"}},
        FaultRow{"uri_user",
                 "sip:10.20.0.2:5060",
                 "sip:trunk@10.20.0.2",
                 {"22: peer.carrier.uri: found 'sip:trunk@10.20.0.2', expected sip:IP[:PORT] with "
                  "nothing "
                  "before or after, sip:[IP]:PORT for IPv6, do write for instance 'uri = "
                  "sip:10.20.0.2:5060'"}},
        FaultRow{
            "uri_port",
            "sip:10.20.0.2:5060",
            "sip:10.20.0.2:",
            {"22: peer.carrier.uri: found 'sip:10.20.0.2:', expected sip:IP[:PORT] with nothing "
             "before or "
             "after, sip:[IP]:PORT for IPv6, do write for instance 'uri = sip:10.20.0.2:5060'"}},
        FaultRow{"uri_bare_version6",
                 "sip:10.20.0.2:5060",
                 "sip:2001:db8::2",
                 {"22: peer.carrier.uri: found 'sip:2001:db8::2', expected brackets around an IPv6 "
                  "address, do "
                  "write sip:[2001:db8::2]"}},
        FaultRow{
            "uri_ours",
            "sip:10.20.0.2:5060",
            "sip:10.20.0.1:5080",
            {"22: peer.carrier.uri: found our own address in realm outside, expected the address "
             "of "
             "another host, do write the address of the peer"}},
        FaultRow{"uri_family",
                 "sip:10.20.0.2:5060",
                 "sip:[2001:db8::2]",
                 {"22: peer.carrier.uri: found 2001:db8::2, expected an address of the family of "
                  "10.20.0.1 in "
                  "realm outside, do write such an address or name another realm"}},
        FaultRow{
            "uri_unspecified",
            "sip:10.20.0.2:5060",
            "sip:0.0.0.0",
            {"22: peer.carrier.uri: found 'sip:0.0.0.0', expected the address of another host, do "
             "write "
             "for instance 'uri = sip:10.20.0.2:5060'"}},
        FaultRow{
            "peer_again",
            "[route.out]",
            "[peer.other]\nrealm = outside\nuri = sip:10.20.0.2\n[route.out]",
            {"26: peer.other.uri: found the address of peer carrier, expected an address of its "
             "own for "
             "each peer, do remove one of the two"}},
        FaultRow{"route_from_unknown",
                 "from = inside",
                 "from = dmz",
                 {"25: route.out.from: found 'dmz', expected the name of a realm, and there is no "
                  "[realm.dmz], "
                  "do add the section [realm.dmz] or name one that is there"}},
        FaultRow{
            "route_to_unknown",
            "to   = peer.carrier",
            "to = peer.carier",
            {"26: route.out.to: found 'peer.carier', expected the name of a peer, and there is no "
             "[peer.carier], do write carrier, or add [peer.carier]"}},
        FaultRow{"route_to_bare_peer",
                 "to   = peer.carrier",
                 "to = carrier",
                 {"26: route.out.to: found 'carrier', expected peer.NAME, group.NAME or "
                  "registered, do write "
                  "peer.carrier"}},
        FaultRow{"route_to_realm",
                 "to   = peer.carrier",
                 "to = realm.outside",
                 {"26: route.out.to: found 'realm.outside', expected peer.NAME, group.NAME or "
                  "registered, do write "
                  "for "
                  "instance 'to = peer.carrier'"}},
        FaultRow{"route_survive_where_nothing_dies",
                 "from = outside",
                 "from = inside\nwhen = survive",
                 {"30: route.in.when: found registration is not survive in realm inside, expected "
                  "survive, do set it there, or remove this route"}},
        FaultRow{
            "route_survive_to_registered",
            "39999\n\n[peer.carrier]\nrealm = outside\nuri   = "
            "sip:10.20.0.2:5060\n\n[route.out]\nfrom = inside\nto   = peer.carrier\n\n[route.in]\n",
            "39999\nregistration = survive\n\n[peer.carrier]\nrealm = outside\nuri   = "
            "sip:10.20.0.2:5060\n\n[route.out]\nfrom = inside\nto   = "
            "peer.carrier\n\n[route.in]\nwhen = survive\n",
            {"32: route.in.to: found registered, expected peers: phones that are registered are "
             "called without it, do name a peer, or remove this route"}},
        FaultRow{
            "route_empty",
            "from = inside\nto   = peer.carrier\n",
            "",
            {"24: route.out.from: found nothing, expected a value, it has no default, do add a "
             "line to "
             "[route.out], for instance 'from = inside'",
             "24: route.out.to: found nothing, expected a value, it has no default, do add a line "
             "to "
             "[route.out], for instance 'to = peer.carrier'"}}),
    name_of);

}  // namespace
}  // namespace sallyport::config
