# SPDX-License-Identifier: Apache-2.0
# The long-running programs of the lab: the gateway, the carrier's registrar and the packet captures.
# Sourced by tests/lab/lab, tests/flows/run and scripts/demo.

# The issue's example configuration with the two devices put on the lab's links by the wanted driver, the lab's addresses and a
# state directory of its own.
gateway_conf() {
    local carrier
    carrier=$(bracketed "$CARRIER")
    printf 'state-directory = %s\n' "$LAB_DIR/state"
    sed -E "/^\[realm\.inside\]/,/^\[/ {s/^(device *= *)[^#]*/\1net_${LAB_DEVICE}0,iface=lan0 /
            s|^(address *= *)10\.10\.0\.1/24|\1$GW_INSIDE/$INSIDE_LENGTH|}
            /^\[realm\.outside\]/,/^\[/ {s/^(device *= *)[^#]*/\1net_${LAB_DEVICE}1,iface=wan0 /
            s|^(address *= *)10\.20\.0\.1/24|\1$GW_OUTSIDE/$OUTSIDE_LENGTH|}
            s/^(uri *= *sip:)10\.20\.0\.2:/\1$carrier:/" "$SALLYPORT_CONF"
}

scrape() { in_ns gw curl -sf -m 5 "http://$METRICS/metrics"; }

# A gateway has its machine for itself. Here a compiler may run beside it, and the kernel shares the CPU by session.
gateway_first() { [ ! -e "/proc/$(pid_of gateway)/autogroup" ] || printf -- '-15' >"/proc/$(pid_of gateway)/autogroup"; }

# Taps come up in the order of the configuration.
last_tap() { awk '$1 == "tap" { tap = $3 } END { print tap }' "$LAB_DIR/sallyport.conf"; }

gateway_answers() {
    running gateway || return 0   # gone: stop waiting, the caller looks again
    scrape >/dev/null && in_ns gw ip -br addr show dev "$(last_tap)" | grep -q "$GW_INSIDE/\|$GW_OUTSIDE/"
}

# gateway_start [OPTION...]: options are handed to the gateway after --config. It knows nothing of a run before, unless LAB_KEEP is
# set.
gateway_start() {
    [ -x "$SALLYPORT_BIN" ] || die "there is no $SALLYPORT_BIN: build it first (cmake --build --preset release)"
    gateway_conf >"$LAB_DIR/sallyport.conf"
    [ -n "${LAB_KEEP:-}" ] || rm -rf "$LAB_DIR/state"
    start gateway gw "$SALLYPORT_BIN" --config "$LAB_DIR/sallyport.conf" "$@"
    sleep 0.1 && gateway_first 2>/dev/null
    wait_until 20 gateway_answers
    running gateway && gateway_answers || die "the gateway did not come up: $(tail -1 "$LAB_DIR/gateway.log")"
    [ "$LAB_INSIDE" = 4 ] || in_ns gw ip route add "$HOME_NET/64" via "$NAT_INSIDE" dev sp-inside
}

gateway_stop() { stop gateway "${1:-TERM}" 10; }

registrar_start() { proxy_start registrar "$CARRIER" lab.example; }

# proxy_start NAME ADDRESS DOMAIN [OPTION...]: a Kamailio for that domain in the carrier's namespace.
proxy_start() {
    local name=$1 address=$2 domain=$3
    shift 3
    mkdir -p "$LAB_DIR/$name"
    start "$name" carrier kamailio -DD -E -f "$LAB_SOURCE/registrar.cfg" -m 64 -M 8 -w "$LAB_DIR" \
        -Y "$LAB_DIR/$name" -P "$LAB_DIR/$name.pid" -A "MY_ADDRESS=$address" -A "MY_DOMAIN=$domain" "$@"
    wait_until 10 proxy_listens "$address" || die "$name did not come up: see $LAB_DIR/$name.log"
}

proxy_listens() { in_ns carrier ss -Hlun | grep -q "$1:5060"; }

registrar_stop() { stop registrar; }

# Three views: beside the phone, and on both links of the gateway at its very ports.
capture_start() {
    local directory=$1
    mkdir -p "$directory"
    printf 'inside %s\noutside %s\n' "$GW_INSIDE" "$GW_OUTSIDE" >"$directory/realms"
    start capture-phone-a phone-a tcpdump -i eth0 -U -B 16384 -s 0 -Z root -w "$directory/phone-a.pcap"
    start capture-inside lan tcpdump -i gw0 -U -B 16384 -s 0 -Z root -w "$directory/inside.pcap"
    start capture-outside wan tcpdump -i gw0 -U -B 16384 -s 0 -Z root -w "$directory/outside.pcap"
    wait_until 5 captures_listen || die "tcpdump did not start: see $LAB_DIR/capture-*.log"
}

captures_listen() {
    local name
    for name in phone-a inside outside; do
        grep -q 'listening on' "$LAB_DIR/capture-$name.log" || return 1
    done
}

capture_stop() {
    local name
    sleep 0.3
    for name in phone-a inside outside; do
        stop "capture-$name" INT
    done
}
