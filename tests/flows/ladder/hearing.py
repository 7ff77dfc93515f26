# SPDX-License-Identifier: Apache-2.0
"""Judges a `hears` mark of a ladder on the captures: whose RTP and RTCP reached an actor at that moment. All is told from what
passed the gateway's own ports, between the message before the mark and the one behind it, so a slow machine changes nothing."""
import struct

ENOUGH = 3  # packets of each kind: a talker sends 50 of RTP and 25 of RTCP in a second
ON_THE_WAY = 0.02  # seconds after a message in which what was sent before it may still come


def kind(payload):
    """("rtp" or "rtcp", SSRC): RFC 5761 s.4."""
    if 192 <= payload[1] <= 223:
        return "rtcp", struct.unpack_from("!I", payload, 4)[0]
    return "rtp", struct.unpack_from("!I", payload, 8)[0]


def moment(judge, mark):
    """Between what stands before the mark and what stands behind it."""
    before = [line.m.time for line in judge.ladder.lines if line.number < mark.number]
    behind = [line.m.time for line in judge.ladder.lines if line.number > mark.number]
    return max(before) + ON_THE_WAY, min(behind)


def passed(judge, actor, to_actor, which):
    """Packets of that kind and SSRC between an actor and the gateway, in the moment given with them."""
    began, ended, *of = which
    return sum(1 for d in judge.wire.media[actor.realm] if began <= d.time <= ended and [*kind(d.payload)] == of
               and (d.target if to_actor else d.source) == actor.seen and (d.source if to_actor else d.target) == actor.gateway)


def faults(judge, mark):
    began, ended = moment(judge, mark)
    listener = judge.ladder.actors[mark.actor]
    for talker, what, wanted in mark.items:
        speaker = next(actor for actor in judge.ladder.actors.values() if talker in actor.talkers)
        which = began, ended, what, speaker.talkers[talker]
        said, heard = passed(judge, speaker, False, which), passed(judge, listener, True, which)
        if said < ENOUGH:
            yield f"line {mark.number}: {talker} sent {said} packets of {what} in {ended - began:.2f} s: nothing can be told"
        elif wanted and heard < ENOUGH:
            yield f"line {mark.number}: {mark.actor} got {heard} packets of {talker}'s {what}, {said} were sent"
        elif heard and not wanted:
            yield f"line {mark.number}: {mark.actor} got {heard} packets of {talker}'s {what}, and must get none"
