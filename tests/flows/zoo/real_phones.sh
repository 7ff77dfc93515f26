# SPDX-License-Identifier: Apache-2.0
# Real phones in the zoo: baresip in every cage and one outside for each, all calls at once. Sourced by tests/flows/zoo.sh, whose
# ${cages[@]} are the kinds and ${numbers[KIND]} the last part of each NAT's address.

far_place() { say "$OUTSIDE_NET$((20 + ${numbers[$1]}))"; }
far_control() { say "$((4500 + ${numbers[$1]}))"; }

real_phones() {
    local kind
    for kind in "${cages[@]}"; do
        in_ns phone-c ip addr add "$(far_place "$kind")/$OUTSIDE_LENGTH" dev eth0
        phone_start "near-$kind" "cage-$kind-home" "near-$kind" "$PHONE_A" "$FLOW_DIR/alice.wav" "$FLOW_DIR/near-$kind" "$GW_INSIDE"
        PHONE_CONTROL=$(far_control "$kind") phone_start "far-$kind" phone-c "far-$kind" "$(far_place "$kind")" \
            "$FLOW_DIR/carol.wav" "$FLOW_DIR/far-$kind"
    done
    for kind in "${cages[@]}"; do
        phone_says "near-$kind" '200 OK' 10 && phone_says "far-$kind" '200 OK' 10 || note "$kind: the real phones could not register"
    done
}

real_phones_stop() {
    local kind stopping=()
    for kind in "${cages[@]}"; do
        phone_stop "near-$kind" >>"$FLOW_DIR/steps.log" &
        phone_stop "far-$kind" >>"$FLOW_DIR/steps.log" &
        stopping+=("$!")
    done
    wait "${stopping[@]}"
}

established() { # KIND CALLS
    [ "$(grep -ac 'Call established' "$LAB_DIR/near-$1.log")" = "$2" ] && [ "$(grep -ac 'Call established' "$LAB_DIR/far-$1.log")" = "$2" ]
}

# real_calls NUMBER: the real phones' call of that number. The first one goes out, the second one in.
real_calls() {
    local kind phone recording
    for kind in "${cages[@]}"; do
        if [ "$1" = 1 ]; then
            phone_do "cage-$kind-home" dial "sip:far-$kind@lab.example"
        else
            PHONE_CONTROL=$(far_control "$kind") phone_do phone-c dial "sip:near-$kind@lab.example"
        fi
    done
    for kind in "${cages[@]}"; do
        wait_until 10 established "$kind" "$1" || note "$kind: call $1 of the real phones is not up"
    done
    sleep 4.5
    for kind in "${cages[@]}"; do
        phone_do "cage-$kind-home" hangup
    done
    sleep 1
    for kind in "${cages[@]}"; do
        for phone in "near-$kind" "far-$kind"; do
            recording=$(ls -t "$FLOW_DIR/$phone/recordings/"*-dec.wav 2>/dev/null | head -1)
            [ -z "$recording" ] || mv "$recording" "$FLOW_DIR/$phone-$1.wav"
        done
    done
}

# listen PHONE VOICE: leaves PHONE-NUMBER.heard of every call in which the phone heard that voice.
listen() {
    local number call
    for number in 1 2; do
        call=$FLOW_DIR/$1-$number
        [ -e "$call.wav" ] && python3 "$FLOW_SOURCE/audio/match.py" "$FLOW_DIR/$2.wav" "$call.wav" --seconds 3 >"$call.match" 2>&1 &&
            mv "$call.match" "$call.heard"
    done
}

listen_all() {
    local kind listening=()
    for kind in "${cages[@]}"; do
        listen "near-$kind" carol &
        listening+=("$!")
        listen "far-$kind" alice &
        listening+=("$!")
    done
    wait "${listening[@]}"
}

real_verdict() { # KIND NUMBER
    local near=$FLOW_DIR/near-$1-$2.heard far=$FLOW_DIR/far-$1-$2.heard
    if [ -e "$near" ] && [ -e "$far" ]; then
        say 'both ways'
    elif [ -e "$near" ] || [ -e "$far" ]; then
        say 'one way'
    else
        say silence
    fi
}

# real_verdicts: as matrix.py writes its own.
real_verdicts() {
    local kind between='['
    for kind in "${cages[@]}"; do
        printf '%s["%s","a real phone calls out","private","private","yes","%s"]' "$between" "$kind" "$(real_verdict "$kind" 1)"
        printf ',["%s","a real phone is called","private","private","yes","%s"]' "$kind" "$(real_verdict "$kind" 2)"
        between=,
    done
    printf ']\n'
}
