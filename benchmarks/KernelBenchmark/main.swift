// The kernels of ReelAudio against memcpy of their input and against the same loops in C at -O3, and the recorder's
// step against memcpy of both legs. Every figure comes from one run; the ratios are what to read.
internal import Glibc

if CommandLine.arguments.count == 4, CommandLine.arguments[1] == "steps",
  let recorders = Int(CommandLine.arguments[2]), let rounds = Int(CommandLine.arguments[3])
{
  // For valgrind: the counts of two numbers of rounds, one less the other, are what a step costs.
  Herd(of: recorders).run(rounds: rounds)
} else {
  benchmarkKernels()
  print("")
  benchmarkSteps()
  benchmarkPushes()
}
