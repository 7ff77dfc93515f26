#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a speech-like WAV (8 kHz, 16 bit, mono): syllables of gliding tones with pauses, all chosen by a seed.

Two seeds give signals that do not resemble each other, and no part of one resembles another part of it, so that a
recording can be matched to its place in the source.
"""
import argparse
import math
import random
import struct
import wave

RATE = 8000


def syllable(chooser, samples):
    """A glide of a fundamental with two overtones under a smooth envelope."""
    low = chooser.uniform(150, 700)
    high = chooser.uniform(150, 700)
    weights = [1.0, chooser.uniform(0.3, 0.9), chooser.uniform(0.1, 0.6)]
    phase = 0.0
    for n in range(samples):
        part = n / samples
        phase += 2 * math.pi * (low + (high - low) * part) / RATE
        envelope = math.sin(math.pi * part) ** 0.5
        yield envelope * sum(w * math.sin(phase * (k * 2 + 1)) for k, w in enumerate(weights)) / sum(weights)


def speech(seed, seconds):
    chooser = random.Random(seed)
    samples = []
    while len(samples) < seconds * RATE:
        samples.extend(syllable(chooser, chooser.randrange(800, 2000)))
        samples.extend([0.0] * chooser.randrange(100, 600))
    return samples[: seconds * RATE]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--seconds", type=int, default=30)
    args = parser.parse_args()
    values = (round(12000 * value) for value in speech(args.seed, args.seconds))
    with wave.open(args.file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(b"".join(struct.pack("<h", value) for value in values))


if __name__ == "__main__":
    main()
