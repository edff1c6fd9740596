// The kernels of ReelAudio against memcpy of their input and against the same loops in C at -O3, and the recorder's
// step against memcpy of both legs. Every figure comes from one run; the ratios are what to read.
internal import Glibc

benchmarkKernels()
print("")
benchmarkSteps()
