package import ReelAudio
package import ReelCore

/// How a call's sound comes over its WebSocket.
package enum MediaForm: String, Hashable, Sendable {
  /// Messages of JSON with the sound in base64, as Twilio's Media Streams and what is like them.
  case json
  /// A greeting of JSON and then frames of one leg byte and 16-bit samples.
  case binary
}

/// How samples are coded in the JSON form.
package enum MediaEncoding: String, Hashable, Sendable, CaseIterable {
  case muLaw = "audio/x-mulaw"
  case aLaw = "audio/x-alaw"
  /// 16 bits, the low byte first. (RFC 3551's L16 has the high byte first, but no media stream sends it so.)
  case linear16 = "audio/x-l16"

  /// Takes `audio/L16` for ``linear16`` too; upper and lower case are the same.
  package init?(name: String) {
    let name = name.lowercased()
    guard let known = MediaEncoding(rawValue: name == "audio/l16" ? "audio/x-l16" : name) else { return nil }
    self = known
  }

  package var bytesPerSample: Int { self == .linear16 ? 2 : 1 }

  static let allowed = (allCases.map(\.rawValue) + ["audio/L16"]).joined(separator: ", ")
}

/// What a stream says of its call before any sound.
package struct MediaHello: Hashable, Sendable {
  package var form: MediaForm
  /// Nil where the stream gives none: the service makes one.
  package var callID: String?
  /// By which the JSON form's messages name the stream, both ways; empty in the binary form.
  package var streamID: String
  /// Which clients the call is offered to.
  package var context: String
  package var from: String
  package var to: String
  package var tag: String
  package var callerRate: SampleRate
  package var agentRate: SampleRate
  /// Those that the stream brings.
  package var legs: Legs
  package var encoding: MediaEncoding
  /// What else was said of it, such as `record_call` and `record_format`, in the stream's order.
  package var parameters: [JSON.Member]

  package static let defaultContext = "default"

  package init(
    form: MediaForm, callID: String? = nil, streamID: String = "", context: String = Self.defaultContext,
    from: String = "", to: String = "", tag: String = "", callerRate: SampleRate = .narrowband,
    agentRate: SampleRate = .narrowband, legs: Legs = .both, encoding: MediaEncoding = .linear16,
    parameters: [JSON.Member] = []
  ) {
    self.form = form
    self.callID = callID
    self.streamID = streamID
    self.context = context
    self.from = from
    self.to = to
    self.tag = tag
    self.callerRate = callerRate
    self.agentRate = agentRate
    self.legs = legs
    self.encoding = encoding
    self.parameters = parameters
  }

  package func rate(of leg: Leg) -> SampleRate { leg == .caller ? callerRate : agentRate }
}

/// What one stream may make the service hold, and which numbers it may name.
package enum MediaLimits {
  /// Of sound in one message. What takes longer to come than this is no live call, and would not fit a leg's ring.
  package static let messageSeconds = 0.5
  /// A call's id names files and rows.
  package static let callIDBytes = 128
  /// Any other short text: a context, a number, a mark's name.
  package static let textBytes = 256
  /// `customParameters` or `params`.
  package static let parameterCount = 64
  /// A time stamp: 49 days, as 32 bits hold it, so that no sum of samples can overflow.
  package static let timestampMilliseconds = 4_294_967_295
  /// A position: what a JSON number holds exactly, and 5,000 years.
  package static let position = 1 << 53
  /// How far a time stamp may be from where the last message ended and still go on there: stamps are whole
  /// milliseconds, so that the rounding of two of them is within it, and a lost packet of 10 ms is not.
  package static let timestampToleranceSeconds = 0.002
  /// Of a refused value, in the error that names it.
  static let givenScalars = 80

  /// As much of a refused value as is repeated. Scalars are counted, for one character may have any number of them.
  static func shortened(_ given: String) -> String {
    let scalars = given.unicodeScalars
    return scalars.count > givenScalars ? String(scalars.prefix(givenScalars)) + "…" : given
  }
}

/// Why a stream can't be taken: one line that names the thing, its value and what is allowed.
package struct MediaError: Error, Hashable, Sendable, CustomStringConvertible {
  package let message: String

  init(_ message: String) {
    self.message = message
  }

  init(_ member: String, given: String, allowed: String) {
    message = "\(member) is \(MediaLimits.shortened(given)); allowed: \(allowed)"
  }

  /// A value of JSON, or none.
  init(_ member: String, given: JSON?, allowed: String) {
    self.init(member, given: given?.description ?? "absent", allowed: allowed)
  }

  package var description: String { message }
}

/// Where a ``MediaParser`` hands what it finds.
package protocol MediaSink {
  /// Comes once, before all else.
  mutating func hello(_ hello: MediaHello)
  /// Samples of a leg; `position` is that of the first by the leg's own clock. Without one they follow what came
  /// before. They are there for the time of the call.
  mutating func samples(_ samples: Span<Int16>, from leg: Leg, at position: Int?)
  mutating func digit(_ digit: DTMFDigit)
  /// The far side has played all that was sent before the mark of that name.
  mutating func mark(_ name: String)
  /// The stream is over. Nothing follows.
  mutating func stop()
}
