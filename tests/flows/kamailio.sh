#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# RFC 3665 with real servers: Bob registers with a Kamailio (s.2.1-2.5); a real phone behind the NAT calls a real phone through
# two Kamailios, one of which challenges the caller, and then both (s.3.2, s.3.3). What passes the gateway is compared with the
# ladders of tests/flows/kamailio message by message, and both phones must hear each other.
source "$(dirname "$0")/flow.sh"
directory=$FLOW_SOURCE/kamailio

# answer DOMAIN PROXY: Bob's phone there.
answer() {
    PHONE_DOMAIN=$1 PHONE_ANSWER=manual phone_start phone-c phone-c bob "$PHONE_C" "$FLOW_DIR/carol.wav" "$FLOW_DIR/bob-$1" "$2"
    phone_says phone-c '200 OK' 10 || fail "Bob could not register at $1: $(tail -1 "$LAB_DIR/phone-c.log")"
}

established() { [ "$(grep -ac 'Call established' "$LAB_DIR/$1.log")" = "$2" ]; }

# call DOMAIN NUMBER ENDS: Alice's call of that number; who ENDS it hangs up.
call() {
    phone_do phone-a dial "sip:bob@$1" || fail "the phone takes no commands"
    phone_says phone-c 'Incoming call' 10 || fail "no call came to $1: $(tail -1 "$LAB_DIR/phone-a.log")"
    wait_until 10 grep -aq 'SIP Progress: 180' "$LAB_DIR/phone-a.log"
    phone_do phone-c accept
    wait_until 10 established phone-a "$2" || fail "no call with $1: $(tail -1 "$LAB_DIR/phone-a.log")"
    sleep 5
    phone_do "$3" hangup
    wait_until 10 grep -aq 'session closed\|terminated (duration' "$LAB_DIR/phone-c.log"
    sleep 1
}

# heard DIR SOURCE WHO
heard() {
    local recording result
    recording=$(ls -t "$FLOW_DIR/$1/recordings/"*-dec.wav 2>/dev/null | head -1)
    [ -n "$recording" ] || fail "$3 recorded nothing"
    result=$(python3 "$FLOW_SOURCE/audio/match.py" "$FLOW_DIR/$2.wav" "$recording" --seconds 3) ||
        fail "$3 did not hear the other: $result ($recording)"
    note "$3 heard $2: $result"
}

# watched LADDER COMMAND...: what passes meanwhile is that ladder.
watched() {
    local ladder=$1 began=$EPOCHREALTIME
    shift
    "$@"
    python3 "$FLOW_SOURCE/ladder/perform.py" --watched "$FLOW_DIR/ladders" "$directory/$ladder.ladder" "$began"
}

for voice in alice carol; do
    python3 "$FLOW_SOURCE/audio/make_wav.py" "$FLOW_DIR/$voice.wav" --seed "$(printf '%s' "$voice" | cksum | cut -d' ' -f1)"
done
fresh_lab preserve
in_ns carrier ip addr add 10.20.0.12/24 dev eth0
in_ns carrier ip addr add 10.20.0.13/24 dev eth0
with_gateway --realm.inside.keepalive=off  # ladders have no OPTIONS now and then
registrar_start
python3 "$FLOW_SOURCE/ladder/perform.py" "$FLOW_DIR/ladders" "$directory"/2.*.ladder >"$FLOW_DIR/played.txt" 2>&1
played=$?
registrar_stop

proxy_start atlanta "$CARRIER" atlanta.example.com
proxy_start biloxi 10.20.0.12 biloxi.example.com
proxy_start chicago 10.20.0.13 chicago.example.com -A CHALLENGE_ALL
PHONE_DOMAIN=atlanta.example.com phone_start phone-a phone-a alice "$PHONE_A" "$FLOW_DIR/alice.wav" "$FLOW_DIR/alice" "$GW_INSIDE"
answer biloxi.example.com 10.20.0.12
phone_says phone-a '200 OK' 10 || fail "Alice could not register: $(tail -1 "$LAB_DIR/phone-a.log")"
watched 3.2-two-proxies call biloxi.example.com 1 phone-c
heard alice carol alice
heard bob-biloxi.example.com alice bob
phone_stop phone-c
answer chicago.example.com 10.20.0.13
watched 3.3-two-challenges call chicago.example.com 2 phone-a
heard alice carol alice
heard bob-chicago.example.com alice bob
phone_stop phone-c
phone_stop phone-a
idle_again 60
end_lab
as_drawn
[ "$played" = 0 ] || fail "$(grep -v ' s played$' "$FLOW_DIR/played.txt" | head -1)"
pass "$(cut -d' ' -f1 "$FLOW_DIR/judged.txt") flows of RFC 3665 with Kamailio and real phones as drawn, message by message: $(cd "$directory" && ls *.ladder | sed 's/\.ladder$//' | tr '\n' ' ')($(cut -d, -f1 "$FLOW_DIR/spoiled.txt") and found out)"
