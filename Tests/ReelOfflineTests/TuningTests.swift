// Strategy: what each trial comes to is what a recorder of its own comes to, fed in another way.
import Foundation
import ReelAudio
import ReelCore
import ReelFiles
import ReelOffline
import ReelTesting
import Testing

@Suite struct TuningTests {
  private let folder = TestFolder()

  /// Where a recorder alone ends a call, in packets of 20 ms.
  private func end(_ call: TestCall, _ options: RecordingOptions) throws -> (reason: EndReason, samples: Int) {
    var sink = CollectingSink()
    var recorder = try Recorder(options, caller: call.rate, agent: call.rate)
    recorder.begin(to: &sink)
    let packet = call.rate.samples(in: 0.02)
    for start in stride(from: 0, to: call.caller.samples.count, by: packet) {
      let range = start..<min(start + packet, call.caller.samples.count)
      recorder.push(call.caller.samples.span.extracting(range), from: .caller, to: &sink)
      if let agent = call.agent { recorder.push(agent.samples.span.extracting(range), from: .agent, to: &sink) }
    }
    recorder.stop(.callEnded, to: &sink)
    let ending = try #require(sink.ending)
    return (ending.reason, ending.sums.timeline)
  }

  @Test(arguments: [Legs.both, .caller, .agent])
  func everyTrialIsWhatARecorderAloneGives(_ legs: Legs) throws {
    for call in TestCall.all where legs != .agent || call.agent != nil {
      let isMono = call.agent == nil
      let path =
        isMono ? folder.wav("mono.wav", hz: call.rate.hz, call.caller.samples) : folder.stereo(call)
      let tuning = try Tuning(of: path, initialTimeoutSeconds: 1.5, legs: legs)
      #expect(tuning.trials.count == 30)
      var options = RecordingOptions.record()
      options.terminators = .none
      options.legs = isMono ? .caller : legs
      options.initialTimeoutSeconds = 1.5
      for trial in tuning.trials {
        options.inputSensitivity = trial.sensitivity
        options.endSilenceTimeoutSeconds = trial.endSilenceTimeoutSeconds
        let alone = try end(call, options)
        #expect(trial.reason == (alone.reason == .callEnded ? nil : alone.reason), "\(call.name): \(trial)")
        #expect(trial.samples == alone.samples, "\(call.name): \(trial)")
      }
      try checkOrder(tuning)
    }
  }

  /// A longer timeout never stops earlier, and it plays no part where nobody spoke.
  private func checkOrder(_ tuning: Tuning) throws {
    for sensitivity in tuning.sensitivities {
      let trials = try tuning.endSilenceTimeoutsSeconds.map { timeout in
        try #require(tuning.trial(sensitivity: sensitivity, endSilenceTimeoutSeconds: timeout))
      }
      for (shorter, longer) in zip(trials, trials.dropFirst()) {
        #expect(shorter.samples <= longer.samples)
        #expect((shorter.reason == .noInput) == (longer.reason == .noInput))
        if shorter.reason == .noInput { #expect(shorter.samples == 12_000 * tuning.hz / 8_000) }
      }
    }
  }

  @Test func aVoicemailStopsAfterItsPauses() throws {
    let call = TestCall.voicemail
    let path = folder.wav("mail.wav", call.caller.samples)
    let tuning = try Tuning(
      of: path, initialTimeoutSeconds: 1, sensitivities: [0, 44], endSilenceTimeoutsSeconds: [1, 0])
    // Nothing is as loud as -10 dBFS before the first second is over.
    #expect(tuning.trials[0].reason == .noInput && tuning.trials[0].samples == 8_000)
    // The second sentence ends at 35,722; then come the hangover and the timeout.
    let mail = try Tuning(of: path, sensitivities: [44], endSilenceTimeoutsSeconds: [1, 0])
    #expect(mail.trials[0].reason == .endSilence && abs(mail.trials[0].samples - 35_722 - 9_600) < 800)
    #expect(mail.trials[1].reason == nil && mail.trials[1].samples == call.caller.samples.count)
    let json = mail.json["trials"]?.array
    #expect(json?[0]["state"] == .string("finished") && json?[1]["stop_seconds"] == .null)
  }

  @Test func whatCannotBeTriedIsRefused() throws {
    let sine = Signals.sine(hz: 300, dBFS: -20, seconds: 0.1, rate: .narrowband)
    let path = folder.wav("three.wav", sine, sine, sine)
    #expect(throws: FileError(path, "has 3 channels; allowed: 1 or 2, for a call has two legs")) {
      try Tuning(of: path)
    }
    let odd = folder.wav("odd.wav", hz: 7_000, sine)
    #expect(throws: OptionError.self) { try Tuning(of: odd) }
    let mono = folder.wav("mono.wav", sine)
    #expect(throws: OptionError.self) { try Tuning(of: mono, sensitivities: [44, 101]) }
    #expect(throws: OptionError.self) { try Tuning(of: mono, endSilenceTimeoutsSeconds: [-1]) }
    #expect(throws: OptionError.self) { try Tuning(of: mono, initialTimeoutSeconds: .nan) }
    #expect(throws: OptionError.self) { try Tuning(of: mono, sensitivities: []) }
    #expect(throws: OptionError.self) { try Tuning(of: mono, sensitivities: [Double](repeating: 44, count: 201)) }
  }
}
