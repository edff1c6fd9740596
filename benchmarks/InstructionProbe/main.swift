// Does each piece of work a known number of times between two marks, and prints that number and its name: the n-th
// line is of what was counted before the mark 2n. `benchmarks/gate.sh` counts, under callgrind.
import CMark
import ReelTesting

let folders = (0..<3).map { _ in TestFolder() }
for work in try Work.all(in: folders.map(\.path)) {
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
