#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A bad wire between two interfaces of one namespace: loses, duplicates and reorders frames, from a seed.

Stands in for tc netem where the kernel has none, and can be replayed. Prints what it did when it is told to stop.
"""
import argparse
import heapq
import random
import select
import signal
import socket
import time

ETH_P_ALL = 0x0003
PACKET_OUTGOING = 4


class Wire:
    """Copies frames between two packet sockets; each direction is impaired alike."""

    def __init__(self, args):
        self.args = args
        self.random = random.Random(args.seed)
        self.ends = [self.open(args.devices[0]), self.open(args.devices[1])]
        self.held = []  # (due, order, end, frame)
        self.order = 0
        self.count = {"passed": 0, "lost": 0, "duplicated": 0, "reordered": 0}
        self.stopping = False

    @staticmethod
    def open(device):
        end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        end.bind((device, 0))
        end.setblocking(False)
        return end

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def hold(self, out, frame, delay):
        self.order += 1
        heapq.heappush(self.held, (time.monotonic() + delay, self.order, out, frame))

    def take(self, frame, out):
        """Decides the fate of one frame that is to leave by end number out."""
        if self.chance(self.args.loss):
            self.count["lost"] += 1
            return
        self.count["passed"] += 1
        copies = 1
        if self.chance(self.args.duplicate):
            self.count["duplicated"] += 1
            copies = 2
        for _ in range(copies):
            if self.chance(self.args.reorder):
                self.count["reordered"] += 1
                self.hold(out, frame, self.random.uniform(0.005, 0.03))
            else:
                self.send(out, frame)

    def send(self, out, frame):
        try:
            self.ends[out].send(frame)
        except (BlockingIOError, OSError):
            self.count["lost"] += 1

    def drain(self, source):
        """Reads what waits at one end; bounded, so that held frames are not kept waiting."""
        for _ in range(256):
            try:
                frame, address = self.ends[source].recvfrom(65536)
            except BlockingIOError:
                return
            if address[2] != PACKET_OUTGOING:
                self.take(frame, 1 - source)

    def run(self):
        while not self.stopping:
            wait = 0.5
            if self.held:
                wait = max(0.0, min(wait, self.held[0][0] - time.monotonic()))
            ready, _, _ = select.select(self.ends, [], [], wait)
            for end in ready:
                self.drain(self.ends.index(end))
            while self.held and self.held[0][0] <= time.monotonic():
                _, _, out, frame = heapq.heappop(self.held)
                self.send(out, frame)
        print(" ".join(f"{name}={value}" for name, value in self.count.items()), flush=True)

    def stop(self, *_):
        self.stopping = True


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("devices", nargs=2)
    parser.add_argument("--loss", type=float, default=0, help="percent of frames")
    parser.add_argument("--duplicate", type=float, default=0, help="percent of frames")
    parser.add_argument("--reorder", type=float, default=0, help="percent of frames held back 5 to 30 ms")
    parser.add_argument("--seed", type=int, default=1)
    wire = Wire(parser.parse_args())
    signal.signal(signal.SIGTERM, wire.stop)
    signal.signal(signal.SIGINT, wire.stop)
    print("ready", flush=True)
    wire.run()


if __name__ == "__main__":
    main()
