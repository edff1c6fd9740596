internal import Reel
internal import ReelCore

/// `reel bench all`: every bench, one after the other, in less than a quarter of an hour; or so little of everything
/// that it only shows that all of it works.
package struct WholeBench: Bench {
  package var isQuick = false
  /// Where growth is drawn.
  package var pictures: String?
  private let legs: (caller: String, agent: String)

  package init(caller: String, agent: String) {
    legs = (caller, agent)
  }

  package func run(_ setting: BenchSetting) async throws {
    for bench in isQuick ? quick : whole { try await bench.run(setting) }
  }

  private var whole: [any Bench] {
    [PushBench(), KernelBench()] + liveLoads + [plan(5_000), growth, transcode]
  }

  /// What the live engine is to bear, beside what growth shows.
  private var liveLoads: [LiveBench] {
    var nearBare = LiveBench()
    nearBare.percentOfBare = 90
    (nearBare.load.format, nearBare.load.isStereo) = (.mp3, false)
    var putOff = nearBare
    (putOff.percentOfBare, putOff.load.encode) = (nil, .after)
    putOff.calls = [1_000]
    var halfSilent = LiveBench()
    (halfSilent.calls, halfSilent.load.half) = ([10_000], .silent)
    var hanging = LiveBench()
    (hanging.calls, hanging.load.hangSeconds) = ([1_000], 10)
    var all = [nearBare, putOff, halfSilent, hanging]
    for index in all.indices {
      all[index].runs = 2
      all[index].load.seconds = 8
    }
    // The hang is to begin and to end while calls go on.
    all[3].load.seconds = 20
    return all
  }

  private func plan(_ calls: Int) -> LivePlan {
    var plan = LivePlan()
    plan.calls = calls
    (plan.load.format, plan.load.isStereo) = (.mp3, false)
    return plan
  }

  private var growth: GrowthBench {
    var growth = GrowthBench(caller: legs.caller, agent: legs.agent)
    growth.pictures = pictures
    return growth
  }

  private var transcode: TranscodeBench {
    var transcode = TranscodeBench(caller: legs.caller, agent: legs.agent)
    // Two hours and 200 calls are what it does by itself.
    (transcode.minutes, transcode.files) = ([10], 60)
    return transcode
  }

  private var quick: [any Bench] {
    var live = LiveBench()
    (live.calls, live.runs) = ([20], 2)
    var plan = plan(100)
    (plan.runs, plan.mostCalls) = (2, 100)
    var growth = growth
    (growth.recordings, growth.minutes, growth.runs) = ([10, 20], [1, 2], 2)
    (growth.coreCalls, growth.coreMinutes) = (100, 5)
    var transcode = transcode
    (transcode.minutes, transcode.files) = ([1], 4)
    return [PushBench(), KernelBench(), live, plan, growth, transcode]
  }
}
