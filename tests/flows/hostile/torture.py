#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The torture messages of RFC 4475 and RFC 5118 against a running gateway.

  torture.py far ADDRESS LOG                    the server on the far side: refuses everything with 480, writes down what came
  torture.py near GATEWAY SOURCE GOLDEN LOG     sends every message, writes down what comes back
  torture.py judge GOLDEN NEAR FAR              says what is not as torture_cases.py has it; far side closed: FAR is "none"
"""
import base64
import json
import os
import re
import select
import socket
import sys
import time

import torture_cases as cases

PAUSE = 0.21  # no source gets more than five answers a second to what cannot be read (J3)
WAIT = 6  # seconds after the last message: what is resent by timers E and G comes, too, and must change nothing
PORT = 5060
REPLY_PORTS = (PORT, 5050, 19823)  # answers go where the top Via says


def lines_of(message):
    return message.partition(b"\r\n\r\n")[0].split(b"\r\n")


def header(message, name):
    """The lines of that header, in order."""
    return [line for line in lines_of(message)[1:] if line.lower().startswith(name.lower() + b":")]


def body(message):
    return message.partition(b"\r\n\r\n")[2]


def messages(golden):
    """(name, octets), each with a top Via branch of its own: several share one with the same sent-by and method."""
    found = []
    for name in cases.RFC4475:
        with open(os.path.join(golden, name + ".dat"), "rb") as file:
            found.append((name, file.read()))
    found += [(row[0], cases.rfc5118(*row[:4])) for row in cases.RFC5118]
    return [(name, re.sub(rb"(branch=z9hG4bK)(?=[^\s;,])", rb"\g<1>" + name.encode() + b".", octets, count=1))
            for name, octets in found]


def outcomes():
    return {**cases.RFC4475, **{row[0]: row[4] for row in cases.RFC5118}}


def write_down(log, **entry):
    log.write(json.dumps({k: base64.b64encode(v).decode() if isinstance(v, bytes) else v for k, v in entry.items()}) + "\n")
    log.flush()


def read_log(path):
    with open(path, encoding="ascii") as log:
        entries = [json.loads(line) for line in log]
    return [{k: base64.b64decode(v) if k == "octets" else v for k, v in entry.items()} for entry in entries]


def bound(address, port):
    end = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    end.bind((address, port))
    return end


def far(address, path):
    """Serial numbers go back in X-Far, so that near and far tell of the same exchange."""
    end = bound(address, PORT)
    seen = {}
    with open(path, "w", encoding="ascii") as log:
        while True:
            octets, source = end.recvfrom(65535)
            if octets.startswith(b"SIP/2.0 ") or octets.startswith(b"ACK "):
                write_down(log, number=0, octets=octets)
                continue
            key = b"".join(header(octets, b"Via")[:1])
            if key not in seen:
                seen[key] = len(seen) + 1
                write_down(log, number=seen[key], octets=octets)
            copied = [line for name in (b"Via", b"From", b"Call-ID", b"CSeq") for line in header(octets, name)]
            to = b"".join(header(octets, b"To")[:1])
            answer = [b"SIP/2.0 480 Far And Away", *copied, to + (b"" if b";tag=" in to else b";tag=far"),
                      b"X-Far: %d" % seen[key], b"Content-Length: 0", b"", b""]
            end.sendto(b"\r\n".join(answer), source)


def acknowledge(end, gateway, request, response):
    """The ACK of a refused INVITE (RFC 3261 s.17.1.1.3), for the ones whose lines are plain enough to copy."""
    uri = lines_of(request)[0].split(b" ")[1]
    cseq = b"".join(header(response, b"CSeq")[:1]).replace(b"INVITE", b"ACK")
    copied = [line for name in (b"From", b"To", b"Call-ID") for line in header(response, name)]
    via = header(response, b"Via")[:1]
    end.sendto(b"\r\n".join([b"ACK " + uri + b" SIP/2.0", *via, *copied, cseq, b"Max-Forwards: 70", b"Content-Length: 0", b"", b""]),
               gateway)


def name_of(response, names):
    """The message that was answered: by the branch that it was given, else by its Call-ID."""
    via, call_id = (b"".join(header(response, name)[:1]) for name in (b"Via", b"Call-ID"))
    for name in names:
        if b"branch=z9hG4bK" + name.encode() + b"." in via or call_id.startswith(b"Call-ID: " + name.encode() + b"."):
            return name
    return "nobody's"


def near(gateway, source, golden, path):
    to = (gateway, PORT)
    sent = dict(messages(golden))
    ends = [bound(source, port) for port in REPLY_PORTS]
    with open(path, "w", encoding="ascii") as log:
        for octets in sent.values():
            ends[0].sendto(octets, to)
            time.sleep(PAUSE)
        deadline = time.monotonic() + WAIT
        while (left := deadline - time.monotonic()) > 0:
            for end in select.select(ends, [], [], left)[0]:
                response = end.recv(65535)
                name = name_of(response, sent)
                write_down(log, name=name, octets=response)
                cseq = b"".join(header(response, b"CSeq"))
                if name in sent and b"INVITE" in cseq and not response.startswith(b"SIP/2.0 1"):
                    acknowledge(ends[0], to, sent[name], response)
    print(f"sent {len(sent)}")


def judge_far(name, octets, sent):
    """What the far side saw of a message that crossed."""
    for line in cases.LINES.get(name, ()):
        if line not in lines_of(octets):
            yield f"{name}: the far side did not see {line!r}"
    for piece in cases.PIECES.get(name, ()):
        if piece in octets:
            yield f"{name}: the far side saw {piece!r}"
    if name in cases.SAME_BODY and body(octets) != body(sent):
        yield f"{name}: the body changed"


def judge_one(name, wanted, answers, far_by_number, sent):
    finals = [a for a in answers if not a.startswith(b"SIP/2.0 1")]
    codes = sorted({int(a.split(b" ")[1]) for a in finals})
    if wanted == cases.SILENCE:
        return [f"{name}: answered {codes}"] if answers else []
    if wanted != cases.FAR:
        faults = [] if codes == [wanted] else [f"{name}: wanted {wanted}, got {codes}"]
        said = [line for a in finals for line in lines_of(a)]
        faults += [f"{name}: the answer lacks {line!r}" for line in cases.ANSWER_LINES.get(name, ()) if line not in said]
        return faults + ([f"{name}: the answer is the far side's"] if any(header(a, b"X-Far") for a in finals) else [])
    marks = {line for a in finals for line in header(a, b"X-Far")}
    if codes != [480] or len(marks) != 1:
        return [f"{name}: wanted the far side's 480, got {codes}, marks {sorted(marks)}"]
    number = int(marks.pop().split(b":")[1])
    crossed = far_by_number.pop(number, None)
    return [f"{name}: two messages for one"] if crossed is None else list(judge_far(name, crossed, sent))


def closed(wanted, sent):
    """From a side that no route leads out of: what would cross is refused here."""
    if wanted != cases.FAR:
        return wanted
    if sent.startswith(b"REGISTER "):
        return 403
    return 404


def judge(golden, near_log, far_log):
    sent = dict(messages(golden))
    answers = {}
    for entry in read_log(near_log):
        answers.setdefault(entry["name"], []).append(entry["octets"])
    far_entries = [] if far_log == "none" else read_log(far_log)
    crossed = {entry["number"]: entry["octets"] for entry in far_entries if entry["number"] != 0}
    faults = []
    for name, wanted in outcomes().items():
        wanted = closed(wanted, sent[name]) if far_log == "none" else wanted
        faults += judge_one(name, wanted, answers.get(name, []), crossed, sent[name])
    faults += [f"an answer to nothing: {octets[:80]!r}" for octets in answers.get("nobody's", [])]
    faults += [f"nobody sent what the far side saw: {octets[:80]!r}" for octets in crossed.values()]
    faults += [f"a response crossed: {e['octets'][:80]!r}" for e in far_entries if e["octets"].startswith(b"SIP/2.0 ")]
    for fault in faults:
        print(fault)
    print(f"{len(outcomes())} messages, {len(faults)} faults")
    return 1 if faults else 0


def main():
    command, *arguments = sys.argv[1:]
    return {"far": far, "near": near, "judge": judge}[command](*arguments)


if __name__ == "__main__":
    sys.exit(main())
