#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what was on the wire with the ladders that were performed: judge.py CAPTURES PLAYED [LADDER...]

Of every ladder each message must be there, on each leg in the order of the ladder, and no other message; what the gateway
relays must follow what it relays, and differ from it only as the law says (crossing.py); what the ladder says of a header
must be so. A message may be sent again, the same byte for byte, when a timer's time has passed since its cause came, or
because the other side repeated itself. Prints one line per fault; exits 1 when there is one."""
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "wire"))
import hearing  # noqa: E402
import rules  # noqa: E402
from capture import datagrams, sip_messages  # noqa: E402
from crossing import CONTACT, crossed  # noqa: E402
from ladder import Ladder  # noqa: E402

T1_NEARLY = 0.45  # seconds: the first retransmission comes after 0.5


class Wire:
    """Both captures: SIP messages in their order, each with its actor's place, and when every Call-ID was first seen."""

    def __init__(self, directory):
        self.messages, self.born, self.directory = [], {}, directory
        for side in rules.sides(directory):
            for m in sip_messages(os.path.join(directory, side["name"] + ".pcap"), side["gateway"])[0]:
                m.ours = m.datagram.source == side["gateway"]
                d = m.datagram
                m.place = (d.target, d.dport) if m.ours else (d.source, d.sport)
                m.time, m.realm = d.time, side["name"]
                self.messages.append(m)
        self.messages.sort(key=lambda m: m.time)
        for m in self.messages:
            self.born.setdefault((m.call_id, m.realm), m.time)
        self.media = {side["name"]: [d for d in datagrams(os.path.join(directory, side["name"] + ".pcap"))
                                     if len(d.payload) >= 12 and 128 <= d.payload[0] < 192] for side in rules.sides(directory)}

    def of(self, actor, began, ended):
        return [m for m in self.messages if m.place == actor.place
                and began <= self.born[(m.call_id, m.realm)] < ended]


class Judge:
    def __init__(self, ladder, wire, played):
        self.ladder, self.wire, self.played = ladder, wire, played
        self.faults, self.tags, self.numbers, self.contacts, self.answered, self.repeats = [], {}, {}, {}, {}, {}

    def say(self, line, what):
        self.faults.append(f"{line}: {what}")

    def run(self):
        for actor in self.ladder.actors.values():
            self.lane(actor)
        if not self.faults:
            for line in self.ladder.lines:
                self.order(line)
                if not line.sends:
                    self.repeated(line)
                (self.came if line.sends else self.went)(line)
            for media in self.ladder.media:
                self.heard(media)
            self.faults += [fault for mark in self.ladder.hears for fault in hearing.faults(self, mark)]
        return self.faults

    # Which message is which.

    def lane(self, actor):
        seen = {True: [], False: []}
        copies = {}
        for m in self.wire.of(actor, self.played["began"], self.played["ended"]):
            first = copies.setdefault((m.ours, m.datagram.payload), m)
            if first is not m:
                first.again.append(m.time)
                continue
            m.again = []
            seen[m.ours].append(m)
        self.repeats[actor.name] = sum(len(m.again) for m in seen[False])
        for ours, messages in seen.items():
            lines = [line for line in self.ladder.lines if line.actor == actor.name and line.sends != ours]
            self.pair(actor, ours, lines, messages)

    def pair(self, actor, ours, lines, messages):
        way = f"gw -> {actor.name}" if ours else f"{actor.name} -> gw"
        for n, line in enumerate(lines):
            if n >= len(messages):
                self.say(line, "never came")
                return
            m = messages[n]
            line.m = m
            if not self.fits(line, m):
                self.say(line, f"came as {m.first!r} (CSeq {m.one('cseq')})")
                return
            if line.again and not m.again:
                self.say(line, "was not sent again")
        for m in messages[len(lines):]:
            self.say(f"{way} {m.first}", f"is not in the ladder (CSeq {m.one('cseq')})")

    def fits(self, line, m):
        if line.status:
            return m.status == line.status and m.method == line.answers and m.first == f"SIP/2.0 {line.status} {line.reason}".rstrip()
        return m.request_method == line.method and (not line.uri or m.request_uri == self.expand(line.uri))

    def expand(self, text):
        for name in self.ladder.actors if "{call." in text or "{our." in text else ():
            first = next((line.m for line in self.ladder.lines if line.actor == name and not line.sends and not line.status), None)
            if first is not None:
                text = text.replace("{call.%s}" % name, first.call_id).replace("{our.%s}" % name, first.from_tag)
        return self.ladder.expand(text, self.played["tokens"])

    # In its time.

    def order(self, line):
        if line.sends or line.loose:
            return
        before = [other for other in self.ladder.lines if other.sends and other.number < line.number and other.actor == line.actor]
        if before and line.m.time < before[-1].m.time:
            self.say(line, f"came before {before[-1]}")

    def repeated(self, line):
        """C1: no sooner than T1 after what made us send it; timers run from then at the earliest, however late we were sent."""
        source = (line.request if line.status else None) if line.own else self.source(line)
        cause = (source or self.ladder.lines[0]).m.time
        early = [time for time in line.m.again if time - cause < T1_NEARLY]
        if len(early) > self.repeats[line.actor]:
            self.say(line, f"sent again {early[0] - cause:.3f} s after its cause")

    def source(self, line):
        """The message that the gateway relays with this one."""
        for other in reversed(self.ladder.lines):
            if other.number < line.number and other.sends and other.actor != line.actor and \
                    (other.method, other.status, other.answers) == (line.method, line.status, line.answers):
                return other
        return None

    def hop_ack(self, line):
        """The refusal that an ACK of the gateway's own acknowledges; C10."""
        return line.method == "ACK" and next((other for other in reversed(self.ladder.lines) if other.number < line.number
                                              and other.sends and other.actor == line.actor and other.status >= 200
                                              and other.answers == "INVITE" and other.dialog == line.dialog), None)

    # What it says.

    def came(self, line):
        contact = line.m.all("contact")
        if contact and CONTACT.match(contact[0]):
            self.contacts[(line.actor, line.dialog)] = re.search(r"<([^>]*)>", contact[0]).group(1)

    def went(self, line):
        self.said(line)
        refusal = self.hop_ack(line)
        if refusal and refusal.status >= 300:
            self.own_ack(line, refusal)
        elif line.own:
            self.own(line)
        else:
            source = self.source(line)
            if source is None:
                self.say(line, "relays nothing that came; mark it (own)")
                return
            if line.m.time < source.m.time:
                self.say(line, f"left before {source} came")
            named = [name for name, _ in line.headers if name != "body"] + line.absent
            for fault in crossed(source.m, line.m, self.ladder.actors[line.actor].gateway, named):
                self.say(line, fault)
        if not line.status and not refusal or (refusal and refusal.status < 300):
            self.request(line)
        self.identity(line)

    def said(self, line):
        """What the ladder says of its headers."""
        for name, text in line.headers:
            wanted = self.expand(text)
            values = [line.m.body.decode("latin-1")] if name.lower() == "body" else line.m.all(name.lower())
            value = ", ".join(values)
            if not (re.search(wanted[1:-1], value, re.S) if wanted[:1] == "/" == wanted[-1:] else value == wanted):
                self.say(line, f"{name}: {value!r}, expected {wanted!r}")
        for name in line.absent:
            if (line.m.body if name.lower() == "body" else line.m.all(name.lower())):
                self.say(line, f"has {name}: {line.m.all(name.lower())}")

    def own(self, line):
        """A response of the gateway's own: From, Call-ID and CSeq of the request, To with a tag but for 100 (C3)."""
        if not line.status:
            return
        asked = line.request.m
        for name in ("from", "call-id", "cseq"):
            if line.m.one(name) != asked.one(name):
                self.say(line, f"{name} {line.m.one(name)!r} answers {asked.one(name)!r}")
        if line.m.one("to") != asked.one("to") if line.status == 100 else not line.m.to_tag:
            self.say(line, f"To {line.m.one('to')!r}")

    def own_ack(self, line, refusal):
        """C10: built from the INVITE and the refusal, hop by hop."""
        invite = next(m for m in reversed(self.ladder.lines) if m.number < refusal.number and m.method == "INVITE"
                      and not m.sends and m.actor == line.actor)
        for name in ("from", "call-id", "via"):
            if line.m.one(name) != invite.m.one(name):
                self.say(line, f"{name} {line.m.one(name)!r}, the INVITE's was {invite.m.one(name)!r} (C10)")
        same = (line.m.request_uri, line.m.number, line.m.all("route")) == (invite.m.request_uri, invite.m.number, invite.m.all("route"))
        if not same or line.m.one("to") != refusal.m.one("to") or line.m.body or len(line.m.all("max-forwards")) != 1:
            self.say(line, f"is not built as C10 says: {line.m.first}, To {line.m.one('to')}, CSeq {line.m.number}")

    def request(self, line):
        """C11, D5, D7: numbers that rise by one, and the peer's own target."""
        m = line.m
        last = self.numbers.get((line.actor, m.call_id))
        if line.method in ("ACK", "CANCEL"):
            invites = [other.m.number for other in self.ladder.lines if other.method == "INVITE" and not other.sends
                       and other.actor == line.actor and other.number < line.number and other.m.call_id == m.call_id]
            if m.number not in invites:
                self.say(line, f"CSeq {m.number}, the INVITEs had {invites}")
        else:
            if last is not None and m.number != last + 1:
                self.say(line, f"CSeq {m.number} after {last} (D5)")
            self.numbers[(line.actor, m.call_id)] = m.number
        before = [other.m.call_id for other in self.ladder.lines if other.number < line.number and other.actor == line.actor
                  and not other.sends and not other.status]
        if line.call and (before[-1:] == [m.call_id]) != (line.call == "same"):
            self.say(line, f"Call-ID {m.call_id} after {before[-1:]}, expected the {line.call} call (D4, E15)")
        if not line.uri:
            known = self.contacts.get((line.actor, line.dialog)) or self.contacts.get((line.actor, ""))
            if known != m.request_uri:
                self.say(line, f"Request-URI {m.request_uri}, the peer's Contact is {known} (D7)")

    def identity(self, line):
        """D3: one tag of ours for each dialog, and never one for two."""
        m = line.m
        tag = m.to_tag if line.status else m.from_tag
        if line.status == 100 or (line.status and line.request.method not in ("INVITE", "SUBSCRIBE")) or line.method == "CANCEL":
            return
        if line.status >= 300 or line.own:
            known = {known for (actor, call, _), known in self.tags.items() if (actor, call) == (line.actor, m.call_id)}
            if line.status and known and self.answered.get(line.request.number) and tag not in known:
                self.say(line, f"To tag {tag}, this INVITE's were {sorted(known)} (D3)")
            return
        if line.status:
            self.answered[line.request.number] = True
        key = (line.actor, m.call_id, line.dialog)
        if self.tags.setdefault(key, tag) != tag:
            self.say(line, f"our tag was {self.tags[key]} and is {tag} (D3)")
        others = [name for (actor, call, name), known in self.tags.items() if (actor, call) == key[:2] and known == tag and name != line.dialog]
        if others and line.status and line.dialog:
            self.say(line, f"the tag {tag} is that of dialog {others} too (E12)")

    # What was heard.

    def heard(self, media):
        one, two = (self.ladder.actors[name] for name in (media.first, media.second))
        for speaker, listener in ((one, two), (two, one)):
            spoke = self.rtp(speaker, False)
            heard = self.rtp(listener, True)
            if len(spoke & heard) < 3:
                self.faults.append(f"line {media.number}: {speaker.name} sent {len(spoke)} RTP packets, {listener.name} got "
                                   f"{len(heard)}, {len(spoke & heard)} of them the same")

    def rtp(self, actor, to_actor):
        began, ended = self.played["began"], self.played["ended"]
        ports = {int(port) for line in self.ladder.lines if line.sends and line.actor == actor.name
                 for port in re.findall(r"m=\w+ (\d+)", line.m.body.decode("latin-1"))}
        return {d.payload for d in self.wire.media[actor.realm] if began <= d.time <= ended
                and ((d.target, d.dport) if to_actor else (d.source, d.sport))[0] == actor.seen
                and (d.dport if to_actor else d.sport) in ports}


def main():
    wire = Wire(sys.argv[1])
    wanted = sys.argv[3:]
    count = faulty = 0
    for name in sorted(os.listdir(sys.argv[2])):
        path = os.path.join(sys.argv[2], name, "played.json")
        if not os.path.exists(path) or (wanted and name not in wanted):
            continue
        with open(path, encoding="utf-8") as file:
            played = json.load(file)
        if ".registered" in name:
            continue
        faults = Judge(Ladder(played["ladder"], played["mirrored"]), wire, played).run()
        count += 1
        faulty += bool(faults)
        for fault in faults:
            print(f"{name}: {fault}")
    sys.stderr.write(f"{count} ladders, {faulty} faulty\n")
    sys.exit(1 if faulty or not count else 0)


if __name__ == "__main__":
    main()
