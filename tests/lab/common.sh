# SPDX-License-Identifier: Apache-2.0
# Names, addresses and small steps that every part of the lab shares. Sourced by tests/lab/lab, tests/flows/run and
# scripts/demo; defines functions and variables only, does nothing by itself.
#
#   phone-a .10 \                                                             / carrier 10.20.0.2 (registrar)
#                home0 [nat] up0 --- (lan bridge) --- lan0 [gw] wan0 --- (wan bridge)
#   phone-b .11 /  192.168.1.0/24     10.10.0.0/24                 10.20.0.0/24 \ phone-c 10.20.0.3

LAB_SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LAB_ROOT=$(cd "$LAB_SOURCE/../.." && pwd)
LAB_DIR=${LAB_DIR:-$LAB_ROOT/build/lab}             # state, logs, captures
LAB_PREFIX=${LAB_PREFIX:-sp-}                       # of every namespace name
LAB_DEVICE=${LAB_DEVICE:-af_xdp}                    # af_xdp | af_packet: how DPDK takes the two veth ends
SALLYPORT_BIN=${SALLYPORT_BIN:-$LAB_ROOT/build/release/sallyport}
SALLYPORT_CONF=${SALLYPORT_CONF:-$LAB_ROOT/deploy/sallyport.conf}

export LAB_INSIDE=${LAB_INSIDE:-4} LAB_OUTSIDE=${LAB_OUTSIDE:-4}  # IP version of each realm: 4 | 6

LAB_SPACES=(phone-a phone-b nat lan gw wan carrier phone-c)
METRICS=127.0.0.1:9464
if [ "$LAB_INSIDE" = 4 ]; then
    HOME_NET=192.168.1. INSIDE_NET=10.10.0. INSIDE_LENGTH=24
else  # nothing is translated: the home router only routes
    HOME_NET=2001:db8:1:: INSIDE_NET=2001:db8:10:: INSIDE_LENGTH=64
fi
if [ "$LAB_OUTSIDE" = 4 ]; then
    OUTSIDE_NET=10.20.0. OUTSIDE_LENGTH=24
else
    OUTSIDE_NET=2001:db8:20:: OUTSIDE_LENGTH=64
fi
PHONE_A=${HOME_NET}10
PHONE_B=${HOME_NET}11
NAT_HOME=${HOME_NET}1
NAT_INSIDE=${INSIDE_NET}2
GW_INSIDE=${INSIDE_NET}1
GW_OUTSIDE=${OUTSIDE_NET}1
CARRIER=${OUTSIDE_NET}2
PHONE_C=${OUTSIDE_NET}3

say() { printf '%s\n' "$*"; }
die() { printf 'lab: %s\n' "$*" >&2; exit 1; }

# in_ns NAME COMMAND...: runs a command in one of the lab's namespaces (short name).
in_ns() { local name=$1; shift; ip netns exec "$LAB_PREFIX$name" "$@"; }

# bracketed ADDRESS: as a host in URIs.
bracketed() { [[ $1 == *:* ]] && say "[$1]" || say "$1"; }

lab_is_up() { [ -e "/run/netns/${LAB_PREFIX}gw" ]; }

# The start time of a process (clock ticks since boot) names it beyond its number, which the kernel may give away again.
start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# start NAME SPACE COMMAND...: starts a process in a namespace and remembers it; output goes to $LAB_DIR/NAME.log.
start() {
    local name=$1 space=$2
    shift 2
    running "$name" && die "$name is running already"
    mkdir -p "$LAB_DIR/run"
    # A session of its own, so that Ctrl-C ends the lab in its own order; a script's background children ignore SIGINT
    # unless told otherwise.
    ip netns exec "$LAB_PREFIX$space" setsid env --default-signal=INT,QUIT "$@" </dev/null >"$LAB_DIR/$name.log" 2>&1 &
    local pid=$!
    disown "$pid"
    printf '%s %s\n' "$pid" "$(start_time "$pid")" >"$LAB_DIR/run/$name"
}

# pid_of NAME: prints the process number if it is still the process that we started.
pid_of() {
    local pid since
    read -r pid since 2>/dev/null <"$LAB_DIR/run/$1" || return 1
    [ -n "$since" ] && [ "$(start_time "$pid")" = "$since" ] || return 1
    printf '%s\n' "$pid"
}

running() { pid_of "$1" >/dev/null; }

# stop NAME [SIGNAL [SECONDS]]: asks, waits, then insists. Fails when it had to insist.
stop() {
    local name=$1 signal=${2:-TERM} seconds=${3:-10} pid tick
    pid=$(pid_of "$name") || { rm -f "$LAB_DIR/run/$name"; return 0; }
    kill -s "$signal" "$pid" 2>/dev/null
    for ((tick = 0; tick < seconds * 10; tick++)); do
        pid_of "$name" >/dev/null || { rm -f "$LAB_DIR/run/$name"; return 0; }
        sleep 0.1
    done
    kill -s KILL "$pid" 2>/dev/null
    rm -f "$LAB_DIR/run/$name"
    return 1
}

# wait_until SECONDS COMMAND...: until the command succeeds.
wait_until() {
    local seconds=$1 deadline
    shift
    deadline=$((SECONDS + seconds))
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.2
    done
}
