#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Finds out what kind of NAT each cage has, from both sides of it, in the words of RFC 4787: probe.py CAGE... Says that it
waits, and in the end one line of JSON: {CAGE: {mapping, filtering, port, hairpin, forgets}}. `forgets` is whether a mapping is dead
when nothing has passed it for SILENCE seconds and alive shortly before. Needs two addresses on the inside link that are no phone's."""
import json
import sys
import time

from spaces import udp

PEERS = ("10.10.0.8", "10.10.0.9")
PORTS = (40001, 40002)
PHONE = "192.168.1.10"
SOON = 0.15          # in which a datagram has arrived or never will
ALIVE, SILENCE = 20, 31  # seconds: within and beyond the 30 s of the cages


def arrives(sender, target, receiver, text):
    """The source from which the receiver sees it, or None."""
    sender.sendto(text, target)
    deadline, over = time.monotonic() + SOON, False
    while not over:
        over = time.monotonic() >= deadline  # and then one look more: this process may have been kept from looking at all
        try:
            data, source = receiver.recvfrom(2048)
            if data == text:
                return source
        except (BlockingIOError, ConnectionRefusedError):
            time.sleep(0.002)
    return None


class Cage:
    def __init__(self, name, peers):
        self.name, self.peers, self.number = name, peers, 0
        self.space = f"cage-{name}-home"
        self.found = {}

    def text(self):
        self.number += 1
        return f"{self.name} {self.number}".encode()

    def to(self, phone, where):
        return arrives(phone, where, self.peers[where], self.text())

    def back(self, where, outside, phone):
        return arrives(self.peers[where], outside, phone, self.text()) is not None

    def mapping(self, port):
        """RFC 4787 s.4.1: which destinations share a mapping; s.4.2: whether the port is kept."""
        phone = udp(self.space, PHONE, port)
        first, second, other = (self.to(phone, where) for where in ((PEERS[0], PORTS[0]), (PEERS[0], PORTS[1]), (PEERS[1], PORTS[0])))
        self.found["mapping"] = "?" if None in (first, second, other) else (
            "endpoint-independent" if first == second == other else
            "address-dependent" if first == second else "address-and-port-dependent")
        self.found["port"] = "kept" if first and first[1] == port else "another"
        return phone

    def filtering(self, port):
        """RFC 4787 s.5: who may answer to a mapping that talked to one peer only."""
        phone = udp(self.space, PHONE, port)
        here = PEERS[0], PORTS[0]
        outside = self.to(phone, here)
        answered = self.back(here, outside, phone)
        stranger = self.back((PEERS[1], PORTS[1]), outside, phone)
        neighbour = self.back((PEERS[0], PORTS[1]), outside, phone)
        self.found["filtering"] = "?" if not answered or (stranger and not neighbour) else (
            "endpoint-independent" if stranger else "address-dependent" if neighbour else "address-and-port-dependent")
        return phone, outside

    def hairpin(self, phone, outside):
        """RFC 4787 s.6: whether another phone of the home reaches that one at its outside place."""
        neighbour = udp(self.space, "192.168.1.11", 39999)
        self.found["hairpin"] = "yes" if arrives(neighbour, outside, phone, self.text()) else "no"


def forgetting(cages):
    """All cages wait at the same time. Of two mappings one is asked within its life, the other one never."""
    waiting = []
    for cage in cages:
        asked, silent = udp(cage.space, PHONE, 30003), udp(cage.space, PHONE, 30004)
        here = PEERS[0], PORTS[0]
        waiting.append((cage, here, asked, cage.to(asked, here), silent, cage.to(silent, here)))
    began = time.monotonic()
    time.sleep(ALIVE)
    alive = [cage.back(here, outside, asked) for cage, here, asked, outside, _, _ in waiting]
    time.sleep(max(0.0, began + SILENCE - time.monotonic()))
    for was, (cage, here, _, _, silent, outside) in zip(alive, waiting):
        cage.found["forgets"] = "no" if not was else "after 30 s" if not cage.back(here, outside, silent) else "later than after 30 s"


def main():
    peers = {}
    for address in PEERS:
        for port in PORTS:
            peers[address, port] = udp("lan", address, port)
    cages = [Cage(name, peers) for name in sys.argv[1:]]
    for cage in cages:
        cage.mapping(30001)
        phone, outside = cage.filtering(30002)
        cage.hairpin(phone, outside)
    print("waiting for the NATs to forget", flush=True)
    forgetting(cages)
    print(json.dumps({cage.name: cage.found for cage in cages}))


if __name__ == "__main__":
    main()
