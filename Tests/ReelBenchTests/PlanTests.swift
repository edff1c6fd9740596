import ReelBench
import ReelTesting
import Testing

@Suite struct PlanTests {
  /// What two loads show is what any number costs.
  @Test func theCostOfACallIsWhatTwoLoadsDifferBy() {
    let cost = CallCost(small: (100, 0.15), large: (400, 0.45), memoryBytesEach: 1_000)
    #expect(abs(cost.cores(5_000) - 5.05) < 1e-9 && cost.memoryBytes(5_000) == 5e6)
    #expect(cost.mostCalls(cores: 1.0501, memoryBytes: 1e9) == 1_000)
    #expect(cost.mostCalls(cores: 100, memoryBytes: 50_000) == 50 && cost.mostCalls(cores: 0, memoryBytes: 1) == 0)
  }

  /// Noise may make four times the calls look cheaper; a plan still asks for something.
  @Test func noiseMakesNoCallFree() {
    let cost = CallCost(small: (100, 0.5), large: (400, 0.4), memoryBytesEach: 1_000)
    #expect(cost.cores(400) <= 0.41 && cost.cores(4_000) > 0.7)
  }

  @Test func tooLittleIsToldBeforehand() throws {
    let folder = TestFolder()
    try Need(memoryBytes: 1 << 20, folderBytes: 1 << 10).check("ten calls", in: folder.path)
    func problem(_ need: Need) -> String {
      do {
        try need.check("ten calls", in: folder.path)
        return ""
      } catch { return "\(error)" }
    }
    let exbibyte = 1 << 60
    let memory = problem(Need(memoryBytes: exbibyte))
    #expect(memory.hasPrefix("ten calls need ") && memory.contains(" of memory; ") && memory.hasSuffix(" are free"))
    #expect(problem(Need(folderBytes: exbibyte)).contains("GiB are free"))
  }
}
