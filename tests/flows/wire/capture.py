# SPDX-License-Identifier: Apache-2.0
"""Reads classic pcap files of Ethernet frames, and SIP messages out of UDP payloads. Standard library only."""
import ipaddress
import re
import struct

IPV4, ARP, IPV6 = 0x0800, 0x0806, 0x86DD  # EtherTypes
UDP, FRAGMENT, ICMPV6 = 17, 44, 58  # protocols and next headers
SOLICITATION_OR_ADVERTISEMENT = (b"\x87", b"\x88")  # RFC 4861 s.4.3, s.4.4


class Datagram:
    """One UDP datagram, whole or put together from IP fragments."""

    __slots__ = ("time", "source", "sport", "target", "dport", "payload")

    def __init__(self, time, source, target, udp):
        self.time = time
        self.source = source
        self.target = target
        self.sport, self.dport, length, _ = struct.unpack_from("!HHHH", udp)
        self.payload = udp[8:length]


def frames(path):
    """Yields (time, frame) of a pcap; a file cut short by a kill ends at its last whole frame."""
    with open(path, "rb") as file:
        head = file.read(24)
        if len(head) < 24:
            return
        order, fraction = {
            b"\xd4\xc3\xb2\xa1": ("<", 1e6), b"\xa1\xb2\xc3\xd4": (">", 1e6), b"\x4d\x3c\xb2\xa1": ("<", 1e9),
        }[head[:4]]
        while len(record := file.read(16)) == 16:
            seconds, part, length, _ = struct.unpack(order + "IIII", record)
            frame = file.read(length)
            if len(frame) < length:
                return
            yield seconds + part / fraction, frame


def kind_of(frame):
    return struct.unpack_from("!H", frame, 12)[0]


def addresses(frame):
    """The addresses that an Ethernet frame names in its ARP or IP header, and whom a neighbour solicitation asks for."""
    kind = kind_of(frame)
    if kind == IPV4:
        return [str(ipaddress.IPv4Address(frame[at : at + 4])) for at in (26, 30)]
    if kind == ARP:
        return [str(ipaddress.IPv4Address(frame[at : at + 4])) for at in (28, 38)]
    if kind == IPV6:
        places = (22, 38, 62) if frame[20] == ICMPV6 and frame[54:55] in SOLICITATION_OR_ADVERTISEMENT else (22, 38)
        return [str(ipaddress.IPv6Address(frame[at : at + 16])) for at in places]
    return []


def ipv4_udp(frame):
    """(octets behind the header, fragment) of an IPv4 packet with UDP, else None. fragment: (offset, more, identification)."""
    if frame[23] != UDP:
        return None
    header = (frame[14] & 15) * 4
    total, ident, where = struct.unpack_from("!HHH", frame, 16)
    data = frame[14 + header : 14 + total]
    return data, ((where & 0x1FFF) * 8, bool(where & 0x2000), ident) if where & 0x3FFF else None


def ipv6_udp(frame):
    """The same of an IPv6 packet, whose only extension header here is that of a fragment (RFC 8200 s.4.5)."""
    data = frame[54 : 54 + struct.unpack_from("!H", frame, 18)[0]]
    if frame[20] == UDP:
        return data, None
    if frame[20] != FRAGMENT or len(data) < 8 or data[0] != UDP:
        return None
    where, ident = struct.unpack_from("!HI", data, 2)
    return data[8:], (where & 0xFFF8, bool(where & 1), ident)


def datagrams(path):
    """Yields every UDP datagram of a pcap; fragments are joined when all have been seen in order or not."""
    pieces = {}
    for time, frame in frames(path):
        found = {IPV4: ipv4_udp, IPV6: ipv6_udp}.get(kind_of(frame), lambda _: None)(frame)
        if found is None:
            continue
        source, target = addresses(frame)
        data, fragment = found
        if fragment:
            offset, more, ident = fragment
            parts = pieces.setdefault((source, target, ident), {})
            parts[offset] = (data, more)
            data = joined(parts)
            if data is None:
                continue
            del pieces[(source, target, ident)]
        if len(data) >= 8:
            yield Datagram(time, source, target, data)


def joined(parts):
    whole = b""
    more = True
    while more:
        if len(whole) not in parts:
            return None
        data, more = parts[len(whole)]
        whole += data
    return whole


LONG = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type"}
TAG = re.compile(r";\s*tag=([^;\s]+)", re.I)
BRANCH = re.compile(r";\s*branch=([^;\s,]+)", re.I)


class Message:
    """A SIP message as text, with its headers by lower-case long name. Raises ValueError on what is none."""

    def __init__(self, datagram):
        self.datagram = datagram
        head, blank, self.body = datagram.payload.partition(b"\r\n\r\n")
        lines = head.decode("utf-8", "replace").split("\r\n")
        self.first = lines[0]
        if not blank or "SIP/2.0" not in self.first:
            raise ValueError("no SIP message")
        self.is_response = self.first.startswith("SIP/2.0 ")
        self.status = int(self.first.split(" ")[1]) if self.is_response else 0
        self.headers = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            self.headers.append((LONG.get(name, name), value.strip()))
        number, _, method = self.one("cseq").partition(" ")
        self.number, self.method = int(number), method.strip()
        self.call_id = self.one("call-id")
        if not self.all("via"):
            raise ValueError("no Via")
        self.from_tag = self.tag("from")
        self.to_tag = self.tag("to")

    def all(self, name):
        return [value for key, value in self.headers if key == name]

    def one(self, name):
        values = self.all(name)
        if len(values) != 1:
            raise ValueError(f"{len(values)} {name} headers")
        return values[0]

    def tag(self, name):
        found = TAG.search(self.one(name))
        return found.group(1) if found else ""

    def vias(self):
        return [part.strip() for value in self.all("via") for part in value.split(",")]

    def branch(self):
        found = BRANCH.search(self.vias()[0])
        return found.group(1) if found else ""

    @property
    def request_method(self):
        return "" if self.is_response else self.first.split(" ")[0]

    @property
    def request_uri(self):
        return "" if self.is_response else self.first.split(" ")[1]

    def sdp(self):
        if "application/sdp" not in " ".join(self.all("content-type")) or not self.body:
            return []
        return self.body.decode("utf-8", "replace").replace("\r", "").rstrip("\n").split("\n")


def sip_messages(path, address):
    """The SIP messages to and from one address's port 5060; what does not parse is returned second."""
    messages, broken = [], []
    for datagram in datagrams(path):
        ours = (datagram.source, datagram.sport), (datagram.target, datagram.dport)
        if (address, 5060) not in ours or not datagram.payload.strip(b"\r\n\0 "):
            continue
        try:
            messages.append(Message(datagram))
        except (ValueError, IndexError, UnicodeDecodeError) as fault:
            broken.append((datagram, str(fault)))
    return messages, broken
