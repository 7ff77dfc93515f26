# SPDX-License-Identifier: Apache-2.0
"""The calls of the matrix. Each case is a coroutine that returns its verdict: what was heard, in words that stay the same from run
to run. What was amiss in detail goes to the log."""
import asyncio
import dataclasses
import subprocess

from phone import Habits, Phone, Trouble
from sip import NOWHERE
from spaces import PREFIX
from table import Ways
from voice import EVERY, ON_THE_WAY, Voice

GATEWAY = {"inside": ("10.10.0.1", 5060), "outside": ("10.20.0.1", 5060)}
CARRIER = "10.20.0.2", 5060
PHONE_A, PHONE_B, OUTSIDE = "192.168.1.10", "192.168.1.11", "10.20.0.3"
STRANGER_INSIDE, STRANGER_OUTSIDE, MOVED = "10.10.0.8", "10.20.0.2", "10.20.0.33"
CGN_SIDE = "100.64.0.2"  # the home router of a double NAT as its outer router sees it
SAMPLE, TALK, REBOUND, RESUMED = 1.2, 1.6, 4.6, 3.4  # seconds of speech
SILENCE, QUIET = 32, 45                              # seconds; the cages forget after 30
TOO_SOON = 19                                        # seconds: a keepalive is due 20 s after the last sign of life (H19)
STARVED, LATE = 10, 2  # seconds that a busy machine may take longer to speak, and to hear what was said
NO_SOONER = 1.5  # seconds: a latch moves after 2 s of silence (G7), and this machine may be slow to read what came before


class Cage:
    """A home behind one NAT, and the phones that are made in it."""
    sip_ports = iter(range(6001, 9000, 2))
    strange_ports = iter(range(40101, 45000, 2))

    def __init__(self, name, kind, number, choir):
        self.name, self.kind, self.choir = name, kind, choir
        self.outside, self.home = f"10.10.0.{number}", f"cage-{name}-home"
        self.router = f"cage-{name}-cgn" if kind == "double" else f"cage-{name}-nat"

    def phone(self, address, ways=Ways()):
        port = next(Cage.sip_ports)
        named = {"private": address, "public": self.outside, "0.0.0.0": NOWHERE}
        habits = Habits(named[ways.contact], named[ways.sdp], ways.rport)
        return Phone((self.home, address, port), f"{self.name}-{port}", GATEWAY["inside"], habits, self.choir)

    def in_next_home(self, phone):
        """A phone of another home behind the same carrier-grade NAT, which has the very address and port that this one has."""
        return Phone((f"cage-{self.name}-next", phone.address, phone.port), f"{self.name}-next-{phone.port}", GATEWAY["inside"],
                     dataclasses.replace(phone.habits), self.choir)

    def far_phone(self):
        """A phone outside, which the carrier knows without the gateway."""
        port = next(Cage.sip_ports)
        phone = Phone(("phone-c", OUTSIDE, port), f"far-{port}", CARRIER, Habits(OUTSIDE, OUTSIDE), self.choir)
        phone.gateway = GATEWAY["outside"][0]
        return phone

    async def rebind(self, address, ports):
        """The NAT forgets these sockets of a phone, and what they send next gets other outside ports."""
        source, listed = CGN_SIDE if self.kind == "double" else address, ", ".join(map(str, ports))
        steps = [f"nft insert rule ip nat postrouting ip saddr {source} udp sport {{ {listed} }} oifname up0 masquerade to :50001-54000",
                 # Nothing may pass meanwhile and restore what is forgotten.
                 f"nft 'table ip cut {{ chain wire {{ type filter hook prerouting priority raw; udp sport {{ {listed} }} drop; "
                 f"udp dport {{ {listed} }} drop; }}; }}'"]
        for port in ports:
            steps.append(f"{{ conntrack -D -p udp --orig-src {source} --orig-port-src {port} 2>/dev/null || :; }}")
            if self.kind in ("full-cone", "address-restricted"):
                steps.append(f"nft delete element ip nat inside {{ {port} }}")
        steps.append("nft delete table ip cut")
        shell = await asyncio.create_subprocess_exec("ip", "netns", "exec", PREFIX + self.router, "bash", "-c", " && ".join(steps),
                                                     stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        _, errors = await shell.communicate()
        if shell.returncode != 0:
            raise Trouble(f"the NAT cannot be rebound: {errors.decode().splitlines()[-1]}")


async def connect(caller, callee):
    """A call that is up, as its two dialogs."""
    calling = asyncio.ensure_future(caller.call(callee.aor))
    coming = asyncio.ensure_future(callee.next_call())
    done, _ = await asyncio.wait((calling, coming), return_when=asyncio.FIRST_EXCEPTION)
    for task in (calling, coming):
        if task not in done:
            task.cancel()
    failed = next((task.exception() for task in (calling, coming) if task in done and task.exception()), None)
    if failed:
        raise failed
    near, far = calling.result(), coming.result()
    near.voice.other, far.voice.other = far.voice, near.voice
    return near, far


async def until(true, seconds):
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not true() and loop.time() < deadline:
        await asyncio.sleep(EVERY)


async def talk(calls, seconds):
    """Everybody says what takes so many seconds, however slow this machine is, and gets what arrives late."""
    said = {call: call.voice.count + round(seconds / EVERY) for call in calls}
    for call in calls:
        call.voice.speaking = True
    await asyncio.sleep(seconds)
    await until(lambda: all(call.voice.count >= said[call] for call in calls), STARVED)
    for call in calls:
        call.voice.speaking = False
    await asyncio.sleep(ON_THE_WAY)
    await until(lambda: all(call.voice.hears() for call in calls if not is_held(call)), LATE)


def heard(near, far):
    ways = {(True, True): "both ways", (True, False): "only the caller hears", (False, True): "only the callee hears", (False, False): "silence"}
    return ways[near.voice.hears(), far.voice.hears()]


def faults_of(call):
    """What a phone may not see: media that changed, or an address that is not the gateway's."""
    phone = call.phone
    strange = phone.shown - {phone.gateway, NOWHERE}
    return call.voice.faults + [f"was shown {address}" for address in strange]


def is_held(call):
    """Who has said 0.0.0.0 gets neither RTP nor RTCP (E11)."""
    return call.media == NOWHERE


async def held(near, far, log):
    """Whoever named 0.0.0.0 hears nothing and is heard; then says where it is."""
    await talk((near, far), SAMPLE)
    good = True
    for listener, speaker in ((near, far), (far, near)):
        if is_held(listener):
            good &= not listener.voice.heard and not listener.voice.reports
        else:
            good &= listener.voice.hears()
        log(f"{listener.phone.user}: {len(listener.voice.heard)} of {speaker.voice.count} packets, {len(listener.voice.reports)} reports")
    for call in (near, far):
        if is_held(call):
            await call.say(call.phone.habits.address)
    return "held, then " if good else "not held, then "


async def plain(log, caller, callee):
    """One call, talk both ways, the caller hangs up. Neighbours: K56, G17."""
    near, far = await connect(caller, callee)
    words = await held(near, far, log) if is_held(near) or is_held(far) else ""
    await talk((near, far), TALK)
    return await ended(log, near, far, words + heard(near, far))


async def ended(log, near, far, verdict):
    faults = faults_of(near) + faults_of(far)
    for call in (near, far):
        voice = call.voice
        log(f"{call.phone.user}: sent {voice.count}, heard {len(voice.heard)} and {len(voice.reports)} reports")
    await near.hang_up()
    try:
        await asyncio.wait_for(far.ended.wait(), 5)
    except asyncio.TimeoutError:
        far.close()
        faults.append("the BYE did not come")
    for fault in dict.fromkeys(faults):
        log(f"fault: {fault}")
    return verdict + (", but not unharmed" if faults else "")


async def rebound(log, cage, phone, caller, callee):
    """K56, G7: the NAT moves all sockets of the phone while both talk. Then the far end hangs up: its BYE must find the phone."""
    near, far = await connect(caller, callee)
    mine, other = (near, far) if caller is phone else (far, near)
    await talk((near, far), TALK)
    verdicts = [heard(near, far)]
    other.voice.longest_gap = 0.0
    moving = asyncio.ensure_future(cage.rebind(phone.address, (phone.port, mine.voice.port, mine.voice.port + 1)))
    await talk((near, far), REBOUND)
    await moving
    verdicts.append(heard(near, far))
    log(f"{phone.user}: rebound, {other.voice.longest_gap:.2f} s without speech")
    if other.voice.longest_gap < NO_SOONER:
        verdicts[-1] += ", but too early"
    await mine.say(mine.media)  # nothing changes but that the gateway learns where the phone is (J9), and keeps its latch (G7)
    await talk((near, far), TALK)
    verdicts.append(heard(near, far))
    return await ended(log, other, mine, again(verdicts))


def again(verdicts):
    return f"{verdicts[0]} again" if len(set(verdicts)) == 1 else ", then ".join(verdicts)


async def silent(log, caller, callee):
    """Nobody says anything for longer than the NAT remembers."""
    near, far = await connect(caller, callee)
    await talk((near, far), TALK)
    verdicts = [heard(near, far)]
    await asyncio.sleep(SILENCE)
    await talk((near, far), RESUMED)
    return await ended(log, near, far, again([*verdicts, heard(near, far)]))


async def quiet(log, phone, far_phone):
    """H19: the phone has registered for long and says nothing by itself. Its NAT would forget it, were it not for its answers to the
    keepalives of the gateway."""
    if phone.granted <= QUIET:
        raise Trouble(f"is to register again after {phone.granted} s")
    await asyncio.sleep(QUIET)
    waits = [b - a for a, b in zip([phone.registered, *phone.asked], phone.asked)]
    log(f"{phone.user}: bound for {phone.granted} s, asked for a sign of life after {', '.join(f'{wait:.1f}' for wait in waits)} s")
    verdict = await plain(log, far_phone, phone)
    if not waits or min(waits) < TOO_SOON:
        verdict += ", but asked too often" if waits else ", but never asked"
    return verdict


async def moved(log, cage, phone, far_phone):
    """The NAT moves the phone between two calls; it registers again (H18) and is called."""
    await cage.rebind(phone.address, (phone.port,))
    await phone.register()
    return await plain(log, far_phone, phone)


async def walked(log, phone, address, caller, callee):
    """K12: the phone goes on at another address (RFC 3665 s.3.7). Its old address speaks on and may not be heard any more (G7)."""
    near, far = await connect(caller, callee)
    mine, other = (near, far) if caller is phone else (far, near)
    await talk((near, far), SAMPLE)
    verdicts = [heard(near, far)]
    before = mine.move(address)
    try:
        await mine.say(address)
        before.speaking = mine.voice.speaking = True
        await asyncio.sleep(0.2)  # the old address is good until the new one speaks
        other.voice.faults.clear()
        await talk((near, far), TALK)
        verdicts.append(heard(near, far))
        return await ended(log, other, mine, again(verdicts))
    finally:
        phone.choir.voices.remove(before)
        before.close()


async def among_strangers(log, cage, caller, callee):
    """K55, G4, G5, G6: strangers send RTP and RTCP to both media ports of the gateway: from other hosts of both sides before anybody else speaks, and
    from the next phone behind the same NAT when the phone has spoken. A call that has ended goes on sending, too (G9)."""
    strangers = []

    def stranger(space, address, target, port=0):
        voice = Voice(space, address, port or next(Cage.strange_ports))
        voice.target, voice.speaking = target, True
        cage.choir.voices.append(voice)
        strangers.append(voice)

    try:
        gone = await connect(caller, callee)
        verdicts = [await plainly(log, *gone)]
        for call in gone:
            stranger(call.phone.space, call.phone.address, call.voice.target, call.voice.port)
        near, far = await connect(caller, callee)
        stranger("lan", STRANGER_INSIDE, near.voice.target)
        stranger("carrier", STRANGER_OUTSIDE, far.voice.target)
        await asyncio.sleep(0.5)
        await talk((near, far), SAMPLE)
        stranger(cage.home, PHONE_B, near.voice.target)
        return again([*verdicts, await plainly(log, near, far)])
    finally:
        for voice in strangers:
            cage.choir.voices.remove(voice)
            voice.close()


async def plainly(log, near, far):
    await talk((near, far), TALK)
    return await ended(log, near, far, heard(near, far))
