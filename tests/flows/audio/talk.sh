# SPDX-License-Identifier: Apache-2.0
# Calls between two softphones of the lab in which each must hear what the other plays. Sourced after flow.sh.

# voices NAME...: a WAV file of its own for each, in FLOW_DIR.
voices() {
    local voice
    for voice in "$@"; do
        python3 "$FLOW_SOURCE/audio/make_wav.py" "$FLOW_DIR/$voice.wav" --seed "$(printf '%s' "$voice" | cksum | cut -d' ' -f1)"
    done
}

# heard DIR SOURCE WHO TAKE: the newest recording of what a phone heard matches the other phone's source.
heard() {
    local recording result
    recording=$(ls -t "$FLOW_DIR/$1/recordings/"*-dec.wav 2>/dev/null | head -1)
    [ -n "$recording" ] || fail "$3 recorded nothing"
    result=$(python3 "$FLOW_SOURCE/audio/match.py" "$FLOW_DIR/$2.wav" "$recording" --seconds 4) ||
        fail "$3 did not hear $2: $result ($recording)"
    note "$3 heard $2: $result"
    mv "$recording" "$FLOW_DIR/$3-$4.wav"
}

# talk CALLER-SPACE CALLER CALLEE WHO: six seconds of talk.
talk() {
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
