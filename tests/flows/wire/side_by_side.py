#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows the first answered call of a capture directory as the gateway saw it: both legs side by side, what each message
looked like before and after. side_by_side.py DIR"""
import os
import re
import sys

import rules
from capture import sip_messages

WIDTH = 58


def first_call(messages, asker_is_gateway, side):
    """The INVITE that was answered and its 200."""
    for answer in messages:
        if not (answer.is_response and answer.status == 200 and answer.method == "INVITE"):
            continue
        for invite in messages:
            ours = invite.datagram.source == side["gateway"]
            if (invite.request_method == "INVITE" and ours == asker_is_gateway
                    and (invite.call_id, invite.number) == (answer.call_id, answer.number)):
                return invite, answer
    return None


def uri(value):
    found = re.search(r"<([^>]*)>", value)
    return found.group(1) if found else value


def facts(m):
    """What is worth seeing of a message: (name, value) pairs."""
    yield "from > to", f"{m.datagram.source}:{m.datagram.sport} > {m.datagram.target}:{m.datagram.dport}"
    if not m.is_response:
        yield "Request-URI", m.request_uri
    yield "Call-ID", m.call_id
    yield "CSeq", f"{m.number} {m.method}"
    yield "From tag", m.from_tag
    yield "To tag", m.to_tag or "(none yet)"
    for number, via in enumerate(m.vias()):
        yield "Via" if number == 0 else "", via.replace("SIP/2.0/UDP ", "")
    for value in m.all("contact"):
        yield "Contact", uri(value)
    for line in m.sdp():
        if line[:2] in ("o=", "c=", "m="):
            yield "SDP", line


def rows(left, right):
    """Pairs the facts of two messages by name, in order."""
    right = list(right)
    for name, value in left:
        match = next((n for n, (other, _) in enumerate(right) if other == name), None)
        yield name, value, right.pop(match)[1] if match is not None else ""
    for name, value in right:
        yield name, "", value


def cut(text):
    return text if len(text) <= WIDTH else text[: WIDTH - 2] + ".."


def show(title, left, right):
    print(f"\n  {title}")
    for name, before, after in rows(facts(left), facts(right)):
        print(f"    {name:<12} {cut(before):<{WIDTH}}  {cut(after)}")


def main():
    directory = sys.argv[1]
    calls = []
    for side, asker_is_gateway in zip(rules.sides(directory), (False, True)):
        messages, _ = sip_messages(os.path.join(directory, side["name"] + ".pcap"), side["gateway"])
        calls.append(first_call(messages, asker_is_gateway, side))
    if None in calls:
        sys.exit("the captures hold no answered call from inside to outside")
    (invite_in, answer_in), (invite_out, answer_out) = calls
    print(f"    {'':<12} {'INSIDE: the leg to the phone':<{WIDTH}}  OUTSIDE: the leg to the carrier")
    show("INVITE, in by the inside door, out by the outside door", invite_in, invite_out)
    show("200 OK, in by the outside door, out by the inside door", answer_in, answer_out)


if __name__ == "__main__":
    main()
