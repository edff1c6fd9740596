#!/usr/bin/env bash
# Counts the instructions of what must stay cheap, and fails where there are over 5 % more than were committed.
#
#   benchmarks/gate.sh                      counts, and judges by benchmarks/instructions.txt
#   benchmarks/gate.sh accept               counts, and makes that file anew
#   benchmarks/gate.sh count                counts, and prints what such a file holds
#   benchmarks/gate.sh judge COMMITTED NOW  judges one such file by another
#
# PROBE is the program to count, .build/release/InstructionProbe unless it is said.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
figures=$here/instructions.txt
probe=${PROBE:-$here/../.build/release/InstructionProbe}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The C library has several copies of memcpy and others and chooses by the processor: without these it takes what every
# x86-64 has. Those of other architectures know none of these and say nothing.
hwcaps=$(printf -- ',-%s' AVX AVX2 AVX512F AVX512VL AVX_Fast_Unaligned_Load BMI1 BMI2 ERMS FMA FMA4 FSRM LZCNT MOVBE \
  POPCNT SSSE3 SSE4_1 SSE4_2)

tools() {
  echo "$(uname -m), Swift $(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p')," \
    "$(getconf GNU_LIBC_VERSION), libspeexdsp $(pkg-config --modversion speexdsp), $(valgrind --version)"
}

# One process does all the work, and callgrind writes a file and begins anew at each mark; see InstructionProbe. It
# knows nothing of the caller's environment, which would move its stack and could hold options for valgrind.
count() {
  local valgrind
  valgrind=$(command -v valgrind)
  # Valgrind 3.19 can't read Swift's debug information.
  strip -g -o "$scratch/probe" "$probe"
  (
    cd "$scratch" || exit
    env -i ${LD_LIBRARY_PATH:+LD_LIBRARY_PATH="$LD_LIBRARY_PATH"} SWIFT_DETERMINISTIC_HASHING=1 \
      GLIBC_TUNABLES="glibc.cpu.hwcaps=${hwcaps#,}" \
      "$valgrind" --tool=callgrind --vgdb=no --log-file=log --callgrind-out-file=counts --dump-before=reel_mark \
      ./probe >works
  ) || { cat "$scratch/log" >&2; return 1; }
  echo "# $(tools)"
  echo "# Instructions for each time that it is done, $(date +%F). \`make gate-accept\` counts anew."
  local repetitions name mark=0 total
  while read -r repetitions name; do
    mark=$((mark + 2))
    total=$(sed -n 's/^totals: //p' "$scratch/counts.$mark")
    awk -v total="$total" -v repetitions="$repetitions" -v name="$name" \
      'BEGIN { if (total <= 0) exit 1; printf "%.1f %s\n", total / repetitions, name }'
  done <"$scratch/works"
  # A mark too many or too few would give each its neighbour's count.
  if [ ! -e "$scratch/counts.$mark" ] || [ -e "$scratch/counts.$((mark + 1))" ]; then
    echo "the marks and the works are not as many" >&2
    return 1
  fi
}

judge() {
  awk '
    function fail(why) { failures[++failed] = why }
    /^# [a-z0-9_]+, Swift / { tools[file] = $0 }
    /^#/ { next }
    !/^[0-9]+(\.[0-9]+)? [^ ]/ || $1 <= 0 { fail("not a figure, in line " FNR " of " FILENAME ": " $0); next }
    {
      name = substr($0, length($1) + 2)
      if ((file, name) in count) fail(name ": twice in " FILENAME)
      if (!(name in known)) { known[name] = 1; order[++works] = name }
      count[file, name] = $1
    }
    END {
      split(tools[1], committed, /[ ,]+/)
      split(tools[2], now, /[ ,]+/)
      if (tools[1] == "" || tools[2] == "") fail("not said which processor and tools the figures are of")
      else if (committed[2] != now[2]) {
        print "the committed figures are of " committed[2] ", this is " now[2] ": not judged"
        exit 0
      }
      if (tools[1] != tools[2]) {
        print "not the same tools, which may be what has changed:"
        print "  committed " tools[1]
        print "  now       " tools[2]
      }
      if (!works) fail("there are no figures")
      printf "%10s %10s %8s  %s\n", "committed", "now", "change", "work"
      for (i = 1; i <= works; i++) row(order[i])
      for (i = 1; i <= renewed; i++) print "cheaper than committed, make gate-accept will keep it so: " renewals[i]
      for (i = 1; i <= failed; i++) print "FAILED: " failures[i]
      exit failed > 0
    }
    function row(name, old, new, change) {
      old = (1, name) in count ? count[1, name] : "-"
      new = (2, name) in count ? count[2, name] : "-"
      change = ""
      if (old == "-") fail(name ": no figure is committed; make gate-accept")
      else if (new == "-") fail(name ": committed, but not counted any more")
      else {
        change = sprintf("%+.1f %%", (new / old - 1) * 100)
        if (new > old * 1.05) fail(name ": " change)
        if (new < old * 0.95) renewals[++renewed] = name ": " change
      }
      printf "%10s %10s %8s  %s\n", old, new, change, name
    }' file=1 "$1" file=2 "$2"
}

case "$*" in
  "" | accept) count >"$scratch/now" ;;&
  "") judge "$figures" "$scratch/now" ;;
  accept) cp "$scratch/now" "$figures" ;;
  count) count ;;
  judge\ *) judge "${@:2}" ;;
  *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
esac
