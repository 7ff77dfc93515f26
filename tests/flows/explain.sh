#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# --explain as an operator uses it: as nobody, in a network without interfaces, on captures that tcpdump made of real packets (Ethernet
# and Linux cooked), and on a pasted message. Nothing may be written, and the exit status says what the text says.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
SALLYPORT_BIN=${SALLYPORT_BIN:-$ROOT/build/release/sallyport}
: "${FLOW_DIR:?is set by tests/flows/run}"
cd "$FLOW_DIR" || exit 1
verdict() { printf '%s\n' "$2" >"$FLOW_DIR/verdict"; exit "$1"; }
WORK=$(mktemp -d /tmp/sallyport-explain.XXXXXX) || verdict 1 "no directory in /tmp"
trap 'rm -rf "$WORK"' EXIT
chmod 0755 "$WORK"
install -m 0755 "$SALLYPORT_BIN" "$WORK/sallyport" || verdict 1 "there is no $SALLYPORT_BIN: build it first"
install -m 0644 "$ROOT/deploy/sallyport.conf" "$WORK/sallyport.conf"

# capture INTERFACE FILE: a call, a refused MESSAGE and a keepalive, sent over a loopback interface that has all the addresses.
capture() {
    unshare -n bash -c '
        ip link set lo up
        for address in 10.10.0.1 10.10.0.5 10.20.0.1 10.20.0.2; do ip address add "$address/32" dev lo; done
        tcpdump -i "$0" -s 0 -U --immediate-mode -Z root -w "$1" udp 2>"$1.log" &
        for _ in $(seq 50); do grep -q listening "$1.log" && break; sleep 0.1; done
        python3 "$2"
        sleep 0.5; kill "$!"; wait "$!"' "$1" "$2" "$WORK/send.py"
}

cat >"$WORK/send.py" <<'PYTHON'
import socket

def send(source, target, octets):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((source, 5060))
        s.sendto(octets, (target, 5060))

def request(method, uri, host, body="", more=""):
    lines = [f"{method} {uri} SIP/2.0", f"Via: SIP/2.0/UDP {host}:5060;branch=z9hG4bK-{method}", "Max-Forwards: 70",
             f"From: <sip:alice@{host}>;tag=1", f"To: <{uri}>", f"Call-ID: {method}@{host}", f"CSeq: 1 {method}",
             f"Contact: <sip:alice@{host}>", *more.splitlines(), f"Content-Length: {len(body)}", "", body]
    return "\r\n".join(lines).encode()

sdp = "".join(line + "\r\n" for line in ("v=0", "o=- 1 1 IN IP4 10.10.0.5", "s=-", "c=IN IP4 10.10.0.5", "t=0 0", "m=audio 4000 RTP/AVP 0"))
send("10.10.0.5", "10.10.0.1", request("INVITE", "sip:bob@10.10.0.1", "10.10.0.5", sdp, "Content-Type: application/sdp\nTimestamp: 1"))
send("10.10.0.5", "10.10.0.1", b"\r\n\r\n")
send("10.20.0.2", "10.20.0.1", request("MESSAGE", "sip:nobody@10.20.0.1", "10.20.0.2"))
PYTHON

# explained NAME CODE FILE OPTION...: the exit status is CODE; the text is in NAME.txt.
explained() {
    local name=$1 code=$2 file=$3 got
    shift 3
    COLUMNS=140 unshare -n setpriv --reuid=65534 --regid=65534 --clear-groups "$WORK/sallyport" --config "$WORK/sallyport.conf" \
        --state-directory="$WORK/state" --explain=- "$@" <"$file" >"$name.txt" 2>&1
    got=$?
    [ "$got" = "$code" ] || verdict 1 "$name: exit status $got, not $code: $(tail -1 "$name.txt")"
    [ ! -e "$WORK/state" ] || verdict 1 "$name: a state directory was made"
}
says() { # NAME WORDS...
    local name=$1 words
    shift
    for words in "$@"; do
        grep -qF -- "$words" "$name.txt" || verdict 1 "$name: no word of '$words'"
    done
}

for interface in lo any; do
    capture "$interface" "$FLOW_DIR/$interface.pcap"
    explained "$interface" 1 "$interface.pcap"
    says "$interface" 'INVITE sip:bob@10.10.0.1' '[route.out] from = inside, to = peer.carrier' 'peer.carrier 10.20.0.2:5060' \
        'Timestamp taken out' 'c=IN IP4 10.20.0.1' '[route.in] from = outside, to = registered' 'refused: 404 Not Found' '1 frame without SIP' \
        'does not pass: message 2 of 2'
done
tcpdump -r lo.pcap -w first.pcap -c 1 2>/dev/null
explained first 0 first.pcap
printf 'OPTIONS sip:10.20.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.20.0.2;branch=z9hG4bK1\nFrom: <sip:a@b>;tag=1\nTo: <sip:10.20.0.1>\nCall-ID: 1\nCSeq: 1 OPTIONS\nContent-Length: 5\n\n' >pasted.sip
explained pasted 0 pasted.sip
says pasted '[realm.outside] at 10.20.0.1:5060' 'Content-Length says 5' 'answered by the gateway itself: 200 OK'
explained realm 0 pasted.sip --explain-realm=inside --explain-source=10.10.0.7:5070
says realm '[realm.inside] at 10.10.0.1:5060, from 10.10.0.7:5070'
head -c 100 "$WORK/sallyport" >binary
explained binary 2 binary
says binary 'found neither text nor a capture'
verdict 0 "2 captures and 2 messages explained, as nobody, without a network"
