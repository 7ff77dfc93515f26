#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tries judge.py on what was just found to be right: spoil.py CAPTURES PLAYED. Each ladder is spoiled in several ways, or
what was captured is, and every time the judge must find a fault. Prints what it did not find; exits 1 when there is such."""
import json
import os
import sys

from judge import Judge, Wire
from ladder import Ladder


def ours(ladder):
    return [line for line in ladder.lines if not line.sends]


def without(which):
    def spoil(ladder):
        lines = ours(ladder)
        ladder.lines.remove(lines[{"first": 0, "middle": len(lines) // 2, "last": -1}[which]])
        return True
    return spoil


def one_more(ladder):
    ladder.lines.append(ours(ladder)[-1])
    return True


def other_reason(ladder):
    found = next((line for line in ours(ladder) if line.status >= 180), None)
    if found:
        found.reason += " or so"
    return found


def other_header(ladder):
    ours(ladder)[0].headers.append(("Call-ID", "another"))
    return True


def other_ears(number):
    """What must be heard must not be, or the other way round."""
    def spoil(ladder):
        items = [(mark, n) for mark in ladder.hears for n in range(len(mark.items))]
        if number < len(items):
            mark, n = items[number]
            talker, what, wanted = mark.items[n]
            mark.items[n] = talker, what, not wanted
        return number < len(items)
    return spoil


def added_header(message):
    message.headers = [*message.headers, ("x-leak", "10.20.0.2")]


def lost_header(message):
    """One that the gateway has no reason to touch, or From's text when there is no such."""
    per_leg = ("via", "from", "to", "call-id", "cseq", "contact", "max-forwards", "content-length", "rseq", "rack")
    passed = [header for header in message.headers if header[0] not in per_leg]
    message.headers = [header for header in message.headers if header != (passed or [None])[0]]
    if not passed:
        message.headers = [(name, "<sip:nobody@nowhere>;tag=1" if name == "from" else value) for name, value in message.headers]


def altered_body(message):
    message.body += b"a=leak:10.20.0.2\r\n"


def too_early(message):
    message.time = 0


def twice_at_once(message):
    message.again = [0.0] * 20


DRAWN = {
    "the first message left out": without("first"), "a message left out": without("middle"), "the last message left out": without("last"),
    "a message twice": one_more, "another reason": other_reason, "another header": other_header,
    **{f"other ears {n}": other_ears(n) for n in range(20)},
}
CAPTURED = {
    "a header added": added_header, "a header lost": lost_header, "a body altered": altered_body, "before its cause": too_early,
    "twice at once": twice_at_once,
}


def drawn(played, wire, spoil):
    """Faults of the capture by a ladder that was spoiled; None when there was nothing to spoil."""
    ladder = Ladder(played["ladder"], played["mirrored"])
    if not spoil(ladder):
        return None
    return Judge(ladder, wire, played).run()


def captured(played, wire, spoil):
    """Faults of a capture in which one message was spoiled after it was clear which is which."""
    ladder = Ladder(played["ladder"], played["mirrored"])
    first = Judge(ladder, wire, played)
    if first.run():
        return []
    line = next((line for line in ours(ladder) if not line.own and not first.hop_ack(line) and first.source(line)), None)
    if line is None:
        return None
    m = line.m
    before = m.headers, m.body, m.time, m.again
    spoil(m)
    second = Judge(ladder, wire, played)
    second.repeats = first.repeats
    second.repeated(line)
    second.went(line)
    m.headers, m.body, m.time, m.again = before
    return second.faults


def main():
    wire, tried, missed = Wire(sys.argv[1]), 0, 0
    for name in sorted(os.listdir(sys.argv[2])):
        path = os.path.join(sys.argv[2], name, "played.json")
        if ".registered" in name or not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as file:
            played = json.load(file)
        ways = [(how, spoil, drawn) for how, spoil in DRAWN.items()] + [(how, spoil, captured) for how, spoil in CAPTURED.items()]
        for how, spoil, judged in ways:
            faults = judged(played, wire, spoil)
            tried += faults is not None
            if faults == []:
                missed += 1
                print(f"{name}: {how}: was not found")
    sys.stderr.write(f"{tried} spoiled, {missed} not found\n")
    sys.exit(1 if missed or not tried else 0)


if __name__ == "__main__":
    main()
