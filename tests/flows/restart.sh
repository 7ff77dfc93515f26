#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Bindings survive a restart (H21, K52): a phone that registered before the gateway was stopped, and before it was killed, is
# called at once after it, without a word of its own. A damaged store is kept and said, and the gateway starts.
source "$(dirname "$0")/flow.sh"

# called NAME: a call from outside to the token rings the phone and is answered.
called() {
    sipp_begin "$1-callee" phone-a "$PHONE_A" 5070 uas_call -m 1
    wait_until 5 sipp_listens phone-a "$PHONE_A:5070" || fail "$1: the phone did not come up"
    sipp_begin "$1-caller" phone-c "$PHONE_C" 5080 uac_call -s "$TOKEN" -key domain "$GW_OUTSIDE:5060" -m 1 \
        "$GW_OUTSIDE:5060"
    sipp_ended "$1-caller" 40 1
    sipp_ended "$1-callee" 40 1
}

restarted() {
    LAB_KEEP=1 with_gateway
    cp "$LAB_DIR/gateway.log" "$FLOW_DIR/gateway-$1.log"
}

registrations() {
    local now
    now=$(metric sallyport_registrations)
    [ "$now" = "$2" ] || fail "$1: $now registrations, not $2"
}

fresh_lab preserve
with_gateway
register_token
gateway_stop || fail "the gateway had to be killed"
restarted stopped
grep -q ': 1 bindings restored, 0 expired, 0 of realms' "$LAB_DIR/gateway.log" || fail "stopped: no word of the binding in the log"
registrations stopped 1
called stopped

first=$TOKEN
register_token
[ "$TOKEN" = "$first" ] || fail "the phone has another token after the restart: $TOKEN, not $first"
sleep 1
gateway_stop KILL || fail "the gateway outlived SIGKILL"
restarted killed
registrations killed 1
called killed

gateway_stop || fail "the gateway had to be killed"
[ "$(stat -c %a "$LAB_DIR/state" "$LAB_DIR/state/bindings.mdb" | paste -sd' ')" = "700 600" ] ||
    fail "others may read the state directory: $(stat -c '%a %n' "$LAB_DIR"/state/* | paste -sd' ')"
python3 - "$LAB_DIR/state/bindings.mdb" <<'TEXT' || fail "could not damage the store"
import os, sys
with open(sys.argv[1], "r+b") as file:
    for page in range(2, os.path.getsize(sys.argv[1]) // 4096):
        file.seek(page * 4096 + 8)
        file.write(b"\xff" * 64)
TEXT
restarted damaged
grep -q 'found a damaged page .* in bindings.mdb, expected .*kept as ' "$LAB_DIR/gateway.log" || fail "damaged: no word in the log"
ls "$LAB_DIR"/state/bindings.mdb.broken-* >/dev/null 2>&1 || fail "damaged: the file was not kept"
registrations damaged 0
register_token
called damaged
idle_again 45
end_lab
pass "called at once after a stop and after kill -9, the same token after it; a damaged store is kept and the gateway starts"
