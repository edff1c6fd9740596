// Does each piece of work a known number of times between two marks, and prints that number and its name: the n-th
// line is of what was counted before the mark 2n. `benchmarks/gate.sh` counts, under callgrind.
import CMark
import ReelTesting

let folders = (TestFolder(), TestFolder())
for work in try Work.all(in: (folders.0.path, folders.1.path)) {
  // Twice: what happens but once, such as growing to the size that is needed, is over then.
  for _ in 0..<2 {
    work.prepare()
    work.body()
  }
  work.prepare()
  reel_mark()
  work.body()
  reel_mark()
  print(work.repetitions, work.name)
}
