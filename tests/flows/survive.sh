#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# K54, H24: the registrar of two phones behind one NAT dies. One of them, just refreshed, does not notice; the other one restarts and
# registers here. They call each other with audio, and when the registrar is back, register there again.
source "$(dirname "$0")/flow.sh"
source "$(dirname "$0")/audio/talk.sh"

registers() { metric sallyport_register_total "result=\"$1\""; }
surviving() { [ "$(metric sallyport_survive_active)" = "$1" ]; }
above() { [ "$(registers "$1")" -gt "$2" ]; }

voices alice carol
fresh_lab preserve
with_gateway --realm.inside.registration=survive
registrar_start
pair phone-b
registrar_stop
note "the registrar is dead"
wait_until 120 surviving 1 || fail "nobody noticed that the registrar is dead"
note "noticed"
phone_stop phone-b
phone_start phone-b phone-b carol "$PHONE_B" "$FLOW_DIR/carol.wav" "$FLOW_DIR/phone-b" "$GW_INSIDE"
phone_says phone-b '200 OK' 10 || fail "carol's phone could not register after a restart: $(tail -1 "$LAB_DIR/phone-b.log")"
above survived 0 || fail "carol's phone did not register here"
talk phone-a phone-b carol
heard_both phone-b dead
accepted=$(registers accepted)
registrar_start
note "the registrar is back"
wait_until 60 surviving 0 || fail "nobody noticed that the registrar is back"
wait_until 90 above accepted "$accepted" || fail "no phone registered upstream again"
pair_stop phone-b
end_lab
pass "two phones went on without their registrar, heard each other, and went back to it"
