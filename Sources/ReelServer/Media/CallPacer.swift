internal import ReelAudio
internal import ReelCore

/// Says which messages of a played call are due: frames of 20 ms of both legs when they have been spoken, keys at their
/// times between them, and `stop` at the end. Of what is late all comes at once, and nothing before its time.
///
///     var pacer = CallPacer(plan)
///     socket.send(text: plan.hello.description)
///     for message in pacer.due(at: now.seconds(since: start)) { message.send(to: socket) }
package struct CallPacer: Sendable {
  private let plan: CallPlan
  /// The next frame's and key's numbers.
  private var frame = 0
  private var key = 0
  private let frameCount: Int
  /// Frames that were handed out, of both legs.
  package private(set) var framesSent = 0
  /// Whether `stop` was handed out.
  package private(set) var isOver = false

  package static let frameSeconds = 0.02
  /// Times are compared with this much forgiven: a product such as 3 · 0.02 may lie a hair off.
  private static let hairSeconds = 1e-9

  package init(_ plan: CallPlan) {
    self.plan = plan
    frameCount = Int((plan.seconds / Self.frameSeconds - 1e-6).rounded(.up))
  }

  /// What is due so long after the call began, and was not handed out before.
  package mutating func due(at elapsedSeconds: Double) -> [MediaMessage] {
    let now = elapsedSeconds * plan.speed + Self.hairSeconds
    var messages: [MediaMessage] = []
    while !isOver {
      let frameEnd = frame < frameCount ? Double(frame + 1) * Self.frameSeconds : .infinity
      let keyTime = key < plan.digits.count ? plan.digits[key].seconds : .infinity
      if keyTime < frameEnd - Self.hairSeconds {
        guard keyTime <= now else { break }
        messages.append(Self.event("dtmf", .init("digit", .string("\(plan.digits[key].digit)"))))
        key += 1
      } else if frame < frameCount {
        guard frameEnd <= now else { break }
        takeFrame(into: &messages)
      } else {
        isOver = true
        messages.append(Self.event("stop"))
      }
    }
    return messages
  }

  private mutating func takeFrame(into messages: inout [MediaMessage]) {
    for (leg, sound) in [(Leg.caller, plan.caller), (.agent, plan.agent)] {
      guard let sound else { continue }
      let start = sound.rate.samples(in: Double(frame) * Self.frameSeconds)
      let end = min(sound.samples.count, sound.rate.samples(in: Double(frame + 1) * Self.frameSeconds))
      guard start < end else { continue }
      messages.append(
        .binary(BinaryFrame.message(sound.samples.span.extracting(start..<end), from: leg, at: start)))
      framesSent += 1
    }
    frame += 1
  }

  private static func event(_ name: String, _ members: JSON.Member...) -> MediaMessage {
    .text("\(JSON.object([.init("event", .string(name))] + members))")
  }
}
