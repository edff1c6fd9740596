"""Sound as programs of these tests make and judge it: by ffmpeg, by sox, and by sums that anybody can check."""

import array
import functools
import json
import math
import os
import subprocess

TESTDATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "testdata")


def tone(hz, seconds, rate=8000, dbfs=-12.0):
    """A sine, whose peak is so far below full scale."""
    height = 32767 * 10 ** (dbfs / 20)
    step = 2 * math.pi * hz / rate
    return array.array("h", [round(height * math.sin(step * n)) for n in range(int(seconds * rate))])


def silence(seconds, rate=8000):
    return array.array("h", bytes(2 * int(seconds * rate)))


def speech(seconds, start=0.0, name="voicemail-8000-caller.flac"):
    """Of somebody who speaks, at 8,000 Hz."""
    sox = ["sox", os.path.join(TESTDATA, name), "-t", "raw", "-e", "signed", "-b", "16", "-", "trim", str(start),
           str(seconds)]
    return array.array("h", subprocess.run(sox, capture_output=True, check=True).stdout)


# MARK: G.711, by the tables of ITU-T G.191

def mulaw(sample):
    sign, size = (0x80, -sample) if sample < 0 else (0, sample)
    size = min(size, 32635) + 132
    exponent = size.bit_length() - 8
    return ~(sign | exponent << 4 | (size >> exponent + 3) & 15) & 255


def linear(code):
    code = ~code & 255
    size = (((code & 15) << 3) + 132 << (code >> 4 & 7)) - 132
    return -size if code & 0x80 else size


def alaw(sample):
    sign, size = (0x80, sample) if sample >= 0 else (0, -sample - 1)
    exponent = max(0, size.bit_length() - 8)
    steps = size >> 4 if exponent == 0 else size >> exponent + 3
    return (sign | exponent << 4 | steps & 15) ^ 0x55


def linear_of_alaw(code):
    code ^= 0x55
    exponent = code >> 4 & 7
    size = (code & 15) * 2 + 1 if exponent == 0 else ((code & 15) * 2 + 33) << exponent - 1
    return size * 8 if code & 0x80 else -size * 8


@functools.cache
def codes(law):
    encode = {"mulaw": mulaw, "alaw": alaw}[law]
    return bytes(encode(sample if sample < 32768 else sample - 65536) for sample in range(65536))


def encoded(samples, form):
    if form == "l16":
        return samples.tobytes()
    table = codes(form)
    return bytes(table[sample & 65535] for sample in samples)


def decoded(data, form):
    if form == "l16":
        return array.array("h", data)
    return array.array("h", map({"mulaw": linear, "alaw": linear_of_alaw}[form], data))


# MARK: Judging

def level(samples):
    """RMS, in dB below full scale; a sine of full scale has −3."""
    if not samples:
        return -math.inf
    square = sum(sample * sample for sample in samples) / len(samples)
    return 10 * math.log10(square / 32768 ** 2) if square else -math.inf


def level_at(samples, hz, rate):
    """The RMS of one frequency, by Goertzel's algorithm."""
    if not samples:
        return -math.inf
    factor = 2 * math.cos(2 * math.pi * hz / rate)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + factor * last - before
    power = before * before + last * last - factor * before * last
    square = 2 * power / len(samples) ** 2 / 32768 ** 2
    return 10 * math.log10(square) if square > 1e-12 else -math.inf


class File:
    """A downloaded recording, as ffprobe and ffmpeg have it."""

    def __init__(self, path):
        self.path = path
        asked = ["ffprobe", "-v", "error", "-of", "json", "-show_entries",
                 "stream=codec_name,channels,sample_rate,duration", path]
        stream = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)["streams"][0]
        self.told_seconds = float(stream["duration"])
        self.codec, self.rate, self.channels = stream["codec_name"], int(stream["sample_rate"]), stream["channels"]

    @property
    def seconds(self):
        """What is heard. The duration that ffprobe tells counts the encoder's own padding in MP3 and does not in MP4;
        what ffmpeg decodes has it the other way round."""
        if self.codec == "aac":
            return self.told_seconds
        return len(self.sides[0]) / self.rate

    @functools.cached_property
    def sides(self):
        """The samples of each channel."""
        asked = ["ffmpeg", "-v", "error", "-i", self.path, "-f", "s16le", "-"]
        all = array.array("h", subprocess.run(asked, capture_output=True, check=True).stdout)
        return [all[side::self.channels] for side in range(self.channels)]

    def part(self, start, end, side=0):
        return self.sides[side][int(start * self.rate):int(end * self.rate)]

    def level(self, start=0.0, end=1e6, side=0):
        return level(self.part(start, end, side))

    def level_at(self, hz, start=0.0, end=1e6, side=0):
        return level_at(self.part(start, end, side), hz, self.rate)

    def loud_seconds(self, side=0, dbfs=-45.0):
        """How much of it is no silence, by pieces of 10 ms."""
        size = self.rate // 100
        samples = self.sides[side]
        return sum(level(samples[n:n + size]) > dbfs for n in range(0, len(samples), size)) / 100
