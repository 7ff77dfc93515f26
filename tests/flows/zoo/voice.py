# SPDX-License-Identifier: Apache-2.0
"""The media of a scripted phone. A Voice sends RTP every 20 ms and RTCP now and then, and every octet of what it sends can be told
from its SSRC and number, so that who hears it can compare. What is heard counts when it is byte for byte what the other voice
sent, once, and comes from the place that the gateway's SDP named."""
import asyncio
import random
import struct
import time

from spaces import udp

EVERY = 0.02
SAMPLES = 160
RTCP_EVERY = 10    # packets of RTP
LAST = 40          # of the other's newest packets of RTP all but MISSED must have come
MISSED = 2
LAST_REPORTS = 4   # of RTCP: all but one
ON_THE_WAY = 0.15  # seconds that the last packet may take


class Voice:
    def __init__(self, space, address, port):
        self.address, self.port = address, port
        self.rtp, self.rtcp = udp(space, address, port), udp(space, address, port + 1)
        self.ssrc = random.getrandbits(32)
        self.noise = random.randbytes(SAMPLES + 256)
        self.first = random.randrange(20000)  # sequence number
        self.count, self.speaking = 0, False
        self.target, self.other = None, None  # the gateway's media address; the voice that should be heard from there
        self.heard, self.reports, self.faults = set(), set(), []
        self.heard_at, self.longest_gap = 0.0, 0.0  # seconds between two packets of RTP
        loop = asyncio.get_running_loop()
        loop.add_reader(self.rtp, self.receive, self.rtp, 0)
        loop.add_reader(self.rtcp, self.receive, self.rtcp, 1)

    def packet(self, number):
        start = number % 256
        header = struct.pack("!BBHII", 0x80, 0, (self.first + number) % 65536, number * SAMPLES % 2 ** 32, self.ssrc)
        return header + self.noise[start:start + SAMPLES]

    def report(self, number):
        """A sender report and the source description that must go with it (RFC 3550 s.6.1)."""
        sender = struct.pack("!BBHIIIIII", 0x80, 200, 6, self.ssrc, number, 0, number * SAMPLES % 2 ** 32, number, number * SAMPLES % 2 ** 32)
        return sender + struct.pack("!BBHI", 0x81, 202, 3, self.ssrc) + b"\x01\x04zoo!\0\0"

    def speak(self):
        if not self.speaking or not self.target:
            return
        self.rtp.sendto(self.packet(self.count), self.target)
        if self.count % RTCP_EVERY == 0:
            self.rtcp.sendto(self.report(self.count), (self.target[0], self.target[1] + 1))
        self.count += 1

    def receive(self, end, which):
        try:
            while True:
                data, source = end.recvfrom(2048)
                self.hear(data, source, which)
        except OSError:
            return

    def hear(self, data, source, which):
        """A packet counts by its number. Whatever else comes is a fault."""
        other, heard = self.other, self.reports if which else self.heard
        if not self.target or source != (self.target[0], self.target[1] + which):
            self.faults.append(f"a packet from {source}, not from {self.target}")
        elif len(data) < 16 or other is None:
            self.faults.append(f"{len(data)} octets from nobody")
        else:
            number = struct.unpack_from("!I", data, 8)[0] if which else (struct.unpack_from("!H", data, 2)[0] - other.first) % 65536
            if data != (other.report(number) if which else other.packet(number)):
                self.faults.append(f"what was sent as number {number} has changed on its way")
                return
            if number in heard:
                self.faults.append(f"number {number} came twice")
            heard.add(number)
            if not which:
                now = time.monotonic()
                self.longest_gap, self.heard_at = max(self.longest_gap, now - self.heard_at), now

    def expect(self, other):
        """Another voice is to be heard from now on."""
        self.other = other
        self.heard.clear()
        self.reports.clear()

    def hears(self):
        """Whether the newest of what the other voice said has come. To be asked ON_THE_WAY after the other's last packet."""
        other = self.other
        newest = set(range(max(0, other.count - LAST), other.count))
        reports = {n for n in range(other.count) if n % RTCP_EVERY == 0 and n >= other.count - LAST}
        return len(newest & self.heard) >= LAST - MISSED and len(reports & self.reports) >= LAST_REPORTS - 1

    def close(self):
        loop = asyncio.get_running_loop()
        for end in (self.rtp, self.rtcp):
            loop.remove_reader(end)
            end.close()


class Choir:
    """Makes all voices speak, in one rhythm."""

    def __init__(self):
        self.voices = []

    async def sing(self):
        due = time.monotonic()
        while True:
            for voice in self.voices:
                voice.speak()
            due = max(due + EVERY, time.monotonic() - 0.2)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
