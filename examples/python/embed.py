"""Records a second of a call into a folder: python3 embed.py FOLDER"""
import ctypes
import math
import sys
import time

RATE_HZ, PACKET = 8000, 160
CALLER, AGENT, RECORD_CALL = 0, 1, 1
reel = ctypes.CDLL("libreel.so.0.5")


class EngineOptions(ctypes.Structure):  # the front of reel_engine_options: what is beyond has its defaults
    _fields_ = [("size", ctypes.c_size_t), ("folder", ctypes.c_char_p)]


class Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int32), ("error_number", ctypes.c_int32), ("message", ctypes.c_char * 504)]


def ask(function, *arguments):
    error = Error()
    if function(*arguments, ctypes.byref(error)) != 0:
        sys.exit(error.message.decode())


engine, call = ctypes.c_void_p(), ctypes.c_void_p()
options = EngineOptions(ctypes.sizeof(EngineOptions), sys.argv[1].encode())
ask(reel.reel_engine_new, ctypes.byref(options), ctypes.byref(engine))
ask(reel.reel_call_new, engine, b"from-python", RATE_HZ, RATE_HZ, ctypes.byref(call))
record = (ctypes.c_uint64 * 32)()  # reel_record_options, as the preset has them
reel.reel_record_options_init(record, ctypes.c_size_t(ctypes.sizeof(record)), RECORD_CALL)
ask(reel.reel_call_record, call, record, None)
for start in range(0, RATE_HZ, PACKET):
    tone = (ctypes.c_int16 * PACKET)(*[int(8000 * math.sin(0.3 * (start + i))) for i in range(PACKET)])
    for leg in (CALLER, AGENT):
        reel.reel_call_push(call, leg, tone, ctypes.c_size_t(PACKET))
    time.sleep(PACKET / RATE_HZ)
ask(reel.reel_call_end, call, ctypes.c_double(-1), None)
reel.reel_engine_free(engine)
