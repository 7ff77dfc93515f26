# SPDX-License-Identifier: Apache-2.0
# Builds and removes the lab's namespaces, links and the NAT. Sourced by tests/lab/lab.
# Every veth end has its offloads off: otherwise UDP checksums stay unfinished and a packet socket sees wrong ones.

# quiet_link SPACE DEVICE: offloads off, link up.
quiet_link() {
    in_ns "$1" ethtool -K "$2" tx off rx off gso off gro off tso off >/dev/null 2>&1 || true
    in_ns "$1" ip link set "$2" up
}

# cable SPACE DEVICE SPACE DEVICE: a veth pair with one end in each namespace.
cable() {
    ip link add "$2" netns "$LAB_PREFIX$1" type veth peer name "$4" netns "$LAB_PREFIX$3"
    quiet_link "$1" "$2"
    quiet_link "$3" "$4"
}

# switch SPACE DEVICE PORT...: a bridge with these ports.
switch() {
    local space=$1 device=$2 port
    shift 2
    in_ns "$space" ip link add "$device" type bridge stp_state 0 forward_delay 0 mcast_snooping 0
    for port in "$@"; do
        in_ns "$space" ip link set "$port" master "$device"
    done
    in_ns "$space" ip link set "$device" up
}

space_up() {
    ip netns add "$LAB_PREFIX$1"
    in_ns "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 \
        net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
    in_ns "$1" ip link set lo up
    [ "$LAB_INSIDE$LAB_OUTSIDE" = 44 ] || ipv6_on "$1"
}

spaces_up() {
    local space
    for space in "${LAB_SPACES[@]}"; do
        space_up "$space"
    done
}

# An address is good at once; nothing is asked of routers that do not exist. The bridges stay without.
ipv6_on() {
    case $1 in lan | wan) return 0 ;; esac
    in_ns "$1" sysctl -qw net.ipv6.conf.default.disable_ipv6=0 net.ipv6.conf.lo.disable_ipv6=0 \
        net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.accept_ra=0 net.ipv6.conf.default.router_solicitations=0
}

home_up() {
    cable phone-a eth0 nat a0
    cable phone-b eth0 nat b0
    switch nat home0 a0 b0
    in_ns phone-a ip addr add "$PHONE_A/$INSIDE_LENGTH" dev eth0
    in_ns phone-b ip addr add "$PHONE_B/$INSIDE_LENGTH" dev eth0
    in_ns phone-a ip route add default via "$NAT_HOME"
    in_ns phone-b ip route add default via "$NAT_HOME"
    in_ns nat ip addr add "$NAT_HOME/$INSIDE_LENGTH" dev home0
    in_ns nat ip addr add "$NAT_INSIDE/$INSIDE_LENGTH" dev up0
    in_ns nat sysctl -qw net.ipv4.ip_forward=1
    [ "$LAB_INSIDE" = 4 ] || in_ns nat sysctl -qw net.ipv6.conf.all.forwarding=1
    in_ns nat nft -f "$LAB_SOURCE/nat-$1.nft"
}

topology_up() {
    spaces_up
    cable nat up0 lan nat0
    cable gw lan0 lan gw0
    cable gw wan0 wan gw0
    cable carrier eth0 wan carrier0
    cable phone-c eth0 wan phonec0
    switch lan lan nat0 gw0
    switch wan wan gw0 carrier0 phonec0
    home_up "$1"
    in_ns carrier ip addr add "$CARRIER/$OUTSIDE_LENGTH" dev eth0
    in_ns phone-c ip addr add "$PHONE_C/$OUTSIDE_LENGTH" dev eth0
    in_ns gw sysctl -qw net.ipv6.conf.lan0.disable_ipv6=1 net.ipv6.conf.wan0.disable_ipv6=1
    in_ns gw sysctl -qw net.ipv4.conf.lan0.arp_ignore=8 net.ipv4.conf.wan0.arp_ignore=8 \
        net.ipv4.conf.lan0.rp_filter=1 net.ipv4.conf.wan0.rp_filter=1
    in_ns gw nft -f "$LAB_SOURCE/gw.nft"
}

topology_down() {
    local space
    for space in "${LAB_SPACES[@]}"; do
        [ ! -e "/run/netns/$LAB_PREFIX$space" ] || ip netns del "$LAB_PREFIX$space"
    done
}
