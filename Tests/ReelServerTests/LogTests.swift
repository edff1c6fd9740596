// Strategy: the log's lines are read back as JSON.
import ReelCore
import ReelRealtime
import ReelServer
import Testing

@Suite struct LogTests {
  @Test func aLineIsJSONAndWhatIsBelowTheLevelIsNotWritten() throws {
    let lines = Guarded<[String]>([])
    let log = Log(least: .warning) { line in lines.withLock { $0.append(line) } }
    log.note("quiet")
    log.note("loud", .error, .init("call_id", .string("a\"b")))
    let written = lines.withLock { $0 }
    #expect(written.count == 1)
    let json = try JSON(written[0])
    #expect(json["event"]?.text == "loud")
    #expect(json["level"]?.text == "error")
    #expect(json["call_id"]?.text == "a\"b")
  }
}
