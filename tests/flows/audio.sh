#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Two real softphones: one behind the NAT registers through the gateway with a registrar that demands digest, calls a
# phone outside and is called by it. What each hears must be what the other plays. audio.sh preserve|random
source "$(dirname "$0")/flow.sh"
source "$(dirname "$0")/audio/talk.sh"
NAT=$1

voices alice carol
fresh_lab "$NAT"
with_gateway
registrar_start
phone_start phone-c phone-c carol "$PHONE_C" "$FLOW_DIR/carol.wav" "$FLOW_DIR/phone-c"
phone_start phone-a phone-a alice "$PHONE_A" "$FLOW_DIR/alice.wav" "$FLOW_DIR/phone-a" "$GW_INSIDE"
phone_says phone-c '200 OK' 10 || fail "the phone outside could not register: $(tail -1 "$LAB_DIR/phone-c.log")"
phone_says phone-a '200 OK' 10 || fail "the phone behind the NAT could not register: $(tail -1 "$LAB_DIR/phone-a.log")"
talk phone-a phone-a phone-c carol
heard phone-a carol alice out
heard phone-c alice carol out
talk phone-c phone-c phone-a alice
heard phone-a carol alice in
heard phone-c alice carol in
phone_stop phone-a
phone_stop phone-c
end_lab
pass "registered with digest, called out and in, both voices heard both times (NAT $NAT)"
