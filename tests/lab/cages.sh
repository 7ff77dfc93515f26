# SPDX-License-Identifier: Apache-2.0
# Cages: more homes on the inside link, each with two phones in one namespace behind a NAT of its own kind. All of them use the
# same private addresses, as homes do. Sourced by tests/lab/lab after topology.sh.
#
#   [cage-NAME-home] .10 .11 --- home0 [cage-NAME-nat] up0 .NUMBER --- (lan bridge)
#   double: ... [cage-NAME-nat] up0 100.64.0.2 ------- home0 [cage-NAME-cgn] up0 .NUMBER --- (lan bridge)
#           [cage-NAME-next] --- [cage-NAME-next-nat] up0 100.64.0.3 /

CAGE_KINDS='full-cone address-restricted preserve random double'
CAGE_UDP_TIMEOUT=${CAGE_UDP_TIMEOUT:-30}  # seconds until a silent mapping is forgotten

# router_up SPACE NET RULES: forwards and translates what comes from NET.1-254.
router_up() {
    space_up "$1"
    in_ns "$1" sysctl -qw net.ipv4.ip_forward=1
    sed "s|192\.168\.1\.0/24|${2}0/24|" "$LAB_SOURCE/nat-$3.nft" | in_ns "$1" nft -f -
    in_ns "$1" sysctl -qw "net.netfilter.nf_conntrack_udp_timeout=$CAGE_UDP_TIMEOUT" \
        "net.netfilter.nf_conntrack_udp_timeout_stream=$CAGE_UDP_TIMEOUT"
}

# uplink SPACE NUMBER: the outer router's end on the inside link.
uplink() {
    cable "$1" up0 lan "cage$2"
    in_ns lan ip link set "cage$2" master lan
    in_ns "$1" ip addr add "$INSIDE_NET$2/$INSIDE_LENGTH" dev up0
}

# household HOME ROUTER KIND: two phones behind a router that has no uplink yet.
household() {
    space_up "$1"
    router_up "$2" "$HOME_NET" "$3"
    cable "$1" eth0 "$2" home0
    in_ns "$1" ip addr add "$PHONE_A/24" dev eth0
    in_ns "$1" ip addr add "$PHONE_B/24" dev eth0
    in_ns "$1" ip route add default via "$NAT_HOME"
    in_ns "$2" ip addr add "$NAT_HOME/24" dev home0
}

# subscriber HOME ROUTER CGN NUMBER: a household behind a carrier's NAT.
subscriber() {
    household "$1" "$2" preserve
    cable "$2" up0 "$3" "line$4"
    in_ns "$2" ip addr add "100.64.0.$4/24" dev up0
    in_ns "$2" ip route add default via 100.64.0.1
}

# cage_up NAME KIND NUMBER
cage_up() {
    local cgn=cage-$1-cgn
    if [ "$2" != double ]; then
        household "cage-$1-home" "cage-$1-nat" "$2"
        uplink "cage-$1-nat" "$3"
        return
    fi
    router_up "$cgn" 100.64.0. random
    subscriber "cage-$1-home" "cage-$1-nat" "$cgn" 2
    subscriber "cage-$1-next" "cage-$1-next-nat" "$cgn" 3
    switch "$cgn" home0 line2 line3
    in_ns "$cgn" ip addr add 100.64.0.1/24 dev home0
    uplink "$cgn" "$3"
}

cages_down() {
    local path
    for path in "/run/netns/${LAB_PREFIX}cage-"*; do
        [ ! -e "$path" ] || ip netns del "${path##*/}"
    done
}
