# SPDX-License-Identifier: Apache-2.0
"""What every capture must show of the gateway's SIP, SDP and media, whatever the flow was. Rule ids are those of the
behaviour specification. Each check yields sentences, one per fault."""
import os
import re

from capture import datagrams

TARGET = re.compile(r"<sips?:(?:[^@>]*@)?(\[[^\]]*\]|[^:;>]+)")


def bracketed(address):
    """As a host in URIs and Via (B21)."""
    return f"[{address}]" if ":" in address else address


def in_sdp(address):
    """As c=, o= and a=rtcp name it (F5)."""
    return f"IN IP{6 if ':' in address else 4} {address}"


def sides(directory):
    """Both realms as the captures of that directory show them: its file `realms` names the gateway's address in each."""
    with open(os.path.join(directory, "realms"), encoding="ascii") as file:
        gateways = dict(line.split() for line in file)
    return [{"name": name, "gateway": gateways[name], "host": bracketed(gateways[name]), "media": media}
            for name, media in (("inside", range(20000, 30000)), ("outside", range(30000, 40000)))]


def from_gateway(side, messages):
    return [m for m in messages if m.datagram.source == side["gateway"]]


def to_gateway(side, messages):
    return [m for m in messages if m.datagram.target == side["gateway"]]


def check_lengths(side, messages):
    """D11: Content-Length is always sent and right."""
    for m in from_gateway(side, messages):
        if m.all("content-length") != [str(len(m.body))]:
            yield f"{m.first}: Content-Length {m.all('content-length')} for a body of {len(m.body)} octets"


def check_vias(side, messages):
    """B8: one Via of our own in requests. Table D11: responses carry the request's Vias, only received and rport added."""
    vias = {}
    for m in messages:
        ours = m.datagram.source == side["gateway"]
        if not m.is_response and not ours:
            vias.setdefault((m.call_id, m.number, m.request_method, m.branch()), m.vias())
        elif not m.is_response:
            via = m.vias()[0]
            if len(m.vias()) != 1 or f"UDP {side['host']}" not in via or "rport" not in via:
                yield f"{m.first}: Via {m.vias()}"
            if not m.branch().startswith("z9hG4bK"):
                yield f"{m.first}: branch {m.branch()}"
        elif ours:
            asked = vias.get((m.call_id, m.number, m.method, m.branch()))
            if asked is None:
                yield f"{m.first}: answers a request that was not asked (Call-ID {m.call_id}, CSeq {m.number} {m.method})"
            elif plain(m.vias()[0]) != plain(asked[0]) or m.vias()[1:] != asked[1:]:
                yield f"{m.first}: Via {m.vias()} answers {asked}"


def plain(via):
    return re.sub(r"\s*;\s*(received=[^;]*|rport(=\d*)?)(?=;|$)", "", via)


def check_contacts(side, messages):
    """D10, D7: our Contact names this realm's address and stays the same for the life of a leg."""
    known = {}
    for m in from_gateway(side, messages):
        # 2xx to REGISTER lists the phone's own Contact (H4).
        if m.method != "INVITE" or not m.all("contact") or m.status >= 300:
            continue
        contact = m.one("contact")
        found = TARGET.search(contact)
        if not found or found.group(1) != side["host"]:
            yield f"{m.first}: Contact {contact}"
        uri = contact.split(">")[0]
        key = (m.call_id, m.to_tag if m.is_response else m.from_tag)
        if known.setdefault(key, uri) != uri:
            yield f"{m.first}: Contact moved from {known[key]} to {uri}"


def check_tags(side, messages):
    """D3, C3: our To tag is the same in all responses of a dialog and absent from 100."""
    tags = {}
    for m in from_gateway(side, messages):
        if not m.is_response or m.method != "INVITE":
            continue
        if m.status == 100:
            continue
        if not m.to_tag:
            yield f"{m.first}: no To tag"
        elif tags.setdefault((m.call_id, m.from_tag, m.number), m.to_tag) != m.to_tag:
            yield f"{m.first}: To tag {m.to_tag}, before {tags[(m.call_id, m.from_tag, m.number)]}"


def check_retransmissions(side, messages):
    """C1: what is sent again on a transaction is byte for byte the same."""
    sent = {}
    for m in from_gateway(side, messages):
        if m.is_response:
            key = (m.branch(), m.call_id, m.method, m.first, m.to_tag, m.datagram.dport)
        else:
            key = (m.branch(), m.request_method)
        if sent.setdefault(key, m.datagram.payload) != m.datagram.payload:
            yield f"{m.first}: sent again with other bytes (branch {m.branch()})"


def check_acks(side, messages):
    """C10, C11: every final response to our INVITE is acknowledged, a refusal with the INVITE's branch, a 2xx with a new one
    and to the Contact of the 2xx."""
    invites, finals, acks = {}, {}, {}
    for m in messages:
        key = (m.call_id, m.number)
        if m.request_method == "INVITE" and m.datagram.source == side["gateway"]:
            invites[key] = m
        elif m.is_response and m.method == "INVITE" and m.status >= 200 and m.datagram.target == side["gateway"]:
            finals.setdefault((*key, m.to_tag), m)
        elif m.request_method == "ACK" and m.datagram.source == side["gateway"]:
            acks[(*key, m.to_tag)] = m
    for key, final in finals.items():
        if key[:2] not in invites:
            continue
        ack = acks.get(key)
        if ack is None:
            yield f"{final.first} (Call-ID {key[0]}, CSeq {key[1]}, To tag {key[2]}) was never acknowledged"
        elif (ack.branch() == invites[key[:2]].branch()) != (final.status >= 300):
            yield f"ACK to {final.first} has the wrong branch {ack.branch()}"
        elif ack.from_tag != final.from_tag:
            yield f"ACK to {final.first} has another From tag"


def dialog(m):
    """What the SDP that we send belongs to: a forked call has several (E12)."""
    return m.call_id, m.to_tag if m.is_response else m.from_tag


def relayed(lines):
    """The lines of an SDP without the sections that are not relayed (F6): MSRP, BFCP and the like."""
    ours = True
    for line in lines:
        if line.startswith("m="):
            ours = "RTP/" in line or "udptl" in line.lower()
        if ours:
            yield line


def check_sdp(side, messages):
    """F-table, E6, E7, F11: our address and even ports of ours, unmoved by re-offers; o= constant, its version rising by one
    exactly when the text differs."""
    ports, last = {}, {}
    nowhere = "::" if ":" in side["gateway"] else "0.0.0.0"
    for m in from_gateway(side, messages):
        lines = m.sdp()
        if not lines:
            continue
        ours = list(relayed(lines))
        for line in ours:
            if line.startswith("c=") and line not in ("c=" + in_sdp(side["gateway"]), "c=" + in_sdp(nowhere)):
                yield f"{m.first}: {line}"
        for index, line in enumerate(line for line in ours if line.startswith("m=")):
            number = int(line.split(" ")[1])
            if number and (number % 2 or number not in side["media"]):
                yield f"{m.first}: media port {number}"
            if not number:
                ports.pop((*dialog(m), index), None)  # E4: whoever takes the place has a port of its own
            elif ports.setdefault((*dialog(m), index), number) != number:
                yield f"{m.first}: media port moved from {ports[(*dialog(m), index)]} to {number}"
        yield from check_origin(side, m, lines, last)


def check_origin(side, m, lines, last):
    origin = next(line for line in lines if line.startswith("o=")).split(" ")
    rest = [line for line in lines if not line.startswith("o=")]
    if " ".join(origin[3:]) != in_sdp(side["gateway"]):
        yield f"{m.first}: {' '.join(origin)}"
    before = last.get(dialog(m))
    if before:
        step = int(origin[2]) - int(before[0][2])
        if origin[:2] != before[0][:2] or step != (0 if rest == before[1] else 1):
            yield f"{m.first}: {' '.join(origin)} after {' '.join(before[0])}, text {'same' if rest == before[1] else 'changed'}"
    last[dialog(m)] = (origin, rest)


def check_separation(inside, outside):
    """D1: no Call-ID, tag or branch of an INVITE's leg appears on the other side."""
    def names(messages):
        found = {}
        for m in messages:
            if m.method in ("INVITE", "BYE"):
                for kind, value in (("Call-ID", m.call_id), ("tag", m.from_tag), ("tag", m.to_tag), ("branch", m.branch())):
                    found[value] = kind
        found.pop("", None)
        return found

    left, right = names(inside), names(outside)
    for value in left.keys() & right.keys():
        yield f"{left[value]} {value} appears on both sides"


def check_pairing(near, far, near_messages, far_messages):
    """C9, D4: every call that a peer places on one side makes exactly one on the other, retries with credentials included."""
    asked = {m.call_id for m in to_gateway(near, near_messages) if m.request_method == "INVITE" and not m.to_tag}
    made = {m.call_id for m in from_gateway(far, far_messages) if m.request_method == "INVITE" and not m.to_tag}
    if len(asked) != len(made):
        yield f"{len(asked)} calls came in {near['name']}, {len(made)} went out {far['name']}"


def check_hairpin(side, messages):
    """G17: every call that comes in on a side goes out on the same one, by a dialog of its own."""
    yield from check_pairing(side, side, messages, messages)
    asked = {m.call_id for m in to_gateway(side, messages) if m.request_method == "INVITE" and not m.to_tag}
    for call_id in sorted(asked & {m.call_id for m in from_gateway(side, messages) if m.request_method == "INVITE"}):
        yield f"Call-ID {call_id} is that of both legs"


def rtp(path, side):
    """(payloads that came to our media ports, (port, payload) that left from them)"""
    came, left = set(), []
    for d in datagrams(path):
        if len(d.payload) < 12 or d.payload[0] >> 6 != 2:
            continue
        if d.target == side["gateway"] and d.dport in side["media"]:
            came.add(d.payload)
        elif d.source == side["gateway"] and d.sport in side["media"]:
            left.append((d.sport, d.payload))
    return came, left


def comes_back(side, messages):
    """G17: a proxy on that side sent us a call that we had sent it: our own media address came from there."""
    return any(line == f"c={in_sdp(side['gateway'])}" for m in to_gateway(side, messages) for line in m.sdp())


def check_media(directory, both, messages_of, hairpin=False):
    """G2, G11: media leaves from ports that we advertised, with exactly the bytes that came in on the other side; of a hairpin
    on the same one; on either, when its call came back to us."""
    seen = {side["name"]: rtp(os.path.join(directory, side["name"] + ".pcap"), side) for side in both}
    for side, other, messages, others in zip(both, reversed(both), messages_of, reversed(messages_of)):
        offered = set()
        for m in from_gateway(side, messages):
            for line in m.sdp():
                if line.startswith("m="):
                    port = int(line.split(" ")[1])
                    offered.update((port, port + 1))
        other = side if hairpin else other
        came = seen[other["name"]][0]
        if comes_back(other, others):
            came = came | seen[side["name"]][0]
        strange = sum(1 for _, payload in seen[side["name"]][1] if payload not in came)
        wrong = {port for port, _ in seen[side["name"]][1]} - offered
        if strange:
            yield f"{side['name']}: {strange} media packets left that never came in {other['name']}"
        if wrong:
            yield f"{side['name']}: media left from ports that were never advertised: {sorted(wrong)[:5]}"


LEG_CHECKS = (check_lengths, check_vias, check_contacts, check_tags, check_retransmissions, check_acks, check_sdp)
