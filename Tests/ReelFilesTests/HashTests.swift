// Strategy: the standard's examples, and every length round the ends of blocks as sha256sum has it; then the
// processor's instructions, which take all whole blocks at once, against the plain way over random bytes in random
// pieces, empty ones too.
import Foundation
import ReelFiles
import ReelTesting
import Testing

/// The hash of bytes that come in pieces: by the processor's instructions, where it has any, unless it is `plain`.
private func hash(_ bytes: [UInt8], pieces: Int, plain: Bool = false) -> String {
  var hash = SHA256(isNative: !plain)
  for start in stride(from: 0, to: bytes.count, by: pieces) {
    hash.update(bytes.span.extracting(start..<min(bytes.count, start + pieces)))
  }
  return hash.hexDigest()
}

@Suite struct HashTests {
  @Test(arguments: [false, true]) func theHashIsTheStandards(plain: Bool) {
    // Of FIPS 180-4's examples.
    let long = "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
    let examples = [
      "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq":
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
      long + "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu":
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
    ]
    for (text, digest) in examples {
      for pieces in [1, 200] { #expect(hash(Array(text.utf8), pieces: pieces, plain: plain) == digest, "\(text)") }
    }
    let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    for pieces in [63, 64, 65, 1_000_000] {
      let digest = hash(million, pieces: pieces, plain: plain)
      #expect(digest == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", "\(pieces)")
    }
  }

  @Test func theHashIsSha256sumsAtEveryLength() throws {
    let folder = try SoundFolder()
    for count in 0..<130 { try folder.write((0..<count).map { UInt8($0) }, to: "\(count)") }
    let lines = try folder.output("bash", "-c", "for n in $(seq 0 129); do sha256sum $n; done").text.split(
      separator: "\n")
    for (count, line) in lines.enumerated() {
      let bytes = (0..<count).map { UInt8($0) }
      #expect(hash(bytes, pieces: 200) == line.prefix(64), "\(count) bytes")
      #expect(hash(bytes, pieces: 200, plain: true) == line.prefix(64), "\(count) bytes, the plain way")
    }
    #expect(lines.count == 130)
  }

  @Test func bothWaysAgreeHoweverTheBytesAreCut() {
    var random = SeededGenerator(seed: 180)
    for count in Array(0...300) + [4_095, 65_536, 100_001] {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      let digest = hash(bytes, pieces: count + 1, plain: true)
      #expect(hash(bytes, pieces: count + 1) == digest, "\(count) bytes")
      for most in [3, 70, 200, 20_000] {
        var native = SHA256()
        var plain = SHA256(isNative: false)
        var start = 0
        while start < count {
          let end = min(count, start + Int.random(in: 0...most, using: &random))
          native.update(bytes.span.extracting(start..<end))
          plain.update(bytes.span.extracting(start..<end))
          start = end
        }
        #expect(native.hexDigest() == digest, "\(count) bytes in pieces of up to \(most)")
        #expect(plain.hexDigest() == digest, "\(count) bytes in pieces of up to \(most), the plain way")
      }
    }
  }

  /// So that the fast way is not lost without a word.
  @Test func theInstructionsAreUsedWhereTheSystemNamesThem() throws {
    #if arch(x86_64)
      let flag = "sha_ni"
    #else
      let flag = "sha2"
    #endif
    let words = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8).split { $0.isWhitespace }
    #expect(SHA256.canBeNative == words.contains(Substring(flag)))
  }
}
