#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# While two phones talk: 10,000 datagrams of random, truncated and mutated SIP at both SIP ports, and RTP from strangers at
# both relay ports. The voices stay whole, every junk datagram and every stranger's packet is counted with its reason, and
# the gateway's memory does not grow.
source "$(dirname "$0")/flow.sh"
source "$(dirname "$0")/audio/talk.sh"
EACH=${FLOW_JUNK:-5000}

# strangers SECONDS: RTP to the two relay ports from another host behind the phone's own NAT; RTP and RTCP from another host
# of the inside network and from the carrier's host. (RTCP from behind the same NAT may latch when it is the first, G6.)
strangers() {
    in_ns nat ip addr add 10.10.0.9/24 dev up0
    stranger same-nat phone-b "$GW_INSIDE" "$INSIDE_PORT" --seconds "$1"
    stranger inside nat "$GW_INSIDE" "$INSIDE_PORT" --seconds "$1" --rtcp --source 10.10.0.9
    stranger outside carrier "$GW_OUTSIDE" "$OUTSIDE_PORT" --seconds "$1" --rtcp
}

stranger() { # NAME SPACE ARGUMENT...
    local name=$1 space=$2
    shift 2
    begin "stranger-$name" "$space" python3 "$FLOW_SOURCE/hostile/stranger_rtp.py" "$@"
}

# junk SEED COUNT: to both SIP ports at once.
junk() {
    begin "junk-inside-$1" phone-b python3 "$FLOW_SOURCE/hostile/junk_sip.py" "$GW_INSIDE" --seed "$1" --count "$2"
    begin "junk-outside-$1" phone-c python3 "$FLOW_SOURCE/hostile/junk_sip.py" "$GW_OUTSIDE" --seed "$((1000 + $1))" --count "$2"
}

sent_by() { awk '/^sent/ { sum += $2 } END { print sum + 0 }' "$@"; }

VOICE_SECONDS=90
pair_with_gateway preserve
call_under_attack
junk 1 "$((EACH / 5))"  # tables and pools that grow once have grown after this
finish junk-inside-1 30 && finish junk-outside-1 30 || fail "the junk was not sent"
before=$(resident_kb)
refused_before=$(metric sallyport_dropped_packets_total rtp_wrong_source)
strangers 8
junk 2 "$EACH"
finish junk-inside-2 60 && finish junk-outside-2 60 || fail "the junk was not sent"
finish stranger-same-nat 30 && finish stranger-inside 30 && finish stranger-outside 30 || fail "the strangers did not send"
after=$(resident_kb)
sleep 1
refused=$(($(metric sallyport_dropped_packets_total rtp_wrong_source) - refused_before))
unharmed

scrape >"$FLOW_DIR/metrics.txt"
strange=$(sent_by "$FLOW_DIR"/stranger-*.log)
[ "$refused" = "$strange" ] || fail "$strange packets came from strangers, $refused were counted as such"
came=$(metric sallyport_signalling_packets_total '"in"')
read_as=$(($(metric sallyport_sip_rx_total) + $(metric sallyport_sip_parse_errors_total) + $(metric sallyport_signalling_events_total keepalives) +
    $(metric sallyport_signalling_events_total stun_) + $(metric sallyport_signalling_events_total not_sip)))
[ "$came" = "$read_as" ] || fail "$came datagrams came to the SIP ports, $read_as are counted as messages, faults, keepalives, STUN or no SIP"
faults=$(metric sallyport_sip_parse_errors_total)
kinds=$(scrape | grep '^sallyport_sip_parse_errors_total' | grep -vc ' 0$')
note "$came datagrams, $faults faults of $kinds kinds, resident $before kB, then $after kB"
[ "$faults" -gt "$((EACH / 2))" ] && [ "$kinds" -ge 5 ] || fail "only $faults faults of $kinds kinds were counted"
[ "$after" -le "$((before + 2048))" ] || fail "memory grew from $before to $after kB"
pair_stop phone-c
idle_again 100  # a silent far side: Timer B, then the caller's side waits for its ACK or lingers (2 x 64*T1)
end_lab
pass "$(sent_by "$FLOW_DIR"/junk-*-2.log) junk datagrams, $strange packets from strangers, all counted; voices whole; memory $before kB, then $after kB"
