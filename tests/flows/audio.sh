#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Two real softphones: one behind the NAT registers through the gateway with a registrar that demands digest, calls a
# phone outside and is called by it. What each hears must be what the other plays. audio.sh preserve|random
source "$(dirname "$0")/flow.sh"
NAT=$1

# heard DIR SOURCE WHO: the newest recording of what a phone heard matches the other phone's source.
heard() {
    local recording result
    recording=$(ls -t "$FLOW_DIR/$1/recordings/"*-dec.wav 2>/dev/null | head -1)
    [ -n "$recording" ] || fail "$3 recorded nothing"
    result=$(python3 "$FLOW_SOURCE/audio/match.py" "$FLOW_DIR/$2.wav" "$recording" --seconds 4) ||
        fail "$3 did not hear $2: $result ($recording)"
    note "$3 heard $2: $result"
    mv "$recording" "$FLOW_DIR/$3-$4.wav"
}

# call CALLER-SPACE CALLER CALLEE WHO: six seconds of talk.
call() {
    local established
    established=$(grep -ac 'Call established' "$LAB_DIR/$3.log")
    note "$2 calls $4"
    phone_do "$1" dial "sip:$4@lab.example" || fail "$2 takes no commands"
    wait_until 10 call_is_up "$2" "$3" "$established" || fail "$2 did not reach $4: $(tail -1 "$LAB_DIR/$2.log")"
    sleep 6
    phone_do "$1" hangup
    wait_until 5 grep -aq 'session closed' "$LAB_DIR/$3.log"
    sleep 1
}

call_is_up() {
    [ "$(grep -ac 'Call established' "$LAB_DIR/$2.log")" -gt "$3" ] && grep -aq 'Call established' "$LAB_DIR/$1.log"
}

for voice in alice carol; do
    python3 "$FLOW_SOURCE/audio/make_wav.py" "$FLOW_DIR/$voice.wav" --seed "$(printf '%s' "$voice" | cksum | cut -d' ' -f1)"
done
fresh_lab "$NAT"
with_gateway
registrar_start
phone_start phone-c phone-c carol "$PHONE_C" "$FLOW_DIR/carol.wav" "$FLOW_DIR/phone-c"
phone_start phone-a phone-a alice "$PHONE_A" "$FLOW_DIR/alice.wav" "$FLOW_DIR/phone-a" "$GW_INSIDE"
phone_says phone-c '200 OK' 10 || fail "the phone outside could not register: $(tail -1 "$LAB_DIR/phone-c.log")"
phone_says phone-a '200 OK' 10 || fail "the phone behind the NAT could not register: $(tail -1 "$LAB_DIR/phone-a.log")"
call phone-a phone-a phone-c carol
heard phone-a carol alice out
heard phone-c alice carol out
call phone-c phone-c phone-a alice
heard phone-a carol alice in
heard phone-c alice carol in
phone_stop phone-a
phone_stop phone-c
end_lab
pass "registered with digest, called out and in, both voices heard both times (NAT $NAT)"
