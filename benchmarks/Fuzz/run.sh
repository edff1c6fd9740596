#!/usr/bin/env bash
# Fuzzes every target for so many seconds, two at a time; what it finds is kept in .build/fuzz-findings.
#
#   benchmarks/Fuzz/run.sh SECONDS [TARGET…]
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=$1
shift
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
  targets=(json head journal manifest wav mp3 mp4 other recover-wav recover-mp3 recover-mp4)
fi
corpus=.build/fuzz-corpus
findings=.build/fuzz-findings
program=.build/fuzz/release/Fuzz
mkdir -p "$corpus" "$findings"

# Short files of every kind, by other people's programs, and what our own leave when they are killed.
seeds() {
  local speech=testdata/voicemail-8000-caller.flac
  local quiet=(ffmpeg -v error -nostdin -y -t 0.4 -i "$speech")
  mkdir -p "$corpus"/{json,head,journal,manifest,wav,mp3,mp4,other,recover-wav,recover-mp3,recover-mp4}
  for codec in pcm_s16le pcm_u8 pcm_s24le pcm_f32le pcm_mulaw pcm_alaw adpcm_ima_wav; do
    "${quiet[@]}" -c:a $codec "$corpus/wav/$codec.wav"
  done
  "${quiet[@]}" -rf64 always "$corpus/wav/rf64.wav"
  sox -q "$speech" -e gsm-full-rate "$corpus/wav/gsm.wav" trim 0 0.4
  "${quiet[@]}" -c:a libmp3lame "$corpus/mp3/cbr.mp3"
  "${quiet[@]}" -c:a libmp3lame -q:a 4 -ac 2 "$corpus/mp3/vbr.mp3"
  "${quiet[@]}" -c:a aac "$corpus/mp4/plain.mp4"
  "${quiet[@]}" -c:a aac -movflags empty_moov+frag_keyframe -frag_duration 100000 "$corpus/mp4/fragments.mp4"
  "${quiet[@]}" -c:a flac "$corpus/other/a.flac"
  "${quiet[@]}" -c:a libopus -ar 48000 "$corpus/other/a.ogg"
  "${quiet[@]}" "$corpus/other/a.aiff"
  "${quiet[@]}" -c:a aac "$corpus/other/a.aac"
  "${quiet[@]}" "$corpus/other/a.au"
  "${quiet[@]}" -c:a libopus -ar 48000 "$corpus/other/a.webm"
  printf '#!AMR\n\x7c\x7c\x7c\x7c' >"$corpus/other/a.amr"
  local work
  work=$(mktemp -d)
  for format in wav mp3 mp4; do
    mkdir "$work/$format"
    .build/release/FaultTest record "$work/$format" $format 60 0 wait </dev/zero >/dev/null & local child=$!
    sleep 0.5
    kill -KILL $child
    cp "$work/$format/call.part.$format" "$corpus/recover-$format/part"
    sed 's/call[.]/a./' "$work/$format/call.part.reel.json" >"$corpus/journal/$format"
    cp "$work/$format/call.part.$format" "$corpus/head/$format"
    .build/release/reel recover "$work/$format" >/dev/null
    sed 's/"call[.]/"a./' "$work/$format/call.reel.json" >"$corpus/manifest/$format"
    cp "$work/$format/call.reel.json" "$corpus/json/$format"
  done
  rm -rf "$work"
}

one() {
  REEL_FUZZ_TARGET=$1 SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 "$program" "$corpus/$1" -max_total_time="$seconds" -timeout=20 \
    -rss_limit_mb=2048 -max_len=65536 -artifact_prefix="$findings/$1-" >"$findings/$1.log" 2>&1 \
    && echo "$1: $(grep -o 'Done [0-9]* runs' "$findings/$1.log" | tail -1)" \
    || { echo "$1: FOUND, see $findings/$1.log"; touch "$findings/found"; }
}

[ -e "$corpus/seeded" ] || { seeds && touch "$corpus/seeded"; }
rm -f "$findings/found"
for target in "${targets[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
  one "$target" &
done
wait
[ ! -e "$findings/found" ]
