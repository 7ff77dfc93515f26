#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# 500 calls over links that lose 2 %, duplicate 2 % and reorder 5 % of all frames in both directions, out and in at the
# same time. SIP's own retransmissions must carry every one of them through, and none may be stuck afterwards.
source "$(dirname "$0")/flow.sh"
CALLS=${FLOW_CALLS:-250}

# SIPp takes a late 180 or an old INVITE for a reason to abort; a phone does not.
SIPP_OPTIONS=(-default_behaviors all,-abortunexp)
fresh_lab preserve
with_gateway
register_token
"$LAB" impair on >>"$FLOW_DIR/steps.log" 2>&1 || fail "$(tail -1 "$FLOW_DIR/steps.log")"
both_ways lossy uac_call uas_lossy "$CALLS" 15 90 -d 1000
retransmissions=$(($(column lossy-out-caller 'Retransmissions(C)') + $(column lossy-in-caller 'Retransmissions(C)')))
[ "$retransmissions" -gt 10 ] || fail "only $retransmissions retransmissions: the links were not bad"
"$LAB" impair off >>"$FLOW_DIR/steps.log" 2>&1 || fail "$(tail -1 "$FLOW_DIR/steps.log")"
idle_again 60
end_lab
pass "$((2 * CALLS)) calls over bad links, none lost, none stuck; the callers retransmitted $retransmissions times"
