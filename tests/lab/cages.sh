# SPDX-License-Identifier: Apache-2.0
# Cages: more homes on the inside link, each with two phones in one namespace behind a NAT of its own kind. All of them use the
# same private addresses, as homes do. Sourced by tests/lab/lab after topology.sh.
#
#   [cage-NAME-home] .10 .11 --- home0 [cage-NAME-nat] up0 .NUMBER --- (lan bridge)
#   double: ... [cage-NAME-nat] up0 100.64.0.2 --- home0 [cage-NAME-cgn] up0 .NUMBER --- (lan bridge)

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

# cage_up NAME KIND NUMBER
cage_up() {
    local home=cage-$1-home router=cage-$1-nat cgn=cage-$1-cgn kind=$2
    [ "$kind" != double ] || kind=preserve
    space_up "$home"
    router_up "$router" "$HOME_NET" "$kind"
    cable "$home" eth0 "$router" home0
    in_ns "$home" ip addr add "$PHONE_A/24" dev eth0
    in_ns "$home" ip addr add "$PHONE_B/24" dev eth0
    in_ns "$home" ip route add default via "$NAT_HOME"
    in_ns "$router" ip addr add "$NAT_HOME/24" dev home0
    if [ "$2" != double ]; then
        uplink "$router" "$3"
        return
    fi
    router_up "$cgn" 100.64.0. random
    cable "$router" up0 "$cgn" home0
    in_ns "$router" ip addr add 100.64.0.2/24 dev up0
    in_ns "$router" ip route add default via 100.64.0.1
    in_ns "$cgn" ip addr add 100.64.0.1/24 dev home0
    uplink "$cgn" "$3"
}

cages_down() {
    local path
    for path in "/run/netns/${LAB_PREFIX}cage-"*; do
        [ ! -e "$path" ] || ip netns del "${path##*/}"
    done
}
