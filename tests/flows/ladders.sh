#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Call flows drawn as ladders, played by SIPp against one running gateway and compared with the captures message by message.
# ladders.sh DIRECTORY: every *.ladder of tests/flows/DIRECTORY.
source "$(dirname "$0")/flow.sh"
directory=$FLOW_SOURCE/$1
# Calls from inside go to the carrier, and when it fails them to a second proxy, whose redirections are followed.
GATEWAY=(--route.out.to=peer.carrier,peer.second --peer.second.realm=outside --peer.second.uri=sip:10.20.0.12
    --peer.second.redirect=recurse)

fresh_lab preserve
# Where the ladders' other actors live (ladder/ladder.py, HOSTS).
in_ns carrier ip addr add 10.20.0.12/24 dev eth0
in_ns carrier ip addr add 10.20.0.13/24 dev eth0
in_ns phone-c ip addr add 10.20.0.33/24 dev eth0
# Some ladders let half a minute pass without a word. A home router must not forget meanwhile where the phone is.
in_ns nat sysctl -qw net.netfilter.nf_conntrack_udp_timeout=120
with_gateway "${GATEWAY[@]}"
python3 "$FLOW_SOURCE/ladder/perform.py" "$FLOW_DIR/ladders" "$directory"/*.ladder >"$FLOW_DIR/played.txt" 2>&1
played=$?
note "played: $(grep -c ' s played$' "$FLOW_DIR/played.txt")"
idle_again 80
end_lab
python3 "$FLOW_SOURCE/ladder/judge.py" "$FLOW_DIR/pcap-preserve" "$FLOW_DIR/ladders" >"$FLOW_DIR/faults.txt" 2>"$FLOW_DIR/judged.txt" ||
    fail "$(tail -1 "$FLOW_DIR/judged.txt"): $(head -1 "$FLOW_DIR/faults.txt")"
[ "$played" = 0 ] || fail "$(grep -v ' s played$' "$FLOW_DIR/played.txt" | head -1)"
# The judge is judged: it must find every fault in what it has just found right, once that is spoiled.
python3 "$FLOW_SOURCE/ladder/spoil.py" "$FLOW_DIR/pcap-preserve" "$FLOW_DIR/ladders" >"$FLOW_DIR/missed.txt" 2>"$FLOW_DIR/spoiled.txt" ||
    fail "$(tail -1 "$FLOW_DIR/spoiled.txt"): $(head -1 "$FLOW_DIR/missed.txt")"
pass "$(cut -d' ' -f1 "$FLOW_DIR/judged.txt") flows as drawn, message by message: $(ls "$directory" | sed 's/\.ladder$//' | tr '\n' ' ')($(cut -d, -f1 "$FLOW_DIR/spoiled.txt") and found out)"
