#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Call flows drawn as ladders, played by SIPp against one running gateway and compared with the captures message by message.
# ladders.sh DIRECTORY [GATEWAY-OPTION...]: every *.ladder of tests/flows/DIRECTORY.
source "$(dirname "$0")/flow.sh"
directory=$FLOW_SOURCE/$1
shift

fresh_lab preserve
# Where the ladders' other actors live (ladder/ladder.py, HOSTS).
in_ns carrier ip addr add 10.20.0.12/24 dev eth0
in_ns carrier ip addr add 10.20.0.13/24 dev eth0
in_ns phone-c ip addr add 10.20.0.33/24 dev eth0
with_gateway "$@"
python3 "$FLOW_SOURCE/ladder/perform.py" "$FLOW_DIR/ladders" "$directory"/*.ladder >"$FLOW_DIR/played.txt" 2>&1
played=$?
note "played: $(grep -c ' s played$' "$FLOW_DIR/played.txt")"
idle_again 80
end_lab
python3 "$FLOW_SOURCE/ladder/judge.py" "$FLOW_DIR/pcap-preserve" "$FLOW_DIR/ladders" >"$FLOW_DIR/faults.txt" 2>"$FLOW_DIR/judged.txt" ||
    fail "$(tail -1 "$FLOW_DIR/judged.txt"): $(head -1 "$FLOW_DIR/faults.txt")"
[ "$played" = 0 ] || fail "$(grep -v ' s played$' "$FLOW_DIR/played.txt" | head -1)"
pass "$(cut -d' ' -f1 "$FLOW_DIR/judged.txt") flows as drawn, message by message: $(ls "$directory" | sed 's/\.ladder$//' | tr '\n' ' ')"
