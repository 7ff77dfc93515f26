#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who sits behind the victim's own NAT sends from the address that the victim's signalling comes from, which is all that an open latch
asks of a source (G4). Plays what such a neighbour can send into the window before the victim's first packet, and into the call
afterwards; prints for each what was sent, what of it the far end got, what came back, and who heard whom. The last two lines are sums.
Exits 1 when anything went another way than the rules say."""
import asyncio
import os
import random
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "zoo"))
import cases  # noqa: E402
from phone import Habits, Phone  # noqa: E402
from spaces import udp  # noqa: E402
from spray import dtls, junk, nothing, rtcp, rtp, stun, udptl  # noqa: E402
from voice import Choir  # noqa: E402

RTP, RTCP, BEHIND = 0, 1, 2   # ports, counted from that of the call's RTP; BEHIND is another call's, or nobody's
COUNT, PAUSE = 50, 0.01
PORTS = 20000, 30000
WINDOW, LATCHED = "before the first packet", "afterwards"
PCMU = 0
BOTH = "voice heard both ways, reports both ways"
OTHER_TYPES = 3, 8, 96        # nobody negotiated them
dice = random.Random(4)


def of_type(payload_type):
    packet = bytearray(rtp(dice))
    packet[1] = payload_type
    return bytes(packet)


def zrtp(_):
    """RFC 6189 s.5."""
    return struct.pack("!BBHII", 0x10, 0, 1, 0x5A525450, 7) + b"SPRAYED!"


# What is sent, as pairs of a port and a packet.
REFUSED = {
    "RTP of types that were not negotiated": lambda: [(RTP, of_type(dice.choice(OTHER_TYPES)))],
    "RTP at the port for RTCP": lambda: [(RTCP, of_type(PCMU))],
    "RTCP at the port for RTP": lambda: [(RTP, rtcp(dice))],
    "RTP and RTCP at the next pair of ports": lambda: [(BEHIND + RTP, of_type(PCMU)), (BEHIND + RTCP, rtcp(dice))],
    "STUN, DTLS, ZRTP, UDPTL, octets without sense and none": lambda: [
        (port, kind(dice)) for port in (RTP, RTCP) for kind in (stun, dtls, zrtp, udptl, junk, nothing)],
}
RIGHT_RTP = "RTP of the negotiated type at its port", lambda: [(RTP, of_type(PCMU))]
RIGHT_RTCP = "RTCP at its port", lambda: [(RTCP, rtcp(dice))]


class Patient(Phone):
    """Rings until it is told to answer."""
    ringing = None

    def answer(self, message, key):
        if message.method == "INVITE" and message.get("Call-ID") not in self.dialogs:
            self.ring(message)
            self.ringing = message, key
        else:
            super().answer(message, key)

    def pick_up(self):
        super().answer(*self.ringing)


class Neighbour:
    """The attacker."""

    def __init__(self):
        self.end, self.sent = udp("phone-b", cases.PHONE_B), 0

    async def attack(self, target, kinds):
        self.sent = 0
        for _ in range(COUNT):
            for offset, packet in kinds():
                self.end.sendto(packet, (target[0], target[1] + offset))
                self.sent += 1
            await asyncio.sleep(PAUSE)
        await asyncio.sleep(0.3)

    def received(self):
        count = 0
        try:
            while self.end.recv(65536) is not None:
                count += 1
        except BlockingIOError:
            return count


class Game:
    def __init__(self):
        self.choir, self.faults, self.admitted = Choir(), [], []
        self.refused = {WINDOW: 0, LATCHED: 0}
        self.victim = Phone(("phone-a", cases.PHONE_A, 6000), "victim", cases.GATEWAY["inside"],
                            Habits(cases.PHONE_A, cases.PHONE_A), self.choir)
        self.far = Patient(("phone-c", cases.OUTSIDE, 6000), "far", cases.CARRIER, Habits(cases.OUTSIDE, cases.OUTSIDE), self.choir)
        self.far.gateway = cases.GATEWAY["outside"][0]

    async def connect(self, ringing=None):
        calling = asyncio.ensure_future(self.victim.call(self.far.aor))
        far = await self.far.next_call()
        if ringing:
            await ringing()
        self.far.pick_up()
        near = await calling
        near.voice.other, far.voice.other = far.voice, near.voice
        return near, far

    async def play(self, when, attacks, admitted, expected):
        """One call and these attacks one after the other; expected is what the two parties hear after them."""
        neighbour = Neighbour()
        near, far = await self.connect()
        if when == LATCHED:
            await cases.talk((near, far), cases.SAMPLE)
        for call in (near, far):  # the far end speaks all the while, the victim only once it has begun
            call.voice.speaking = call is far or when == LATCHED
        for name, kinds in attacks:
            await neighbour.attack(near.voice.target, kinds)
            self.count(when, name, admitted, (neighbour.sent, len(far.voice.faults), neighbour.received()))
            far.voice.faults.clear()
        came_back, words = await self.end(neighbour, near, far)
        print(f"{when}: {words} then, and {came_back} packets more came back", flush=True)
        if words != expected or (came_back and not admitted):
            self.faults.append(f"{when}: after {attacks[-1][0]}: {words}, {came_back} came back")

    def count(self, when, name, admitted, numbers):
        sent, forwarded, came_back = numbers
        print(f"{when}: {name}: {sent} sent, {forwarded} forwarded, {came_back} came back", flush=True)
        if admitted:
            self.admitted.append(f"of {name} {forwarded} of {sent} are forwarded")
        else:
            self.refused[when] += sent
        if forwarded != (sent if admitted else 0) or (came_back and not admitted):
            self.faults.append(f"{when}: {name}: {forwarded} forwarded, {came_back} came back")

    async def while_it_rings(self):
        """One packet for every port of the range: nobody has to guess which is the call's. The victim is not heard before it was told
        its port, and so nobody else is (G4)."""
        neighbour = Neighbour()

        async def spray():
            for port in range(*PORTS, 2):
                neighbour.end.sendto(of_type(PCMU), (cases.GATEWAY["inside"][0], port))
                neighbour.sent += 1
                if neighbour.sent % 50 == 0:
                    await asyncio.sleep(PAUSE)
        near, far = await self.connect(spray)
        far.voice.speaking = True
        came_back, words = await self.end(neighbour, near, far)
        print(f"while it rings: RTP of the negotiated type, once to every port: {neighbour.sent} sent, {len(far.voice.faults)} forwarded, "
              f"{came_back} came back; {words}", flush=True)
        self.refused[WINDOW] += neighbour.sent
        if far.voice.faults or came_back or words != BOTH:
            self.faults.append(f"while it rings: {len(far.voice.faults)} forwarded, {came_back} came back, {words}")

    async def end(self, neighbour, near, far):
        """What came back to the neighbour, and what the parties hear when both talk."""
        await cases.talk((near, far), cases.TALK)
        came_back, words = neighbour.received(), heard(near, far)
        neighbour.end.close()
        await near.hang_up()
        await asyncio.wait_for(far.ended.wait(), 5)
        return came_back, words


def heard(near, far):
    """RTP and RTCP apart: each has a latch of its own (G6)."""
    words = {(True, True): "both ways", (True, False): "only by the victim", (False, True): "only by the far end", (False, False): "by nobody"}
    voices = tuple(len(call.voice.heard) > cases.TALK * 40 for call in (near, far))
    reports = tuple(len(call.voice.reports) > 3 for call in (near, far))
    return f"voice heard {words[voices]}, reports {words[reports]}"


async def play():
    game = Game()
    singing = asyncio.ensure_future(game.choir.sing())
    for phone in (game.victim, game.far):
        await phone.register()
    refused = [*REFUSED.items()]
    await game.play(WINDOW, refused, False, BOTH)
    await game.play(LATCHED, [*refused, RIGHT_RTP, RIGHT_RTCP], False, BOTH)
    await game.play(WINDOW, [RIGHT_RTCP], True, "voice heard both ways, reports by nobody")
    await game.play(WINDOW, [RIGHT_RTP], True, "voice heard by nobody, reports both ways")
    await game.while_it_rings()
    singing.cancel()
    return game


def main():
    game = asyncio.run(play())
    print(*game.faults, sep="\n")
    print(f"admitted before the victim's first packet: {'; '.join(game.admitted)}")
    print(f"{game.refused[WINDOW]} before the victim's first packet and {game.refused[LATCHED]} after it refused, {len(game.faults)} faults")
    sys.exit(1 if game.faults else 0)


if __name__ == "__main__":
    main()
