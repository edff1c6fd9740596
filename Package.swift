// swift-tools-version: 6.2
import PackageDescription

let houseSettings: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: houseSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: houseSettings)
}

let package = Package(
  name: "reel",
  products: [
    .executable(name: "reel", targets: ["ReelCLI"])
  ],
  targets: [
    .systemLibrary(
      name: "CSpeexDSP", pkgConfig: "speexdsp", providers: [.apt(["libspeexdsp-dev"])]),
    .systemLibrary(
      name: "CSndfile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),

    room("ReelAudio", ["CSpeexDSP"]),
    room("ReelCore", ["ReelAudio"]),
    room("ReelFiles", ["ReelAudio", "CSndfile"]),
    .executableTarget(
      name: "ReelCLI", dependencies: ["ReelAudio", "ReelCore", "ReelFiles"],
      swiftSettings: houseSettings),
    .target(name: "CAllocationCounter"),
    room("ReelTesting", ["ReelAudio", "ReelCore", "ReelFiles"]),

    .target(
      name: "CPeers", path: "benchmarks/CPeers", cSettings: [.unsafeFlags(["-O3"])]),
    .executableTarget(
      name: "KernelBenchmark", dependencies: ["ReelAudio", "ReelCore", "CPeers"], path: "benchmarks/KernelBenchmark",
      swiftSettings: houseSettings),

    tests("ReelAudioTests", ["ReelAudio", "ReelTesting"]),
    tests("ReelHouseTests", []),
    tests("ReelEndToEndTests", ["ReelCLI", "ReelCore", "ReelTesting"]),
    tests("ReelCoreTests", ["CAllocationCounter", "ReelAudio", "ReelCore", "ReelTesting"]),
  ],
  swiftLanguageModes: [.v6]
)
