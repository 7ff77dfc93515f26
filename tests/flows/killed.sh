#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# K52, H21: 1,000 phones have registered and two of them talk when the gateway dies (kill -9). Started again it reaches all of them where
# they are, with audio, before any of them has noticed, and knows nothing of the calls of before.
source "$(dirname "$0")/flow.sh"
PHONES=${FLOW_PHONES:-1000}

fresh_lab preserve
in_ns nat sysctl -qw net.netfilter.nf_conntrack_udp_timeout=120
with_gateway
registrar_start
mkfifo "$FLOW_DIR/go"
exec 9<>"$FLOW_DIR/go"
python3 "$FLOW_SOURCE/zoo/restart.py" "$PHONES" <"$FLOW_DIR/go" >"$FLOW_DIR/calls.txt" 2>&1 &
jobs_started+=("$!")
wait_until 60 grep -q '^ready' "$FLOW_DIR/calls.txt" || fail "the phones are not ready: $(tail -1 "$FLOW_DIR/calls.txt")"
sleep 1.5  # bindings are on disk 1 s after a change
gateway_stop KILL
LAB_KEEP=1 with_gateway
note "back"
registered=$(metric sallyport_registrations)
[ "$registered" = "$PHONES" ] || fail "$registered bindings of $PHONES are back"
printf 'go\n' >&9
wait "${jobs_started[-1]}" || fail "$(tail -1 "$FLOW_DIR/calls.txt"): $(tail -2 "$FLOW_DIR/calls.txt" | head -1)"
idle_again 60
end_lab
pass "killed with $PHONES bindings and two calls; all bindings back, $(tail -1 "$FLOW_DIR/calls.txt")"
