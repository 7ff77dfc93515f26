#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Performs ladders in the lab, one after the other, with one SIPp for each actor: perform.py DIR LADDER...
DIR gets a directory for each ladder: the SIPp scenarios, what SIPp said, and played.json for judge.py. The gateway and the
captures run already. Prints the actors that did not come to their end; exits 1 when there is one. What is on the wire is
judged later, whatever SIPp thought of it. `perform.py --watched DIR LADDER BEGAN` performs nothing: real programs have done it since
then."""
import ipaddress
import json
import os
import re
import signal
import struct
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from ladder import Ladder, bracketed
from scenario import Scenario

PREFIX = os.environ.get("LAB_PREFIX", "sp-")
HERE = os.path.dirname(os.path.abspath(__file__))


class Player:
    """One SIPp."""

    def __init__(self, ladder, actor, directory, tokens):
        self.ladder, self.actor, self.process, self.talkers = ladder, actor, None, []
        self.stem = os.path.join(directory, actor.name)
        self.directory = directory
        with open(self.stem + ".xml", "w", encoding="utf-8") as file:
            file.write(Scenario(ladder, actor, tokens, os.path.join(directory, "..", "voice.raw")).text())
        mine = [line for line in ladder.lines if line.actor == actor.name]
        self.calls = mine[0].sends

    def start(self, handed):
        actor, name = self.actor, os.path.basename(self.directory)
        beside = [other.after for other in self.ladder.actors.values() if other.how == "beside"]  # whose Call-ID goes into a URI
        mine = handed.get(actor.continues, {})
        call = mine.get("call", f"{name}-{actor.name}-%u-%p" + ("" if actor.name in beside else "@%s"))
        first = {media.first for media in self.ladder.media}
        echo = [] if actor.name in first else ["-rtp_echo"]
        keys = [word for key in ("local", "remote", "target") if key in mine for word in ("-key", key, mine[key])]
        keys += [word for other in handed for key in ("call", "our") if key in handed[other]
                 for word in ("-key", f"{other}_{key}", handed[other][key])]
        for line in self.ladder.lines:
            if line.credentials and line.actor == actor.name:
                keys += ["-auth_uri", line.uri.removeprefix("sip:")]
        command = ["sipp", "-sf", self.stem + ".xml", "-i", actor.address,
                   "-p", str(actor.port), "-t", "u1", "-m", "1", "-nostdin", "-default_behaviors", "none", "-cid_str", call,
                   "-max_invite_retrans", "12",
                   "-max_non_invite_retrans", "12", "-recv_timeout", str(self.ladder.patience * 1000), "-timeout", str(self.ladder.patience * 2), "-timeout_error",
                   "-mp", str(actor.media_port), *echo, "-key", "bracket", "[", *keys,
                   "-trace_err", "-error_file", self.stem + ".errors", "-trace_logs", "-log_file", self.stem + ".said",
                   f"{bracketed(actor.gateway)}:5060"]
        for talker, ssrc in actor.talkers.items():
            self.talkers.append(self.run([sys.executable, os.path.join(HERE, "talker.py"), str(ssrc), actor.address,
                                          str(actor.talks_from(talker)), self.stem + ".said"], "." + talker))
            until(lambda: os.path.getsize(f"{self.stem}.{talker}.out") > 0, 10)
        self.process = self.run(command)

    def run(self, command, name=""):
        with open(f"{self.stem}{name}.out", "wb") as out:
            return subprocess.Popen(["ip", "netns", "exec", PREFIX + self.actor.space, *command], stdin=subprocess.DEVNULL,
                                    stdout=out, stderr=subprocess.STDOUT)

    def listens(self):
        try:
            address = ipaddress.ip_address(self.actor.address)
            with open(f"/proc/{self.process.pid}/net/{'udp' if address.version == 4 else 'udp6'}", encoding="ascii") as file:
                words = struct.unpack(f"={len(address.packed) // 4}I", address.packed)
                ours = "".join(f"{word:08X}" for word in words) + f":{self.actor.port:04X} "
                return ours in file.read() or self.process.poll() is not None
        except OSError:
            return True

    def wait(self):
        try:
            return self.process.wait(self.ladder.patience * 2 + 5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def said(self):
        """What it hands on: name=value lines of its log."""
        if not os.path.exists(self.stem + ".said"):
            return {}
        with open(self.stem + ".said", encoding="utf-8", errors="replace") as file:
            return dict(re.findall(r"(\w+)=(.*?)\s*$", file.read(), re.M))

    def fault(self, code):
        errors = self.stem + ".errors"
        text = open(errors, encoding="utf-8", errors="replace").read().strip() if os.path.exists(errors) else ""
        return f"{self.actor.name}: SIPp ended with {code}: {' '.join(text.split())[:200]}"


def until(condition, seconds):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)


def perform(ladder, directory, tokens):
    """Faults of the actors, and what each handed on."""
    os.makedirs(directory, exist_ok=True)
    players = [Player(ladder, actor, directory, tokens) for actor in ladder.actors.values() if actor.name not in ladder.programs]
    began, faults, handed, done = time.time(), [], {}, set()
    for player in sorted(players, key=lambda player: (player.actor.after is not None, player.calls)):
        other = next((one for one in players if one.actor.name == player.actor.after), None)
        if player.actor.how == "beside":
            until(lambda: "call" in other.said(), ladder.patience)
            handed[other.actor.name] = other.said()
        elif other:
            finish(other, faults, handed, done)
        player.start(handed)
        if not player.calls:
            until(player.listens, 10)
        if player.actor.asleep_until:
            os.kill(player.process.pid, signal.SIGSTOP)
    wake(players, ladder.patience)
    for player in players:
        if player.actor.name not in done:
            finish(player, faults, handed, done)
    write_down(ladder, directory, began)
    return faults, handed


def write_down(ladder, directory, began):
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, "played.json"), "w", encoding="utf-8") as file:
        json.dump({"ladder": ladder.path, "mirrored": ladder.mirrored, "began": began, "ended": time.time(),
                   "tokens": getattr(ladder, "tokens", {})}, file)


def wake(players, seconds):
    """Those who sleep until another's call is up."""
    for player in players:
        if player.actor.asleep_until:
            other = next(one for one in players if one.actor.name == player.actor.asleep_until)
            until(lambda: "call" in other.said(), seconds)
            os.kill(player.process.pid, signal.SIGCONT)


def finish(player, faults, handed, done):
    code = player.wait()
    for talker in player.talkers:
        talker.terminate()
        talker.wait()
    done.add(player.actor.name)
    handed[player.actor.name] = player.said()
    if code != 0:
        faults.append(player.fault(code))


def register(phone, directory):
    """The contact token under which the outside reaches that phone."""
    ladder = Ladder(os.path.join(HERE, "registered.ladder"))
    place = ladder.actors["A"]
    for key in ("host", "port", "realm", "space", "address", "seen", "gateway", "identity", "uri", "user", "media_port"):
        setattr(place, key, getattr(phone, key))
    faults, handed = perform(ladder, directory, {})
    found = re.search(r"sip:([^@]+)@", handed["R"].get("contact", ""))
    if faults or not found:
        raise SystemExit(f"{phone.name} could not register: {faults}")
    return found.group(1)


def voice(path):
    with open(path, "wb") as file:
        file.write(bytes(0x80 | (n * 7 + n // 160) % 127 for n in range(160 * 15)))


def named(ladder):
    return os.path.basename(ladder.path).removesuffix(".ladder") + (".mirrored" if ladder.mirrored else "")


def register_all(ladder, directory):
    ladder.tokens = {}
    for number, phone in enumerate(ladder.registered):
        ladder.tokens[str(phone.port)] = register(phone, os.path.join(directory, f"{named(ladder)}.registered{number}"))


def play(ladder, directory):
    name = named(ladder)
    if not ladder.background:
        register_all(ladder, directory)
    began = time.monotonic()
    faults, _ = perform(ladder, os.path.join(directory, name), ladder.tokens)
    print(f"{name}: {time.monotonic() - began:.1f} s {'; '.join(faults) or 'played'}", flush=True)
    return bool(faults)


def main():
    if sys.argv[1] == "--watched":
        ladder = Ladder(sys.argv[3])
        write_down(ladder, os.path.join(sys.argv[2], named(ladder)), float(sys.argv[4]))
        return
    directory, paths = sys.argv[1], sys.argv[2:]
    os.makedirs(directory, exist_ok=True)
    voice(os.path.join(directory, "voice.raw"))
    ladders = list(map(Ladder, paths))
    ladders += [Ladder(ladder.path, True) for ladder in ladders if ladder.both_sides]
    ladders.sort(key=lambda ladder: (not ladder.background, ladder.last))
    for ladder in ladders:
        if ladder.background:  # all register with the same registrar: before anybody plays
            register_all(ladder, directory)
    with ThreadPoolExecutor(max_workers=16) as pool:
        behind = [pool.submit(play, ladder, directory) for ladder in ladders if ladder.background]
        failed = [play(ladder, directory) for ladder in ladders if not ladder.background]
        failed += [one.result() for one in behind]
    sys.exit(1 if any(failed) else 0)


if __name__ == "__main__":
    main()
