#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The judges are judged first: the voice comparison must tell the right voice from silence, noise and another voice, and
# the capture check must find what it looks for in captures made wrong on purpose.
set -u
HERE=$(cd "$(dirname "$0")" && pwd)
cd "$FLOW_DIR" || exit 1
verdict() { printf '%s\n' "$2" >"$FLOW_DIR/verdict"; exit "$1"; }

python3 "$HERE/audio/make_wav.py" alice.wav --seed 11 && python3 "$HERE/audio/make_wav.py" carol.wav --seed 12 || verdict 1 "no WAV files"
sox alice.wav -e mu-law coded.wav trim 2.017 7
sox coded.wav -e signed -b 16 heard.wav                          # what a phone hears: G.711, from anywhere in the source
sox heard.wav first.wav trim 0 3.51
sox heard.wav second.wav trim 3.53
sox first.wav second.wav slipped.wav                             # a lost packet or a slip of the jitter buffer
sox -n -r 8000 -b 16 silence.wav trim 0 8
sox -n -r 8000 -b 16 noise.wav synth 8 whitenoise vol 0.4
sox heard.wav short.wav trim 0 2
sox -m -v 1 heard.wav -v 1 "|sox carol.wav -p trim 0 7" mixed.wav  # somebody else on the line
sox heard.wav reversed.wav reverse

expect() { # CODE RECORDING WHY
    python3 "$HERE/audio/match.py" alice.wav "$2.wav" >"$2.txt"
    [ $? = "$1" ] || verdict 1 "the voice comparison is wrong about $2: $(cat "$2.txt")"
}
expect 0 heard
expect 0 slipped
for wrong in silence noise carol short mixed reversed; do
    expect 1 "$wrong"
done
python3 "$HERE/wire/self_test.py" "$FLOW_DIR/made" >self_test.txt 2>&1 || verdict 1 "the capture check is wrong: $(tail -1 self_test.txt)"
verdict 0 "voices: 2 right and 6 wrong recordings told apart; captures: $(tail -1 self_test.txt)"
