#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tries check.py on captures made for it: a good call must pass, and each way to spoil one must be found."""
import ipaddress
import os
import re
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
NAT, IN, OUT, CARRIER = "10.10.0.2", "10.10.0.1", "10.20.0.1", "10.20.0.2"
IN6 = {NAT: "2001:db8:10::2", IN: "2001:db8:10::1"}  # the same call, once with IPv6 inside


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def octets(address):
    return ipaddress.ip_address(address).packed


def frame(source, sport, target, dport, payload):
    """An Ethernet frame with right checksums."""
    length = 8 + len(payload)
    pseudo = octets(source) + octets(target) + struct.pack("!II", length, 17)
    udp = struct.pack("!HHHH", sport, dport, length, 0)
    udp = udp[:6] + struct.pack("!H", checksum(pseudo + udp + payload) or 0xFFFF) + payload
    if ":" in source:
        ip = struct.pack("!IHBB", 6 << 28, length, 17, 64) + octets(source) + octets(target)
        return b"\x02\0\0\0\0\1\x02\0\0\0\0\2\x86\xdd" + ip + udp
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 1, 0, 64, 17, 0) + octets(source) + octets(target)
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return b"\x02\0\0\0\0\1\x02\0\0\0\0\2\x08\0" + ip + udp


def sip(first, via, tags, call_id, cseq, extra=(), body=""):
    lines = [first, f"Via: {via}", f"From: <sip:a@lab.example>;tag={tags[0]}",
             "To: <sip:b@lab.example>" + (f";tag={tags[1]}" if tags[1] else ""), f"Call-ID: {call_id}", f"CSeq: {cseq}",
             *extra, f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def sdp(address, port, user="x"):
    return f"v=0\r\no={user} 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n"


CONTENT = "Content-Type: application/sdp"


def leg(peer, pport, gateway, own, names, port):
    """One side of a call: the peer asks (own false) or the gateway asks (own true). Returns frames."""
    call_id, one, two, branch = names
    asker, answerer = (gateway, peer) if own else (peer, gateway)
    via = f"SIP/2.0/UDP {gateway}:5060;branch=z9hG4bK{branch};rport" if own else f"SIP/2.0/UDP {peer}:{pport};branch=z9hG4bK{branch}"
    back = via if own else via + f";received={peer};rport={pport}"
    contact = [f"Contact: <sip:u@{asker}:5060>", CONTENT]
    ports = (5060, pport) if own else (pport, 5060)

    def ask(payload):
        return frame(asker, ports[0], answerer, ports[1], payload)

    def answer(payload):
        return frame(answerer, ports[1], asker, ports[0], payload)

    return [
        ask(sip("INVITE sip:b@lab.example SIP/2.0", via, (one, ""), call_id, "1 INVITE", contact, sdp(asker, port if own else 4000))),
        answer(sip("SIP/2.0 200 OK", back, (one, two), call_id, "1 INVITE", [f"Contact: <sip:u@{answerer}:5060>", CONTENT],
                   sdp(answerer, 4000 if own else port))),
        ask(sip(f"ACK sip:u@{answerer}:5060 SIP/2.0", via.replace("z9hG4bK", "z9hG4bKa"), (one, two), call_id, "1 ACK")),
    ]


def rtp(n):
    return struct.pack("!BBHII", 0x80, 0, n, n * 160, 7) + bytes(160)


def good():
    inside = leg(NAT, 40000, IN, False, ("in@x", "t1", "t2", "b1"), 20000)
    outside = leg(CARRIER, 5060, OUT, True, ("out@x", "t3", "t4", "b2"), 30000)
    for n in range(3):
        inside.append(frame(NAT, 41000, IN, 20000, rtp(n)))
        outside.append(frame(OUT, 30000, CARRIER, 4000, rtp(n)))
    return inside, outside


def hairpin(call_id="out@x", rtp_out=rtp):
    """Two phones inside call each other; nothing happens outside but a probe."""
    inside = leg(NAT, 40000, IN, False, ("in@x", "t1", "t2", "b1"), 20000)
    inside += leg(NAT, 40001, IN, True, (call_id, "t3", "t4", "b2"), 20002)
    for n in range(3):
        inside.append(frame(NAT, 41000, IN, 20000, rtp(n)))
        inside.append(frame(IN, 20002, NAT, 4000, rtp_out(n)))
    return inside, [frame(CARRIER, 7, OUT, 7, b"x")]


def judge(directory, inside, outside, *options):
    os.makedirs(directory, exist_ok=True)
    ours = IN6[IN] if any(data[12:14] == b"\x86\xdd" for data in inside) else IN
    with open(os.path.join(directory, "realms"), "w", encoding="ascii") as file:
        file.write(f"inside {ours}\noutside {OUT}\n")
    for name, frames in (("inside", inside), ("outside", outside), ("phone-a", inside)):
        with open(os.path.join(directory, name + ".pcap"), "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
            for n, data in enumerate(frames):
                file.write(struct.pack("<IIII", n, 0, len(data), len(data)) + data)
    run = subprocess.run([sys.executable, os.path.join(HERE, "check.py"), directory, *options], capture_output=True,
                         text=True, check=False)
    return run.returncode, run.stdout


def good6():
    """The good call with IPv6 inside: brackets in SIP, IP6 in SDP."""
    inside, outside = good()
    return [over_ipv6(data) for data in inside], outside


def over_ipv6(data):
    source, target = (".".join(str(b) for b in data[at : at + 4]) for at in (26, 30))
    sport, dport = struct.unpack_from("!HH", data, 34)
    payload = data[42:]
    for old, new in IN6.items():
        payload = payload.replace(f"IN IP4 {old}".encode(), f"IN IP6 {new}".encode()).replace(f"received={old}".encode(), f"received={new}".encode())
        payload = payload.replace(old.encode(), f"[{new}]".encode())
    head, blank, body = payload.partition(b"\r\n\r\n")
    if payload[:1].isalpha() and blank:
        payload = re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % len(body), head) + blank + body
    return frame(IN6[source], sport, IN6[target], dport, payload)


def spoiled6(number, old, new):
    """Octets of the IPv6 call replaced; checksums right again."""
    inside, outside = good6()
    data = inside[number]
    assert old in data, (number, old)
    source, target = (str(ipaddress.IPv6Address(data[at : at + 16])) for at in (22, 38))
    sport, dport = struct.unpack_from("!HH", data, 54)
    inside[number] = frame(source, sport, target, dport, data[62:].replace(old, new))
    return inside, outside


def spoiled(side, number, old, new):
    """The good captures with octets of one frame's payload replaced, and its checksums right again."""
    both = good()
    data = both[side][number]
    assert old in data, (number, old)
    payload = data[42:].replace(old, new)
    source, target = (".".join(str(b) for b in data[at : at + 4]) for at in (26, 30))
    sport, dport = struct.unpack_from("!HH", data, 34)
    both[side][number] = frame(source, sport, target, dport, payload)
    return both


def cases():
    yield "a leaked address", "names b'10.20.0.2", spoiled(0, 1, b"sip:u@10.10.0.1", b"sip:u@10.20.0.2")
    yield "a NAT address outside", "names b'10.10.0.2", spoiled(1, 0, b"sip:u@10.20.0.1", b"sip:u@10.10.0.2")
    yield "a wrong Content-Length", "Content-Length", spoiled(1, 0, b"Content-Length: 8", b"Content-Length: 7")
    yield "a second Via", "Via", spoiled(1, 0, b"From:", b"Via: SIP/2.0/UDP 9.9.9.9;branch=z9hG4bK9\r\nFrom:")
    yield "an altered Via", "answers", spoiled(0, 1, b"branch=z9hG4bKb1", b"branch=z9hG4bKb1;x")
    yield "a shared tag", "both sides", spoiled(1, 0, b"tag=t3", b"tag=t1")
    yield "an odd port", "media port", spoiled(1, 0, b"audio 30000", b"audio 30001")
    yield "an unadvertised port", "never advertised", spoiled(1, 0, b"audio 30000", b"audio 30002")
    yield "an ACK on the INVITE's branch", "wrong branch", spoiled(1, 2, b"z9hG4bKab2", b"z9hG4bKb2")
    yield "an altered payload", "never came in", spoiled(1, 4, bytes(160), bytes(159) + b"\1")
    yield "a missing ACK", "never acknowledged", (good()[0], good()[1][:2] + good()[1][3:])
    yield "a lost call", "went out", (good()[0], [])
    yield "a foreign frame", "> 10.20.0.9", (good()[0] + [frame(NAT, 1, "10.20.0.9", 1, b"x")], good()[1])
    yield "no brackets in Contact", "Contact", spoiled6(1, b"sip:u@[2001:db8:10::1]", b"sip:u@2001:db8:10::1")
    yield "IP4 before an IPv6 address", "c=IN IP4", spoiled6(1, b"c=IN IP6", b"c=IN IP4")
    yield "an IPv6 address outside", "names b'2001:db8:10", (good6()[0], spoiled(1, 0, b"<sip:a@lab.example>", b"<sip:2001:db8:10::9>")[1])
    wrong6 = good6()
    wrong6[0][4] = wrong6[0][4][:60] + b"\x12\x34" + wrong6[0][4][62:]
    yield "a wrong UDP checksum over IPv6", "tshark", wrong6
    wrong_udp, wrong_ip = good(), good()
    wrong_udp[1][3] = wrong_udp[1][3][:40] + b"\x12\x34" + wrong_udp[1][3][42:]
    wrong_ip[0][2] = wrong_ip[0][2][:24] + b"\x12\x34" + wrong_ip[0][2][26:]
    yield "a wrong UDP checksum", "tshark", wrong_udp
    yield "a wrong IP checksum", "tshark", wrong_ip


def main():
    directory = sys.argv[1]
    for name, captures in (("good", good()), ("good6", good6())):
        code, said = judge(os.path.join(directory, name), *captures)
        if code != 0:
            sys.exit(f"a good call was refused: {said.splitlines()[0]}")
    code, said = judge(os.path.join(directory, "hairpin"), *hairpin(), "--hairpin")
    if code != 0:
        sys.exit(f"a good call inside one realm was refused: {said.splitlines()[0]}")
    for name, sign, captures in (("one Call-ID on both legs", "both legs", hairpin("in@x")),
                                 ("media from nowhere", "never came in", hairpin(rtp_out=lambda n: rtp(n + 9))),
                                 ("a lost call inside", "went out", (hairpin()[0][:3], hairpin()[1]))):
        code, said = judge(os.path.join(directory, name), *captures, "--hairpin", "--without-tshark")
        if code != 1 or sign not in said:
            sys.exit(f"{name} was not found: {said.strip() or 'no fault'}")
    count = 3
    for name, sign, captures in cases():
        count += 1
        options = [] if sign == "tshark" else ["--without-tshark"]
        code, said = judge(os.path.join(directory, str(count)), *captures, *options)
        if code != 1 or sign not in said:
            sys.exit(f"{name} was not found: {said.strip() or 'no fault'}")
    print(f"three good calls passed, {count} spoiled ones were found out")


if __name__ == "__main__":
    main()
