#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends well-formed RTP of a loud tone that nobody asked for to a relay port, 50 per second, and with --rtcp a report a
second to the next port. Prints how many packets it sent."""
import argparse
import random
import socket
import struct
import time


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--source", default="", help="address to send from")
    parser.add_argument("--rtcp", action="store_true")
    args = parser.parse_args()
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.bind((args.source, 0))
    source = random.getrandbits(32)
    tone = bytes((0x0A, 0x8A) * 80)  # two loud mu-law values in turn: a 4 kHz buzz nobody can miss
    report = struct.pack("!BBHI", 0x80, 201, 1, source)
    count = int(args.seconds * 50)
    reports = 0
    for n in range(count):
        end.sendto(struct.pack("!BBHII", 0x80, 0, n & 0xFFFF, n * 160, source) + tone, (args.host, args.port))
        if args.rtcp and n % 50 == 0:
            reports += 1
            end.sendto(report, (args.host, args.port + 1))
        time.sleep(0.02)
    print(f"sent {count + reports}")


if __name__ == "__main__":
    main()
