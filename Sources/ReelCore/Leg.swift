/// One party's audio.
public enum Leg: String, Hashable, Sendable, CaseIterable {
  /// The party who called, on the left of stereo.
  case caller
  /// The party who answers (a person, a machine, a bridge), on the right of stereo.
  case agent

  /// The opposite leg.
  public var other: Leg { self == .caller ? .agent : .caller }
}

/// Which legs a recording takes in.
public enum Legs: String, Hashable, Sendable, CaseIterable {
  /// Only the caller's audio.
  case caller
  /// Only the agent's audio.
  case agent
  /// Both.
  case both

  /// Whether `leg` is among them.
  public func contains(_ leg: Leg) -> Bool {
    switch self {
    case .both: true
    case .caller: leg == .caller
    case .agent: leg == .agent
    }
  }
}
