#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Two real softphones: one behind the NAT registers through the gateway with a registrar that demands digest, calls a
# phone outside and is called by it. What each hears must be what the other plays. audio.sh preserve|random
source "$(dirname "$0")/flow.sh"
source "$(dirname "$0")/audio/talk.sh"

pair_with_gateway "$1"
calls_both_ways phone-c
pair_stop phone-c
end_lab
pass "registered with digest, called out and in, both voices heard both times (NAT $1)"
