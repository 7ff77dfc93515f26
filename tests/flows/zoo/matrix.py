#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays every case in every cage and writes down the verdicts: matrix.py FILE CAGE=KIND=NUMBER... The lab, the gateway and the
registrar run already. Exits 1 when a verdict is not what it must be; what happened is on stdout."""
import asyncio
import json
import sys
import time

import cases
from phone import Trouble
from table import HABITS, NAMES, Row
from voice import Choir

AT_ONCE = 16  # calls that are no waiting
GOOD = ("both ways", "held, then both ways", "both ways again")
began = time.monotonic()


def said(cage, row):
    return lambda text: print(f"[{time.monotonic() - began:5.1f} s] {cage}, {row}: {text}", flush=True)


class Matrix:
    def __init__(self):
        self.verdicts, self.choir, self.gate = {}, Choir(), None

    async def in_turn(self, calls):
        """From the registration to the last call nothing is waited for: who says that it has no NAT is not kept open (H19)."""
        async with self.gate:
            await calls

    async def one(self, cage, row, case):
        log = said(cage.name, row)
        try:
            verdict = await case(log)
        except Trouble as trouble:
            verdict = str(trouble)
        self.verdicts[cage.name, row] = verdict
        log(verdict)
        return verdict

    async def habits(self, cage, ways):
        """A phone of these habits calls out, is called, and calls another of its kind behind the same NAT."""
        near, neighbour, far = cage.phone(cases.PHONE_A, ways), cage.phone(cases.PHONE_B, ways), cage.far_phone()
        rows = [Row(call, ways) for call in ("calls out", "is called", "calls its neighbour")]
        if not await self.register(cage, rows, near, neighbour, far):
            return
        for row, caller, callee in zip(rows, (near, far, near), (far, near, neighbour)):
            await self.one(cage, row, lambda log, a=caller, b=callee: cases.plain(log, a, b))

    async def register(self, cage, rows, *phones):
        """Whether all could."""
        try:
            for phone in phones:
                await phone.register()
            return True
        except Trouble as trouble:
            for row in rows:
                self.verdicts[cage.name, row] = str(trouble)
            return False

    async def rebinding(self, cage):
        await self.pair(cage, "calls out, rebound meanwhile", lambda log, near, far: cases.rebound(log, cage, near, near, far))
        await self.pair(cage, "is called, rebound meanwhile", lambda log, near, far: cases.rebound(log, cage, near, far, near))
        await self.pair(cage, "is rebound, registers, is called", lambda log, near, far: cases.moved(log, cage, near, far))

    async def pair(self, cage, call, case):
        """A phone of the usual habits and one outside."""
        near, far, row = cage.phone(cases.PHONE_A), cage.far_phone(), Row(call)
        if await self.register(cage, [row], near, far):
            await self.one(cage, row, lambda log: case(log, near, far))

    async def crossing(self, cage, other):
        near, far, row = cage.phone(cases.PHONE_A), other.phone(cases.PHONE_B), Row(f"calls a phone behind {NAMES[other.kind]}")
        if await self.register(cage, [row], near, far):
            await self.one(cage, row, lambda log: cases.plain(log, near, far))

    async def homes(self, cage):
        near, row = cage.phone(cases.PHONE_A), Row("calls another home behind the same NAT")
        other = cage.in_next_home(near)
        if await self.register(cage, [row], near, other):
            await self.one(cage, row, lambda log: cases.plain(log, near, other))

    async def trouble(self, cage):
        await self.pair(cage, "calls out, walks off meanwhile", lambda log, near, far: cases.walked(log, near, cases.PHONE_B, near, far))
        await self.pair(cage, "is called, the caller walks off", lambda log, near, far: cases.walked(log, far, cases.MOVED, far, near))
        await self.pair(cage, "calls out among strangers", lambda log, near, far: cases.among_strangers(log, cage, near, far))

    async def play(self, cages):
        self.gate = asyncio.Semaphore(AT_ONCE)
        singing = asyncio.ensure_future(self.choir.sing())
        waiting = [self.pair(cage, "calls out, all silent for 32 s", cases.silent) for cage in cages]
        waiting += [self.pair(cage, "is called after 45 s without a word", cases.quiet) for cage in cages]
        chains = [self.rebinding(cage) for cage in cages] + [self.trouble(cage) for cage in cages]  # the longest first
        chains += [self.habits(cage, ways) for ways in HABITS for cage in cages]
        chains += [self.homes(cage) for cage in cages if cage.kind == "double"]
        chains += [self.crossing(cage, other) for other in cages for cage in cages]
        await asyncio.gather(*waiting, *map(self.in_turn, chains))
        singing.cancel()


def main():
    matrix = Matrix()
    cages = [cases.Cage(*word.split("="), matrix.choir) for word in sys.argv[2:]]
    asyncio.run(matrix.play(cages))
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump([[cage, *row.cells, verdict] for (cage, row), verdict in matrix.verdicts.items()], file)
    bad = [f"{name}, {row}: {verdict}" for (name, row), verdict in matrix.verdicts.items() if verdict not in GOOD]
    print(*bad, sep="\n")
    print(f"{len(matrix.verdicts)} calls, {len(bad)} not as they must be")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
