// SPDX-License-Identifier: Apache-2.0
// Faults of groups and routes, alone and against each other (B2BUA-I1, I4, I6).
#include "tests/unit/config/fault_table.h"

namespace sallyport::config {
namespace {

class RouteFaults : public testing::TestWithParam<FaultRow> {};

TEST_P(RouteFaults, B2BUA_I1_TellsExactlyThese) {
    expect_exactly(GetParam());
}

// What follows stands where [route.in] begins: in line 28.
constexpr const char* kHere = "[route.in]\nfrom = outside\n";

INSTANTIATE_TEST_SUITE_P(
    Groups, RouteFaults,
    testing::Values(
        FaultRow{"group_without_members",
                 kHere,
                 "[group.g]\n[route.in]\nfrom = outside\n",
                 {"28: group.g.members: found nothing, expected a value, it has no default, do add "
                  "a line to [group.g], for instance 'members = "
                  "peer.carrier'"}},
        FaultRow{"group_with_nothing",
                 kHere,
                 "[group.g]\nmembers =\n[route.in]\nfrom = outside\n",
                 {"29: group.g.members: found no value, expected peer.NAME, with priority=N and "
                  "weight=N behind it where they are not 1, do write for instance 'members = "
                  "peer.carrier'"}},
        FaultRow{"member_unknown",
                 kHere,
                 "[group.g]\nmembers = peer.carier weight=3\n[route.in]\nfrom = outside\n",
                 {"29: group.g.members: found 'peer.carier weight=3', expected the name of a peer, "
                  "and there is no [peer.carier], do write carrier, or add [peer.carier]"}},
        FaultRow{"member_without_its_kind",
                 kHere,
                 "[group.g]\nmembers = carrier\n[route.in]\nfrom = outside\n",
                 {"29: group.g.members: found 'carrier', expected peer.NAME, with priority=N and "
                  "weight=N behind it where they are not 1, do write peer.carrier"}},
        FaultRow{"group_in_a_group",
                 kHere,
                 "[group.g]\nmembers = peer.carrier, group.h\n[group.h]\nmembers = "
                 "peer.carrier\n[route.in]\nfrom = outside\n",
                 {"29: group.g.members: found 'peer.carrier, group.h', expected peers: a group has "
                  "no group in it, do name the peers of group.h instead"}},
        FaultRow{"member_twice",
                 kHere,
                 "[group.g]\nmembers = peer.carrier, peer.carrier weight=2\n[route.in]\nfrom = "
                 "outside\n",
                 {"29: group.g.members: found 'peer.carrier, peer.carrier weight=2', expected each "
                  "peer once, do name peer.carrier once"}},
        FaultRow{"weight_too_large",
                 kHere,
                 "[group.g]\nmembers = peer.carrier weight=65536\n[route.in]\nfrom = outside\n",
                 {"29: group.g.members: found 'peer.carrier weight=65536', expected a weight from "
                  "0 to 65535, do write for instance weight=1"}},
        FaultRow{"priority_is_no_number",
                 kHere,
                 "[group.g]\nmembers = peer.carrier priority=high\n[route.in]\nfrom = outside\n",
                 {"29: group.g.members: found 'peer.carrier priority=high', expected a priority "
                  "from 0 to 65535, do write for instance priority=1"}},
        FaultRow{"member_with_blanks",
                 kHere,
                 "[group.g]\nmembers = peer.carrier weight = 3\n[route.in]\nfrom = outside\n",
                 {"29: group.g.members: found 'peer.carrier weight = 3', expected priority=N or "
                  "weight=N behind the name of a peer, without blanks in it, do write for instance "
                  "peer.carrier weight=3"}},
        FaultRow{"one_fault_for_a_group_and_who_names_it",
                 "to   = peer.carrier",
                 "to = group.g\n[group.g]\nmembers = peer.none",
                 {"28: group.g.members: found 'peer.none', expected the name of a peer, and there "
                  "is no [peer.none], do add the section [peer.none] or name one that is there"}},
        FaultRow{"route_to_unknown_group",
                 "to   = peer.carrier",
                 "to = group.g",
                 {"26: route.out.to: found 'group.g', expected the name of a group, and there is "
                  "no [group.g], do add the section [group.g] or name one that is there"}},
        FaultRow{"route_to_bare_group",
                 "to   = peer.carrier",
                 "to = g\n[group.g]\nmembers = peer.carrier",
                 {"26: route.out.to: found 'g', expected peer.NAME, group.NAME or registered, do "
                  "write group.g"}},
        FaultRow{"peer_beside_its_group",
                 "to   = peer.carrier",
                 "to = peer.carrier, group.g\n[group.g]\nmembers = peer.carrier",
                 {"26: route.out.to: found 'peer.carrier, group.g', expected each peer once, do "
                  "name peer.carrier once; it is in group.g"}},
        FaultRow{"failover_after_a_challenge",
                 "uri   = sip:10.20.0.2:5060",
                 "uri = sip:10.20.0.2:5060\nfailover-codes = 500,407",
                 {"23: peer.carrier.failover-codes: found '500,407', expected none, or codes from "
                  "400 to 599 but 401, 407 and 487, which always go to the caller, do write for "
                  "instance 'failover-codes = 500,502,504'"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Routes, RouteFaults,
    testing::Values(
        FaultRow{"route_again",
                 "from = outside",
                 "from = inside",
                 {"29: route.in.from: found realm, conditions and priority of [route.out] again, "
                  "expected a route that takes other requests, do give one of them a condition, "
                  "such as user-prefix, or remove it"}},
        FaultRow{"route_with_the_same_conditions",
                 "from = inside\nto   = peer.carrier\n",
                 "from = inside\nto = peer.carrier\nheader = X-Line: gold\n[route.more]\nfrom = "
                 "inside\nto = peer.carrier\nheader = x-line: gold\n",
                 {"29: route.more.from: found realm, conditions and priority of [route.out] again, "
                  "expected a route that takes other requests, do give one of them a condition, "
                  "such as user-prefix, or remove it"}},
        FaultRow{"method_of_dialogs",
                 "to   = peer.carrier",
                 "to = peer.carrier\nmethod = BYE",
                 {"27: route.out.method: found 'BYE', expected a method that may begin something: "
                  "this one goes where its dialog goes, do write for instance 'method = "
                  "MESSAGE'"}},
        FaultRow{"method_register",
                 "to   = peer.carrier",
                 "to = peer.carrier\nmethod = REGISTER",
                 {"27: route.out.method: found 'REGISTER', expected another method: registrations "
                  "go to the first peer of the route without conditions, do remove the line, or "
                  "name another method"}},
        FaultRow{"method_in_small_letters",
                 "to   = peer.carrier",
                 "to = peer.carrier\nmethod = invite",
                 {"27: route.out.method: found 'invite', expected any, or a method as it stands in "
                  "requests, do write INVITE"}},
        FaultRow{"user_with_host",
                 "to   = peer.carrier",
                 "to = peer.carrier\nuser = bob@example.com",
                 {"27: route.out.user: found 'bob@example.com', expected any, or a user part or "
                  "number as in a SIP URI, %23 for #, do write for instance +49"}},
        FaultRow{"user_and_prefix",
                 "to   = peer.carrier",
                 "to = peer.carrier\nuser = bob\nuser-prefix = b",
                 {"28: route.out.user-prefix: found user beside it, expected one of the two, do "
                  "remove this line, or user"}},
        FaultRow{"regex_beside_a_prefix",
                 "to   = peer.carrier",
                 "to = peer.carrier\nuser-regex = 0.*\nuser-prefix = 0",
                 {"27: route.out.user-regex: found user-prefix beside it, expected one of the two, "
                  "do remove this line, or user-prefix"}},
        FaultRow{"regex_that_is_none",
                 "to   = peer.carrier",
                 "to = peer.carrier\nuser-regex = (0",
                 {"27: route.out.user-regex: found '(0', expected any, or a regular expression "
                  "(missing ): (0), do write for instance 0[1-9].*"}},
        FaultRow{"regex_that_looks_ahead",
                 "to   = peer.carrier",
                 "to = peer.carrier\nuser-regex = 0(?!0).*",
                 {"27: route.out.user-regex: found '0(?!0).*', expected any, or a regular "
                  "expression (invalid perl operator: (?!), do write for instance 0[1-9].*"}},
        FaultRow{"domain_with_port",
                 "to   = peer.carrier",
                 "to = peer.carrier\ndomain = example.com:5060",
                 {"27: route.out.domain: found 'example.com:5060', expected any, a host without a "
                  "port, or *.HOST for all below it, do write for instance example.com"}},
        FaultRow{"domain_without_brackets",
                 "to   = peer.carrier",
                 "to = peer.carrier\ndomain = 2001:db8::1",
                 {"27: route.out.domain: found '2001:db8::1', expected brackets around an IPv6 "
                  "address, do write [2001:db8::1]"}},
        FaultRow{"header_without_value",
                 "to   = peer.carrier",
                 "to = peer.carrier\nheader = X-Line:",
                 {"27: route.out.header: found 'X-Line:', expected any, the name of a header, or "
                  "NAME: VALUE, do write for instance X-Line: gold"}},
        FaultRow{"priority_too_large",
                 "to   = peer.carrier",
                 "to = peer.carrier\npriority = 65536",
                 {"27: route.out.priority: found '65536', expected a whole number from 0 to 65535, "
                  "do write for instance 'priority = 100'"}},
        FaultRow{"prefix_with_letters",
                 "to   = peer.carrier",
                 "to = peer.carrier\nadd-prefix = 0a",
                 {"27: route.out.add-prefix: found '0a', expected none, or up to 32 digits, with + "
                  "in front if need be, do write for instance +49"}},
        FaultRow{"numbers_to_phones",
                 "to   = registered   # learned",
                 "to = registered\nstrip-digits = 1",
                 {"31: route.in.strip-digits: found a rule for numbers on the way to registered "
                  "phones, expected one on the way to peers, do remove the line"}}),
    name_of);

}  // namespace
}  // namespace sallyport::config
