# SPDX-License-Identifier: Apache-2.0
# Counts of what the gateway refused at its media ports, beside what was sprayed at them. Sourced after flow.sh.

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

# told WORD [NAME]: the sum over both realms of what the sprays (of that name) said.
told() { cat "$FLOW_DIR"/${2:-*}-inside.log "$FLOW_DIR"/${2:-*}-outside.log 2>/dev/null | awk -v what="$1" '$1 == what { sum += $2 } END { print sum + 0 }'; }

# journal_says_both_ways: the last call's media, as the gateway saw it.
journal_says_both_ways() {
    local line
    line=$(grep -a ' call media .* m-line 1 audio: flows both ways' "$LAB_DIR/gateway.log" | tail -1)
    [ -n "$line" ] || fail "the journal does not say that media flowed: $(grep -a ' call media ' "$LAB_DIR/gateway.log" | tail -1)"
    note "${line#* call media }"
}
