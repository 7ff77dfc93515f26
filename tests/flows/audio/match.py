#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Says whether a recording is the source as a phone heard it: match.py SOURCE RECORDING [--seconds N].

The recording is cut into half-second windows. Each loud window must be found in the source by normalised
cross-correlation, and the places found must run on (a jitter buffer may slip a little, a wrong file may not). Prints one
line and exits 0 when at least --share of the windows are found and they make up at least --seconds; else exits 1.
No packages beyond Python's own.
"""
import argparse
import cmath
import math
import operator
import struct
import sys
import wave

WINDOW = 4000       # samples: half a second at 8 kHz
LOUD = 200.0        # root mean square below which a window is a pause
ALIKE = 0.85        # normalised correlation: G.711 alone gives over 0.99
FOLD = 8            # samples summed to one for the rough search
SLIP = 400          # samples that the place may move between neighbouring windows (50 ms)


second = operator.itemgetter(1)


def read(path):
    with wave.open(path, "rb") as file:
        if file.getsampwidth() != 2 or file.getframerate() != 8000:
            sys.exit(f"{path}: expected 16 bit at 8000 Hz")
        frames = file.readframes(file.getnframes())
        step = file.getnchannels()
    return list(struct.unpack(f"<{len(frames) // 2}h", frames))[::step]


def transform(values, sign):
    """In-place radix-2 Fourier transform of a list of complex numbers whose length is a power of two."""
    size = len(values)
    place = 0
    for n in range(1, size):
        bit = size >> 1
        while place & bit:
            place ^= bit
            bit >>= 1
        place |= bit
        if n < place:
            values[n], values[place] = values[place], values[n]
    half = 1
    while half < size:
        turns = [cmath.exp(sign * 1j * math.pi * k / half) for k in range(half)]
        for start in range(0, size, 2 * half):
            for k in range(half):
                low = values[start + k]
                high = values[start + half + k] * turns[k]
                values[start + k] = low + high
                values[start + half + k] = low - high
        half *= 2


def thin(samples):
    """Every FOLD samples as their sum: enough to find a rough place quickly."""
    return [sum(samples[n : n + FOLD]) for n in range(0, len(samples) - FOLD + 1, FOLD)]


def running_energy(samples):
    total = [0.0]
    for value in samples:
        total.append(total[-1] + value * value)
    return total


class Source:
    """A signal prepared for finding pieces of WINDOW samples in it."""

    def __init__(self, samples):
        self.samples = samples
        self.energy = running_energy(samples)
        thinned = thin(samples)
        self.thin_energy = running_energy(thinned)
        self.places = len(thinned) - WINDOW // FOLD + 1
        self.size = 1
        while self.size < len(thinned) + WINDOW // FOLD:
            self.size *= 2
        self.spectrum = [complex(v) for v in thinned] + [0j] * (self.size - len(thinned))
        transform(self.spectrum, -1)

    def score(self, piece, place):
        """Normalised correlation, -1 to 1, of the piece with the source at this place."""
        if not 0 <= place <= len(self.samples) - len(piece):
            return 0.0
        product = sum(map(operator.mul, piece, self.samples[place : place + len(piece)]))
        energy = (self.energy[place + len(piece)] - self.energy[place]) * sum(v * v for v in piece)
        return product / math.sqrt(energy) if energy > 0 else 0.0

    def near(self, piece, place, reach):
        """The best place within reach of the given one and its score."""
        score = self.score(piece, place)
        if score >= ALIKE:
            return place, score
        return max(((n, self.score(piece, n)) for n in range(place - reach, place + reach + 1)), key=second)

    def anywhere(self, piece):
        """The best place in the whole source and its score: three rough places by transform, then each exactly."""
        work = [complex(v) for v in thin(piece)]
        width = len(work)
        work += [0j] * (self.size - width)
        transform(work, -1)
        work = [a * b.conjugate() for a, b in zip(self.spectrum, work)]
        transform(work, +1)
        rough = []
        for place in range(self.places):
            energy = self.thin_energy[place + width] - self.thin_energy[place]
            rough.append((place, work[place].real / math.sqrt(energy) if energy > 0 else 0.0))
        rough.sort(key=second, reverse=True)
        return max((self.near(piece, place * FOLD, FOLD) for place, _ in rough[:3]), key=second)


def loudness(piece):
    return math.sqrt(sum(v * v for v in piece) / len(piece))


def match(source_samples, recording):
    """Returns (loud windows, windows found in running order, how loud the loudest window was)."""
    source = Source(source_samples)
    loud = found = searches = 0
    loudest = 0.0
    offset = None  # place in the source minus place in the recording
    for start in range(0, len(recording) - WINDOW + 1, WINDOW):
        piece = recording[start : start + WINDOW]
        level = loudness(piece)
        loudest = max(loudest, level)
        if level < LOUD:
            continue
        loud += 1
        place, score = (0, 0.0) if offset is None else source.near(piece, start + offset, SLIP)
        if score < ALIKE and offset is None and searches < 8:
            searches += 1
            place, score = source.anywhere(piece)
        if score >= ALIKE:
            found += 1
            offset = place - start
    return loud, found, loudest


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source")
    parser.add_argument("recording")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--share", type=float, default=0.85)
    args = parser.parse_args()
    loud, found, loudest = match(read(args.source), read(args.recording))
    heard = found * WINDOW / 8000
    line = f"{heard:.1f} s of the source heard, {found} of {loud} loud windows found, loudest {loudest:.0f}"
    print(line)
    sys.exit(0 if heard >= args.seconds and found >= args.share * loud else 1)


if __name__ == "__main__":
    main()
