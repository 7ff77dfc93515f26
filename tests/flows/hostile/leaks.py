#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Looks for sprayed packets that the gateway let through, and for anything that it sent to who sprayed: leaks.py DIR
ADDRESS... Prints one line and exits 0 when many arrived and none of either kind left; each leak is a line before it."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "wire"))
import rules  # noqa: E402
from capture import ARP, addresses, frames, kind_of  # noqa: E402
from spray import MARK  # noqa: E402


def main():
    directory, sprayers = sys.argv[1], set(sys.argv[2:])
    arrived = looked_at = leaks = 0
    for side in rules.sides(directory):
        for when, frame in frames(os.path.join(directory, side["name"] + ".pcap")):
            named = addresses(frame)
            if kind_of(frame) == ARP or len(named) < 2:
                continue
            if named[0] != side["gateway"]:
                arrived += MARK in frame
                continue
            looked_at += 1
            if MARK in frame or named[1] in sprayers:
                leaks += 1
                print(f"{side['name']} {when:.6f}: {named[0]} to {named[1]}, {len(frame)} octets")
    print(f"{arrived} marked packets arrived, {looked_at} packets left the gateway, {leaks} leaked")
    return 0 if leaks == 0 and arrived > 1000 and looked_at > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
