# SPDX-License-Identifier: Apache-2.0
# Calls between two softphones of the lab in which each must hear what the other plays. Sourced after flow.sh.

VOICE_SECONDS=30  # a phone hangs up when it has no more to say

# voices NAME...: a WAV file of its own for each, in FLOW_DIR.
voices() {
    local voice
    for voice in "$@"; do
        python3 "$FLOW_SOURCE/audio/make_wav.py" "$FLOW_DIR/$voice.wav" --seconds "$VOICE_SECONDS" \
            --seed "$(printf '%s' "$voice" | cksum | cut -d' ' -f1)"
    done
}

# pair PHONE: alice's phone behind the NAT, and carol's: phone-b, behind the same NAT, or phone-c, outside. Both registered.
pair() {
    local address=$PHONE_C outbound=$CARRIER
    [ "$1" = phone-c ] || { address=$PHONE_B outbound=$GW_INSIDE; }
    phone_start "$1" "$1" carol "$address" "$FLOW_DIR/carol.wav" "$FLOW_DIR/$1" "$outbound"
    phone_start phone-a phone-a alice "$PHONE_A" "$FLOW_DIR/alice.wav" "$FLOW_DIR/phone-a" "$GW_INSIDE"
    phone_says "$1" '200 OK' 10 || fail "carol could not register: $(tail -1 "$LAB_DIR/$1.log")"
    phone_says phone-a '200 OK' 10 || fail "alice could not register: $(tail -1 "$LAB_DIR/phone-a.log")"
}

pair_stop() { # PHONE
    phone_stop phone-a
    phone_stop "$1"
}

# pair_with_gateway NAT: a lab with gateway and registrar, alice behind that NAT and carol outside.
pair_with_gateway() {
    voices alice carol
    fresh_lab "$1"
    with_gateway
    registrar_start
    pair phone-c
}

# heard DIR SOURCE WHO TAKE [OPTION...]: the newest recording of what a phone heard matches the other phone's source.
heard() {
    local directory=$1 source=$2 who=$3 take=$4 recording result
    shift 4
    recording=$(ls -t "$FLOW_DIR/$directory/recordings/"*-dec.wav 2>/dev/null | head -1)
    [ -n "$recording" ] || fail "$who recorded nothing"
    result=$(python3 "$FLOW_SOURCE/audio/match.py" "$FLOW_DIR/$source.wav" "$recording" --seconds 4 "$@") ||
        fail "$who did not hear $source: $result ($recording)"
    note "$who heard $source: $result"
    mv "$recording" "$FLOW_DIR/$who-$take.wav"
}

# heard_both PHONE TAKE [OPTION...]: alice heard carol and carol heard alice.
heard_both() {
    local phone=$1
    shift
    heard phone-a carol alice "$@"
    heard "$phone" alice carol "$@"
}

# dial CALLER CALLEE WHO: until both have the call.
dial() {
    local established
    established=$(grep -ac 'Call established' "$LAB_DIR/$2.log")
    note "$1 calls $3"
    phone_do "$1" dial "sip:$3@lab.example" || fail "$1 takes no commands"
    wait_until 10 call_is_up "$1" "$2" "$established" || fail "$1 did not reach $3: $(tail -1 "$LAB_DIR/$1.log")"
}

# talk CALLER CALLEE WHO: six seconds of talk.
talk() {
    dial "$@"
    sleep 6
    phone_do "$1" hangup
    wait_until 5 grep -aq 'session closed' "$LAB_DIR/$2.log"
    sleep 1
}

# calls_both_ways PHONE: alice calls carol there, carol calls alice, and each hears the other every time.
calls_both_ways() {
    talk phone-a "$1" carol
    heard_both "$1" out
    talk "$1" phone-a alice
    heard_both "$1" in
}

# call_under_attack: alice calls carol; the call's media ports of the gateway are in INSIDE_PORT and OUTSIDE_PORT.
call_under_attack() {
    dial phone-a phone-c carol
    sleep 2
    read -r INSIDE_PORT OUTSIDE_PORT < <(python3 "$FLOW_SOURCE/hostile/relay_ports.py" "$FLOW_DIR/pcap-preserve")
    [ "$INSIDE_PORT" != none ] && [ "$OUTSIDE_PORT" != none ] || fail "no relay ports in the captures"
    note "relay ports $INSIDE_PORT and $OUTSIDE_PORT"
}

# unharmed: that call ends; both voices were whole.
unharmed() {
    phone_do phone-a hangup
    sleep 1
    heard_both phone-c whole --seconds 8 --share 0.95
}

call_is_up() {
    [ "$(grep -ac 'Call established' "$LAB_DIR/$2.log")" -gt "$3" ] && grep -aq 'Call established' "$LAB_DIR/$1.log"
}
