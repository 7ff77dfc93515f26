#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A real Prometheus scrapes the gateway while calls are made; a query gives their number. promtool has nothing to say about
# the metrics.
source "$(dirname "$0")/flow.sh"
CALLS=20

# asked QUERY: its single value.
asked() {
    in_ns gw curl -sf -G -m 5 "http://127.0.0.1:9090/api/v1/query" --data-urlencode "query=$1" |
        jq -r '.data.result[0].value[1] // "nothing"'
}
answers() { [ "$(asked "$1")" = "$2" ]; }

fresh_lab preserve
with_gateway
scrape | promtool check metrics >"$FLOW_DIR/promtool.log" 2>&1 || fail "promtool: $(head -1 "$FLOW_DIR/promtool.log")"
cat >"$FLOW_DIR/prometheus.yml" <<TEXT
global:
  scrape_interval: 1s
scrape_configs:
  - job_name: sallyport
    static_configs:
      - targets: ['$METRICS']
TEXT
begin prometheus gw prometheus --config.file="$FLOW_DIR/prometheus.yml" --storage.tsdb.path="$FLOW_DIR/tsdb" \
    --web.listen-address=127.0.0.1:9090 --log.level=warn
wait_until 20 answers 'up{job="sallyport"}' 1 || fail "Prometheus does not see the gateway: $(tail -1 "$FLOW_DIR/prometheus.log")"

sipp_begin callee carrier "$CARRIER" 5060 uas_call -m "$CALLS"
wait_until 5 sipp_listens carrier "$CARRIER:5060"
sipp_begin caller phone-a "$PHONE_A" 5080 uac_call -s callee -key domain lab.example -m "$CALLS" -r 10 -d 3000 \
    "$GW_INSIDE:5060"
wait_until 5 answers 'max_over_time(sallyport_calls[10s]) > bool 0' 1 || fail "no call was ever in progress for Prometheus"
sipp_ended caller 30 "$CALLS"
sipp_ended callee 30 "$CALLS"
wait_until 10 answers 'sum(sallyport_calls_total{result="answered"})' "$CALLS" ||
    fail "Prometheus counts $(asked 'sum(sallyport_calls_total{result="answered"})') answered calls, not $CALLS"
answers 'sum(sallyport_call_setup_seconds_count)' "$CALLS" ||
    fail "Prometheus counts $(asked 'sum(sallyport_call_setup_seconds_count)') set-up times, not $CALLS"
finish_prometheus=$(cat "$FLOW_DIR/prometheus.pid")
kill "$finish_prometheus"
finish prometheus 10
rm -rf "$FLOW_DIR/tsdb"
end_lab
pass "Prometheus asked for the calls made answers $CALLS; promtool has no complaint"
