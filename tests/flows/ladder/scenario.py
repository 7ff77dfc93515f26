# SPDX-License-Identifier: Apache-2.0
"""Writes the SIPp scenario that makes one actor play its part of a ladder: sends its messages in their order, each when what
stands before it on its own leg has come. What the messages that come must look like is judged on the capture (judge.py)."""
from xml.sax.saxutils import quoteattr

from ladder import bracketed, in_sdp

WITH_CONTACT = ("INVITE", "UPDATE", "SUBSCRIBE", "REFER", "NOTIFY", "REGISTER")
FORMS_DIALOG = ("INVITE", "SUBSCRIBE", "REFER")
SDP = """v=0
o={user} 2890844526 {version} {ip}
s=-
c={c}
t=0 0
m=audio {port} RTP/AVP 0
a=rtpmap:0 PCMU/8000"""


class Scenario:
    def __init__(self, ladder, actor, tokens, voice):
        self.ladder, self.actor, self.tokens, self.voice = ladder, actor, tokens, voice
        self.steps, self.names = [], []
        self.cseq = 0
        self.numbers = {}  # request -> its CSeq number
        self.remote, self.target, self.local = {}, {}, {}  # dialog -> SIPp expression
        self.branches = {}
        if actor.continues:
            self.cseq = 20
            self.remote[""], self.target[""], self.local[""] = "[remote]", "[target]", "[local]"

    def name(self, stem, line):
        name = f"{stem}{line.number}"
        if name not in self.names:
            self.names.append(name)
        return name

    def text(self):
        marks = [m for m in self.ladder.lines if m.actor == self.actor.name]
        marks += [m for m in self.ladder.media if self.actor.name in (m.first, self.speaks_after(m))]
        marks += self.ladder.waits_of(self.actor.name)
        marks += [m for m in self.ladder.hears if self.actor.name == self.speaks_after(m) and not self.goes_on(m)]
        for mark in sorted(marks, key=lambda m: m.number):
            if hasattr(mark, "milliseconds"):
                self.steps.append(f'<pause milliseconds="{mark.milliseconds}"/>')
            elif hasattr(mark, "items"):
                self.steps.append('<pause milliseconds="600"/>')
            elif hasattr(mark, "second"):
                self.talk(mark)
            elif mark.sends:
                self.send(mark)
                if mark.method == "ACK" and any(o.how == "beside" and o.after == self.actor.name for o in self.ladder.actors.values()):
                    self.steps.append(f'<nop><action><log message="our={self.our}"/><log message="call=[call_id]"/></action></nop>')
            else:
                self.receive(mark)
                if mark.method == "ACK" and any(other.asleep_until == self.actor.name for other in self.ladder.actors.values()):
                    self.steps.append('<nop><action><log message="call=[call_id]"/></action></nop>')
        if any(other.continues == self.actor.name for other in self.ladder.actors.values()):
            self.hand_over()
        if self.names:
            self.steps.append(f'<Reference variables={quoteattr(",".join(self.names))}/>')
        head = '<?xml version="1.0" encoding="UTF-8"?>\n'
        return head + f'<scenario name="{self.actor.name}">\n' + "\n".join(self.steps) + "\n</scenario>\n"

    def speaks_after(self, mark):
        """The actor that lets the others talk before it goes on."""
        return next((line.actor for line in self.ladder.lines if line.number > mark.number and line.sends), None)

    def goes_on(self, mark):
        """Whether the next mark speaks of the same moment."""
        return any(mark.number < other.number < min(line.number for line in self.ladder.lines if line.number > mark.number)
                   for other in self.ladder.hears)

    def talk(self, mark):
        if self.actor.name == mark.first:
            self.steps.append(f'<nop><action><exec rtp_stream="{self.voice},1,0,PCMU/8000"/></action></nop>')
        if self.actor.name == self.speaks_after(mark):
            self.steps.append('<pause milliseconds="350"/>')

    def hand_over(self):
        for what, value in (("local", self.local[""]), ("remote", self.remote[""]), ("target", self.target[""])):
            self.steps.append(f"<nop><action><log message={quoteattr(f'{what}={value}')}/></action></nop>")
        self.steps.append('<nop><action><log message="call=[call_id]"/></action></nop>')

    # What comes.

    def receive(self, line):
        what = f'response="{line.status}"' if line.status else f'request="{line.method}"'
        actions = []

        def keep(stem, header, expression="[^[:space:]].*", group=False):
            name = self.name(stem, line)
            into = f"{self.name('rest', line)},{name}" if group else name
            actions.append(f'<ereg regexp={quoteattr(expression)} search_in="hdr" header="{header}:" check_it="false" assign_to="{into}"/>')
            return f"[${name}]"

        if line.status:
            self.keep_response(line, keep)
        elif line.method != "ACK":
            line.via, line.from_, line.to, line.cseq = (keep(s, h) for s, h in (("via", "Via"), ("from", "From"), ("to", "To"), ("cseq", "CSeq")))
            if line.method in FORMS_DIALOG and "" not in self.local:
                self.remote[""], self.local[""] = line.from_, f"{line.to};tag={self.actor.tag}"
            if line.method in ("INVITE", "UPDATE", "SUBSCRIBE", "REFER"):
                self.target[""] = keep("target", "Contact", "<([^>]*)>", True)
        if self.actor.talkers:
            port, rest = self.name("media", line), self.name("rest", line)
            actions.append(f'<ereg regexp="m=audio ([0-9]+)" search_in="body" check_it="false" assign_to="{rest},{port}"/>')
            actions.append(f'<log message="media=[${port}] {self.actor.gateway}"/>')
        if line.method == "REGISTER":
            self.seen_contact = keep("contact", "Contact", "[^[:space:]][^;]*")
            actions.append(f"<log message={quoteattr('contact=' + self.seen_contact)}/>")
        inside = f"<action>{''.join(actions)}</action>" if actions else ""
        challenge = ' auth="true"' if line.status in (401, 407) and self.meets(line) else ""
        self.steps.append(f"<recv {what}{challenge}>{inside}</recv>")

    def meets(self, line):
        """Whether the next request has credentials for that challenge."""
        return any(other.credentials for other in self.ladder.lines if other.actor == self.actor.name and other.number > line.number)

    def keep_response(self, line, keep):
        request = line.request
        if line.status > 100:
            request.final_to = keep("to", "To")
            request.final = line.status
            self.our = keep("our", "To", "tag=([^;]*)", True)
        if line.header("RSeq"):
            self.rseq = keep("rseq", "RSeq")
        if request.method in FORMS_DIALOG and 100 < line.status < 300:
            self.remote[line.dialog] = request.final_to
            self.local.setdefault(line.dialog, self.own_from())
            self.target[line.dialog] = keep("target", "Contact", "<([^>]*)>", True)
            if line.dialog:
                self.remote[""], self.target[""] = self.remote[line.dialog], self.target[line.dialog]

    # What goes.

    def send(self, line):
        usual = self.response(line) if line.status else self.request(line)
        first, headers = usual
        given = [(name, self.expand(value)) for name, value in line.headers]
        lines = [first]
        for name, value in headers:
            mine = [v for n, v in given if n == name and name != "Via"]
            if name not in line.absent:
                lines += [f"{name}: {v}" for v in mine] or [f"{name}: {value}"]
            elif mine:
                lines += [f"{name}: {v}" for v in mine]
            given = [(n, v) for n, v in given if n != name or name == "Via"]
            if name == "Via":
                lines += [f"Via: {v}" for n, v in given if n == "Via"]
                given = [(n, v) for n, v in given if n != "Via"]
        lines += [f"{name}: {value}" for name, value in given]
        body = self.body(line)
        if line.credentials:
            lines.append("[authentication username={} password={}]".format(*line.credentials))
        if line.sdp is not None:
            lines.append("Content-Type: application/sdp")
        if "Content-Length" not in line.absent:
            lines.append("Content-Length: [len]" if body else "Content-Length: 0")
        message = "\n".join(lines) + "\n\n" + "\n".join(body) + "\n"
        message = message.replace("[2001:", "[bracket]2001:")  # not one of SIPp's keywords
        again = line.method not in ("", "ACK") or (200 <= line.status < 300 and line.answers == "INVITE")
        # SIPp does not go on while it repeats a message: only what is followed by something that comes may be repeated.
        mine = [m for m in self.ladder.lines if m.actor == self.actor.name and m.number > line.number]
        repeat = ' retrans="500"' if again and not line.once and mine and not mine[0].sends else ""
        self.steps.append(f"<send{repeat}><![CDATA[\n{message}]]></send>")

    def expand(self, text):
        text = self.ladder.expand(text, self.tokens).replace("{rseq}", getattr(self, "rseq", ""))
        for name in self.ladder.actors:
            text = text.replace("{call.%s}" % name, f"[{name}_call]").replace("{our.%s}" % name, f"[{name}_our]")
        return text.replace("{remote}", self.remote.get("", "")).replace("{target}", self.target.get("", "")).replace("{contact}", getattr(self, "seen_contact", ""))

    def body(self, line):
        if line.sdp is None:
            return [self.expand(text) for text in line.body]
        streams = any(media.first == self.actor.name for media in self.ladder.media)
        port = "[rtpstream_audio_port]" if streams else str(self.actor.talks_from(line.sdp.get("talker", "")))
        given = {"user": self.actor.user, "version": "2890844526", "port": port, **line.sdp}
        given["ip"] = in_sdp(self.actor.address)
        held = "::" if ":" in self.actor.address else "0.0.0.0"
        given["c"] = in_sdp(held) if line.sdp.get("c") == "nowhere" else given["ip"]
        direction = [f"a={given['dir']}"] if "dir" in given else []
        return SDP.format(**given).split("\n") + direction

    def via(self, branch):
        return f"SIP/2.0/UDP {bracketed(self.actor.address)}:[local_port];branch={branch}"

    def contact(self):
        return f"<sip:{self.actor.user}@{bracketed(self.actor.address)}:[local_port]>"

    def request(self, line):
        method = line.method
        ended = self.ended(line) if method in ("ACK", "CANCEL") else None
        if method not in ("ACK", "CANCEL"):
            self.cseq += 1
            self.numbers[line] = self.cseq
        number = self.numbers[ended or line]
        same_branch = method == "CANCEL" or (method == "ACK" and getattr(ended, "final", 200) >= 300)
        if same_branch:
            branch, uri, to = self.branches[ended], ended.sent_uri, ended.sent_to
            if method == "ACK":
                to = ended.final_to
            from_ = ended.sent_from
        else:
            branch = f"z9hG4bK-{self.actor.name}{line.number}-[pid]-[call_number]"
            uri, from_, to = self.addressed(line)
        self.branches[line], line.sent_uri, line.sent_to, line.sent_from = branch, uri, to, from_
        headers = [("Via", self.via(branch)), ("Max-Forwards", "70"), ("From", from_), ("To", to),
                   ("Call-ID", "[call_id]"), ("CSeq", f"{number} {method}")]
        if method in WITH_CONTACT:
            headers.append(("Contact", self.contact()))
        return f"{method} {uri} SIP/2.0", headers

    def ended(self, line):
        """The INVITE of ours that an ACK or CANCEL belongs to."""
        mine = [m for m in self.ladder.lines if m.actor == self.actor.name and m.sends and m.method == "INVITE" and m.number < line.number]
        return [*mine, *(m for m in mine if m.dialog == line.dialog)][-1]

    def addressed(self, line):
        """Request-URI, From and To: in the dialog when the ladder gives no URI."""
        if line.uri and not line.in_dialog:
            uri = self.expand(line.uri)
            others = [a.identity for a in self.ladder.actors.values() if a.uri == line.meant]
            to = self.actor.identity if line.method == "REGISTER" else (others or [f"<{uri}>"])[0]
            return uri, self.own_from(), to
        return line.uri or self.target[line.dialog], self.local[line.dialog], self.remote[line.dialog]

    def own_from(self):
        """A phone of RFC 2543 has no tag."""
        return self.actor.identity + (f";tag={self.actor.tag}" if self.actor.tag else "")

    def response(self, line):
        request = line.request
        to = request.to
        if line.status > 100 and not self.in_dialog(request):
            to += f";tag={self.actor.tag}{line.dialog and '-' + line.dialog}"
            if line.dialog:
                self.local[line.dialog], self.remote[line.dialog] = to, request.from_
                self.target[line.dialog] = self.target[""]
        headers = [("Via", request.via), ("From", request.from_), ("To", to), ("Call-ID", "[call_id]"), ("CSeq", request.cseq)]
        if request.method in WITH_CONTACT and request.method != "REGISTER" and 100 < line.status < 300:
            headers.append(("Contact", self.contact()))
        return f"SIP/2.0 {line.status} {line.reason}", headers

    def in_dialog(self, request):
        """A request without URI in the ladder stands in a dialog: its To has a tag already."""
        return request.in_dialog or (not request.uri and request.method != "CANCEL")
