// The kernels of ReelAudio against memcpy over as many bytes and against the same loops in C at -O3,
// each turn about within one run: the machine's drift falls on all of them alike. Prints ratios.
import CPeers
import Glibc
import ReelAudio

runKernelBenchmark()
