# SPDX-License-Identifier: Apache-2.0
# Makes the two links of the gateway bad: loss, duplication and reordering in both directions. tc netem where the kernel
# has it, else bad_wire.py between the bridge and the gateway's port. Sourced by tests/lab/lab.
# Both sit beside the gateway, never in its namespace: XDP transmission goes past the queueing discipline.

LAB_LOSS=${LAB_LOSS:-2}
LAB_DUPLICATE=${LAB_DUPLICATE:-2}
LAB_REORDER=${LAB_REORDER:-5}
LAB_SEED=${LAB_SEED:-1}

# The bridge ports of one link: the one towards the gateway and those towards everybody else.
ports_of() { [ "$1" = lan ] && say gw0 nat0 || say gw0 carrier0 phonec0; }

netem_on() {
    local port
    for port in $(ports_of "$1"); do
        in_ns "$1" tc qdisc add dev "$port" root netem loss "$LAB_LOSS%" duplicate "$LAB_DUPLICATE%" \
            delay 20ms reorder "$((100 - LAB_REORDER))%" 2>/dev/null || return 1
    done
}

bad_wire_on() {
    local link=$1
    in_ns "$link" ip link set gw0 nomaster
    cable "$link" bad0 "$link" bad1
    in_ns "$link" ip link set bad0 master "$link" || return 1
    start "bad-$link" "$link" python3 "$LAB_SOURCE/bad_wire.py" bad1 gw0 --loss "$LAB_LOSS" \
        --duplicate "$LAB_DUPLICATE" --reorder "$LAB_REORDER" --seed "$LAB_SEED"
    wait_until 5 grep -q ready "$LAB_DIR/bad-$link.log"
}

impair_on() {
    local link
    for link in lan wan; do
        netem_on "$link" && say "$link: tc netem" && continue
        bad_wire_on "$link" || die "the bad wire of $link did not start: see $LAB_DIR/bad-$link.log"
        say "$link: bad_wire.py (this kernel has no netem), seed $LAB_SEED"
    done
}

impair_off() {
    local link port
    for link in lan wan; do
        if running "bad-$link"; then
            stop "bad-$link"
            in_ns "$link" ip link del bad0
            in_ns "$link" ip link set gw0 master "$link"
            say "$link: $(tail -1 "$LAB_DIR/bad-$link.log")"
        else
            for port in $(ports_of "$link"); do
                in_ns "$link" tc qdisc del dev "$port" root 2>/dev/null
            done
        fi
    done
    return 0
}
