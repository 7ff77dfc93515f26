# SPDX-License-Identifier: Apache-2.0
# Real softphones for the lab: baresip with an account at the carrier, a WAV file as microphone and every received sample
# recorded. Sourced after common.sh.

# phone_start NAME SPACE USER ADDRESS WAV DIR [OUTBOUND]: OUTBOUND is the proxy it sends everything to (the gateway for
# phones behind the NAT); without it the phone goes straight to the carrier. PHONE_DOMAIN is that of its account, and
# PHONE_ANSWER=manual lets it ring until it is told to accept. PHONE_CONTROL is its control port, for several in one namespace.
phone_start() {
    local name=$1 space=$2 user=$3 address=$4 wav=$5 home=$6 outbound=${7:-$CARRIER}
    mkdir -p "$home/recordings"
    cat >"$home/config" <<TEXT
poll_method epoll
sip_listen $address:5060
rtp_ports 10000-10100
rtcp_mux no
jitter_buffer_delay 2-5
audio_source aufile,$wav
audio_player aubridge,speaker
audio_alert aubridge,speaker
call_local_timeout 60
statmode_default off
snd_path $home/recordings
ctrl_tcp_listen 127.0.0.1:${PHONE_CONTROL:-4444}
module_path /usr/lib/baresip/modules
module account.so
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_app menu.so
module_app ctrl_tcp.so
TEXT
    printf '<sip:%s@%s>;auth_user=%s;auth_pass=%s-secret;outbound="sip:%s:5060";regint=300;answermode=%s%s\n' \
        "$user" "${PHONE_DOMAIN:-lab.example}" "$user" "$user" "$outbound" "${PHONE_ANSWER:-auto}" ";audio_codecs=pcmu" \
        >"$home/accounts"
    : >"$home/contacts"
    start "$name" "$space" baresip -f "$home"
}

# phone_stop NAME: baresip unregisters first; a second signal makes it leave at once.
phone_stop() { stop "$1" TERM 4 || say "$1 had to be killed"; }

# phone_says NAME TEXT SECONDS: waits until its log has the text.
phone_says() { wait_until "$3" grep -aq -- "$2" "$LAB_DIR/$1.log"; }

# phone_do SPACE COMMAND [PARAMETERS]: one command to the phone's control port (JSON in a netstring).
phone_do() {
    local space=$1 text
    text=$(printf '{"command":"%s","params":"%s"}' "$2" "${3:-}")
    in_ns "$space" python3 - "$text" "${PHONE_CONTROL:-4444}" <<'TEXT'
import socket
import sys

text = sys.argv[1].encode()
with socket.create_connection(("127.0.0.1", int(sys.argv[2])), 5) as control:
    control.sendall(b"%d:%s," % (len(text), text))
    control.settimeout(5)
    control.recv(65536)
TEXT
}
