#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Judges the captures of one flow: check.py DIR [--hostile|--drawn|--hairpin|--by-path]. DIR holds inside.pcap, outside.pcap
and phone-a.pcap.

No address of one realm may appear on the other side, in any header or payload (D19). tshark must find nothing malformed and
no wrong checksum. The gateway's SIP, SDP and media must follow the rules of rules.py. --hostile: the flow sent junk on
purpose, so only what the gateway itself sent is judged. --drawn: the flow was compared with ladders, which say how many calls
come and go and which tags they have, and their actors may name addresses of the other side. --hairpin: both parties of each
call are in the same realm. --by-path: as drawn, and phones registered in mode path (H15), so that both sides are told each
other's addresses; IP, ARP and neighbour discovery are not. Prints one line per fault; exits 1 when there is one.
"""
import argparse
import os
import subprocess
import sys

import rules
from capture import addresses, frames, sip_messages

OF_INSIDE, OF_OUTSIDE = ("10.10.0.", "192.168.1.", "2001:db8:10:", "2001:db8:1:"), ("10.20.0.", "2001:db8:20:")
FORBIDDEN = {"inside.pcap": OF_OUTSIDE, "phone-a.pcap": OF_OUTSIDE, "outside.pcap": OF_INSIDE}
CHECKSUMS = "ip.checksum.status == 0 || udp.checksum.status == 0"
BAD = (
    f"(_ws.malformed || _ws.short || {CHECKSUMS}"
    " || ((sip || sdp || rtp || rtcp) && _ws.expert.severity == 8388608)) && !icmp"
)
# Protocols of the far ends that only pass, and that the lab's programs speak badly.
OTHERS = ("--disable-protocol", "t38", "--disable-protocol", "isup")


def bad_of_ours(gateways):
    """What the gateway answers to junk, or passes on of it, repeats pieces of it: only its own work is judged."""
    ours = " || ".join(f"{'ipv6' if ':' in address else 'ip'}.src == {address}" for address in gateways)
    return f"({CHECKSUMS}) && ({ours})"


def check_addresses(path, gateway, ours_only, frames_only):
    """D19 on raw bytes: IP, ARP and neighbour discovery, then everything behind the IP header as text, unless frames_only."""
    for number, (_, frame) in enumerate(frames(path), 1):
        named = addresses(frame)
        if ours_only and named and named[0] not in gateway:
            continue
        for start in FORBIDDEN[os.path.basename(path)]:
            if any(address.startswith(start) for address in named):
                yield f"{path} frame {number}: {' > '.join(named)}"
            elif not frames_only and start.encode() in frame[34:]:
                at = frame.index(start.encode(), 34)
                yield f"{path} frame {number}: names {frame[at : at + 24]!r}"


def check_tshark(path, wanted):
    command = ["tshark", "-r", path, "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE",
               "-o", "rtp.heuristic_rtp:TRUE", *OTHERS, "-Y", wanted]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0 and "cut short" not in run.stderr:
        yield f"tshark on {path}: {run.stderr.strip().splitlines()[-1]}"
    for line in run.stdout.splitlines():
        yield f"{path}: tshark: {' '.join(line.split())}"


def check_sip(directory, hostile, drawn, hairpin):
    both, of_sides = rules.sides(directory), []
    for side in both:
        messages, broken = sip_messages(os.path.join(directory, side["name"] + ".pcap"), side["gateway"])
        for datagram, why in broken:
            refusal = datagram.source == side["gateway"] and datagram.payload[:9] in (b"SIP/2.0 4", b"SIP/2.0 5")
            if not hostile or (datagram.source == side["gateway"] and not refusal):
                yield f"{side['name']}: no SIP message ({why}) from {datagram.source}: {datagram.payload[:60]!r}"
        of_sides.append(messages)
        if hostile:
            yield from (f"{side['name']}: {fault}" for fault in rules.check_lengths(side, messages))
            continue
        for check in rules.LEG_CHECKS:
            if drawn and check == rules.check_tags:
                continue
            yield from (f"{side['name']}: {check.__name__}: {fault}" for fault in check(side, messages))
    inside, outside = of_sides
    yield from rules.check_separation(inside, outside)
    if hairpin:
        for side, messages in zip(both, of_sides):
            yield from (f"{side['name']}: {fault}" for fault in rules.check_hairpin(side, messages))
    elif not hostile and not drawn:
        yield from rules.check_pairing(*both, inside, outside)
        yield from rules.check_pairing(*reversed(both), outside, inside)
    yield from rules.check_media(directory, both, of_sides, hairpin)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory")
    parser.add_argument("--hostile", action="store_true")
    parser.add_argument("--drawn", action="store_true")
    parser.add_argument("--hairpin", action="store_true")
    parser.add_argument("--by-path", action="store_true")
    parser.add_argument("--without-tshark", action="store_true", help="for trying the other checks quickly")
    args = parser.parse_args()
    faults, count = [], 0
    gateways = [side["gateway"] for side in rules.sides(args.directory)]
    for name in FORBIDDEN:
        path = os.path.join(args.directory, name)
        count += sum(1 for _ in frames(path))
        faults += check_addresses(path, gateways, args.hostile or args.drawn or args.by_path, args.by_path)
        faults += [] if args.without_tshark else check_tshark(path, bad_of_ours(gateways) if args.hostile else BAD)
    faults += check_sip(args.directory, args.hostile, args.drawn or args.by_path, args.hairpin)
    for fault in faults:
        print(fault)
    if count == 0:
        print("the captures are empty")
    sys.stderr.write(f"{count} frames, {len(faults)} faults\n")
    sys.exit(1 if faults or count == 0 else 0)


if __name__ == "__main__":
    main()
