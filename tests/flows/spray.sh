#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Strangers of both realms spray what looks like media over the whole range of media ports, before, during and after a call
# between two real phones, and over the ports of the call itself (B2BUA-K55; G4 to G6, G9, G10). Nothing of it reaches a
# party, nothing goes back to who sprayed, the voices stay whole, and every packet is counted with a reason.
source "$(dirname "$0")/flow.sh"
INSIDE_STRANGER=10.10.0.9
OUTSIDE_STRANGER=10.20.0.66
RATE=${FLOW_SPRAY_RATE:-5000}

# What a packet for a media port can be refused for when it is not from the remote end (dataplane/flow_drops.h, G9).
REASONS='rtp_port_closed rtp_port_cooling rtp_malformed rtp_on_rtcp_port rtcp_on_rtp_port media_stun media_zrtp media_dtls
media_turn rtp_not_ready rtp_wrong_source rtp_former_source rtp_other_branch rtp_payload_type rtp_latch_late'

drop_count() { metric sallyport_dropped_packets_total "\"$1\""; }

# count_drops FILE: reason and count, one a line.
count_drops() {
    local reason
    for reason in $REASONS; do
        printf '%s %s\n' "$reason" "$(drop_count "$reason")"
    done >"$FLOW_DIR/$1"
}

# grown BEFORE AFTER [REASON...]: by how much the counts of these (all) reasons grew.
grown() {
    local before=$FLOW_DIR/$1 after=$FLOW_DIR/$2
    shift 2
    join "$before" "$after" | awk -v wanted=" $* " 'wanted == "  " || index(wanted, " " $1 " ") { sum += $3 - $2 } END { print sum + 0 }'
}

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

# told WORD [NAME]: the sum over both realms of what the sprays (of that name) said.
told() { awk -v what="$1" '$1 == what { sum += $2 } END { print sum + 0 }' "$FLOW_DIR"/${2:-*}-inside.log "$FLOW_DIR"/${2:-*}-outside.log; }

# heard DIR SOURCE WHO
heard() {
    local recording result
    recording=$(ls -t "$FLOW_DIR/$1/recordings/"*-dec.wav 2>/dev/null | head -1)
    [ -n "$recording" ] || fail "$3 recorded nothing"
    result=$(python3 "$FLOW_SOURCE/audio/match.py" "$FLOW_DIR/$2.wav" "$recording" --seconds 8 --share 0.95) ||
        fail "$3 did not hear $2 whole: $result ($recording)"
    note "$3 heard $2: $result"
}

for voice in alice carol; do
    python3 "$FLOW_SOURCE/audio/make_wav.py" "$FLOW_DIR/$voice.wav" --seed "$(printf '%s' "$voice" | cksum | cut -d' ' -f1)"
done
fresh_lab preserve
in_ns nat ip addr add "$INSIDE_STRANGER/24" dev up0
in_ns carrier ip addr add "$OUTSIDE_STRANGER/24" dev eth0
with_gateway
registrar_start
phone_start phone-c phone-c carol "$PHONE_C" "$FLOW_DIR/carol.wav" "$FLOW_DIR/phone-c"
phone_start phone-a phone-a alice "$PHONE_A" "$FLOW_DIR/alice.wav" "$FLOW_DIR/phone-a" "$GW_INSIDE"
phone_says phone-c '200 OK' 10 && phone_says phone-a '200 OK' 10 || fail "the phones could not register"

count_drops drops-0
spray before 1
sprayed before
sleep 1
count_drops drops-1

spray during 1
sleep 1
phone_do phone-a dial sip:carol@lab.example || fail "the phone takes no commands"
phone_says phone-a 'Call established' 10 || fail "no call: $(tail -1 "$LAB_DIR/phone-a.log")"
sleep 2
read -r inside outside < <(python3 "$FLOW_SOURCE/hostile/relay_ports.py" "$FLOW_DIR/pcap-preserve")
[ "$inside" != none ] && [ "$outside" != none ] || fail "no relay ports in the captures"
note "relay ports $inside and $outside"
pierce "$inside" "$outside"
finish pierce-inside 30 && finish pierce-outside 30 || fail "the ports of the call were not sprayed"
sprayed during
sleep 1
count_drops drops-2
phone_do phone-a hangup
sleep 1
heard phone-a carol alice
heard phone-c alice carol
verdict_line=$(grep -a ' call media .* m-line 1 audio: flows both ways' "$LAB_DIR/gateway.log" | tail -1)
[ -n "$verdict_line" ] || fail "the journal does not say that media flowed: $(grep -a ' call media ' "$LAB_DIR/gateway.log" | tail -1)"
note "${verdict_line#* call media }"

spray after 1
sprayed after
sleep 1
count_drops drops-3
scrape >"$FLOW_DIR/metrics.txt"
phone_stop phone-a
phone_stop phone-c
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
