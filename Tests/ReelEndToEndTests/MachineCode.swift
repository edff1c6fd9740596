import Foundation

/// A program's machine code of x86-64, function by function, as objdump tells it.
final class MachineCode {
  /// All that a walk needs to know of an instruction.
  struct Instruction {
    let address: Int
    let mnemonic: String
    /// Where it goes on, if it is a call or a jump whose goal stands in it.
    let target: Int?
    /// The function that the goal lies in, and how far; of an indirect one, its operand.
    let name: String
  }

  private let program: String
  private var functions: [String: [Instruction]] = [:]

  init(_ program: URL) {
    self.program = program.path
  }

  /// The names of all functions.
  var names: [String] {
    get throws {
      try objdump("-t").compactMap { line in
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        return words.contains("F") && words.contains(".text") ? words.last.map(String.init) : nil
      }
    }
  }

  /// A function's instructions, by their addresses; none if there is no such function.
  func function(_ name: String) throws -> [Instruction] {
    if let known = functions[name] { return known }
    let lines = try objdump("-d", "--no-show-raw-insn", "--disassemble=\(name)")
    let instructions = lines.compactMap(Self.instruction)
    functions[name] = instructions
    return instructions
  }

  /// Words that may stand before an instruction and change nothing about where it goes.
  private static let prefixes: Set<Substring> = [
    "lock", "notrack", "bnd", "data16", "cs", "ds", "rep", "repz", "repnz",
  ]

  /// Reads `  20841:⇥jmp    b7c20 <name+0x10>`.
  private static func instruction(_ line: Substring) -> Instruction? {
    let columns = line.split(separator: "\t")
    guard columns.count == 2, columns[0].hasSuffix(":"),
      let address = Int(columns[0].dropLast().drop { $0 == " " }, radix: 16)
    else { return nil }
    let words = columns[1].split(separator: " ").drop { prefixes.contains($0) }
    guard let mnemonic = words.first else { return nil }
    let operand = words.dropFirst().first ?? ""
    let name = words.dropFirst(2).first { $0.hasPrefix("<") }?.dropFirst().dropLast() ?? operand
    return Instruction(
      address: address, mnemonic: String(mnemonic), target: Int(operand, radix: 16), name: String(name))
  }

  private func objdump(_ options: String...) throws -> [Substring] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["objdump"] + options + [program]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text.split(separator: "\n")
  }
}

/// Follows every call and every jump from a function on, and tells what is not wait-free: code that is not there to be
/// read, code that goes in circles, and calls whose goal is only known when it runs.
///
/// What ends in a trap is let be: it never returns.
struct CodeWalk {
  private let code: MachineCode
  /// The functions that it has been through.
  private(set) var walked: Set<String> = []
  /// The functions outside that it allowed.
  private(set) var leaves: Set<String> = []
  /// What is wrong, each with the way there.
  private(set) var faults: [String] = []

  /// What may be called: it copies memory, and takes as long as that takes.
  private static let allowed: Set<String> = ["memcpy@plt", "memmove@plt"]
  private static let ends: Set<String> = ["ret", "ud2"]
  /// Calls of the system, and what only systems and old compilers write.
  private static let banned: Set<String> = [
    "syscall", "sysenter", "int", "int3", "hlt", "loop", "loope", "loopne", "xbegin", "pause", "iret",
  ]

  init(_ code: MachineCode, from name: String) throws {
    self.code = code
    try walk([name])
  }

  /// Goes through the function at the end of a way.
  private mutating func walk(_ way: [String]) throws {
    let name = way[way.count - 1]
    guard walked.insert(name).inserted else { return }
    let instructions = try code.function(name)
    guard let first = instructions.first else { return fault(way, "has no code to be read") }
    let byAddress = Dictionary(uniqueKeysWithValues: instructions.enumerated().map { ($1.address, $0) })
    var isOpen = Set<Int>()
    var isDone = Set<Int>()
    // A place is left when all that follows it has been seen: coming upon an open one is a circle.
    var stack: [(index: Int, next: [Int])] = []
    func enter(_ index: Int, _ walk: inout CodeWalk) throws {
      isOpen.insert(index)
      stack.append((index, try walk.successors(of: index, in: instructions, byAddress, way)))
    }
    try enter(byAddress[first.address]!, &self)
    while let top = stack.last {
      guard let next = top.next.last else {
        isOpen.remove(top.index)
        isDone.insert(top.index)
        stack.removeLast()
        continue
      }
      stack[stack.count - 1].next.removeLast()
      if isOpen.contains(next) {
        fault(way, "goes in circles at \(String(instructions[next].address, radix: 16))")
      } else if !isDone.contains(next) {
        try enter(next, &self)
      }
    }
  }

  /// Where an instruction goes on within its function. Where it leaves it, the walk goes there at once.
  private mutating func successors(
    of index: Int, in instructions: [MachineCode.Instruction], _ byAddress: [Int: Int], _ way: [String]
  ) throws -> [Int] {
    let instruction = instructions[index]
    let mnemonic = instruction.mnemonic
    if Self.banned.contains(mnemonic) { fault(way, "has \(mnemonic)") }
    if Self.ends.contains(mnemonic) { return [] }
    let isJump = mnemonic.hasPrefix("j")
    var next: [Int] = []
    if isJump || mnemonic.hasPrefix("call") {
      if isJump, let inside = instruction.target.flatMap({ byAddress[$0] }) {
        next.append(inside)
      } else {
        try leave(instruction, way)
      }
    }
    if mnemonic.hasPrefix("jmp") { return next }
    if index + 1 < instructions.count { next.append(index + 1) } else { fault(way, "runs out of its end") }
    return next
  }

  private mutating func leave(_ instruction: MachineCode.Instruction, _ way: [String]) throws {
    let name = instruction.name
    guard instruction.target != nil else { return fault(way, "calls what is only known then: \(name)") }
    if Self.allowed.contains(name) {
      leaves.insert(name)
    } else if way.contains(name) {
      fault(way, "calls \(name) again")
    } else if name.hasSuffix("@plt") {
      fault(way, "calls \(name.dropLast(4))")
    } else if name.contains("+0x") {
      fault(way, "jumps into the midst of \(name)")
    } else {
      try walk(way + [name])
    }
  }

  private mutating func fault(_ way: [String], _ what: String) {
    faults.append("\(way.joined(separator: " → ")) \(what)")
  }
}
