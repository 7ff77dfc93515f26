#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Real packets: the data plane as an echo server in one network namespace, a plain Linux host in another. For one kind of
# device it checks that the kernel answers ping and TCP behind the exception tap, that datagrams of many lengths come back
# byte for byte through the worker and the shard, that every checksum on the wire is right, and that nothing is left.
#   wire_test.sh ECHO_PROGRAM af_packet|af_xdp|tap|mirror|faults [ipv6]
# Exit 77 (skipped) when not root or when a tool or kernel feature is missing.
set -u
echo_program=$1
kind=$2
family=${3:-ipv4}
tag=spw$$
gw=$tag-gw
peer=$tag-peer
work=$(mktemp -d)
gateway=
capture=

skip() { echo "skipped: $*"; exit 77; }
fail() { echo "FAILED: $*"; [ -f "$work/log" ] && cat "$work/log"; exit 1; }
[ "$(id -u)" = 0 ] || skip "needs root for network namespaces"
for tool in ip ethtool ping python3 tshark tcpdump; do
    command -v $tool >/dev/null || skip "needs $tool"
done
ip netns add "$gw" 2>/dev/null || skip "cannot make network namespaces"

finish() {
    [ -n "$capture" ] && kill "$capture" 2>/dev/null
    [ -n "$gateway" ] && kill "$gateway" 2>/dev/null
    wait
    ip netns del "$gw" 2>/dev/null
    ip netns del "$peer" 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT
ip netns add "$peer" || skip "cannot make network namespaces"

in_gw() { ip netns exec "$gw" "$@"; }
in_peer() { ip netns exec "$peer" "$@"; }

if [ "$family" = ipv6 ]; then
    ours=2001:db8:77::1 theirs=2001:db8:77::2 length=64
else
    ours=10.77.0.1 theirs=10.77.0.2 length=24
fi

make_wire() {
    ip link add w0 netns "$gw" type veth peer name p0 netns "$peer"
    # The kernel must not answer on the wire itself (it does on the tap), and must not leave checksums unfinished.
    in_gw sysctl -qw net.ipv6.conf.w0.disable_ipv6=1 net.ipv4.conf.w0.arp_ignore=8 \
        net.ipv4.conf.w0.rp_filter=1
    in_peer ethtool -K p0 tx off >/dev/null 2>&1
    ip -n "$gw" link set w0 up
}

address_peer() {  # interface
    in_peer sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf."$1".accept_dad=0
    ip -n "$peer" link set lo up
    ip -n "$peer" link set "$1" up
    ip -n "$peer" addr add "$theirs/$length" dev "$1"
}

start() {  # device
    ip netns exec "$gw" "$echo_program" 1 1 "$1" t0 "$ours/$length" >"$work/log" 2>&1 &
    gateway=$!
    for _ in $(seq 100); do
        grep -qs '^ready' "$work/log" && return 0
        kill -0 "$gateway" 2>/dev/null || fail "gateway did not start"
        sleep 0.1
    done
    fail "gateway not ready in 10 s"
}

# Says of a refused start: exit 1, one sentence that contains the given words, no tap left.
refused() {  # words, gateway arguments...
    local words=$1
    shift
    in_gw timeout 20 "$echo_program" "$@" >"$work/log" 2>&1
    [ $? = 1 ] || fail "exit status of: $*"
    grep -v warning "$work/log" | grep -q "$words" || fail "no '$words' for: $*"
    [ "$(grep -vc warning "$work/log")" = 1 ] || fail "more than one sentence for: $*"
    ip -n "$gw" link show t0 >/dev/null 2>&1 && fail "tap left behind by: $*"
    return 0
}

if [ "$kind" = faults ]; then
    make_wire
    in_gw ip tuntap add dev taken mode tap
    refused "there is no interface nosuch" 1 1 net_af_packet0,iface=nosuch t0 10.77.0.1/24
    refused "was refused by DPDK" 1 1 net_nosuchdriver0,iface=w0 t0 10.77.0.1/24
    refused "bind it to vfio-pci" 1 1 0000:99:00.0 t0 10.77.0.1/24
    refused "CPUs; lower workers" 200 1 net_af_packet0,iface=w0 t0 10.77.0.1/24
    refused "exists and is no tap" 1 1 net_af_packet0,iface=w0 w0 10.77.0.1/24
    refused "1 to 15 characters" 1 1 net_af_packet0,iface=w0 name-of-20-characters 10.77.0.1/24
    refused "already that of realm" 1 1 net_af_packet0,iface=w0 t0 10.77.0.1/24 \
        net_af_packet1,iface=w0 t1 10.78.0.1/24
    if command -v setpriv >/dev/null; then
        cp "$echo_program" "$work/echo" && chmod 755 "$work" "$work/echo"
        echo_program=$work/echo
        in_gw setpriv --reuid=65534 --clear-groups timeout 20 "$work/echo" 1 1 \
            net_af_packet0,iface=w0 t0 10.77.0.1/24 >"$work/log" 2>&1
        grep -q "run as root or with CAP_NET_ADMIN" "$work/log" || fail "privileges"
    fi
    start net_af_packet0,iface=w0
    refused_tap=$(in_gw timeout 20 "$echo_program" 1 1 net_af_packet9,iface=w0 t0 10.77.0.1/24 2>&1)
    echo "$refused_tap" | grep -q "in use by another process" || fail "tap in use: $refused_tap"
    echo "faults: all sentences right"
    exit 0
fi

# One datagram from an address of the peer; says "answered" or "silent".
probe() {  # source
    in_peer python3 - "$1" "$ours" <<'EOF'
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(2)
s.bind((sys.argv[1], 0))
s.sendto(b"OPTIONS", (sys.argv[2], 5060))
try:
    s.recv(2000)
    print("answered")
except socket.timeout:
    print("silent")
EOF
}

# The mirror follows what the operator and the kernel change behind the tap.
if [ "$kind" = mirror ]; then
    make_wire
    address_peer p0
    ip -n "$peer" addr add 192.0.2.9/32 dev lo
    in_gw ip tuntap add dev t0 mode tap  # the operator's own, persistent tap
    start net_af_xdp0,iface=w0
    [ "$(probe $theirs)" = answered ] || fail "a neighbour on the link"
    [ "$(probe 192.0.2.9)" = silent ] || fail "no route, and yet an answer"
    ip -n "$gw" route add 192.0.2.0/24 via $theirs dev t0
    [ "$(probe 192.0.2.9)" = answered ] || fail "a new route"
    ip -n "$peer" link set p0 address 02:00:00:00:77:77
    ip -n "$peer" neigh flush dev p0
    # The ARP before the request tells the kernel first and the mirror a moment later: the first answer may still go where the
    # neighbour was. Who asks over UDP repeats it (RFC 3261 s.17.1.2.2).
    [ "$(probe $theirs)" = answered ] || [ "$(probe $theirs)" = answered ] || fail "a neighbour with a new MAC"
    ip -n "$gw" route del 192.0.2.0/24
    [ "$(probe 192.0.2.9)" = silent ] || fail "a route that is gone"
    ip -n "$gw" neigh flush dev t0
    [ "$(probe $theirs)" = answered ] || fail "a forgotten neighbour"
    kill $gateway; wait $gateway; gateway=
    ip -n "$gw" addr show dev t0 | grep -q 'inet ' && fail "address left on the operator's tap"
    grep -q '^drop:no_route 2$' "$work/log" || fail "drops counted"
    echo "mirror: routes and neighbours followed"
    exit 0
fi

case $kind in
    af_packet) make_wire; device=net_af_packet0,iface=w0; wire=p0 ;;
    af_xdp)    make_wire; device=net_af_xdp0,iface=w0; wire=p0 ;;
    tap)       device=net_tap0,iface=w0; wire=w0 ;;
    *)         fail "unknown kind $kind" ;;
esac
[ "$kind" != tap ] && address_peer p0
start $device
if [ "$kind" = tap ]; then  # the device made the interface: the peer takes it, with a MAC of its own
    ip -n "$gw" link set w0 netns "$peer"
    ip -n "$peer" link set w0 address 02:00:00:00:00:99
    in_peer ethtool -K w0 tx off >/dev/null 2>&1
    address_peer w0
fi
[ "$family" = ipv6 ] && sleep 2  # duplicate address detection on the tap (RFC 4862 s.5.4)

ip netns exec "$peer" tcpdump -U -i "$wire" -w "$work/wire.pcap" >/dev/null 2>&1 &
capture=$!
sleep 1
in_peer ping -q -c 3 -i 0.2 -W 3 "$ours" >"$work/ping" || fail "ping: $(cat "$work/ping")"

# af_packet's fanout hands over reassembled packets, which its ring cuts off at 2 KB: no long datagrams through it.
longest=11000
[ "$kind" = af_packet ] && longest=1900
in_peer python3 - "$ours" "$longest" <<'EOF' || fail "datagrams"
import os, socket, sys
host, longest = sys.argv[1], int(sys.argv[2])
s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(3)
for length in (0, 1, 2, 511, 1400, 1452, 1453, 1472, 1473, 1900, 3000, 4999, 8000, 11000):
    if length > longest:
        continue
    payload = os.urandom(length)
    s.sendto(payload, (host, 5060))
    answer, sender = s.recvfrom(70000)
    assert answer == payload, length
    assert sender[:2] == (host, 5060), sender
EOF

head -c 5000000 /dev/urandom >"$work/sent"
in_gw python3 - "$ours" "$work/received" <<'EOF' &
import socket, sys
s = socket.create_server((sys.argv[1], 8080), family=socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET)
s.settimeout(20)
c, _ = s.accept()
with open(sys.argv[2], "wb") as out:
    while data := c.recv(65536):
        out.write(data)
EOF
server=$!
sleep 1
in_peer timeout 30 python3 - "$ours" "$work/sent" <<'EOF' || fail "TCP"
import socket, sys
with socket.create_connection((sys.argv[1], 8080), 10) as s, open(sys.argv[2], "rb") as f:
    s.sendall(f.read())
EOF
wait $server
cmp -s "$work/sent" "$work/received" || fail "TCP octets differ"

sleep 0.5
kill $capture; wait $capture 2>/dev/null; capture=
pid=$gateway
kill $pid; wait $pid; status=$?; gateway=
[ $status = 0 ] || fail "gateway's exit status is $status"
wrong=$(tshark -r "$work/wire.pcap" -o udp.check_checksum:TRUE -o ip.check_checksum:TRUE -d udp.port==5060,data \
    -Y 'ip.checksum.status == 0 || udp.checksum.status == 0 || _ws.malformed' 2>/dev/null |
    grep -v TCP | head -5)
[ -z "$wrong" ] || fail "on the wire: $wrong"
marked=$(tshark -r "$work/wire.pcap" -Y 'udp.srcport == 5060' -T fields -e ip.dsfield.dscp \
    -e ipv6.tclass.dscp 2>/dev/null | tr -d '\t' | sort -u)
[ "$marked" = 40 ] || fail "DSCP of signalling is '$marked', not CS5"
grep -q '^mbufs_in_use 0$' "$work/log" || fail "packet buffers left"
ip -n "$gw" link show t0 >/dev/null 2>&1 && fail "tap left behind"
ip -n "$gw" link show w0 2>/dev/null | grep -q PROMISC && fail "promiscuous mode left behind"
ls /var/run/dpdk 2>/dev/null | grep "sallyport-$pid\$" && fail "runtime directory left behind"
echo "$kind $family: ping, TCP and datagrams right"
