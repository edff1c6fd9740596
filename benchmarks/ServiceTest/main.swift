// Drives a real `reel serve` as its users do, at the size that is promised, and looks at what comes of it.
import Foundation

let usage = """
  usage: ServiceTest load [--streams N] [--seconds N] [--form binary|json] [--folder FOLDER]
         ServiceTest idle [--connections N] [--seconds N] [--folder FOLDER]
         ServiceTest kill [--rounds N] [--calls N] [--seed S] [--folder FOLDER]
  """

let words = Array(CommandLine.arguments.dropFirst())
signal(SIGPIPE, SIG_IGN)
var ground: Ground?
do {
  var options = try Options(words.dropFirst())
  let own = try Ground(options.take("folder") ?? "/dev/shm")
  ground = own
  let isGood: Bool
  switch words.first {
  case "load":
    let test = try LoadTest(&options, own)
    try options.refuseTheRest()
    isGood = try test.run()
  case "idle":
    let test = try IdleTest(&options, own)
    try options.refuseTheRest()
    isGood = try test.run()
  case "kill":
    let test = try KillTest(&options, own)
    try options.refuseTheRest()
    isGood = try await test.run()
  default: throw UsageError(description: "say what to do: load, idle or kill")
  }
  if isGood { own.clear() } else { say("what was found is in \(own.path)") }
  exit(isGood ? 0 : 1)
} catch let error as UsageError {
  ground?.clear()
  say("\(error)\n\(usage)")
  exit(64)
} catch {
  say("\(error)")
  if let ground { say("what was found is in \(ground.path)") }
  exit(1)
}
