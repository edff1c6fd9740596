import Glibc

let words = Array(CommandLine.arguments.dropFirst())
let plant = words.last.flatMap(Plant.init)
switch words.first {
case "push" where words.count >= 3:
  try Pushes(folder: words[1]).run(Int(words[2])!, plant)
case "watch" where words.count == 1:
  exit(try Watch().run() ? 0 : 1)
case "watch":
  Watch.plant(plant!)
default:
  print("usage: PushProbe push FOLDER COUNT [PLANT]   pushes, for others to look at")
  print("       PushProbe watch [PLANT]               under the real-time sanitizer, which must be linked")
  print("A plant is what no push may do: \(Plant.allCases.map(\.rawValue).joined(separator: ", "))")
  exit(64)
}
