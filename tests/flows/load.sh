#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# 1,000 calls at 50 per second out through the gateway, then 1,000 in to a registered phone. None may fail, and when the
# timers have run out nothing may be left: transactions, dialogs, relays, ports, packet buffers.
source "$(dirname "$0")/flow.sh"
CALLS=${FLOW_CALLS:-1000}
RATE=${FLOW_RATE:-50}

buffers() { metric sallyport_mbufs_in_use; }

fresh_lab random
with_gateway
before=$(buffers)
[ -n "$before" ] || fail "there is no metric sallyport_mbufs_in_use"

sipp_begin out-callee carrier "$CARRIER" 5060 uas_call -m "$CALLS"
wait_until 5 sipp_listens carrier "$CARRIER:5060"
sipp_begin out-caller phone-a "$PHONE_A" 5080 uac_call -s callee -key domain lab.example -m "$CALLS" -r "$RATE" -d 1000 \
    "$GW_INSIDE:5060"
sipp_ended out-caller 60 "$CALLS"
sipp_ended out-callee 40 "$CALLS"

register_token
sipp_begin in-callee phone-a "$PHONE_A" 5070 uas_call -m "$CALLS"
wait_until 5 sipp_listens phone-a "$PHONE_A:5070"
sipp_begin in-caller phone-c "$PHONE_C" 5080 uac_call -s "$TOKEN" -key domain "$GW_OUTSIDE:5060" -m "$CALLS" -r "$RATE" \
    -d 1000 "$GW_OUTSIDE:5060"
sipp_ended in-caller 60 "$CALLS"
sipp_ended in-callee 40 "$CALLS"

idle_again 60
after=$(buffers)
[ "$after" -le "$((before + 64))" ] || fail "packet buffers in use: $before before, $after after"
end_lab
pass "$CALLS calls out and $CALLS in at $RATE/s, none failed; everything at zero again, $after packet buffers ($before before)"
