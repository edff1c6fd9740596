# Everything starts here: `make demo` and `make test` install what is missing from the distribution, build, and run.

# What the code links or, libav, loads when it is needed, and what its tests ask for a second opinion.
PACKAGES := libsndfile1-dev libspeexdsp-dev libmp3lame-dev libavformat-dev libavcodec-dev libavutil-dev \
  libwebsockets-dev libsqlite3-dev libcurl4-openssl-dev libssl-dev pkg-config
TEST_PACKAGES := sox curl sqlite3 ffmpeg lame python3-mutagen strace binutils zsh mandoc gcc g++ valgrind python3 \
  python3-venv libgstreamer1.0-dev gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good

# A Python with those whom the distribution does not have.
PEERS := .build/peers
# And one with the client that programs of the service's users are written with.
SDK := .build/sdk
SDK_VERSION := 3.7.5

SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
SWIFT_FILES := Package.swift Sources Tests benchmarks examples

# Two set-ups at once would wait for each other's locks.
.NOTPARALLEL:
.PHONY: demo test library link install install-built lean lint format docs bench bench-quick bench-encoders gate \
  gate-accept sanitize sanitize-threads fuzz kill-test service-load service-idle service-kill service-quick service-test \
  realtime-test picture setup test-setup peers sdk clean

demo: setup
	swift build -c release --product reel
	mkdir -p demo
	.build/release/reel record --stereo -o demo/support.wav -o demo/support.mp3 \
	  --caller testdata/support-8000-caller.flac --agent testdata/support-8000-agent.flac
	.build/release/reel record --preset record --detect-dtmf -o demo/voicemail.wav \
	  --caller testdata/voicemail-8000-caller.flac
	.build/release/reel inspect demo/support.wav --plot demo/support.png

# The pictures in the README: a call as it is drawn, and a run of the service, which needs the published SDK.
picture: sdk
	swift build -c release --product reel
	mkdir -p demo
	.build/release/reel record --stereo --pause 6.8-8:skip --pause 12-13.5 -o demo/paused.wav \
	  --caller testdata/support-8000-caller.flac --agent testdata/support-8000-agent.flac
	.build/release/reel inspect demo/paused.wav --plot examples/inspected/support.png >/dev/null
	$(SDK)/bin/python examples/service/picture.py .build/release/reel examples/service/run.svg

test: peers sdk
	swift build -c release --build-tests
	swift test -c release --skip-build --disable-xctest

# What is installed: for programs in C libreel.so, its header and its pkg-config file; the command and its manual; and
# the unit by which systemd runs it as a service. None of them needs Swift on the machine: its runtime is linked in, here,
# where everything else is as any build has it. The ABI has the header's version, and nothing is exported but what the
# header declares.
HEADER := Sources/CReel/reel.h
VERSION := $(shell sed -nE 's/^.define REEL_VERSION_(MAJOR|MINOR|PATCH) ([0-9]+)$$/\2/p' $(HEADER) | paste -sd .)
SONAME := libreel.so.$(basename $(VERSION))
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
RELEASE := .build/release
LINKED := $(RELEASE)/installed
LINK := swiftc -static-stdlib -use-ld=lld -Xlinker --gc-sections

library: setup
	swift build -c release --product ReelC
	swift build -c release --product reel
	@$(MAKE) --no-print-directory link

link:
	mkdir -p $(LINKED)
	{ echo '{ global:'; sed -nE 's/^(const )?[a-z0-9_]+ \*?(reel_[a-z_]+)\(.*/  \2;/p' $(HEADER); echo 'local: *; };'; } \
	  >$(LINKED)/exported
	$(LINK) -emit-library -o $(LINKED)/libreel.so.$(VERSION) @$(RELEASE)/ReelC.product/Objects.LinkFileList \
	  -Xlinker -soname=$(SONAME) -Xlinker --version-script=$(LINKED)/exported
	$(LINK) -emit-executable -o $(LINKED)/reel @$(RELEASE)/reel.product/Objects.LinkFileList \
	  -Xlinker --defsym=main=ReelCLI_main
	$(LINKED)/reel man >$(LINKED)/reel.1

# Where the loader does not look by itself, /usr/local/lib on some systems, run ldconfig afterwards.
install: library
	@$(MAKE) --no-print-directory install-built

install-built:
	install -d $(addprefix $(DESTDIR),$(PREFIX)/bin $(LIBDIR)/pkgconfig $(PREFIX)/include $(PREFIX)/share/man/man1 \
	  $(PREFIX)/lib/systemd/system)
	install -s -m 755 $(LINKED)/reel $(DESTDIR)$(PREFIX)/bin
	install -s -m 755 $(LINKED)/libreel.so.$(VERSION) $(DESTDIR)$(LIBDIR)
	ln -sf libreel.so.$(VERSION) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libreel.so
	install -m 644 $(HEADER) $(DESTDIR)$(PREFIX)/include
	printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' 'includedir=$${prefix}/include' '' 'Name: reel' \
	  'Description: Records calls' 'Version: $(VERSION)' 'Libs: -L$${libdir} -lreel' 'Cflags: -I$${includedir}' \
	  >$(DESTDIR)$(LIBDIR)/pkgconfig/reel.pc
	install -m 644 $(LINKED)/reel.1 $(DESTDIR)$(PREFIX)/share/man/man1
	sed 's|^ExecStart=/usr/local|ExecStart=$(PREFIX)|' examples/service/reel.service \
	  >$(DESTDIR)$(PREFIX)/lib/systemd/system/reel.service

# Without MP3 and MP4, as an embedder may want it.
lean: setup
	swift build --disable-default-traits --scratch-path .build/lean --product reel

lint:
	swift format lint --strict --parallel --recursive $(SWIFT_FILES)

format:
	swift format --in-place --parallel --recursive $(SWIFT_FILES)

# The documentation of the Swift library, into .build/docs; a warning of docc's is an error. What Reel re-exports is
# taken for its own, as those who import it see it. A symbol that the landing page does not list is grouped by docc
# itself, and is an error too.
docs: setup
	swift build -c release --product reel
	rm -rf .build/docs .build/symbols
	mkdir -p .build/symbols
	swift symbolgraph-extract -module-name Reel -target $$(uname -m)-unknown-linux-gnu -output-dir .build/symbols \
	  -minimum-access-level public -skip-synthesized-members \
	  -experimental-allowed-reexported-modules=ReelAudio,ReelCore,ReelFiles \
	  -I $(RELEASE)/Modules $(patsubst %,-I %,$(dir $(wildcard Sources/*/module.modulemap))) \
	  $(foreach room,CLibav CLinux CPrefetch CSHA256,-Xcc -fmodule-map-file=$(RELEASE)/$(room).build/module.modulemap) \
	  $$(pkg-config --cflags-only-I lame sndfile speexdsp)
	docc convert Sources/Reel/Reel.docc --additional-symbol-graph-dir .build/symbols --output-dir .build/docs \
	  --fallback-display-name Reel --fallback-bundle-identifier reel --warnings-as-errors
	! grep -o '"generated":true.*' .build/docs/data/documentation/reel.json

# Every bench with its peers, the tables on standard output and growth drawn as pictures: about a quarter of an hour on a
# machine that does nothing else. Recordings go into BENCH_FOLDER, which is memory unless it is said to be a disk.
BENCH_FOLDER ?= /dev/shm
BENCH_INPUTS := --caller testdata/support-8000-caller.flac --agent testdata/support-8000-agent.flac \
  $(addprefix --truth ,$(sort $(wildcard testdata/*.json))) --python $(PEERS)/bin/python
bench: peers
	swift build -c release --product reel
	bash -o pipefail -c '.build/release/reel bench all $(BENCH_INPUTS) --folder $(BENCH_FOLDER) --pictures benchmarks \
	  | tee .build/results'
	{ echo '# What `make bench` found'; echo; cat .build/results; } >benchmarks/results.md

# The same in less than a minute: whether it works, not how fast it is.
bench-quick: peers
	swift build -c release --product reel
	.build/release/reel bench all --quick --seconds 0.5 $(BENCH_INPUTS) --folder $(BENCH_FOLDER)

# How many instructions the inner work takes, against what is committed: fails above 5 % more, however busy the machine.
gate gate-accept: test-setup
	swift build -c release --product InstructionProbe
	benchmarks/gate.sh $(patsubst gate-%,%,$(filter-out gate,$@))

# What the encoders give for what they cost: how the AAC coder was chosen.
bench-encoders: setup
	swift build -c release --product EncoderBenchmark
	.build/release/EncoderBenchmark

# AddressSanitizer over every test, then ThreadSanitizer over those with threads. The test runner itself leaks, so leaks
# are not looked for.
sanitize: test-setup sanitize-threads
	ASAN_OPTIONS=detect_leaks=0 REEL_SCHEDULES=300 REEL_LIVES=100 swift test --sanitize=address --disable-xctest

# Memory copies are loops here, for ThreadSanitizer does not look into memory copies.
sanitize-threads: test-setup
	TSAN_OPTIONS=halt_on_error=1 swift test -c release --sanitize=thread -Xswiftc -DTSAN --scratch-path .build/tsan \
	  --disable-xctest --filter "ReelRealtimeTests|ThreadedTests|ParallelMP3Tests/(theSame|whoever)"

# Every parser and the reader under libFuzzer and AddressSanitizer: a minute each, eleven in all.
FUZZ_SECONDS ?= 60
fuzz: test-setup
	swift build -c release
	REEL_FUZZ=1 swift build -c release --scratch-path .build/fuzz --product Fuzz
	benchmarks/Fuzz/run.sh $(FUZZ_SECONDS) $(FUZZ_TARGETS)

# Recording processes killed at random moments, and what they leave judged by ffprobe and by ourselves.
KILLS ?= 200
kill-test: test-setup
	swift build -c release --product FaultTest
	.build/release/FaultTest kill $(KILLS) $(SEED)

# 500 calls at once into `reel serve`, each recorded to the last sample: 60 s, on a machine that does nothing else.
STREAMS ?= 500
FORM ?= binary
service-load: service-test
	$(SERVICE_TEST) load --streams $(STREAMS) --seconds 60 --form $(FORM) --folder $(BENCH_FOLDER)

# 2,000 sessions of RELAY over TLS that have nothing to do for a minute.
service-idle: service-test
	$(SERVICE_TEST) idle --connections 2000 --seconds 60 --folder $(BENCH_FOLDER)

# The service killed at random moments of 50 calls, 20 times, and what it leaves and tells when it serves again.
ROUNDS ?= 20
service-kill: service-test
	$(SERVICE_TEST) kill --rounds $(ROUNDS) --calls 50 $(if $(SEED),--seed $(SEED)) --folder $(BENCH_FOLDER)

# All three in less than a minute: whether it works, not how much it bears.
service-quick: service-test
	$(SERVICE_TEST) load --streams 50 --seconds 5 --folder $(BENCH_FOLDER)
	$(SERVICE_TEST) idle --connections 200 --seconds 5 --folder $(BENCH_FOLDER)
	$(SERVICE_TEST) kill --rounds 2 --calls 50 --folder $(BENCH_FOLDER)

SERVICE_TEST := .build/release/ServiceTest
service-test: test-setup
	swift build -c release --product reel
	swift build -c release --product ServiceTest

# Pushes under the real-time sanitizer, which must catch what was planted for it. It comes with the compiler and is
# only linked, but that makes another build.
realtime-test: setup
	swift build -c release --scratch-path .build/realtime --product PushProbe \
	  -Xswiftc -Xclang-linker -Xswiftc -fsanitize=realtime
	.build/realtime/release/PushProbe watch

setup:
	@$(call install,$(PACKAGES))

test-setup:
	@$(call install,$(PACKAGES) $(TEST_PACKAGES))

# Whom the distribution does not have, in a Python of their own. Where they can't be had, all else goes on without them.
peers: test-setup
	@$(PEERS)/bin/python -c 'import webrtcvad' 2>/dev/null || { \
	  echo installing webrtcvad-wheels; \
	  /usr/bin/python3 -m venv $(PEERS) && $(PEERS)/bin/python -m pip install -q --disable-pip-version-check \
	    --retries 1 --timeout 10 webrtcvad-wheels; \
	} || echo "webrtcvad-wheels can't be installed: WebRTC's detector is left out" >&2

sdk: test-setup
	@$(SDK)/bin/python -c 'import sys, importlib.metadata as m; sys.exit(m.version("signalwire-sdk") != "$(SDK_VERSION)")' \
	  2>/dev/null || { \
	  echo installing signalwire-sdk $(SDK_VERSION); \
	  /usr/bin/python3 -m venv $(SDK) && $(SDK)/bin/python -m pip install -q --disable-pip-version-check \
	    --retries 1 --timeout 10 signalwire-sdk==$(SDK_VERSION); \
	} || { rm -rf $(SDK); echo "signalwire-sdk can't be installed: tests that need it are skipped" >&2; }

clean:
	rm -rf .build demo

# Asks dpkg first, so that nothing happens and no network is needed when all is there. An update that fails, for one
# broken source is enough, is no reason not to try.
define install
missing=$$(for package in $(1); do \
  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || echo $$package; \
done); \
if [ -n "$$missing" ]; then \
  if [ -n "$(SUDO)" ] && ! command -v $(SUDO) >/dev/null; then \
    echo "missing, and there is no sudo; as root: apt-get install --no-install-recommends" $$missing >&2; \
    exit 1; \
  fi; \
  echo installing $$missing; \
  $(SUDO) apt-get update -qq || true; \
  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o Dpkg::Use-Pty=0 \
    --no-install-recommends $$missing >/dev/null; \
fi
endef
