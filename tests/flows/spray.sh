#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Strangers of both realms spray what looks like media over the whole range of media ports, before, during and after a call
# between two real phones, and over the ports of the call itself (B2BUA-K55; G4 to G6, G9, G10). Nothing of it reaches a
# party, nothing goes back to who sprayed, the voices stay whole, and every packet is counted with a reason.
source "$(dirname "$0")/flow.sh"
source "$(dirname "$0")/audio/talk.sh"
source "$(dirname "$0")/hostile/drops.sh"
INSIDE_STRANGER=10.10.0.9
OUTSIDE_STRANGER=10.20.0.66
RATE=${FLOW_SPRAY_RATE:-5000}

# spray NAME LAPS: both realms, whole range; in the background until sprayed NAME.
spray() {
    begin "$1-inside" nat python3 "$FLOW_SOURCE/hostile/spray.py" "$GW_INSIDE" 20000 29999 --source "$INSIDE_STRANGER" \
        --laps "$2" --rate "$RATE" --seed "${#1}"
    begin "$1-outside" carrier python3 "$FLOW_SOURCE/hostile/spray.py" "$GW_OUTSIDE" 30000 39999 --source "$OUTSIDE_STRANGER" \
        --laps "$2" --rate "$RATE" --seed "1${#1}"
}

# sprayed NAME: waits until both have done.
sprayed() {
    finish "$1-inside" 60 && finish "$1-outside" 60 || fail "the spray $1 was not sent: $(tail -1 "$FLOW_DIR/$1-inside.log")"
    note "$1: $(tr '\n' ' ' <"$FLOW_DIR/$1-inside.log")inside, $(tr '\n' ' ' <"$FLOW_DIR/$1-outside.log")outside"
}

# pierce INSIDE OUTSIDE: at the ports of the call alone, 100 times each.
pierce() {
    begin pierce-inside nat python3 "$FLOW_SOURCE/hostile/spray.py" "$GW_INSIDE" "$1" "$(($1 + 1))" \
        --source "$INSIDE_STRANGER" --laps 100 --rate 500
    begin pierce-outside carrier python3 "$FLOW_SOURCE/hostile/spray.py" "$GW_OUTSIDE" "$2" "$(($2 + 1))" \
        --source "$OUTSIDE_STRANGER" --laps 100 --rate 500
}

VOICE_SECONDS=90
pair_with_gateway preserve
in_ns nat ip addr add "$INSIDE_STRANGER/24" dev up0
in_ns carrier ip addr add "$OUTSIDE_STRANGER/24" dev eth0

count_drops drops-0
spray before 1
sprayed before
sleep 1
count_drops drops-1

spray during 1
sleep 1
call_under_attack
pierce "$INSIDE_PORT" "$OUTSIDE_PORT"
finish pierce-inside 30 && finish pierce-outside 30 || fail "the ports of the call were not sprayed"
sprayed during
sleep 1
count_drops drops-2
unharmed
journal_says_both_ways

spray after 1
sprayed after
sleep 1
count_drops drops-3
scrape >"$FLOW_DIR/metrics.txt"
pair_stop phone-c
idle_again 60
end_lab

sent=$(told sent)
counted=$(grown drops-0 drops-3)
leaks=$(python3 "$FLOW_SOURCE/hostile/leaks.py" "$FLOW_DIR/pcap-preserve" "$INSIDE_STRANGER" "$OUTSIDE_STRANGER") ||
    fail "the captures show a leak: $(tail -1 <<<"$leaks"): $(head -1 <<<"$leaks")"
note "$leaks"
note "$sent sprayed, $counted counted: $(join "$FLOW_DIR/drops-0" "$FLOW_DIR/drops-3" | awk '$3 > $2 { printf "%s %d ", $1, $3 - $2 }')"
[ "$(told received)" = 0 ] || fail "$(told received) packets came back to who sprayed"
[ "$(grown drops-0 drops-1 rtp_port_closed)" = "$(told sent before)" ] || fail "before any call not every packet met a closed port"
[ "$(grown drops-1 drops-2 rtp_wrong_source)" -ge 200 ] || fail "the call's ports were sprayed, but rtp_wrong_source hardly grew"
[ "$(grown drops-2 drops-3 rtp_port_cooling)" -ge 20 ] || fail "after the call its ports were not in quarantine"
# A phone's own first packet may come before the SDP, and its last ones after the call.
[ "$counted" -ge "$sent" ] && [ "$counted" -le "$((sent + 20))" ] || fail "$sent packets were sprayed, $counted are counted as refused"
pass "$sent packets over 20,000 ports before, during and after a call: $counted refused by name, $leaks, none came back; voices whole"
