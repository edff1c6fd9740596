// What tests of the C interface share: an engine as a host in C has it, and the readings of what it gives.
import CReel
import ReelC
import ReelTesting
import Testing

/// What a function refused with.
struct Complaint: Equatable {
  let status: Int
  let message: String
}

/// Runs a function that takes an error; gives what it refused with, if it did.
func complaint(_ body: (UnsafeMutablePointer<reel_error>?) -> reel_status) -> Complaint? {
  var error = reel_error()
  let status = body(&error)
  guard status != REEL_OK else { return nil }
  #expect(error.status == status)
  let message = withUnsafeBytes(of: error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  return Complaint(status: Int(status), message: message)
}

/// An event, as much of it as tests look at.
struct Seen: Equatable {
  var kind: Int
  var controlID: String
  var context = 0
  var lost = 0

  init(_ kind: Int, _ controlID: String, context: Int = 0, lost: Int = 0) {
    (self.kind, self.controlID, self.context, self.lost) = (kind, controlID, context, lost)
  }

  init(_ event: reel_event) {
    self.init(
      Int(event.kind), String(cString: event.control_id), context: Int(bitPattern: event.context),
      lost: Int(event.lost_events))
  }
}

/// An engine and a call, both given back at the end.
///
/// The wall round the handles: made and freed here.
@safe final class Host {
  let folder = TestFolder()
  private(set) var engine: OpaquePointer?
  private(set) var call: OpaquePointer?

  init(_ change: (inout reel_engine_options) -> Void = { _ in }) throws {
    var options = reel_engine_options()
    try #require(reel_engine_options_init(&options, MemoryLayout<reel_engine_options>.size) == REEL_OK)
    options.beat_seconds = 0.005
    change(&options)
    let refusal = folder.path.withCString { path in
      options.folder = path
      return complaint { reel_engine_new(&options, &engine, $0) }
    }
    try #require(refusal == nil)
    try #require(complaint { reel_call_new(engine, "c1", 8_000, 8_000, &call, $0) } == nil)
  }

  deinit {
    reel_call_free(call)
    reel_engine_free(engine)
  }

  /// Leaves the engine to somebody else.
  func giveUpEngine() -> OpaquePointer? {
    defer { engine = nil }
    return engine
  }

  /// Begins a recording of both parties with an id of its own.
  func record(
    _ controlID: String? = "main", preset: Int = REEL_PRESET_RECORD_CALL,
    _ change: (inout reel_record_options) -> Void = { _ in }
  ) -> (recording: OpaquePointer?, refusal: Complaint?) {
    var options = reel_record_options()
    reel_record_options_init(&options, MemoryLayout<reel_record_options>.size, reel_preset(preset))
    change(&options)
    var recording: OpaquePointer?
    func begin() -> Complaint? {
      complaint { reel_call_record(call, &options, &recording, $0) }
    }
    guard let controlID else { return (recording, begin()) }
    let refusal = controlID.withCString { id in
      options.control_id = id
      return begin()
    }
    return (recording, refusal)
  }

  /// Pushes so many packets of 20 ms on both legs.
  func push(_ packets: Int, of samples: [Int16] = [Int16](repeating: 1_000, count: 160)) {
    for _ in 0..<packets {
      #expect(reel_call_push(call, reel_leg(REEL_CALLER), samples, samples.count) == REEL_OK)
      #expect(reel_call_push(call, reel_leg(REEL_AGENT), samples, samples.count) == REEL_OK)
    }
  }

  /// Ends the call and waits for its files.
  func end() {
    #expect(complaint { reel_call_end(call, -1, nil, $0) } == nil)
  }

  /// The events that wait.
  func takeEvents() -> [Seen] {
    var seen: [Seen] = []
    var event: UnsafePointer<reel_event>?
    while reel_engine_next_event(engine, &event, nil) == REEL_OK, let told = event {
      seen.append(Seen(told.pointee))
      reel_event_free(told)
    }
    return seen
  }
}
