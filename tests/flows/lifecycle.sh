#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Starting, refusing to start and stopping. SIGINT, SIGTERM: exit 0 and no trace. What is missing: one sentence, exit 1 and no
# trace. Faults of the configuration: all of them at once, exit 2. After kill -9 the next start works.
source "$(dirname "$0")/flow.sh"

# What a run may leave behind: interfaces and XDP programs of the namespace, DPDK's runtime files, hugepage files.
traces() {
    in_ns gw ip -o link show | sed 's/^[0-9]*: //; s/ mtu .*\(xdp[^ ]*\).*/ \1/; s/ mtu .*//'
    find /run/dpdk /dev/hugepages /dev/shm -mindepth 1 2>/dev/null | while read -r path; do
        [ -e "/proc/${path##*-}" ] || say "$path"  # a number at the end is a process: one that lives is not ours
    done | sort
    awk '/HugePages_(Total|Free)/ { n = $2 - n } END { print "hugepages held:", -n }' /proc/meminfo
}

no_traces() {
    traces >"$FLOW_DIR/traces.now"
    # What is gone is no fault: a start clears what killed gateways left.
    diff "$FLOW_DIR/traces.before" "$FLOW_DIR/traces.now" | grep '^>' >"$FLOW_DIR/traces.diff" &&
        fail "$1 left something behind: $(tr '\n' ' ' <"$FLOW_DIR/traces.diff")"
    return 0
}

# stopped_by SIGNAL: a running gateway obeys it with exit code 0.
stopped_by() {
    local code
    gateway_conf >"$LAB_DIR/sallyport.conf"
    begin "signal-$1" gw env --default-signal=INT,TERM "$SALLYPORT_BIN" --config "$LAB_DIR/sallyport.conf"
    wait_until 20 scrape || fail "the gateway did not come up: $(tail -1 "$FLOW_DIR/signal-$1.log")"
    kill -s "$1" "$(cat "$FLOW_DIR/signal-$1.pid")"
    finish "signal-$1" 10
    code=$?
    [ "$code" = 0 ] || fail "SIG$1: exit code $code"
    no_traces "SIG$1"
}

# SIGHUP: media-records go on in a new file. SIGUSR1 once: new requests get 503, and the log says that no call is left; twice: back in service.
drains() {
    local pid
    begin draining gw env --default-signal=INT,TERM "$SALLYPORT_BIN" --config "$good" --media-records="$FLOW_DIR/records"
    wait_until 20 scrape || fail "the gateway did not come up: $(tail -1 "$FLOW_DIR/draining.log")"
    pid=$(cat "$FLOW_DIR/draining.pid")
    options_gets 200 || fail "OPTIONS got $(head -1 "$FLOW_DIR/options.out"), not 200"
    mv "$FLOW_DIR/records" "$FLOW_DIR/records.1"
    kill -s HUP "$pid"
    wait_until 5 test -f "$FLOW_DIR/records" || fail "SIGHUP: media-records were not opened anew"
    kill -s USR1 "$pid"
    wait_until 5 grep -q 'drained: no call is left' "$FLOW_DIR/draining.log" || fail "SIGUSR1: no word in the log"
    options_gets 503 || fail "draining: OPTIONS got $(head -1 "$FLOW_DIR/options.out"), not 503"
    grep -qi '^Retry-After:' "$FLOW_DIR/options.out" || fail "draining: 503 without Retry-After"
    kill -s USR1 "$pid"
    wait_until 5 grep -q 'in service again' "$FLOW_DIR/draining.log" || fail "SIGUSR1 again: no word in the log"
    options_gets 200 || fail "back in service: OPTIONS got $(head -1 "$FLOW_DIR/options.out"), not 200"
    kill "$pid"
    finish draining 10 || fail "SIGTERM after draining: exit code $?"
    no_traces draining
}

# options_gets CODE: what the gateway answers to a health check from the carrier.
options_gets() {
    in_ns carrier python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind((sys.argv[1], 0)); s.settimeout(3)
me = "%s:%d" % s.getsockname(); n = str(time.time_ns())
s.sendto(("OPTIONS sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s\r\nMax-Forwards: 70\r\nFrom: <sip:probe@%s>;tag=1\r\n"
    "To: <sip:%s>\r\nCall-ID: %s\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
    % (sys.argv[2], me, n, me, sys.argv[2], n)).encode(), (sys.argv[2], 5060))
print(s.recv(4096).decode())' "$CARRIER" "$GW_OUTSIDE" >"$FLOW_DIR/options.out" 2>&1
    grep -q "^SIP/2.0 $1 " "$FLOW_DIR/options.out"
}

# refuses NAME CODE LINES WORDS COMMAND...: ends by itself with this code and so many lines, the output naming each of WORDS.
refuses() {
    local name=$1 code=$2 lines=$3 words=$4 word got
    shift 4
    timeout 20 ip netns exec "${LAB_PREFIX}gw" "$@" </dev/null >"$FLOW_DIR/$name.out" 2>&1
    got=$?
    note "$name: exit $got: $(head -c 600 "$FLOW_DIR/$name.out")"
    [ "$got" = "$code" ] || fail "$name: exit code $got, not $code: $(head -1 "$FLOW_DIR/$name.out")"
    # Beside what it logs of the bindings and devices that are in order.
    [ "$(grep -v '^\[20\|^20[^ ]* info ' "$FLOW_DIR/$name.out" | grep -c .)" = "$lines" ] || fail "$name: not $lines lines: see $FLOW_DIR/$name.out"
    for word in $words; do
        grep -qF -- "$word" "$FLOW_DIR/$name.out" || fail "$name: does not name $word: $(head -1 "$FLOW_DIR/$name.out")"
    done
    no_traces "$name"
}

port_is_taken() { in_ns gw ss -Hltn | grep -q '127.0.0.1:9464 '; }

conf() { gateway_conf | sed "$2" >"$FLOW_DIR/$1.conf"; say "$FLOW_DIR/$1.conf"; }

fresh_lab preserve
capture_stop
traces >"$FLOW_DIR/traces.before"
good=$(conf good '')

stopped_by TERM
stopped_by INT
drains

install -d -m 0755 "/tmp/sallyport-flow.$$"
install -m 0755 "$SALLYPORT_BIN" "/tmp/sallyport-flow.$$/sallyport"
install -m 0644 "$good" "/tmp/sallyport-flow.$$/sallyport.conf"
trap 'rm -rf "/tmp/sallyport-flow.$$"; cleanup' EXIT
refuses not-root 1 1 'root' setpriv --reuid 65534 --regid 65534 --clear-groups "/tmp/sallyport-flow.$$/sallyport" \
    --config "/tmp/sallyport-flow.$$/sallyport.conf" --state-directory=none
refuses missing-device 1 1 'nosuch0' "$SALLYPORT_BIN" --config "$(conf missing-device 's/iface=wan0/iface=nosuch0/')"

in_ns gw ip link add sp-outside type bridge || fail "no bridge to take the name"
traces >"$FLOW_DIR/traces.before"
refuses tap-taken 1 1 'sp-outside' "$SALLYPORT_BIN" --config "$good"
in_ns gw ip link del sp-outside
traces >"$FLOW_DIR/traces.before"

begin metrics-port gw python3 -c 'import socket, time
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 9464)); s.listen(); time.sleep(60)'
wait_until 5 port_is_taken || fail "could not take the metrics port"
refuses metrics-port-taken 1 1 '9464' "$SALLYPORT_BIN" --config "$good"
kill "$(cat "$FLOW_DIR/metrics-port.pid")"

refuses check-good 0 1 'good.conf' "$SALLYPORT_BIN" --config "$good" --check
faulty=$(conf faulty 's/^workers.*/workers = many/; s/udp:5060/carrier:5060/; s/30000-39999/39999-30000/; s/= peer\.carrier/= peer.carier/')
refuses faults 2 "$(($(grep -c . <<<"$("$SALLYPORT_BIN" --config "$faulty" --check 2>&1)")))" 'many carrier:5060 39999-30000 peer.carier' \
    "$SALLYPORT_BIN" --config "$faulty"
refuses no-file 2 1 'nosuch.conf' "$SALLYPORT_BIN" --config "$FLOW_DIR/nosuch.conf"

begin killed gw "$SALLYPORT_BIN" --config "$good"
wait_until 20 scrape || fail "the gateway did not come up: $(tail -1 "$FLOW_DIR/killed.log")"
kill -KILL "$(cat "$FLOW_DIR/killed.pid")"
finish killed 5
stopped_by TERM
"$LAB" down >>"$FLOW_DIR/steps.log" 2>&1
rm -f "$LAB_DIR/ours"
pass "SIGTERM and SIGINT end with 0 and no trace; SIGHUP opens files anew; SIGUSR1 drains and ends that; no root, no device, a taken tap and port end with 1 and one sentence; all faults at once with 2; starts again after kill -9"
