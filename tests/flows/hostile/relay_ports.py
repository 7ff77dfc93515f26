#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the media port that the gateway advertised last on each side, inside first: relay_ports.py DIR."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "wire"))
import rules  # noqa: E402
from capture import sip_messages  # noqa: E402

ports = []
for side in rules.sides(sys.argv[1]):
    messages, _ = sip_messages(os.path.join(sys.argv[1], side["name"] + ".pcap"), side["gateway"])
    lines = [line for m in rules.from_gateway(side, messages) for line in m.sdp() if line.startswith("m=audio ")]
    ports.append(lines[-1].split(" ")[1] if lines else "none")
print(*ports)
