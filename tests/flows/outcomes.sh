#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The ways a call can go other than well, each from both sides: cancelled while ringing, busy, hold and resume by either
# party, no answer at all. What each side must see is checked in the SIPp scenarios.
source "$(dirname "$0")/flow.sh"

fresh_lab preserve
with_gateway
register_token
both_ways cancel uac_cancel uas_cancel 10 5 20
both_ways busy uac_busy uas_busy 10 5 20
both_ways hold uac_hold uas_hold 10 5 30
register_token
both_ways noanswer uac_noanswer uas_silent 3 3 45
idle_again 50
end_lab

# seven_times SIDE ADDRESS: the INVITEs that the gateway sent to the silent callees: Timer A gives seven (RFC 3261
# s.17.1.1.2) before Timer B ends it.
seven_times() {
    tshark -r "$FLOW_DIR/pcap-preserve/$1.pcap" -Y "sip.Method == INVITE && ip.src == $2" -T fields -e sip.Call-ID \
        2>/dev/null | sort | uniq -c | awk '$1 == 7' | wc -l
}
[ "$(seven_times outside "$GW_OUTSIDE")" = 3 ] || fail "outside: not three INVITEs were sent seven times"
[ "$(seven_times inside "$GW_INSIDE")" = 3 ] || fail "inside: not three INVITEs were sent seven times"
pass "cancel, busy, hold and resume by both parties, no answer: 33 calls out and 33 in as the scenarios demand"
