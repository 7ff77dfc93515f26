// SPDX-License-Identifier: Apache-2.0
// Faults of the form of the file and of the keys above the first section.
#include "tests/unit/config/fault_table.h"

namespace sallyport::config {
namespace {

class FileFaults : public testing::TestWithParam<FaultRow> {};

TEST_P(FileFaults, TellsExactlyThese) {
    expect_exactly(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Syntax, FileFaults,
    testing::Values(
        FaultRow{
            "no_equals_sign",
            "workers = 1",
            "workers 1",
            {"1: found 'workers 1', expected a setting such as workers = 1, do write KEY = VALUE, "
             "or put "
             "'#' in front of a comment"}},
        FaultRow{
            "no_key",
            "workers = 1",
            "= 1",
            {"1: found '= 1', expected a setting such as workers = 1, do write KEY = VALUE, or put "
             "'#' in "
             "front of a comment"}},
        FaultRow{"no_value",
                 "workers = 1",
                 "workers =",
                 {"1: workers: found no value, expected a whole number from 1 to 64, do write for "
                  "instance "
                  "'workers = 1'"}},
        FaultRow{
            "semicolon_is_no_comment",
            "workers = 1",
            "; workers",
            {"1: found '; workers', expected a setting such as workers = 1, do write KEY = VALUE, "
             "or put "
             "'#' in front of a comment"}},
        FaultRow{
            "unprintable",
            "workers = 1",
            "w\xc3\xb6rkers",
            {"1: found 'w\\xc3\\xb6rkers', expected a setting such as workers = 1, do write KEY = "
             "VALUE, "
             "or put '#' in front of a comment"}},
        FaultRow{
            "control_octet",
            "uri   = sip:10.20.0.2:5060",
            "uri   = sip:10.20.0.2:5060\x01",
            {"20: peer.carrier.uri: found nothing, expected a value, it has no default, do add a "
             "line to "
             "[peer.carrier], for instance 'uri = sip:10.20.0.2:5060'",
             "22: found octets that are no text, expected a text file in UTF-8, do name a "
             "configuration "
             "file; the rest of this one was not read"}},
        FaultRow{
            "open_header",
            "[route.in]\nfrom = outside\nto   = registered   # learned\n",
            "[route.in\nfrom = outside\n",
            {"28: found '[route.in', expected a section header such as [realm.inside], do close it "
             "with "
             "']' on the same line"}},
        FaultRow{
            "empty_header",
            "[route.in]\nfrom = outside\nto   = registered   # learned\n",
            "[]\nfrom = outside\n",
            {"28: found '', expected realm.NAME, peer.NAME, group.NAME or route.NAME, do give the "
             "section one of these four kinds"}},
        FaultRow{"unknown_section",
                 "[route.in]",
                 "[rout.in]",
                 {"28: found 'rout.in', expected realm.NAME, peer.NAME, group.NAME or route.NAME, "
                  "do write route.NAME"}},
        FaultRow{"section_without_name",
                 "[route.in]",
                 "[route]",
                 {"28: route: found the name '', expected 1 to 32 letters, digits, '-' and '_', a "
                  "letter or "
                  "digit first, do rename it, for instance route.one"}},
        FaultRow{
            "section_with_odd_name",
            "[route.in]",
            "[route.in.side]",
            {"28: route: found the name 'in.side', expected 1 to 32 letters, digits, '-' and '_', "
             "a "
             "letter or digit first, do rename it, for instance route.one"}},
        FaultRow{
            "section_with_long_name",
            "[route.in]",
            "[route.a23456789012345678901234567890123]",
            {"28: route: found the name 'a23456789012345678901234567890123', expected 1 to 32 "
             "letters, "
             "digits, '-' and '_', a letter or digit first, do rename it, for instance route.one"}},
        FaultRow{
            "section_twice",
            "[route.in]\nfrom = outside\nto   = registered   # learned\n",
            "[route.out]\nfrom = outside\nto = registered\n",
            {"28: route.out: found the section a second time, expected once (it begins in line 24 "
             "already), do move these settings there; they were not read"}},
        FaultRow{
            "key_twice",
            "shards  = 1",
            "workers = 2",
            {"2: workers: found the key a second time, expected once (it is in line 1 already), do "
             "remove "
             "one of the two"}},
        FaultRow{
            "unknown_key",
            "shards  = 1",
            "sharts = 1",
            {"2: sharts: found an unknown key, expected one of those that stand above the first "
             "section, "
             "do write shards"}},
        FaultRow{
            "swapped_letters",
            "nat         = true",
            "nta = true",
            {"11: realm.inside.nta: found an unknown key, expected one of those that stand in a "
             "realm, do "
             "write nat"}},
        FaultRow{
            "key_of_nowhere",
            "nat         = true",
            "colour = red",
            {"11: realm.inside.colour: found an unknown key, expected one of those that stand in a "
             "realm, "
             "do remove it; --help lists the keys"}},
        FaultRow{
            "global_key_in_a_section",
            "nat         = true",
            "max-calls = 5",
            {"11: realm.inside.max-calls: found an unknown key, expected one of those that stand "
             "in a "
             "realm, do move it above the first section"}},
        FaultRow{
            "section_key_above",
            "shards  = 1",
            "media-ports = 20000-29999",
            {"2: media-ports: found an unknown key, expected one of those that stand above the "
             "first "
             "section, do move it into a section [realm.NAME]"}},
        FaultRow{
            "switch_in_the_file",
            "shards  = 1",
            "check = true",
            {"2: check: found an unknown key, expected one of those that stand above the first "
             "section, "
             "do remove it; --help lists the keys"}},
        FaultRow{
            "unprintable_key",
            "shards  = 1",
            "shar\xff = 1",
            {"2: 'shar\\xff': found an unknown key, expected one of those that stand above the "
             "first "
             "section, do write shards"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Globals, FileFaults,
    testing::Values(
        FaultRow{
            "workers_none",
            "workers = 1",
            "workers = 0",
            {"1: workers: found '0', expected a whole number from 1 to 64, do write for instance "
             "'workers "
             "= 1'"}},
        FaultRow{
            "workers_many",
            "workers = 1",
            "workers = 65",
            {"1: workers: found '65', expected a whole number from 1 to 64, do write for instance "
             "'workers = 1'"}},
        FaultRow{
            "workers_wrap",
            "workers = 1",
            "workers = 257",
            {"1: workers: found '257', expected a whole number from 1 to 64, do write for instance "
             "'workers = 1'"}},
        FaultRow{
            "workers_huge",
            "workers = 1",
            "workers = 18446744073709551617",
            {"1: workers: found '18446744073709551617', expected a whole number from 1 to 64, do "
             "write "
             "for instance 'workers = 1'"}},
        FaultRow{
            "workers_negative",
            "workers = 1",
            "workers = -1",
            {"1: workers: found '-1', expected a whole number from 1 to 64, do write for instance "
             "'workers = 1'"}},
        FaultRow{
            "workers_with_unit",
            "workers = 1",
            "workers = 1k",
            {"1: workers: found '1k', expected a whole number from 1 to 64, do write for instance "
             "'workers = 1'"}},
        FaultRow{
            "shards_fraction",
            "shards  = 1",
            "shards = 1.5",
            {"2: shards: found '1.5', expected a whole number from 1 to 64, do write for instance "
             "'shards "
             "= 1'"}},
        FaultRow{"memory_small",
                 "shards  = 1",
                 "memory = 63",
                 {"2: memory: found '63', expected a whole number from 64 to 65536, do write for "
                  "instance "
                  "'memory = 512'"}},
        FaultRow{
            "max_calls_none",
            "shards  = 1",
            "max-calls = 0",
            {"2: max-calls: found '0', expected a whole number from 1 to 1000000, do write for "
             "instance "
             "'max-calls = 10000'"}},
        FaultRow{
            "idle_word",
            "shards  = 1",
            "idle = Poll",
            {"2: idle: found 'Poll', expected one of adaptive|poll, do write for instance 'idle = "
             "adaptive'"}},
        FaultRow{
            "log_level_word",
            "shards  = 1",
            "log-level = trace",
            {"2: log-level: found 'trace', expected one of error|warn|info|debug, do write for "
             "instance "
             "'log-level = info'"}},
        FaultRow{
            "hugepages_word",
            "shards  = 1",
            "hugepages = on",
            {"2: hugepages: found 'on', expected one of auto|off, do write for instance 'hugepages "
             "= "
             "auto'"}},
        FaultRow{"metrics_without_port",
                 "127.0.0.1:9464",
                 "127.0.0.1",
                 {"3: metrics: found '127.0.0.1', expected an IPv4 address and a port from 1 to "
                  "65535, do write for instance 'metrics = 127.0.0.1:9464'"}},
        FaultRow{
            "metrics_name",
            "127.0.0.1:9464",
            "localhost:9464",
            {"3: metrics: found 'localhost:9464', expected an IPv4 address and a port from 1 to "
             "65535, do write for instance 'metrics = 127.0.0.1:9464'"}},
        FaultRow{"metrics_port_zero",
                 "127.0.0.1:9464",
                 "127.0.0.1:0",
                 {"3: metrics: found '127.0.0.1:0', expected an IPv4 address and a port from 1 to "
                  "65535, do write for instance 'metrics = 127.0.0.1:9464'"}},
        FaultRow{"metrics_open_bracket",
                 "127.0.0.1:9464",
                 "[::1:9464",
                 {"3: metrics: found '[::1:9464', expected an IPv4 address and a port from 1 to "
                  "65535, do write for instance 'metrics = 127.0.0.1:9464'"}},
        FaultRow{"metrics_version6",
                 "127.0.0.1:9464",
                 "[::1]:9464",
                 {"3: metrics: found '[::1]:9464', expected an IPv4 address and a port from 1 to "
                  "65535, do write for instance 'metrics = 127.0.0.1:9464'"}},
        FaultRow{"metrics_multicast",
                 "127.0.0.1:9464",
                 "224.0.0.1:9464",
                 {"3: metrics: found '224.0.0.1:9464', expected an address of this host, not a "
                  "multicast "
                  "address, do write for instance 'metrics = 127.0.0.1:9464'"}}),
    name_of);

}  // namespace
}  // namespace sallyport::config
