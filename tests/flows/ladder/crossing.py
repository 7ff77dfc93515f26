# SPDX-License-Identifier: Apache-2.0
"""What may differ between a message that came to the gateway and what it sent on the other side for it: the header table D11
and the SDP table F of the behaviour specification, as a law for two captured messages. Everything else must be the same,
byte for byte and in the same order."""
import re

from capture import Message
from rules import bracketed, in_sdp

PER_LEG = ("via", "route", "record-route", "call-id", "cseq", "max-forwards", "content-length", "contact", "from", "to", "rseq",
           "rack", "timestamp", "proxy-require")
DIALOG_METHODS = ("INVITE", "UPDATE", "SUBSCRIBE", "REFER", "NOTIFY", "PRACK")
RELAYED = ("RTP/", "UDP/TLS/RTP", "udptl", "UDPTL")
NOWHERE = ("0.0.0.0", "::")
DIRECTIONS = ("a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive")
TAG = re.compile(r"\s*;\s*tag=[^;\s]+", re.I)
CONTACT = re.compile(r"(.*)<(sips?):(?:([^@>]*)@)?([^;>]+)([^>]*)>(.*)")


def crossed(before: Message, after: Message, gateway, named):
    """Sentences on what the gateway may not have done; `named`: headers that the ladder itself speaks of."""
    named = {name.lower() for name in named}
    if before.is_response and before.first != after.first:
        yield f"{before.first!r} became {after.first!r}"
    yield from passed_headers(before, after, named)
    for name in ("from", "to"):
        if name not in named and TAG.sub("", before.one(name)) != TAG.sub("", after.one(name)):
            yield f"{name} {before.one(name)!r} became {after.one(name)!r}"
    if not after.is_response and "max-forwards" not in named:
        hops = [int(value) for value in before.all("max-forwards")] or [70]
        if after.all("max-forwards") != [str(hops[0] - 1)]:
            yield f"Max-Forwards {hops[0]} became {after.all('max-forwards')} (C20)"
    if before.call_id == after.call_id:
        yield f"Call-ID {before.call_id} on both sides (D3)"
    if "contact" not in named:
        yield from contact(before, after, gateway)
    if "body" not in named:
        yield from body(before, after, gateway, "o=" in named)


def passed_headers(before, after, named):
    skip = set(PER_LEG) | named
    came, went = ([(n, v) for n, v in m.headers if n not in skip] for m in (before, after))
    for header in came:
        if header not in went:
            yield f"{header[0]}: {header[1]!r} was lost or changed (D11)"
    for header in went:
        if header not in came:
            yield f"{header[0]}: {header[1]!r} was not there before (D11)"
    if sorted(came) == sorted(went) and came != went:
        yield f"headers in another order: {[n for n, _ in went]} (D11)"


def contact(before, after, gateway):
    """D10: the user of the peer's Contact at our address, its own parameters kept; 3xx as they came (I11)."""
    came, went = before.all("contact"), after.all("contact")
    if len(came) != len(went) or (before.method not in DIALOG_METHODS and came):
        yield f"Contact {came} became {went}"
        return
    for old, new in zip(came, went):
        one, two = CONTACT.match(old), CONTACT.match(new)
        if before.status >= 300:
            if old != new:
                yield f"Contact {old} became {new} (I11)"
        elif not one or not two or two.group(4) != f"{bracketed(gateway)}:5060" or (one.group(3), one.group(6)) != (two.group(3), two.group(6)):
            yield f"Contact {old} became {new} (D10)"


def body(before, after, gateway, other_origin):
    kinds = " ".join(before.all("content-type"))
    old, new = before.body.decode("latin-1"), after.body.decode("latin-1")
    if "application/sdp" not in kinds and "multipart/" not in kinds:
        if old != new:
            yield f"the body changed (D16): {new[:60]!r}"
        return
    came, went = with_inactive(with_own_c(old.split("\r\n")), gateway), new.split("\r\n")
    if len(came) != len(went):
        yield f"{len(came)} lines of SDP became {len(went)} (F1)"
        return
    anchored = True
    for one, two in zip(came, went):
        if one.startswith("m="):
            anchored = one.split(" ")[2].startswith(RELAYED)
        if one != two and not (anchored and sdp_line(one, two, gateway, other_origin)):
            yield f"{one!r} became {two!r} (F)"
        if one == two and anchored and one[:2] in ("c=", "o=") and one.split(" ")[-1] not in (*NOWHERE, gateway):
            yield f"{one!r} was not rewritten (F)"


def sdp_line(one, two, gateway, other_origin):
    """The tokens of an anchored line that are ours; in o= also the name and number that the first SDP had (E6)."""
    old, new = one.split(" "), two.split(" ")
    if one[:2] != two[:2] or len(old) != len(new):
        return False
    if one.startswith("o="):
        return (other_origin or old[0:2] == new[0:2]) and " ".join(new[3:]) == in_sdp(gateway)
    if one.startswith("c="):
        return two == "c=" + in_sdp(NOWHERE[":" in gateway] if old[2] in NOWHERE else gateway)
    if one.startswith("m="):
        return old[0] == new[0] and old[2:] == new[2:] and old[1] != "0" and int(new[1]) % 2 == 0 and new[1] != "0"
    if one.startswith("a=rtcp:"):
        return len(old) == 1 or " ".join(new[1:]) == in_sdp(gateway)
    return one.lower().startswith("content-length:")


def with_own_c(lines):
    """F4: a stream that is not relayed gets the session's c= as its own when it had none."""
    session = next((line for line in lines if line.startswith(("c=", "m="))), "")
    if not session.startswith("c="):
        return lines
    starts = [n for n, line in enumerate(lines) if line.startswith("m=")]
    out = lines[: starts[0]] if starts else list(lines)
    for start, end in zip(starts, starts[1:] + [len(lines)]):
        section = lines[start:end]
        away = not section[0].split(" ")[2].startswith(RELAYED)
        out.append(section[0])
        if away and not any(line.startswith("c=") for line in section):
            out.append(session)
        out += section[1:]
    return out


def with_inactive(lines, gateway):
    """E11: an IPv4 phone that holds by its address alone says so by the direction too where IPv6 is spoken."""
    held = any(line == "c=IN IP4 0.0.0.0" for line in lines)
    if ":" not in gateway or not held or any(line in DIRECTIONS for line in lines):
        return lines
    return [*lines[:-1], "a=inactive", lines[-1]]
