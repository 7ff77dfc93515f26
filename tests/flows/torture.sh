#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The 49 torture messages of RFC 4475 and those of RFC 5118, from both sides, to a running gateway (K37): each is answered,
# dropped or passed on as B2BUA-A21 has it, what crosses arrives as it should, nothing else appears on the other side, and
# the gateway lives on. torture.sh [4|6]: over which IP.
export LAB_INSIDE=${1:-4} LAB_OUTSIDE=${1:-4}
source "$(dirname "$0")/flow.sh"
GOLDEN=$FLOW_SOURCE/../golden/rfc4475
INSIDE=${INSIDE_NET}9

torture() { python3 "$FLOW_SOURCE/hostile/torture.py" "$@"; }

# judged NAME FAR
judged() {
    torture judge "$GOLDEN" "$FLOW_DIR/$1.answers" "$2" >"$FLOW_DIR/$1.judged" ||
        fail "$1: $(tail -1 "$FLOW_DIR/$1.judged"): $(head -1 "$FLOW_DIR/$1.judged" | cut -c1-200)"
    note "$1: $(tail -1 "$FLOW_DIR/$1.judged")"
}

fresh_lab preserve
with_gateway
in_ns nat ip addr add "$INSIDE/$INSIDE_LENGTH" dev up0
begin far carrier python3 "$FLOW_SOURCE/hostile/torture.py" far "$CARRIER" "$FLOW_DIR/far.seen"
wait_until 20 sipp_listens carrier "$(bracketed "$CARRIER"):5060" || fail "the far side does not listen"
begin inside nat python3 "$FLOW_SOURCE/hostile/torture.py" near "$GW_INSIDE" "$INSIDE" "$GOLDEN" "$FLOW_DIR/inside.answers"
finish inside 30 || fail "the messages were not sent: $(tail -1 "$FLOW_DIR/inside.log")"
judged inside "$FLOW_DIR/far.seen"
idle_again 60

# Afresh, because the same branches would be retransmissions; nobody is registered, so nothing may cross.
gateway_stop || fail "the gateway had to be killed"
capture_stop
capture_start "$FLOW_DIR/pcap-outside" >>"$FLOW_DIR/steps.log" 2>&1 || fail "no captures"
with_gateway
begin outside phone-c python3 "$FLOW_SOURCE/hostile/torture.py" near "$GW_OUTSIDE" "$PHONE_C" "$GOLDEN" "$FLOW_DIR/outside.answers"
finish outside 30 || fail "the messages were not sent: $(tail -1 "$FLOW_DIR/outside.log")"
judged outside none
idle_again 60
running gateway || fail "the gateway is gone"
end_lab
pass "$(tail -1 "$FLOW_DIR/inside.judged") from inside, $(tail -1 "$FLOW_DIR/outside.judged") from outside"
