#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Mode path with a real registrar (RFC 3327, RFC 3608): Bob registers as the ladder has it, then two real phones behind the NAT
# register, and Alice calls Bob: out by the Service-Route, and back by the Path to his flow. They must hear each other.
source "$(dirname "$0")/flow.sh"
directory=$FLOW_SOURCE/path

# heard WHO SOURCE: the newest recording of WHO is of SOURCE's voice.
heard() {
    local recording result
    recording=$(ls -t "$FLOW_DIR/$1/recordings/"*-dec.wav 2>/dev/null | head -1)
    [ -n "$recording" ] || fail "$1 recorded nothing"
    result=$(python3 "$FLOW_SOURCE/audio/match.py" "$FLOW_DIR/$2.wav" "$recording" --seconds 3) ||
        fail "$1 did not hear $2: $result ($recording)"
    note "$1 heard $2: $result"
}

# said FILTER FIELD: what the gateway said outside, one value a line.
said() {
    tshark -r "$FLOW_DIR/pcap-preserve/outside.pcap" -Y "ip.src == $GW_OUTSIDE && $1" -T fields -e "$2" 2>/dev/null
}

for voice in alice bob; do
    python3 "$FLOW_SOURCE/audio/make_wav.py" "$FLOW_DIR/$voice.wav" --seed "$(printf '%s' "$voice" | cksum | cut -d' ' -f1)"
done
fresh_lab preserve
with_gateway --realm.inside.registration=path --realm.inside.keepalive=off  # ladders have no OPTIONS now and then
proxy_start registrar "$CARRIER" lab.example -A BY_PATH
python3 "$FLOW_SOURCE/ladder/perform.py" "$FLOW_DIR/ladders" "$directory"/*.ladder >"$FLOW_DIR/played.txt" 2>&1
played=$?

phone_start phone-a phone-a alice "$PHONE_A" "$FLOW_DIR/alice.wav" "$FLOW_DIR/alice" "$GW_INSIDE"
phone_start phone-b phone-b carol "$PHONE_B" "$FLOW_DIR/bob.wav" "$FLOW_DIR/bob" "$GW_INSIDE"
for phone in phone-a phone-b; do
    phone_says "$phone" '200 OK' 10 || fail "$phone could not register: $(tail -1 "$LAB_DIR/$phone.log")"
done
phone_do phone-a dial sip:carol@lab.example || fail "the phone takes no commands"
phone_says phone-a 'Call established' 15 || fail "no call: $(tail -1 "$LAB_DIR/phone-a.log")"
sleep 5
phone_do phone-a hangup
wait_until 10 grep -aq 'session closed\|terminated (duration' "$LAB_DIR/phone-b.log" || fail "the callee was not told of the end"
sleep 1
heard alice bob
heard bob alice
phone_stop phone-a
phone_stop phone-b
registrar_stop
idle_again 60
end_lab
as_drawn
[ "$played" = 0 ] || fail "$(grep -v ' s played$' "$FLOW_DIR/played.txt" | head -1)"
routed=$(said 'sip.Method == "INVITE"' sip.Route | grep -c 'sip:orig@10.20.0.2')
[ "$routed" -ge 1 ] || fail "no INVITE went out by the Service-Route"
registered=$(said 'sip.Method == "REGISTER"' sip.Contact | grep -c '@192.168.1.1')
[ "$registered" -ge 4 ] || fail "the registrar saw $registered Contacts of phones, not 4 or more"
pass "real phones registered by a Path of ours, and heard each other on a call out by Service-Route and back by the flow token ($registered REGISTERs, $routed INVITEs)"
