internal import ReelAudio
internal import ReelCore
internal import ReelFiles
internal import ReelRealtime

/// A recorder with what it makes. The worker's, from the moment it is handed over.
final class LiveRecording: @unchecked Sendable {
  let recording: Recording
  /// As of when it last handed over.
  private var rest = RecordingOutput.Rest.nothing
  private let port: FilePort
  /// Whether it ever wants a beep.
  private let mayBeep: Bool
  // What every step needs lies together: first the whole of the output but its plan, then the recorder's front.
  // Sound: the worker's alone, and nothing that a step is given comes back here.
  @safe @exclusivity(unchecked) private var output: RecordingOutput
  @safe @exclusivity(unchecked) private var recorder: Recorder
  /// Whether a beep of its was ordered and not yet heard.
  var awaitsBeep = false

  // Sound to hand over: made on one thread, given to the worker by its mailbox, and used nowhere else.
  init(_ recording: Recording, _ recorder: consuming Recorder, _ output: RecordingOutput) {
    self.recording = recording
    mayBeep = recorder.options.beep || recorder.options.beepIntervalSeconds > 0
    self.recorder = recorder
    self.output = output
    port = output.port
  }

  /// How much of it every step needs.
  static var hotBytes: Int { 24 + MemoryLayout<RecordingOutput>.size + Recorder.hotBytes }

  /// Asks for where samples will wait and for the encoders, once all that every step needs is there.
  func fetchSamples() {
    recorder.fetchQueues()
    output.fetchParts()
  }

  /// Asks for what the encoders will write to, once they are there.
  func fetchEncoders() { output.fetchEncoders() }

  /// Whether nothing more is to be done.
  var isDone: Bool { rest == .done }
  /// Whether there is work that takes time.
  var isBehind: Bool { rest == .encoding }
  /// Whether the parties should hear a beep that nobody has ordered.
  var wantsBeep: Bool { mayBeep && !awaitsBeep && recorder.isBeepDue }

  func begin(callerClock: Int?, agentClock: Int?) {
    recorder.begin(callerClock: callerClock, agentClock: agentClock, to: &output)
  }

  func push(_ samples: Span<Int16>, from leg: Leg, at position: Int?) {
    recorder.push(samples, from: leg, at: position, to: &output)
  }

  /// Samples found no room in the leg's ring; `told` is how long the run of them was, if this is its end.
  func lose(_ count: Int, from leg: Leg, told: Double?) {
    guard !recorder.hasEnded else { return }
    recorder.lose(count, from: leg, to: &output)
    if let told { recording.tell(.overrun(leg, seconds: told)) }
  }

  // What a state of the recorder doesn't allow was refused where it was asked for, or came too late.

  func pause(_ behavior: PauseBehavior) { try? recorder.pause(behavior, to: &output) }
  func resume() { try? recorder.resume(to: &output) }
  func press(_ digit: DTMFDigit) { recorder.press(digit, to: &output) }
  func stop(_ reason: EndReason) { recorder.stop(reason, to: &output) }

  /// The beep that was ordered has been heard.
  func hearBeep(scratch: inout [Int16]) {
    awaitsBeep = false
    var memory = scratch.mutableSpan
    while recorder.isBeepDue { _ = recorder.pull(into: &memory, to: &output) }
  }

  /// Hands over what is ready; ends it where nothing can be written any more.
  func handOver() {
    if port.hasFailed && !recorder.hasEnded { recorder.stop(.failed, to: &output) }
    rest = output.handOver()
  }

  /// Does the work that takes time.
  func catchUp(until deadline: MonotonicTime) {
    output.encodeBacklog(until: deadline)
    rest = output.handOver()
  }
}
