/// A sample rate that Reel takes in and gives out: one of nine, from narrowband telephony to studio.
///
///     let rate = SampleRate(hz: 8_000)!
///     rate.samples(in: 0.02)        // 160
///     SampleRate(hz: 7_000)         // nil
public struct SampleRate: Hashable, Sendable {
  /// Samples a second.
  public let hz: Int

  /// Every rate there is, lowest first.
  public static let all: [SampleRate] = [
    8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000,
  ].map(SampleRate.init(known:))

  /// 8 kHz, the telephone's rate.
  public static let narrowband = SampleRate(known: 8_000)

  /// 16 kHz, the rate of wideband ("HD") calls.
  public static let wideband = SampleRate(known: 16_000)

  /// Gives nil for a rate that is not one of ``all``.
  public init?(hz: Int) {
    guard SampleRate.all.contains(where: { $0.hz == hz }) else { return nil }
    self.hz = hz
  }

  private init(known hz: Int) {
    self.hz = hz
  }

  /// The number of samples nearest to so many seconds.
  ///
  /// `seconds` is finite and below a thousand million, so that the count fits an `Int` at every rate.
  public func samples(in seconds: Double) -> Int {
    Int((seconds * Double(hz)).rounded())
  }

  /// The number of samples after which so many seconds are over, at least 1: for what must not end early.
  ///
  /// `seconds` is as for ``samples(in:)``.
  public func samples(completing seconds: Double) -> Int {
    // A product such as 1.1 · 8,000 may lie a hair above its whole number.
    max(1, Int((seconds * Double(hz) - 1e-6).rounded(.up)))
  }

  /// How many samples at one rate it takes to hold what so many at another do: the last may be no more than begun.
  package static func converted(_ count: Int, fromHz: Int, toHz: Int) -> Int {
    (count * toHz + fromHz - 1) / fromHz
  }

  /// How long so many samples last, in seconds.
  public func seconds(of samples: Int) -> Double {
    Double(samples) / Double(hz)
  }
}

extension SampleRate: Comparable {
  /// Orders by ``hz``.
  public static func < (a: SampleRate, b: SampleRate) -> Bool {
    a.hz < b.hz
  }
}

extension SampleRate: ExpressibleByIntegerLiteral {
  /// A rate that stands in the source, such as `8_000`. One that is not of ``all`` traps; a rate that comes from
  /// elsewhere goes through ``init(hz:)``.
  public init(integerLiteral hz: Int) {
    guard let rate = SampleRate(hz: hz) else { preconditionFailure("\(hz) Hz is no rate that Reel takes") }
    self = rate
  }
}
