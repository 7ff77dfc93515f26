#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints docs/nat-matrix.md: what the NATs of the zoo were found to be (what probe.py wrote), and what was heard in every call (what
matrix.py and zoo.sh wrote): table.py PROBED VERDICTS VERDICTS CAGE=KIND..."""
import json
import sys
from dataclasses import dataclass

NAMES = {"full-cone": "full cone", "address-restricted": "address restricted", "preserve": "port restricted", "random": "symmetric",
         "double": "double NAT"}
HEAD = """<!-- SPDX-License-Identifier: Apache-2.0 -->
<!-- Written by tests/flows/zoo.sh, which fails when it finds anything else. -->
# Calls through every kind of NAT

Each cell is a call of its own in the lab, through a real registrar that demands digest. Both phones speak RTP and RTCP; what one
of them hears is compared with what the other one said, octet by octet. A double NAT is home routers that are port restricted
behind a symmetric carrier-grade one. The real phones are baresip; what they hear is compared as sound.

## The NATs

Found out from both sides before the calls, in the words of RFC 4787.

"""
LEGEND = """
## The calls

SDP, and Via and Contact: the address that the phone names there. *private* is its own; *public* is the NAT's, with the ports that the
phone has inside; *0.0.0.0* is none: who says so is on hold until a re-INVITE names the private one (B2BUA-E11). rport: whether its
Via asks for it (RFC 3581). The neighbour is a phone of the same habits behind the same NAT (B2BUA-G17); the phone in another home has
even the same private address and port, and only a carrier-grade NAT has other homes behind it. Who does not say a word does not
register again either: it answers the gateway's keepalives (B2BUA-H19). *again*: what was heard before the NAT moved or forgot the
phone, before the phone walked off, or without the strangers, was heard afterwards.

"""


CALLS = ("calls out", "is called", "calls its neighbour", "calls another home behind the same NAT", "calls out, rebound meanwhile", "is called, rebound meanwhile",
         "is rebound, registers, is called", "calls out, all silent for 32 s", "is called after 45 s without a word",
         "calls out, walks off meanwhile", "is called, the caller walks off", "calls out among strangers",
         *(f"calls a phone behind {name}" for name in NAMES.values()), "a real phone calls out", "a real phone is called")


@dataclass(frozen=True)
class Ways:
    """What a phone says of itself."""
    sdp: str = "private"
    contact: str = "private"  # and Via
    rport: bool = True


HABITS = [Ways(sdp, contact, rport) for rport in (True, False) for sdp, contact in (
    ("private", "private"), ("public", "public"), ("public", "private"), ("private", "public"), ("0.0.0.0", "private"))]


@dataclass(frozen=True)
class Row:
    call: str
    ways: Ways = Ways()

    def __str__(self):
        return f"{self.call} ({self.ways.sdp} SDP, {self.ways.contact} Contact, {'with' if self.ways.rport else 'without'} rport)"

    @property
    def cells(self):
        return [self.call, self.ways.sdp, self.ways.contact, "yes" if self.ways.rport else "no"]

    def of(self, kind):
        """What stands for a call that was not played with that kind of NAT."""
        return "-" if "another home" in self.call and kind != "double" else "not played"


def lines(rows):
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def facts(cages, probed):
    columns = "mapping", "filtering", "port", "hairpin", "forgets"
    found = [["NAT", *columns], ["---"] * (len(columns) + 1)]
    return found + [[NAMES[kind], *(probed[name][column] for column in columns)] for name, kind in cages]


def calls(cages, verdicts):
    rows = sorted({row for _, row in verdicts}, key=lambda row: (HABITS.index(row.ways), CALLS.index(row.call)))
    played = [["the phone", "SDP", "Via, Contact", "rport", *(NAMES[kind] for _, kind in cages)], ["---"] * (len(cages) + 4)]
    return played + [[*row.cells, *(verdicts.get((name, row), row.of(kind)) for name, kind in cages)] for row in rows]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        probed = json.loads(file.readlines()[-1])
    verdicts = {}
    for name in sys.argv[2:4]:
        with open(name, encoding="utf-8") as file:
            verdicts |= {(cage, Row(call, Ways(sdp, contact, rport == "yes"))): verdict
                         for cage, call, sdp, contact, rport, verdict in json.load(file)}
    cages = [word.split("=") for word in sys.argv[4:]]
    print(HEAD + lines(facts(cages, probed)) + LEGEND + lines(calls(cages, verdicts)), end="")


if __name__ == "__main__":
    main()
