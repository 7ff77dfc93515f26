#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""K52, H21, E-R16: restart.py PHONES. Registers that many phones behind the lab's NAT, has two of them talk, says `ready`, and waits for a
line: the gateway has died meanwhile and runs again. No phone notices. Some are called, and must be reached where they are; the calls
of before are unknown, and a BYE in them gets 481. Prints what went wrong; exits 1 then."""
import asyncio
import random
import sys

import cases
from phone import Habits, Phone, Trouble
from voice import Choir

AT_ONCE = 10
CALLED = 20


def phone(space, address, port, choir):
    return Phone((space, address, port), f"{space}-{port}", cases.GATEWAY["inside"], Habits(address, address), choir)


def far_phone(port, choir):
    far = Phone(("phone-c", cases.OUTSIDE, port), f"far-{port}", cases.CARRIER, Habits(cases.OUTSIDE, cases.OUTSIDE), choir)
    far.gateway = cases.GATEWAY["outside"][0]
    return far


async def all_of(action, phones):
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(each):
        async with gate:
            return await action(each)
    return await asyncio.gather(*map(one, phones))


async def forgotten(call, faults):
    """E-R16: the dialog of before is nobody's."""
    try:
        await call.hang_up()
        faults.append("BYE in a call of before the restart got 200")
    except Trouble as trouble:
        if "481" not in str(trouble):
            faults.append(f"in a call of before the restart: {trouble}")


async def play(count):
    choir, faults = Choir(), []
    singing = asyncio.ensure_future(choir.sing())
    homes = ("phone-a", cases.PHONE_A), ("phone-b", cases.PHONE_B)
    phones = [phone(*homes[n % 2], 6000 + n, choir) for n in range(count)]
    fars = [far_phone(5070 + n, choir) for n in range(CALLED)]
    await all_of(Phone.register, phones + fars)
    out, into = await cases.connect(phones[0], fars[0]), await cases.connect(fars[1], phones[1])
    await cases.talk((*out, *into), cases.TALK)
    if (cases.heard(*out), cases.heard(*into)) != ("both ways", "both ways"):
        faults.append("the phones do not hear each other before anything has happened")
    print(f"ready: {count} phones", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)

    async def called(pair):
        try:
            verdict = await cases.plain(print, *pair)
        except Trouble as trouble:
            verdict = str(trouble)
        if verdict != "both ways":
            faults.append(f"{pair[1].user} is called: {verdict}")
    await all_of(called, list(zip(fars, random.sample(phones[2:], CALLED))))
    for call in (out[0], into[1]):
        await forgotten(call, faults)
    singing.cancel()
    return faults


def main():
    faults = asyncio.run(play(int(sys.argv[1])))
    print(*faults, f"{CALLED} phones called, {len(faults)} faults", sep="\n")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
