// Strategy: values that must come back, texts that must be refused, and a great many broken texts that must do
// neither more nor less than be refused.
import ReelCore
import ReelTesting
import Testing

@Suite struct JSONTests {
  @Test func valuesAreReadAndWritten() throws {
    let pairs: [(String, JSON)] = [
      ("null", .null), ("true", .bool(true)), ("false", .bool(false)), ("0", .number(0)),
      ("-1.5", .number(-1.5)),
      ("1e3", .number(1_000)), ("[]", .array([])), ("{}", .object([])),
      ("[1,[2]]", .array([.number(1), .array([.number(2)])])),
      (#"{"b":1,"a":"x"}"#, .object([.init("b", .number(1)), .init("a", .string("x"))])),
      (#""\u00e9\n\"\\\/\ud83d\ude00""#, .string("é\n\"\\/😀")), (#""naïve""#, .string("naïve")),
      (" \t\r\n[ 1 , 2 ] ", .array([.number(1), .number(2)])),
    ]
    for (text, value) in pairs {
      #expect(try JSON(text) == value, "\(text)")
      #expect(try JSON(value.description) == value, "\(text)")
    }
    #expect(
      JSON.object([.init("a\u{1}", .array([.number(2), .number(.nan)]))]).description
        == #"{"a\u0001":[2,null]}"#)
  }

  @Test func whatIsNotJSONIsRefused() {
    let texts = [
      "", " ", "nul", "truee", "01", "1.", ".5", "+1", "1e", "-", "1 2", "[1,]", "[1", "[1 2]", "{",
      #"{"a"}"#, #"{"a":}"#,
      #"{"a":1,}"#, #"{a:1}"#, #"{"a":1 "b":2}"#, #"{"a":1,"a":2}"#, #"""#, #""\x""#, #""\u12"#, #""\ud800""#,
      #""\udc00""#, "\"\u{1}\"", "NaN", "1e999", "[\"\\ud800\\u0041\"]",
    ]
    for text in texts {
      #expect(throws: JSON.SyntaxError.self, "\(text)") { try JSON(text) }
    }
    #expect(throws: JSON.SyntaxError.self) { try JSON(utf8: [0x22, 0xFF, 0x22]) }
  }

  @Test func nestingIsBounded() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSON(nested(JSON.deepest))
    #expect(throws: JSON.SyntaxError.self) { try JSON(nested(JSON.deepest + 2)) }
    #expect(throws: JSON.SyntaxError.self) { try JSON(nested(1_000_000)) }
  }

  @Test func brokenTextsDoNoHarm() {
    let whole = Array(
      ##"{"audio":{"format":"mp3","terminators":"#*","max_length":-1.5e2,"list":[true,null,"\u00e9"]}}"##.utf8
    )
    for seed in UInt64(0)..<20_000 {
      var generator = SeededGenerator(seed: seed)
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
        case 1: bytes.remove(at: place)
        default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: place)
        }
      }
      guard let json = try? JSON(utf8: bytes) else { continue }
      #expect((try? JSON(json.description)) == json, "seed \(seed)")
      _ = try? RecordingRequest(json, verb: .relay)
    }
  }
}
