# SPDX-License-Identifier: Apache-2.0
"""Reads a ladder: one call flow as RFC 3665 draws it, every message between the actors and the gateway.

    actor A phone-a:5101 Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl
    A -> gw  INVITE sip:bob@biloxi.example.com
        Subject: lunch          a header that is sent, instead of the usual one if there is one
        -Contact                a usual header that is not sent
        sdp version=2           the usual body; lines that begin with '|' are a body of one's own
    gw -> A  100 Trying
    gw -> B  INVITE sip:bob@biloxi.example.com
        Max-Forwards: 69        must be so; /regular expression/ must be found; -Name must be absent
        body: /m=audio/         the body too; -o= when its o= is that of an earlier SDP and not of what is relayed (E6)

What stands in brackets behind the start line: the method that a response answers (CANCEL), `own` when the gateway relays
nothing there, `dialog NAME` for forks, `again` when it must have been sent more than once, `once` for what SIPp may not
repeat, `in dialog` for a request to a strict router, whose URI is not the peer's, `loose` when nothing but its place among what the gateway sent on that leg is known, `same call` and `new call` for
a request whose Call-ID is, or is not, that of the one before on that leg.
`media A B` asks for RTP both ways between two actors, sent at that moment. `talker t B` gives B a voice of its own that sends
RTP and RTCP all the time, from when the gateway's SDP has come, from a port that B's SDP names (`sdp talker=t` when it has
several); `hears A t.rtp t.rtcp -u.rtp` says what must reach A at that moment, and what must not, although it is sent. `wait A 700` lets A pause for 700 ms, which is
part of what is tried. `registered B` has B registered through the gateway before the flow begins. An actor that `continues`
another takes up its dialog at another address when the other is through; `after` lets it only begin then, and
`beside` as soon as the other's call is up: {call.A} and {our.A} are then the Call-ID of A's call and the gateway's tag in
it, for a Replaces; the captures tell them of every other actor. `program R` is a real program
that runs already: what it says is judged, and nobody plays it. `credentials USER PASSWORD` below a request answers the
challenge that came. A ladder that is
`last` leaves the gateway repeating something to an address that others use; one in the `background` takes long and shares
no address with others. One for `both sides` is played a second time from the other side: the caller outside, and the callee
a phone behind the NAT that has registered. `asleep P until Q`: P's host takes nothing up before Q's call is up, however long
that takes. `patience 45`: seconds that an actor waits for a message, 10 when nothing is said.
"""
import os
import re
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "wire"))
from rules import bracketed, in_sdp  # noqa: E402

HOSTS = {  # where actors live: realm, namespace, net and number there; phones inside are behind the NAT
    "phone-a": ("inside", "phone-a", "home", 10), "phone-b": ("inside", "phone-b", "home", 11),
    "server": ("inside", "nat", "inside", 9), "carrier": ("outside", "carrier", "outside", 2),
    "second": ("outside", "carrier", "outside", 12), "third": ("outside", "carrier", "outside", 13),
    "phone-c": ("outside", "phone-c", "outside", 3), "moved": ("outside", "phone-c", "outside", 33),
}
NETS = {
    "4": {"home": "192.168.1.", "inside": "10.10.0.", "outside": "10.20.0."},
    "6": {"home": "2001:db8:1::", "inside": "2001:db8:10::", "outside": "2001:db8:20::"},
}
FAMILIES = os.environ.get("LAB_INSIDE", "4") + os.environ.get("LAB_OUTSIDE", "4")  # IP versions of the realms of this lab
ACTOR = re.compile(r"actor (\w+) ([\w-]+):(\d+)\s+(.*?)(?:\s+(continues|after|beside) (\w+))?$")
MESSAGE = re.compile(r"(\w+) -> (\w+)\s+(\S.*?)((?:\s+\([^()]*\))*)$")
NUMBERED = ("INVITE", "REGISTER", "BYE", "UPDATE", "PRACK", "REFER", "NOTIFY", "SUBSCRIBE", "MESSAGE", "OPTIONS", "INFO", "PUBLISH")


class Actor:
    def __init__(self, name, host, port, identity, how, other):
        self.name, self.host, self.port = name, host, int(port)
        self.after, self.how, self.asleep_until, self.talkers = other, how, None, {}
        self.continues = other if how == "continues" else None
        address, _, self.tag = identity.partition(";tag=")
        self.identity = address.strip()
        self.uri = re.search(r"<([^>]*)>", self.identity).group(1)
        self.user = self.uri.partition(":")[2].partition("@")[0]
        self.media_port = 10000 + (self.port - 5060) * 8 % 40000
        self.live(FAMILIES)

    def live(self, families):
        """Takes its address in realms of these IP versions. Only IPv4 is translated on its way out of the home."""
        self.realm, self.space, net, number = HOSTS[self.host]
        nets = NETS[families[self.realm == "outside"]]
        self.address = f"{nets[net]}{number}"
        self.seen = f"{nets['inside']}2" if net == "home" and families[0] == "4" else self.address
        self.gateway = f"{nets[self.realm]}1"

    @property
    def place(self):
        return self.seen, self.port

    def talks_from(self, talker=""):
        """The port of the talker of that name, or of the first one; without a talker SIPp's own."""
        names = list(self.talkers)
        return self.media_port + (4 + 2 * names.index(talker or names[0]) if names else 0)


class Line:
    """One message. `sends` is true when an actor sends it to the gateway."""

    def __init__(self, number, sender, receiver, start, flags):
        self.number = number
        self.sends = receiver == "gw"
        self.actor = sender if self.sends else receiver
        first, _, rest = start.partition(" ")
        self.status = int(first) if first.isdigit() else 0
        self.method, self.reason, self.uri = ("", rest.strip(), "") if self.status else (first, "", rest.strip())
        self.meant = self.uri  # whom the caller means, whatever URI leads there
        self.answers = ""  # the method that a response answers
        self.dialog, self.call, self.own = "", "", self.status == 100
        self.again = self.loose = self.once = self.in_dialog = False
        for flag in flags:
            self.set(flag)
        self.headers, self.absent, self.body, self.sdp, self.credentials = [], [], [], None, None

    def set(self, flag):
        word, _, rest = flag.partition(" ")
        if word == "dialog":
            self.dialog = rest
        elif flag in ("same call", "new call"):
            self.call = word
        elif flag in ("own", "again", "loose", "once", "in dialog"):
            setattr(self, flag.replace(" ", "_"), True)
        elif self.status and flag.isupper():
            self.answers = flag
        else:
            raise ValueError(f"line {self.number}: ({flag}) means nothing")

    @property
    def start(self):
        return f"{self.status} {self.reason}" if self.status else f"{self.method} {self.uri}".strip()

    def header(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def __str__(self):
        ends = (self.actor, "gw") if self.sends else ("gw", self.actor)
        return f"line {self.number}: {ends[0]} -> {ends[1]} {self.start}"


class Media:
    def __init__(self, number, first, second):
        self.number, self.first, self.second = number, first, second


class Hears:
    """What reaches an actor at that moment: (talker, "rtp" or "rtcp", whether it does)."""

    def __init__(self, number, actor, words):
        self.number, self.actor = number, actor
        self.items = [(*word.lstrip("-").split("."), not word.startswith("-")) for word in words]


class Wait:
    def __init__(self, number, actor, milliseconds):
        self.number, self.actor, self.milliseconds = number, actor, int(milliseconds)


class Ladder:
    def __init__(self, path, mirrored=False):
        self.path, self.mirrored, self.title, self.patience = path, mirrored, "", 10
        self.last = self.background = self.both_sides = False
        self.programs = []
        self.actors, self.lines, self.media, self.registered, self.waits, self.hears = {}, [], [], [], [], []
        with open(path, encoding="utf-8") as file:
            for number, text in enumerate(file.read().split("\n"), 1):
                try:
                    self.read(number, text)
                except (ValueError, AttributeError, KeyError) as fault:
                    raise SystemExit(f"{path}:{number}: {text.strip()!r}: {fault}") from fault
        if mirrored:
            self.mirror()
        self.answer()

    def read(self, number, text):
        if text.startswith("#") or not text.strip():
            if text.startswith("# ") and not self.title and "SPDX" not in text:
                self.title = text[2:].strip()
        elif text.startswith("actor "):
            found = ACTOR.match(text).groups()
            self.actors[found[0]] = Actor(*found)
        elif text.startswith("registered "):
            self.registered.append(self.actors[text.split()[1]])
        elif text.startswith("wait "):
            self.waits.append(Wait(number, *text.split()[1:3]))
        elif text.startswith("asleep "):
            self.actors[text.split()[1]].asleep_until = self.actors[text.split()[3]].name
        elif text.startswith("talker "):
            _, talker, name = text.split()
            self.actors[name].talkers[talker] = zlib.crc32(f"{self.path} {self.mirrored} {talker}".encode())  # its SSRC
        elif text.startswith("hears "):
            self.hears.append(Hears(number, text.split()[1], text.split()[2:]))
        elif text in ("last", "background", "both sides"):
            setattr(self, text.replace(" ", "_"), True)
        elif text.startswith("program "):
            self.programs += text.split()[1:]
        elif text.startswith("patience "):
            self.patience = int(text.split()[1])
        elif text.startswith("media "):
            self.media.append(Media(number, *text.split()[1:3]))
        elif text[0] == " ":
            self.detail(self.lines[-1], text.strip())
        else:
            sender, receiver, start, flags = MESSAGE.match(text).groups()
            line = Line(number, sender, receiver, start, re.findall(r"\(([^()]*)\)", flags))
            self.actors[line.actor]  # KeyError: nobody of that name
            self.lines.append(line)

    def detail(self, line, text):
        if text[0] == "|":
            line.body.append(text[1:].removeprefix(" "))
        elif text == "sdp" or text.startswith("sdp "):
            line.sdp = dict(part.split("=") for part in text.split()[1:])
        elif text.startswith("credentials "):
            line.credentials = text.split()[1:]
        elif text[0] == "-":
            line.absent.append(text[1:])
        else:
            name, colon, value = text.partition(":")
            if not colon:
                raise ValueError("no header")
            line.headers.append((name.strip(), value.strip()))

    def mirror(self):
        """The caller calls from outside the token of the callee, who is reached at the Contact that he registered."""
        caller = self.actors[self.lines[0].actor]
        callee = next(actor for actor in self.actors.values() if actor is not caller)
        talkers = caller.talkers, callee.talkers
        self.actors = {
            caller.name: Actor(caller.name, "phone-c", caller.port + 400, f"{caller.identity};tag={caller.tag and caller.tag + '-m'}", None, None),
            callee.name: Actor(callee.name, "phone-b", caller.port + 600, f"{callee.identity};tag={callee.tag}-m", None, None),
        }
        self.actors[caller.name].talkers, self.actors[callee.name].talkers = talkers
        self.registered = [self.actors[callee.name]]
        for line in self.lines:
            line.meant = line.uri
            if line.uri == callee.uri:
                line.uri = "sip:{token.%s}@{gw.%s}:5060" % (callee.name, caller.name) if line.sends else "sip:%s@{%s.local}" % (callee.user, callee.name)
        for media in self.media:  # behind a NAT the first packet has to come from inside (G3)
            media.first, media.second = media.second, media.first

    def answer(self):
        """Says of every response which request it answers: the newest without a final response, or that of its method."""
        asked = {}
        for line in self.lines:
            waiting = asked.setdefault((line.actor, line.sends), [])
            if not line.status:
                line.request = line
                if line.method != "ACK":
                    waiting.append(line)
                continue
            open_ones = asked.get((line.actor, not line.sends), [])
            fitting = [r for r in open_ones if line.answers in ("", r.method)]
            if not fitting:
                raise SystemExit(f"{self.path}: {line}: answers nothing")
            line.request = fitting[-1]
            line.answers = line.request.method
            if line.status >= 300 or (line.status >= 200 and not line.dialog):
                open_ones.remove(line.request)

    def waits_of(self, name):
        return [wait for wait in self.waits if wait.actor == name]

    def expand(self, text, tokens=None):
        """{A} is where the gateway sees A, {gw.A} the gateway's address there, {token.A} A's contact token, {A.local} its own;
        {gw.A.re} is for regular expressions; {A.ip} and {gw.A.ip} are addresses as SDP has them, {A.media} and {A.rtcp} A's ports."""
        for name, actor in self.actors.items():
            seen, address, gateway = map(bracketed, (actor.seen, actor.address, actor.gateway))
            text = text.replace("{%s}" % name, f"{seen}:{actor.port}").replace("{%s.host}" % name, seen)
            text = text.replace("{gw.%s}" % name, gateway).replace("{%s.local}" % name, f"{address}:{actor.port}")
            text = text.replace("{gw.%s.re}" % name, re.escape(gateway))
            text = text.replace("{%s.ip}" % name, in_sdp(actor.address)).replace("{gw.%s.ip}" % name, in_sdp(actor.gateway))
            text = text.replace("{%s.media}" % name, str(actor.talks_from())).replace("{%s.rtcp}" % name, str(actor.talks_from() + 1))
            text = text.replace("{token.%s}" % name, (tokens or {}).get(str(actor.port), "unregistered"))
        return text
