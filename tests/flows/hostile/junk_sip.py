#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends junk to a SIP port: random octets, truncated messages and mutated ones, from a seed and at a steady rate.

The messages that it starts from are of its own making and name nothing but junk.invalid and documentation addresses, so
that whatever the gateway passes on of them gives no address of the lab away. Prints how many it sent.
"""
import argparse
import random
import socket
import time

SDP = ("v=0\r\no=j 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 8\r\n"
       "a=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n")
METHODS = ("INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "MESSAGE", "SUBSCRIBE", "FROB")


def message(chooser):
    """A valid request or response of some kind."""
    method = chooser.choice(METHODS)
    first = f"{method} sip:nobody@junk.invalid SIP/2.0"
    if chooser.random() < 0.3:
        first = f"SIP/2.0 {chooser.choice((100, 180, 200, 302, 404, 503))} So"
    number = chooser.randrange(1 << 31)
    body = SDP if method == "INVITE" else ""
    tag = f";tag={number:x}" if chooser.random() < 0.5 else ""
    return (f"{first}\r\nVia: SIP/2.0/UDP junk.invalid:5060;branch=z9hG4bKj{number}\r\nMax-Forwards: 70\r\n"
            f"From: <sip:junk@junk.invalid>;tag=j{number}\r\nTo: <sip:nobody@junk.invalid>{tag}\r\nCall-ID: junk-{number}\r\n"
            f"CSeq: {chooser.randrange(100)} {method}\r\nContact: <sip:junk@junk.invalid>\r\n"
            + ("Content-Type: application/sdp\r\n" if body else "") + f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


def mutate(chooser, data):
    """One to eight edits: octets changed, removed, put in, lines doubled, lines swapped, a run of one octet."""
    data = bytearray(data)
    for _ in range(chooser.randrange(1, 9)):
        at = chooser.randrange(len(data))
        kind = chooser.randrange(6)
        if kind == 0:
            data[at] = chooser.randrange(256)
        elif kind == 1 and len(data) > 40:
            del data[at : at + chooser.randrange(1, 20)]
        elif kind == 2:
            data[at:at] = chooser.randbytes(chooser.randrange(1, 12))
        elif kind == 3:
            lines = bytes(data).split(b"\r\n")
            lines.insert(chooser.randrange(len(lines)), chooser.choice(lines))
            data = bytearray(b"\r\n".join(lines))
        elif kind == 4:
            data[at:at] = chooser.choice((b"\r\n\r\n", b";;", b",", b"\"", b"<", b"%00", b"\0", b"[::1]", b"99999999999"))
        else:
            data[at:at] = bytes([chooser.randrange(32, 127)]) * chooser.choice((10, 300, 900))
    return bytes(data)[:1400]


def junk(chooser):
    kind = chooser.randrange(3)
    if kind == 0:
        return chooser.randbytes(chooser.randrange(1, 1200))
    whole = message(chooser)
    return whole[: chooser.randrange(1, len(whole))] if kind == 1 else mutate(chooser, whole)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host")
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--rate", type=float, default=600, help="datagrams per second")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    chooser = random.Random(args.seed)
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    begin = time.monotonic()
    for n in range(args.count):
        end.sendto(junk(chooser), (args.host, 5060))
        ahead = begin + n / args.rate - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
    print(f"sent {args.count}")


if __name__ == "__main__":
    main()
