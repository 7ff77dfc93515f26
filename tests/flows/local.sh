#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Nothing but the gateway and two softphones behind one NAT (B2BUA-H22, H23, G17, K53): they register at the gateway with
# digest, call each other both ways, and hear each other. Whoever has no password registers nothing and calls nobody.
source "$(dirname "$0")/flow.sh"
source "$(dirname "$0")/audio/talk.sh"
export SALLYPORT_CONF=$LAB_ROOT/deploy/sallyport-local.conf

# user NAME: a line of the users file, password as phone_start has it. With MD5 alone: baresip 1.0 gives up at a challenge
# for SHA-256, even when one for MD5 follows it.
user() {
    printf '%s-secret\n' "$1" | "$SALLYPORT_BIN" --hash-password="$1@lab.example" | cut -d' ' -f1,2 >>"$FLOW_DIR/users"
    grep -q "^$1@lab.example md5:" "$FLOW_DIR/users" || fail "no hash for $1"
}

voices alice carol
user alice
user carol
fresh_lab preserve
with_gateway --users="$FLOW_DIR/users"
pair phone-b
calls_both_ways phone-b
pair_stop phone-b
end_lab
pass "two phones behind one NAT registered here, called each other both ways, both voices heard"
