#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The NAT zoo: a cage for every kind of NAT, each found to be what its name says before phones in it call out, are called, and call
# each other, with every habit of phones (zoo/cases.py; real ones: zoo/real_phones.sh). docs/nat-matrix.md is what this writes; the
# flow fails when a call is not as it must be, or when the committed table says anything else.
source "$(dirname "$0")/flow.sh"
source "$FLOW_SOURCE/zoo/real_phones.sh"
cages=(full-cone address-restricted preserve random double)
declare -A numbers=()
numbered=()

for voice in alice carol; do
    python3 "$FLOW_SOURCE/audio/make_wav.py" "$FLOW_DIR/$voice.wav" --seed "$(printf '%s' "$voice" | cksum | cut -d' ' -f1)"
done
fresh_lab preserve
for kind in "${cages[@]}"; do
    numbers[$kind]=$((21 + ${#numbers[@]}))
    numbered+=("$kind=$kind=${numbers[$kind]}")
    "$LAB" cage "$kind" "$kind" "${numbers[$kind]}" >>"$FLOW_DIR/steps.log" 2>&1 || fail "no cage: $(tail -1 "$FLOW_DIR/steps.log")"
done
in_ns lan ip addr add "${INSIDE_NET}8/24" dev lan  # who finds out what the NATs are, and strangers
in_ns lan ip addr add "${INSIDE_NET}9/24" dev lan
in_ns phone-c ip addr add "${OUTSIDE_NET}33/24" dev eth0  # where a phone outside walks to
with_gateway
registrar_start
begin probe lan python3 "$FLOW_SOURCE/zoo/probe.py" "${cages[@]}"
wait_until 20 grep -q waiting "$FLOW_DIR/probe.log" || fail "the NATs could not be found out: $(tail -1 "$FLOW_DIR/probe.log")"
python3 "$FLOW_SOURCE/zoo/matrix.py" "$FLOW_DIR/verdicts.json" "${numbered[@]}" >"$FLOW_DIR/calls.txt" 2>&1 &
matrix=$!
jobs_started+=("$matrix")
real_phones  # while the matrix waits for NATs to forget
real_calls 1
real_calls 2
real_phones_stop
listen_all
real_verdicts >"$FLOW_DIR/real.json"
note "the real phones have called"
wait "$matrix"
played=$?
note "$(tail -1 "$FLOW_DIR/calls.txt")"
finish probe 10 || fail "the NATs could not be found out: $(tail -1 "$FLOW_DIR/probe.log")"
python3 "$FLOW_SOURCE/zoo/table.py" "$FLOW_DIR/probe.log" "$FLOW_DIR/verdicts.json" "$FLOW_DIR/real.json" "${numbered[@]%=*}" \
    >"$FLOW_DIR/nat-matrix.md"
idle_again 60
end_lab
[ "$played" = 0 ] || fail "$(tail -1 "$FLOW_DIR/calls.txt"): $(tail -2 "$FLOW_DIR/calls.txt" | head -1)"
diff "$FLOW_SOURCE/../../docs/nat-matrix.md" "$FLOW_DIR/nat-matrix.md" >"$FLOW_DIR/matrix.diff" ||
    fail "docs/nat-matrix.md says otherwise: $(grep '^>' "$FLOW_DIR/matrix.diff" | head -1)"
pass "$(tail -1 "$FLOW_DIR/calls.txt"), and $((2 * ${#cages[@]})) of real phones, through ${#cages[@]} NATs that are what their names say, in $SECONDS s"
