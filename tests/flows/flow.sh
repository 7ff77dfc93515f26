# SPDX-License-Identifier: Apache-2.0
# What every flow shares: its own lab, SIPp runs, metrics, and the verdict. A flow sources this, works, and ends with
# `pass TEXT`; `fail TEXT` ends it at once. Whatever happens, the lab is taken down and the evidence stays in FLOW_DIR.

set -u
FLOW_SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${FLOW_DIR:?is set by tests/flows/run}"
export LAB_DIR=$FLOW_DIR/lab
source "$FLOW_SOURCE/../lab/common.sh"
source "$FLOW_SOURCE/../lab/programs.sh"
source "$FLOW_SOURCE/../lab/phones.sh"
LAB=$FLOW_SOURCE/../lab/lab
SIPP=$FLOW_SOURCE/sipp
SIPP_OPTIONS=()  # for every SIPp of the flow
jobs_started=()

note() { printf '[%3d s] %s\n' "$SECONDS" "$*" >>"$FLOW_DIR/steps.log"; }
verdict() { printf '%s\n' "$2" >"$FLOW_DIR/verdict"; exit "$1"; }
pass() { note "PASS $*"; verdict 0 "$*"; }
fail() { note "FAIL $*"; verdict 1 "$*"; }

cleanup() {
    local pid
    trap '' INT TERM
    for pid in "${jobs_started[@]}"; do
        kill "$pid" 2>/dev/null
    done
    lab_is_up && [ -e "$LAB_DIR/ours" ] && "$LAB" down >>"$FLOW_DIR/steps.log" 2>&1
    rm -f "$LAB_DIR/ours"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

# fresh_lab NAT: a lab of our own, with the gateway in it and captures running; NAT is preserve or random.
fresh_lab() {
    mkdir -p "$LAB_DIR"
    "$LAB" up --nat "$1" >>"$FLOW_DIR/steps.log" 2>&1 || fail "lab up: $(tail -1 "$FLOW_DIR/steps.log")"
    touch "$LAB_DIR/ours"
    note "lab up, NAT $1, device $LAB_DEVICE"
    capture_start "$FLOW_DIR/pcap-$1" >>"$FLOW_DIR/steps.log" 2>&1 || fail "no captures"
}

# with_gateway [OPTION...]
with_gateway() {
    "$LAB" gateway start "$@" >>"$FLOW_DIR/steps.log" 2>&1 || fail "$(tail -1 "$FLOW_DIR/steps.log")"
    note "gateway up"
}

end_lab() {
    local clean=0
    capture_stop
    gateway_stop || clean=1
    "$LAB" down >>"$FLOW_DIR/steps.log" 2>&1 || clean=1
    rm -f "$LAB_DIR/ours"
    [ "$clean" = 0 ] || fail "the gateway or another program of the lab had to be killed"
}

# begin NAME SPACE COMMAND...: runs in the background; `finish NAME SECONDS` gives its exit code.
begin() {
    local name=$1 space=$2
    shift 2
    ip netns exec "$LAB_PREFIX$space" "$@" </dev/null >"$FLOW_DIR/$name.log" 2>&1 &
    printf '%s\n' "$!" >"$FLOW_DIR/$name.pid"
    jobs_started+=("$!")
}

finish() {
    local pid deadline=$((SECONDS + $2))
    pid=$(cat "$FLOW_DIR/$1.pid")
    while kill -0 "$pid" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ]; do
        sleep 0.2
    done
    if kill -0 "$pid" 2>/dev/null; then
        kill "$pid" 2>/dev/null
        wait "$pid"
        return 124
    fi
    wait "$pid"
}

# sipp_begin NAME SPACE ADDRESS PORT SCENARIO [OPTION...]: a SIPp on its own, logs in FLOW_DIR.
sipp_begin() {
    local name=$1 space=$2 address=$3 port=$4 scenario=$5
    shift 5
    begin "$name" "$space" sipp -sf "$SIPP/$scenario.xml" -i "$address" -p "$port" -t u1 -nostdin -aa \
        -trace_err -error_file "$FLOW_DIR/$name.errors" -trace_stat -stf "$FLOW_DIR/$name.csv" -fd 1 \
        -trace_logs -log_file "$FLOW_DIR/$name.said" -buff_size 1048576 "${SIPP_OPTIONS[@]}" "$@"
}

# column NAME FIELD: the last value of a SIPp statistics column.
column() {
    awk -F';' -v want="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == want) at = i }
        NR > 1 && at { value = $at } END { print value + 0 }' "$FLOW_DIR/$1.csv"
}

# sipp_ended NAME SECONDS CALLS: waits; fails the flow unless that many calls succeeded and none failed.
sipp_ended() {
    local code good bad
    finish "$1" "$2"
    code=$?
    good=$(column "$1" 'SuccessfulCall(C)')
    bad=$(column "$1" 'FailedCall(C)')
    note "$1: exit $code, $good calls good, $bad failed, $(column "$1" 'Retransmissions(C)') retransmissions"
    [ "$code" = 0 ] && [ "$good" = "$3" ] && [ "$bad" = 0 ] && return
    fail "$1: exit $code, $good of $3 calls succeeded, $bad failed: $(tail -n +2 "$FLOW_DIR/$1.errors" 2>/dev/null | head -1 | cut -c1-160)"
}

# register_token: a phone at PHONE_A:5070 registers through the gateway with a SIPp registrar at the carrier; prints the
# contact token under which the outside can call it.
register_token() {
    sipp_begin registrar carrier "$CARRIER" 5060 registrar -m 1
    wait_until 5 sipp_listens carrier "$CARRIER:5060"
    sipp_begin register phone-a "$PHONE_A" 5070 register -s sipp -m 1 "$GW_INSIDE:5060"
    sipp_ended register 15 1
    sipp_ended registrar 15 1
    TOKEN=$(sed -n 's/.*token \([^ ]*\).*/\1/p' "$FLOW_DIR/registrar.said" | tail -1)
    [ -n "$TOKEN" ] || fail "the registrar saw no contact token"
    note "token $TOKEN"
}

sipp_listens() { in_ns "$1" ss -Hlun | grep -qF "$2 "; }

# metric NAME [TEXT...]: the sum of its samples whose labels contain every TEXT; nothing when there is no such sample.
metric() {
    local name=$1 lines
    shift
    lines=$(scrape | grep -E "^$name(\{| )")
    while [ $# -gt 0 ]; do
        lines=$(grep -F -- "$1" <<<"$lines")
        shift
    done
    [ -z "$lines" ] || awk '{ sum += $NF } END { printf "%d\n", sum }' <<<"$lines"
}

# What must be zero when no call is left. Ports in quarantine are not in use (G1).
IDLE_GAUGES=(sallyport_transactions sallyport_dialogs sallyport_calls sallyport_relays sallyport_ports_in_use)

busy_gauges() {
    local name value
    for name in "${IDLE_GAUGES[@]}"; do
        value=$(metric "$name")
        [ "$value" = 0 ] || printf '%s=%s ' "$name" "${value:-absent}"
    done
}

gauges_idle() { [ -z "$(busy_gauges)" ]; }

# idle_again SECONDS: transactions linger for 32 s (Timers D, J, L, M); then nothing may be left.
idle_again() {
    wait_until "$1" gauges_idle && note "idle again" && return
    scrape >"$FLOW_DIR/metrics-busy.txt"
    fail "not idle after $1 s: $(busy_gauges)"
}

# as_drawn: the captures show the ladders of $FLOW_DIR/ladders message by message. Then the judge is judged: it must find every
# fault in what it has just found right, once that is spoiled.
as_drawn() {
    python3 "$FLOW_SOURCE/ladder/judge.py" "$FLOW_DIR/pcap-preserve" "$FLOW_DIR/ladders" >"$FLOW_DIR/faults.txt" 2>"$FLOW_DIR/judged.txt" ||
        fail "$(tail -1 "$FLOW_DIR/judged.txt"): $(head -1 "$FLOW_DIR/faults.txt")"
    python3 "$FLOW_SOURCE/ladder/spoil.py" "$FLOW_DIR/pcap-preserve" "$FLOW_DIR/ladders" >"$FLOW_DIR/missed.txt" 2>"$FLOW_DIR/spoiled.txt" ||
        fail "$(tail -1 "$FLOW_DIR/spoiled.txt"): $(head -1 "$FLOW_DIR/missed.txt")"
}

resident_kb() { awk '/^VmRSS/ { print $2 }' "/proc/$(pid_of gateway)/status"; }

# both_ways NAME CALLER CALLEE CALLS RATE SECONDS [OPTION...]: the same pair of scenarios out (caller behind the NAT, callee
# at the carrier) and in (caller outside, callee the registered phone), at the same time. OPTIONs go to the callers.
both_ways() {
    local name=$1 caller=$2 callee=$3 calls=$4 rate=$5 seconds=$6
    shift 6
    sipp_begin "$name-out-callee" carrier "$CARRIER" 5060 "$callee" -m "$calls"
    sipp_begin "$name-in-callee" phone-a "$PHONE_A" 5070 "$callee" -m "$calls"
    wait_until 5 sipp_listens carrier "$CARRIER:5060"
    wait_until 5 sipp_listens phone-a "$PHONE_A:5070"
    sipp_begin "$name-out-caller" phone-a "$PHONE_A" 5080 "$caller" -s callee -key domain lab.example -m "$calls" \
        -r "$rate" "$@" "$GW_INSIDE:5060"
    sipp_begin "$name-in-caller" phone-c "$PHONE_C" 5080 "$caller" -s "$TOKEN" -key domain "$GW_OUTSIDE:5060" \
        -m "$calls" -r "$rate" "$@" "$GW_OUTSIDE:5060"
    sipp_ended "$name-out-caller" "$seconds" "$calls"
    sipp_ended "$name-in-caller" "$seconds" "$calls"
    sipp_ended "$name-out-callee" 40 "$calls"
    sipp_ended "$name-in-callee" 40 "$calls"
}
