#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Call flows drawn as ladders, played by SIPp against one running gateway and compared with the captures message by message.
# ladders.sh DIRECTORY [INSIDE OUTSIDE]: every *.ladder of tests/flows/DIRECTORY, in realms of these IP versions (4 4). What the
# file `gateway` there says is handed to the gateway.
export LAB_INSIDE=${2:-4} LAB_OUTSIDE=${3:-4}
source "$(dirname "$0")/flow.sh"
directory=$FLOW_SOURCE/$1
# Calls from inside go to the carrier, and when it fails them to a second proxy, whose redirections are followed.
GATEWAY=(--route.out.to=peer.carrier,peer.second --peer.second.realm=outside "--peer.second.uri=sip:$(bracketed "${OUTSIDE_NET}12")"
    --peer.second.redirect=recurse --realm.inside.keepalive=off  # ladders have no OPTIONS now and then
    $(cat "$directory/gateway" 2>/dev/null))

fresh_lab preserve
# Where the ladders' other actors live (ladder/ladder.py, HOSTS).
in_ns carrier ip addr add "${OUTSIDE_NET}12/$OUTSIDE_LENGTH" dev eth0
in_ns carrier ip addr add "${OUTSIDE_NET}13/$OUTSIDE_LENGTH" dev eth0
in_ns phone-c ip addr add "${OUTSIDE_NET}33/$OUTSIDE_LENGTH" dev eth0
in_ns nat ip addr add "${INSIDE_NET}9/$INSIDE_LENGTH" dev up0
# Some ladders let half a minute pass without a word. A home router must not forget meanwhile where the phone is.
in_ns nat sysctl -qw net.netfilter.nf_conntrack_udp_timeout=120
with_gateway "${GATEWAY[@]}"
python3 "$FLOW_SOURCE/ladder/perform.py" "$FLOW_DIR/ladders" "$directory"/${FLOW_LADDERS:-*}.ladder >"$FLOW_DIR/played.txt" 2>&1
played=$?
note "played: $(grep -c ' s played$' "$FLOW_DIR/played.txt")"
idle_again 80
end_lab
as_drawn
[ "$played" = 0 ] || fail "$(grep -v ' s played$' "$FLOW_DIR/played.txt" | head -1)"
pass "$(cut -d' ' -f1 "$FLOW_DIR/judged.txt") flows as drawn, message by message: $(cd "$directory" && ls *.ladder | sed 's/\.ladder$//' | tr '\n' ' ')($(cut -d, -f1 "$FLOW_DIR/spoiled.txt") and found out)"
