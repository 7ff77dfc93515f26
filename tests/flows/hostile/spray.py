#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends what looks like media to every port of a range, again and again, in a random order: RTP, RTCP, STUN, DTLS, UDPTL,
octets without sense, and nothing at all. Every payload that has room for it carries MARK. Prints how many packets it sent
and how many came back to it."""
import argparse
import random
import socket
import struct
import time

MARK = b"SPRAYED!"
BATCH = 50
PAUSE_BETWEEN_LOOKS = 0.3  # an answer may take that long


def rtp(dice):
    """RFC 3550 s.5.1: a loud tone of PCMU or PCMA."""
    head = struct.pack("!BBHII", 0x80, dice.choice((0, 8)), dice.getrandbits(16), dice.getrandbits(32), dice.getrandbits(32))
    return head + MARK + bytes((0x0A, 0x8A) * 76)


def rtcp(dice):
    """RFC 3550 s.6.4.1, s.6.5: a sender report and a CNAME."""
    source = dice.getrandbits(32)
    report = struct.pack("!BBHIQIII", 0x80, 200, 6, source, dice.getrandbits(64), dice.getrandbits(32), 100, 16000)
    return report + struct.pack("!BBHI", 0x81, 202, 4, source) + b"\x01\x08" + MARK + b"\x00\x00"


def stun(dice):
    """RFC 8489 s.6: a Binding request with SOFTWARE."""
    return struct.pack("!HHI", 1, 12, 0x2112A442) + dice.randbytes(12) + struct.pack("!HH", 0x8022, 8) + MARK


def dtls(dice):
    """RFC 6347 s.4.1: the head of a ClientHello."""
    return b"\x16\xfe\xfd" + bytes(8) + struct.pack("!H", 60) + b"\x01" + dice.randbytes(51) + MARK


def udptl(dice):
    """ITU-T T.38: a sequence number and a primary packet."""
    return struct.pack("!HB", dice.getrandbits(16), 8) + MARK


def junk(dice):
    return dice.randbytes(dice.randrange(1, 40)) + MARK


def nothing(_):
    return b""


KINDS = (rtp, rtcp, stun, dtls, udptl, junk, nothing)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host")
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--source", required=True, help="address to send from")
    parser.add_argument("--laps", type=int, default=1)
    parser.add_argument("--rate", type=int, default=5000, help="packets per second")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    dice = random.Random(args.seed)
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    end.bind((args.source, 0))
    sent = 0
    start = time.monotonic()
    for _ in range(args.laps):
        shots = [(port, kind) for port in range(args.first, args.last + 1) for kind in KINDS]
        dice.shuffle(shots)
        for port, kind in shots:
            end.sendto(kind(dice), (args.host, port))
            sent += 1
            if sent % BATCH == 0:
                time.sleep(max(0, start + sent / args.rate - time.monotonic()))
    time.sleep(PAUSE_BETWEEN_LOOKS)
    print(f"sent {sent}")
    print(f"received {answers(end)}")


def answers(end):
    """What came back and waits, errors reported by ICMP included."""
    end.setblocking(False)
    count = 0
    while True:
        try:
            end.recv(65536)
        except BlockingIOError:
            return count
        except OSError:
            pass
        count += 1


if __name__ == "__main__":
    main()
