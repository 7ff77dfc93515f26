#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One voice of an actor: talker.py SSRC ADDRESS PORT SAID. Sends RTP (a PCMU packet every 20 ms) and RTCP from PORT and PORT + 1
to where the gateway's newest SDP says, whatever its direction is: whether it may be heard is the gateway's business. SAID is
the log of the actor's SIPp, which writes `media=PORT ADDRESS` there when an SDP comes. Until then, and to nobody, it is silent."""
import os
import re
import socket
import struct
import sys
import time

EVERY = 0.02
SAMPLES = 160
MEDIA = re.compile(r"media=(\d+) (\S+)")


def bound(address, port):
    end = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    end.bind((address, port))
    end.setblocking(False)
    return end


def target(said):
    try:
        with open(said, encoding="utf-8", errors="replace") as log:
            found = MEDIA.findall(log.read())
    except OSError:
        return None
    return (found[-1][1], int(found[-1][0])) if found else None


def report(ssrc, count):
    """A sender report and the source description that must go with it (RFC 3550 s.6.1)."""
    cname = b"talker"
    items = struct.pack("!BB", 1, len(cname)) + cname
    items += bytes(4 - len(items) % 4)
    now = time.time() + 2208988800
    sender = struct.pack("!BBHIIIIII", 0x80, 200, 6, ssrc, int(now), int(now % 1 * 2 ** 32), count * SAMPLES % 2 ** 32, count, count * SAMPLES)
    return sender + struct.pack("!BBHI", 0x81, 202, len(items) // 4 + 1, ssrc) + items


def drain(end):
    try:
        while True:
            end.recv(2048)
    except OSError:
        return


def in_time():
    """A phone has its processor for itself. Here a compiler may run beside it, and the kernel shares the CPU by session."""
    os.setsid()
    try:
        with open("/proc/self/autogroup", "w", encoding="ascii") as file:
            file.write("-15")
    except OSError:
        pass


def main():
    in_time()
    parent = os.getppid()
    ssrc, address, port, said = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
    rtp, rtcp = bound(address, port), bound(address, port + 1)
    print("ready", flush=True)
    count, due = 0, time.monotonic()
    where = None
    while os.getppid() == parent:
        if count % 5 == 0 or where is None:
            where = target(said)
        if where and where[1]:
            header = struct.pack("!BBHII", 0x80, 0, count % 65536, count * SAMPLES % 2 ** 32, ssrc)
            rtp.sendto(header + bytes(0x80 | (count + n) % 127 for n in range(SAMPLES)), where)
            if count % 2 == 0:
                rtcp.sendto(report(ssrc, count), (where[0], where[1] + 1))
            count += 1
        drain(rtp)
        drain(rtcp)
        due = max(due + EVERY, time.monotonic() - 1)
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main()
