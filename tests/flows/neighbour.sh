#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# An attacker behind the victim's own NAT sprays the whole range of media ports before, during and after a call between two real phones.
# Its packets come from the address of the victim's signalling, which is all that an open latch asks of a source (B2BUA-G4); a latch that
# is locked asks for the port, too (G5, G6). Nothing of it is forwarded or answered, every packet is counted with a reason, and the
# voices stay whole. What an open latch lets in, hostile/window.py plays and the last line says.
source "$(dirname "$0")/flow.sh"
source "$(dirname "$0")/audio/talk.sh"
source "$(dirname "$0")/hostile/drops.sh"
RATE=${FLOW_SPRAY_RATE:-5000}

# spray NAME FIRST LAST LAPS RATE: from the next phone behind the NAT.
spray() {
    begin "$1-inside" phone-b python3 "$FLOW_SOURCE/hostile/spray.py" "$GW_INSIDE" "$2" "$3" --source "$PHONE_B" --laps "$4" \
        --rate "$5" --seed "${#1}"
    finish "$1-inside" 60 || fail "the spray $1 was not sent: $(tail -1 "$FLOW_DIR/$1-inside.log")"
    note "$1: $(tr '\n' ' ' <"$FLOW_DIR/$1-inside.log")"
    sleep 1
}

# passed SIDE PORT: something has left the gateway there.
passed() { tcpdump -nr "$FLOW_DIR/pcap-preserve/$1.pcap" -c 1 "udp src port $2" 2>/dev/null | grep -q .; }

# A latch for RTP and one for RTCP on each side (G6): what goes through has latched, and where it goes has, too.
latched() {
    passed outside "$OUTSIDE_PORT" && passed inside "$INSIDE_PORT" && passed outside "$((OUTSIDE_PORT + 1))" && passed inside "$((INSIDE_PORT + 1))"
}

latches() { metric sallyport_latch_total; }

# open_for: how many milliseconds passed between the SDP that told alice her port and her first RTP.
open_for() {
    tshark -r "$FLOW_DIR/pcap-preserve/inside.pcap" -T fields -e frame.time_epoch -e sip.CSeq.method \
        -Y "(ip.dst == $NAT_INSIDE && sip.Status-Code && sdp) || (ip.src == $NAT_INSIDE && udp.dstport == $INSIDE_PORT)" 2>/dev/null |
        awk '$2 == "INVITE" && !told { told = $1 } NF == 1 && told { printf "%d\n", ($1 - told) * 1000; exit }'
}

VOICE_SECONDS=90
pair_with_gateway preserve
count_drops drops-0
spray before 20000 29999 1 "$RATE"
count_drops drops-1
call_under_attack
wait_until 30 latched || fail "RTP and RTCP of both parties did not latch"
before=$(latches)
note "alice's port was open for $(open_for) ms before her first packet"
spray during 20000 29999 1 "$RATE"
spray pierce "$INSIDE_PORT" "$((INSIDE_PORT + 1))" 100 500
call_is_up phone-a phone-c 0 && ! grep -aq 'session closed' "$LAB_DIR/phone-a.log" || fail "the call ended before the spray"
[ "$(latches)" = "$before" ] || fail "a latch moved under the spray"
count_drops drops-2
unharmed
journal_says_both_ways
spray after 20000 29999 1 "$RATE"
count_drops drops-3
pair_stop phone-c
capture_stop
leaks=$(python3 "$FLOW_SOURCE/hostile/leaks.py" "$FLOW_DIR/pcap-preserve") ||
    fail "the captures show a leak: $(tail -1 <<<"$leaks"): $(head -1 <<<"$leaks")"
note "$leaks"
sent=$(told sent)
counted=$(grown drops-0 drops-3)
note "$sent sprayed, $counted counted: $(join "$FLOW_DIR/drops-0" "$FLOW_DIR/drops-3" | awk '$3 > $2 { printf "%s %d ", $1, $3 - $2 }')"
[ "$(told received)" = 0 ] || fail "$(told received) packets came back to who sprayed"
[ "$(grown drops-0 drops-1 rtp_port_closed)" = "$(told sent before)" ] || fail "before any call not every packet met a closed port"
[ "$(grown drops-1 drops-2 rtp_wrong_source)" -ge 150 ] || fail "the call's ports were sprayed, but rtp_wrong_source hardly grew"
[ "$(grown drops-2 drops-3 rtp_port_cooling)" -ge 10 ] || fail "after the call its ports were not in quarantine"
# A phone's own first packet may come before the SDP, and its last ones after the call.
[ "$counted" -ge "$sent" ] && [ "$counted" -le "$((sent + 20))" ] || fail "$sent packets were sprayed, $counted are counted as refused"

capture_start "$FLOW_DIR/pcap-window" >>"$FLOW_DIR/steps.log" 2>&1 || fail "no captures"
python3 "$FLOW_SOURCE/hostile/window.py" >"$FLOW_DIR/window.txt" 2>&1 ||
    fail "$(tail -1 "$FLOW_DIR/window.txt"): $(tail -3 "$FLOW_DIR/window.txt" | head -1)"
note "$(tail -1 "$FLOW_DIR/window.txt")"
idle_again 60
end_lab
pass "$sent packets from behind the victim's NAT before, during and after a call: $counted refused by name, $leaks, none came back, voices whole; \
one by one $(tail -1 "$FLOW_DIR/window.txt"); $(tail -2 "$FLOW_DIR/window.txt" | head -1)"
