#!/usr/bin/env python3
"""Make (or, with --check, verify) the synthetic telephone calls in this folder.

Needs espeak-ng, sox and flac. The same versions of these give the same bytes.
"""

import json
import math
import random
import subprocess
import sys
import tempfile
from array import array
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
FULL_SCALE = 32768.0

# A turn is where the envelope is above this. The detector under test triggers at
# -45 dBFS at its ordinary sensitivity of 44: 3 dB more keeps the line noise from deciding where speech ends.
EDGE_DBFS = -42.0
HOP_MS = 1
WINDOW_HOPS = 5
# A pause up to JOIN_MS is part of a turn, one of SPLIT_MS or more ends it. Anything
# between could be judged either way, so no phrase may contain it.
JOIN_MS = 150
SPLIT_MS = 200
# The fade that ends what espeak-ng leaves below EDGE_DBFS around a turn. It begins
# one window outside, so it cannot move the edges.
FADE_MS = 30

NOISE_DBFS = -68.0
HUM_DBFS = -62.0
HUM_HZ = 50.0

DTMF_LOW_DBFS = -12.0   # peak
DTMF_HIGH_DBFS = -10.0  # lines attenuate high tones more, so senders raise them
DTMF_ROWS = ((697, "123A"), (770, "456B"), (852, "789C"), (941, "*0#D"))
DTMF_COLUMNS = (1209, 1336, 1477, 1633)
DTMF_GUARD_S = 0.4      # least distance of a digit from speech on its leg

# What a line of this rate lets through, in Hz.
PASS_BAND = {8000: "300-3400", 16000: "100-7000"}


@dataclass(frozen=True)
class Party:
    voice: str
    speed: int          # words a minute
    pitch: int          # 0...99
    level_dbfs: float   # RMS of a turn; a single turn differs by up to 1 dB
    hum: bool = False


@dataclass(frozen=True)
class Say:
    leg: str
    gap: float          # seconds after all that came before; negative: overlaps it
    text: str           # one breath: a comma would make a pause


@dataclass(frozen=True)
class Press:
    leg: str
    gap: float
    digits: tuple[tuple[str, int, int], ...]  # digit, its length and the gap after it, ms


@dataclass(frozen=True)
class Call:
    name: str
    rate: int
    parties: dict[str, Party]
    steps: tuple[Say | Press, ...]
    tail: float         # seconds of line noise at the end


CALLS = (
    Call("voicemail", 8000, {
        "caller": Party("en-gb-scotland+f4", 165, 45, -22.5),
    }, (
        Say("caller", 1.2, "Hello this is Moira from the garage"),
        Say("caller", 0.63, "Your car is ready"),
        Say("caller", 1.42, "We are open until six"),
        Press("caller", 0.55, (("#", 100, 0),)),
    ), tail=0.5),
    Call("support", 8000, {
        "caller": Party("en-us+m3", 185, 38, -22.0, hum=True),
        "agent": Party("en-gb+f2", 190, 58, -20.5),
    }, (
        Say("agent", 0.6, "Good morning this is the support desk"),
        Say("caller", 0.52, "Hello my line is down since Monday"),
        Say("agent", -0.38, "I am sorry to hear that"),
        Say("caller", 0.31, "Can you find out why"),
        Say("agent", 0.74, "Please enter your number"),
        Press("caller", 0.68, (("4", 80, 60), ("2", 105, 90), ("#", 120, 0))),
        Say("agent", 0.61, "Thank you and one moment"),
        Say("agent", 2.25, "I can see the error now"),
        Say("caller", 0.43, "Oh that was really quick"),
        Say("agent", -0.22, "We will send somebody"),
        Say("caller", 1.15, "Wonderful"),
        Say("caller", 0.82, "Goodbye"),
    ), tail=0.5),
    Call("survey", 16000, {
        "caller": Party("de+m7", 180, 30, -20.5),
        "agent": Party("de+f3", 185, 62, -23.0, hum=True),
    }, (
        Say("agent", 0.4, "Haben Sie eine Minute"),
        Say("caller", 0.46, "Ja gerne"),
        Say("agent", 0.37, "Waren Sie zufrieden"),
        Press("caller", 0.45, (("1", 100, 0),)),
        Say("caller", 0.48, "Es war alles sehr schön"),
        Say("agent", -0.3, "Das freut uns"),
        Say("caller", 0.55, "Auf Wiederhören"),
    ), tail=0.4),
    # Who talks for longer than a detector's memory must not become its noise.
    Call("monologue", 8000, {
        "caller": Party("en-gb+m2", 190, 45, -24.0),
    }, (
        Say("caller", 0.5, "I would like to know where you were all morning when we needed you here"),
        Say("caller", 1.1, "You will remember how long we were waiting for an answer from anyone in your "
            "new London office in May and June"),
    ), tail=1.0),
)


def amplitude(dbfs: float) -> float:
    return FULL_SCALE * 10 ** (dbfs / 20)


def rms(samples: array) -> float:
    return math.sqrt(sum(x * x for x in samples) / len(samples))


def level(samples: array) -> float:
    return 20 * math.log10(max(rms(samples), 1e-9) / FULL_SCALE)


def speak(party: Party, text: str, rate: int) -> array:
    """The phrase as it leaves the line filter, at no particular level."""
    with tempfile.TemporaryDirectory() as folder:
        wav = str(Path(folder, "phrase.wav"))
        subprocess.run(["espeak-ng", "-v", party.voice, "-s", str(party.speed),
                        "-p", str(party.pitch), "-w", wav, text], check=True)
        # Floats and 6 dB of room: nothing is rounded or clipped before the mix.
        raw = subprocess.run(["sox", wav, "-t", "f32", "-r", str(rate), "-", "gain", "-6",
                              "rate", "-v", "sinc", PASS_BAND[rate],
                              "pad", "0.1", "0.1"],
                             check=True, stdout=subprocess.PIPE).stdout
    return array("d", array("f", raw))


def find_turns(samples: array, rate: int) -> list[tuple[int, int]]:
    """Where speech is. Each hop is judged by the window it is the centre of."""
    hop = rate * HOP_MS // 1000
    energy = [sum(x * x for x in samples[i:i + hop])
              for i in range(0, len(samples) - hop + 1, hop)]
    limit = amplitude(EDGE_DBFS) ** 2 * hop * WINDOW_HOPS
    half = WINDOW_HOPS // 2
    turns: list[tuple[int, int]] = []
    for k in range(half, len(energy) - half):
        if sum(energy[k - half:k + half + 1]) <= limit:
            continue
        if turns:
            pause = (k - turns[-1][1]) * HOP_MS
            assert not JOIN_MS < pause < SPLIT_MS, f"doubtful pause of {pause} ms"
            if pause <= JOIN_MS:
                turns[-1] = (turns[-1][0], k + 1)
                continue
        turns.append((k, k + 1))
    return [(start * hop, end * hop) for start, end in turns]


def fade_around(samples: array, turns: list[tuple[int, int]], rate: int) -> array:
    """Silences all that is not a turn."""
    keep = rate * HOP_MS * WINDOW_HOPS // 1000
    fade = rate * FADE_MS // 1000
    result = array("d")
    for i, x in enumerate(samples):
        distance = min(max(start - i, i - end + 1) for start, end in turns)
        position = min(max((distance - keep) / fade, 0), 1)
        result.append(x * math.cos(position * math.pi / 2) ** 2)
    return result


def utter(party: Party, text: str, rate: int, dbfs: float) -> tuple[array, list[tuple[int, int]]]:
    """The phrase at the wanted level, and its turns."""
    samples = speak(party, text, rate)
    gain = amplitude(dbfs) / rms(samples)
    samples = array("d", (x * gain for x in samples))
    # The level is that of the turns, whose edges move a little with the level.
    for _ in range(5):  # enough to settle
        active = array("d")
        for start, end in find_turns(samples, rate):
            active.extend(samples[start:end])
        gain = amplitude(dbfs) / rms(active)
        samples = array("d", (x * gain for x in samples))
    turns = find_turns(samples, rate)
    samples = fade_around(samples, turns, rate)
    assert find_turns(samples, rate) == turns, f"the fade moved an edge: {text}"
    return samples, turns


def tone_pair(digit: str, length: int, rate: int) -> array:
    low, column = next((hz, row.index(digit)) for hz, row in DTMF_ROWS if digit in row)
    high = DTMF_COLUMNS[column]
    return array("d", (
        amplitude(DTMF_LOW_DBFS) * math.sin(2 * math.pi * low * i / rate)
        + amplitude(DTMF_HIGH_DBFS) * math.sin(2 * math.pi * high * i / rate)
        for i in range(length)))


def mu_law(sample: int) -> int:
    """A 16-bit sample after G.711 mu-law coding and decoding."""
    magnitude = min(abs(sample), 32635) + 132
    segment = magnitude.bit_length() - 8
    mantissa = (magnitude >> (segment + 3)) & 15
    decoded = (((mantissa << 3) + 132) << segment) - 132
    return -decoded if sample < 0 else decoded


def add(leg: array, position: int, samples: array) -> None:
    """Mixes samples in, making the leg longer where needed."""
    missing = position + len(samples) - len(leg)
    leg.extend([0.0] * max(missing, 0))
    for i, x in enumerate(samples, position):
        leg[i] += x


def on_the_line(clean: array, party: Party, rate: int, rng: random.Random) -> array:
    """The leg as it is stored: with noise, in 16 bits, and coded if it is narrowband."""
    noise = amplitude(NOISE_DBFS)
    hum = amplitude(HUM_DBFS) * math.sqrt(2) if party.hum else 0.0
    stored = array("h")
    for i, x in enumerate(clean):
        x += rng.gauss(0, noise) + hum * math.sin(2 * math.pi * HUM_HZ * i / rate)
        assert abs(x) < 32124, "too loud for mu-law"
        stored.append(mu_law(round(x)) if rate == 8000 else round(x))
    return stored


def write_flac(path: Path, samples: array, rate: int) -> None:
    if sys.byteorder == "big":
        samples = samples[:]
        samples.byteswap()
    raw = samples.tobytes()
    subprocess.run(["flac", "--best", "--silent", "--force", "--no-padding", "--no-seektable",
                    "--force-raw-format", "--endian=little", "--sign=signed", "--channels=1",
                    "--bps=16", f"--sample-rate={rate}", f"--input-size={len(raw)}",
                    "-o", str(path), "-"], input=raw, check=True)


def read_flac(path: Path) -> array:
    raw = subprocess.run(["flac", "-dc", "--silent", "--force-raw-format", "--endian=little",
                          "--sign=signed", str(path)], check=True, stdout=subprocess.PIPE).stdout
    samples = array("h", raw)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def make(call: Call) -> None:
    rng = random.Random(f"reel {call.name}")
    rate = call.rate
    clean = {leg: array("d") for leg in call.parties}
    legs = {leg: {"file": f"{call.name}-{rate}-{leg}.flac", "turns": [], "digits": []}
            for leg in call.parties}
    latest = 0  # end of all speech and digits so far
    for step in call.steps:
        # The bit more keeps edges from all falling on whole milliseconds.
        position = latest + round(step.gap * rate) + rng.randrange(rate // 1000)
        if isinstance(step, Press):
            for digit, length_ms, gap_ms in step.digits:
                tones = tone_pair(digit, length_ms * rate // 1000, rate)
                add(clean[step.leg], position, tones)
                latest = position + len(tones)
                legs[step.leg]["digits"].append({"digit": digit, "start": position, "end": latest})
                position = latest + gap_ms * rate // 1000
            continue
        party = call.parties[step.leg]
        samples, turns = utter(party, step.text, rate, party.level_dbfs + rng.uniform(-1, 1))
        position -= turns[0][0]  # the gap counts to where speech is, not to where the file begins
        add(clean[step.leg], position, samples)
        for start, end in turns:
            legs[step.leg]["turns"].append({
                "start": position + start, "end": position + end,
                "level_dbfs": round(level(samples[start:end]), 1), "text": step.text})
        latest = max(latest, position + turns[-1][1])

    length = latest + round(call.tail * rate)
    for leg, party in call.parties.items():
        # What an utterance has beyond the end is faded out already.
        del clean[leg][length:]
        clean[leg].extend([0.0] * (length - len(clean[leg])))
        stored = on_the_line(clean[leg], party, rate, rng)
        write_flac(FOLDER / legs[leg]["file"], stored, rate)
    truth = {"version": 1, "name": call.name, "rate": rate, "samples": length, "legs": legs}
    text = json.dumps(truth, indent=1, ensure_ascii=False) + "\n"
    (FOLDER / f"{call.name}-{rate}.json").write_text(text, encoding="utf-8")


def check(call: Call) -> None:
    """Asserts that what is stored is what its truth says."""
    rate = call.rate
    truth = json.loads((FOLDER / f"{call.name}-{rate}.json").read_text(encoding="utf-8"))
    assert truth["legs"].keys() == call.parties.keys()
    for leg, facts in truth["legs"].items():
        samples = read_flac(FOLDER / facts["file"])
        turns, digits = facts["turns"], facts["digits"]
        assert len(samples) == truth["samples"], f"{facts['file']}: wrong length"

        difference = 0.0
        for turn in turns:
            stored = level(samples[turn["start"]:turn["end"]])
            difference = max(difference, abs(stored - turn["level_dbfs"]))
        assert difference <= 1.5, f"{facts['file']}: level off by {difference:.1f} dB"

        zeros = longest = 0
        for x in samples:
            zeros = zeros + 1 if x == 0 else 0
            longest = max(longest, zeros)
        assert longest < rate // 100, f"{facts['file']}: {longest} zero samples in a row"

        for digit in digits:
            for turn in turns:
                distance = max(turn["start"] - digit["end"], digit["start"] - turn["end"])
                assert distance >= DTMF_GUARD_S * rate, f"{facts['file']}: speech near a digit"

        # The gaps: from one turn or digit to the next, and before the first and after the last.
        guard, window = rate // 20, rate // 100
        loudest, position = -200.0, 0
        spans = sorted((s["start"], s["end"]) for s in turns + digits)
        for start, end in spans + [(len(samples) + guard, 0)]:
            assert start >= position - guard, f"{facts['file']}: turns overlap"
            for i in range(position, start - guard - window + 1, rate // 1000):
                loudest = max(loudest, level(samples[i:i + window]))
            position = end + guard
        assert loudest < -55, f"{facts['file']}: {loudest:.1f} dBFS in a gap"

        print(f"{facts['file']}: {len(samples) / rate:.2f} s, {len(turns)} turns, "
              f"{len(digits)} digits, levels within {difference:.2f} dB, "
              f"longest zero run {longest}, gaps up to {loudest:.1f} dBFS")


def main() -> None:
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit("usage: make.py [--check]")
    for call in CALLS:
        if sys.argv[1:]:
            check(call)
        else:
            make(call)


if __name__ == "__main__":
    main()
