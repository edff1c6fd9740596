import Foundation
import ReelTesting

signal(SIGXFSZ, SIG_IGN)
let words = Array(CommandLine.arguments.dropFirst())
switch words.first {
case "kill":
  let seed = words.count > 2 ? UInt64(words[2]) : nil
  let test = KillTest(kills: Int(words[1]) ?? 0, seed: seed ?? UInt64.random(in: 0...999_999))
  exit(try test.run() ? 0 : 1)
case "record" where words.count >= 5:
  let child = RecordingChild(
    folders: words[1].split(separator: ":").map(String.init), formats: words[2].split(separator: "+").map(String.init),
    blocks: Int(words[3])!, waits: words.contains("wait"), replaces: words.contains("replace"),
    isNobody: words.contains("nobody"), pace: Int(words[4])!)
  try child.run()
default:
  say("usage: FaultTest kill COUNT [SEED]")
  say("       FaultTest record FOLDER[:FOLDER] FORMAT[+FORMAT] BLOCKS PACE [wait] [replace] [nobody]")
  exit(64)
}
