# SPDX-License-Identifier: Apache-2.0
"""A scripted phone: registers with digest, calls and is called, holds and hangs up. What it says of itself is its habit:
the address in Via and Contact, the one in SDP, and whether its Via asks for rport (RFC 3581)."""
import asyncio
import time
from dataclasses import dataclass

import sip
from sip import NOWHERE, Message, parameter, token, uri_of
from spaces import udp
from voice import Voice

DOMAIN = "lab.example"
PATIENCE = 8.0  # seconds for a final response
T1 = 0.5


class Trouble(Exception):
    """What went wrong with a call, in a few words."""


@dataclass
class Habits:
    address: str      # in Via and Contact
    media: str        # in the SDP of the first offer or answer; NOWHERE: not yet
    rport: bool = True


class Dialog:
    """One call at this phone."""

    def __init__(self, phone, call_id, local, remote):
        self.phone, self.call_id, self.local, self.remote = phone, call_id, local, remote
        self.target, self.routes, self.number, self.version = "", [], 0, 1
        self.voice = Voice(phone.space, phone.address, phone.next_port())
        self.media = phone.habits.media
        self.up, self.ended = asyncio.Event(), asyncio.Event()
        phone.choir.voices.append(self.voice)

    def offer(self):
        self.version += 1
        return sip.described(self.media, self.voice.port, self.version)

    def learn(self, message):
        """Where the gateway has its media, and where the requests of this dialog go."""
        if message.get("Contact"):
            self.target = uri_of(message.get("Contact"))
        if message.media:
            address, port = message.media
            self.phone.shown.add(address)
            # A phone that is put on hold by 0.0.0.0 would fall silent. This one speaks on, to see whether it is let through.
            self.voice.target = self.phone.gateway if address == NOWHERE else address, port

    async def request(self, method, body="", number=0):
        self.number = number or self.number + 1
        return await self.phone.request(method, self.target, self.local, self.remote, (self.call_id, self.number), body, self.routes)

    def acknowledge(self, number):
        self.phone.send(self.phone.message("ACK", self.target, self.local, self.remote, (self.call_id, number), "", self.routes))

    async def say(self, media):
        """Names another media address in a re-INVITE."""
        self.media = media
        answer = await self.request("INVITE", self.offer())
        if answer.status != 200:
            raise Trouble(f"the re-INVITE got {answer.status}")
        self.learn(answer)
        self.acknowledge(answer.cseq[0])

    def move(self, address):
        """The phone is somewhere else now. Its old voice is returned: it speaks on, where the phone was."""
        before = self.voice
        self.phone.move(address)
        self.voice = Voice(self.phone.space, address, self.phone.next_port())
        self.voice.target, self.voice.other = before.target, before.other
        before.other.expect(self.voice)
        self.phone.choir.voices.append(self.voice)
        return before

    async def hang_up(self):
        answer = await self.request("BYE")
        self.close()
        if answer.status != 200:
            raise Trouble(f"BYE got {answer.status}")

    def close(self):
        if not self.ended.is_set():
            self.ended.set()
            self.phone.choir.voices.remove(self.voice)
            self.voice.close()
            self.phone.dialogs.pop(self.call_id, None)


class Phone:
    ports = {}  # per namespace: the next free one for media

    def __init__(self, place, user, server, habits, choir):
        self.space, self.address, self.port = place
        self.user, self.server, self.habits, self.choir = user, server, habits, choir
        self.gateway = server[0]
        self.socket = udp(*place)
        self.waiting, self.dialogs, self.answered = {}, {}, {}
        self.called = asyncio.Queue()
        self.shown = set()  # addresses that the SDPs from the other side named
        self.number, self.call_id = 0, token() + "@phone"
        self.registered, self.granted, self.asked = 0.0, 0, []  # when, for how long; when OPTIONS came outside of any call
        asyncio.get_running_loop().add_reader(self.socket, self.receive)

    def move(self, address):
        loop = asyncio.get_running_loop()
        loop.remove_reader(self.socket)
        self.socket.close()
        self.address = self.habits.address = address
        self.socket = udp(self.space, address, self.port)
        loop.add_reader(self.socket, self.receive)

    def next_port(self):
        Phone.ports[self.space] = Phone.ports.get(self.space, 20000) + 2
        return Phone.ports[self.space]

    @property
    def aor(self):
        return f"sip:{self.user}@{DOMAIN}"

    def message(self, method, uri, local, remote, call, body="", routes=()):
        call_id, number = call
        via = f"SIP/2.0/UDP {self.habits.address}:{self.port};branch=z9hG4bK{token()}" + (";rport" if self.habits.rport else "")
        headers = [("Via", via), ("Max-Forwards", "70"), ("From", local), ("To", remote), ("Call-ID", call_id),
                   ("CSeq", f"{number} {method}"), *(("Route", route) for route in routes)]
        if method in ("INVITE", "REGISTER"):
            headers.append(("Contact", f"<sip:{self.user}@{self.habits.address}:{self.port}>"))
        return Message(f"{method} {uri} SIP/2.0", headers, body)

    def send(self, message):
        self.socket.sendto(message.data(), self.server)

    # Requests of ours.

    async def request(self, method, uri, local, remote, call, body="", routes=()):
        """The final response; a challenge is answered once."""
        message = self.message(method, uri, local, remote, call, body, routes)
        answer = await self.transact(message)
        if answer.status in (401, 407):
            password = f"{self.user}-secret"
            kind = "WWW-Authenticate" if answer.status == 401 else "Proxy-Authenticate"
            message = self.message(method, uri, local, remote, (call[0], call[1] + 1), body, routes)
            message.headers.append(("Authorization" if answer.status == 401 else "Proxy-Authorization",
                                    sip.credentials(answer.get(kind), self.user, password, method, uri)))
            answer = await self.transact(message)
        return answer

    async def transact(self, message):
        """RFC 3261 s.17.1: repeats until something comes, acknowledges a refused INVITE."""
        answers = self.waiting[message.branch] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        deadline, pause, quiet = loop.time() + PATIENCE, T1, True
        self.send(message)
        try:
            while loop.time() < deadline:
                try:
                    answer = await asyncio.wait_for(answers.get(), pause if quiet else deadline - loop.time())
                except asyncio.TimeoutError:
                    pause *= 2
                    if quiet:
                        self.send(message)
                    continue
                if answer.status >= 200:
                    self.refused(message, answer)
                    return answer
                quiet = message.method != "INVITE"
        finally:
            del self.waiting[message.branch]
        raise Trouble(f"{message.method}: no answer")

    def refused(self, message, answer):
        if message.method == "INVITE" and answer.status >= 300:
            headers = [(n, answer.get(n) if n == "To" else v) for n, v in message.headers if n in ("Via", "From", "To", "Call-ID", "Max-Forwards")]
            self.send(Message(f"ACK {message.uri} SIP/2.0", [*headers, ("CSeq", f"{message.cseq[0]} ACK")]))

    async def register(self):
        self.number += 2
        message = f"<{self.aor}>;tag={token()}", f"<{self.aor}>"
        local, remote = message
        answer = await self.request("REGISTER", f"sip:{DOMAIN}", local, remote, (self.call_id, self.number))
        if answer.status != 200:
            raise Trouble(f"REGISTER got {answer.status}")
        mine = f"{self.user}@{self.habits.address}:{self.port}"
        bound = next((contact for contact in answer.all("Contact") if mine in contact), None)
        if bound is None:
            raise Trouble(f"the 200 to REGISTER does not name {mine}")
        self.registered, self.granted = time.monotonic(), int(parameter(bound, "expires") or 0)

    async def call(self, aor):
        dialog = Dialog(self, token() + "@phone", f"<{self.aor}>;tag={token()}", f"<{aor}>")
        self.dialogs[dialog.call_id] = dialog
        dialog.number = 1
        try:
            answer = await self.request("INVITE", aor, dialog.local, dialog.remote, (dialog.call_id, 1), dialog.offer())
        except Trouble:
            dialog.close()
            raise
        if answer.status != 200:
            dialog.close()
            raise Trouble(f"INVITE got {answer.status}")
        dialog.number, dialog.remote = answer.cseq[0], answer.get("To")
        dialog.routes = list(reversed(answer.all("Record-Route")))
        dialog.learn(answer)
        dialog.acknowledge(answer.cseq[0])
        dialog.up.set()
        return dialog

    # What comes.

    def receive(self):
        try:
            while True:
                data, source = self.socket.recvfrom(65536)
                if len(data) > 4 and source == self.server:
                    self.take(Message.read(data))
        except OSError:
            return

    def take(self, message):
        if message.status:
            if message.branch in self.waiting:
                self.waiting[message.branch].put_nowait(message)
            elif 200 <= message.status < 300 and message.cseq[1] == "INVITE" and message.get("Call-ID") in self.dialogs:
                self.dialogs[message.get("Call-ID")].acknowledge(message.cseq[0])
            return
        key = message.branch, message.method
        if key in self.answered:
            self.socket.sendto(self.answered[key], self.server)
        elif message.method == "ACK":
            if message.get("Call-ID") in self.dialogs:
                self.dialogs[message.get("Call-ID")].up.set()
        else:
            self.answer(message, key)

    def answer(self, message, key):
        dialog = self.dialogs.get(message.get("Call-ID"))
        body, to = "", message.get("To")
        if message.method == "INVITE":
            if dialog is None:
                dialog = self.ring(message)
            dialog.learn(message)
            body, to = dialog.offer(), dialog.local
        elif message.method == "BYE" and dialog:
            dialog.close()
        elif message.method == "OPTIONS" and not dialog:
            self.asked.append(time.monotonic())
        status = "200 OK" if dialog or message.method == "OPTIONS" else "481 Call Does Not Exist"
        response = self.response(message, status, to, body)
        self.answered[key] = response.data()
        self.send(response)
        if message.method == "INVITE":
            asyncio.ensure_future(self.repeat(dialog, self.answered[key]))

    def ring(self, message):
        local = f"{message.get('To')};tag={token()}"
        dialog = Dialog(self, message.get("Call-ID"), local, message.get("From"))
        dialog.routes = message.all("Record-Route")
        self.dialogs[dialog.call_id] = dialog
        self.send(self.response(message, "180 Ringing", local))
        self.called.put_nowait(dialog)
        return dialog

    def response(self, message, status, to, body=""):
        headers = [(name, to if name == "To" else value) for name, value in message.headers
                   if name in ("Via", "From", "To", "Call-ID", "CSeq", "Record-Route")]
        if message.method == "INVITE":
            headers.append(("Contact", f"<sip:{self.user}@{self.habits.address}:{self.port}>"))
        return Message(f"SIP/2.0 {status}", headers, body)

    async def repeat(self, dialog, data):
        """RFC 3261 s.13.3.1.4: the 2xx until the ACK."""
        dialog.up.clear()
        pause = T1
        while not dialog.up.is_set() and not dialog.ended.is_set() and pause < PATIENCE:
            try:
                await asyncio.wait_for(dialog.up.wait(), pause)
            except asyncio.TimeoutError:
                self.socket.sendto(data, self.server)
                pause *= 2

    async def next_call(self):
        try:
            return await asyncio.wait_for(self.called.get(), PATIENCE)
        except asyncio.TimeoutError:
            raise Trouble("the call did not come") from None

    def close(self):
        asyncio.get_running_loop().remove_reader(self.socket)
        self.socket.close()
