// swift-tools-version: 6.2
import PackageDescription

let houseSettings: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// `make fuzz` builds everything anew with libFuzzer's eyes in it, and one program more.
let isFuzzing = Context.environment["REEL_FUZZ"] != nil
let fuzzFlags = ["-sanitize=fuzzer,address", "-parse-as-library"]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies,
    swiftSettings: houseSettings + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer,address"])] : []))
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: houseSettings)
}

let package = Package(
  name: "reel",
  products: [
    .executable(name: "reel", targets: ["ReelCLI"]),
    .library(name: "Reel", targets: ["Reel"]),
    // What libreel.so is linked of; see the Makefile.
    .library(name: "ReelC", type: .static, targets: ["ReelC"]),
  ],
  traits: [
    .default(enabledTraits: ["MP3", "MP4"]),
    .trait(name: "MP3", description: "MP3 files, by libmp3lame"),
    .trait(name: "MP4", description: "MP4 files and every input that libsndfile does not read, by libav"),
  ],
  targets: [
    .systemLibrary(name: "CLame", pkgConfig: "lame", providers: [.apt(["libmp3lame-dev"])]),
    .systemLibrary(
      name: "CSpeexDSP", pkgConfig: "speexdsp", providers: [.apt(["libspeexdsp-dev"])]),
    .systemLibrary(
      name: "CSndfile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),

    .systemLibrary(
      name: "CWebSockets", pkgConfig: "libwebsockets", providers: [.apt(["libwebsockets-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),

    // The C interface's header, with no library behind it: ReelC is that.
    .systemLibrary(name: "CReel"),

    room("ReelAudio", ["CPrefetch", "CSpeexDSP"]),
    room("ReelCore", ["ReelAudio"]),
    room("ReelRealtime", ["ReelAudio"]),
    room(
      "ReelFiles",
      [
        "ReelAudio", "ReelCore", "ReelRealtime", "CLinux", "CSHA256", "CSndfile",
        .target(name: "CLame", condition: .when(traits: ["MP3"])),
        .target(name: "CLibav", condition: .when(traits: ["MP4"])),
      ]),
    room("ReelOffline", ["ReelAudio", "ReelCore", "ReelRealtime", "ReelFiles"]),
    room("Reel", ["ReelAudio", "ReelCore", "ReelRealtime", "ReelFiles"]),
    room("ReelC", ["CReel", "Reel", "ReelAudio", "ReelCore", "ReelFiles", "ReelRealtime"]),
    room(
      "ReelBench",
      ["CPeers", "CSystem", "CTicks", "Reel", "ReelAudio", "ReelCore", "ReelFiles", "ReelOffline", "ReelRealtime"]),
    room(
      "ReelServer",
      [
        "CCertificate", "CCurl", "CSQLite", "CWebSockets", "Reel", "ReelAudio", "ReelCore", "ReelFiles", "ReelOffline",
        "ReelRealtime",
      ]),
    .executableTarget(
      name: "ReelCLI",
      dependencies: [
        "CSystem", "Reel", "ReelAudio", "ReelBench", "ReelCore", "ReelFiles", "ReelOffline", "ReelRealtime",
        "ReelServer",
      ],
      swiftSettings: houseSettings),
    .target(name: "CAllocationCounter"),
    .target(name: "CFaultyDisk", cSettings: [.treatAllWarnings(as: .error)]),
    // Nothing is linked: libav is loaded when it is first needed. Its headers (libavformat-dev, libavcodec-dev,
    // libavutil-dev) are looked for where the system has headers; where a distribution puts them elsewhere, build with
    // `-Xcc -I<folder>`, of which `pkg-config --cflags libavformat` knows.
    .target(name: "CLibav", cSettings: [.treatAllWarnings(as: .error)]),
    // A key and a certificate for who has none, by OpenSSL, which libwebsockets brings.
    .target(name: "CCertificate", cSettings: [.treatAllWarnings(as: .error)]),
    // Loaded when it is first needed, as libav is: with all that it needs it takes longer to load than all the rest.
    .target(name: "CCurl", cSettings: [.treatAllWarnings(as: .error)]),
    .target(name: "CLinux", cSettings: [.treatAllWarnings(as: .error)]),
    .target(name: "CPrefetch", cSettings: [.treatAllWarnings(as: .error)]),
    .target(name: "CSystem", cSettings: [.treatAllWarnings(as: .error)]),
    .target(name: "CTicks"),
    .target(name: "CSHA256", cSettings: [.treatAllWarnings(as: .error)]),
    room("ReelTesting", ["ReelAudio", "ReelCore", "ReelRealtime", "ReelFiles"]),

    // What the benchmark stands beside, at the level that C programmers give their own.
    .target(
      name: "CPeers",
      dependencies: [
        .target(name: "CLame", condition: .when(traits: ["MP3"])),
        .target(name: "CLibav", condition: .when(traits: ["MP4"])),
      ], path: "benchmarks/CPeers",
      cSettings: [
        .unsafeFlags(["-O3"]), .define("REEL_MP3", .when(traits: ["MP3"])), .define("REEL_MP4", .when(traits: ["MP4"])),
      ]),
    .executableTarget(
      name: "EncoderBenchmark", dependencies: ["ReelAudio", "ReelFiles", "ReelTesting"],
      path: "benchmarks/EncoderBenchmark", swiftSettings: houseSettings),
    .executableTarget(
      name: "FaultTest", dependencies: ["ReelAudio", "ReelCore", "ReelFiles", "ReelTesting"],
      path: "benchmarks/FaultTest", swiftSettings: houseSettings),
    .executableTarget(
      name: "ServiceTest",
      dependencies: ["ReelAudio", "ReelCore", "ReelFiles", "ReelRealtime", "ReelServer", "ReelTesting"],
      path: "benchmarks/ServiceTest", exclude: ["receiver.py"], swiftSettings: houseSettings),

    .target(name: "CRealtime", path: "benchmarks/CRealtime", cSettings: [.treatAllWarnings(as: .error)]),
    .executableTarget(
      name: "PushProbe", dependencies: ["CRealtime", "Reel", "ReelCore", "ReelRealtime", "ReelTesting"],
      path: "benchmarks/PushProbe", swiftSettings: houseSettings),

    .target(name: "CMark", path: "benchmarks/CMark", cSettings: [.treatAllWarnings(as: .error)]),
    .executableTarget(
      name: "InstructionProbe",
      dependencies: [
        "CMark", "Reel", "ReelAudio", "ReelBench", "ReelCore", "ReelFiles", "ReelRealtime", "ReelTesting",
      ],
      path: "benchmarks/InstructionProbe", swiftSettings: houseSettings),

    // Built as an embedder builds: with none of the house's settings but that a warning is an error.
    .executableTarget(
      name: "EmbedReel", dependencies: ["Reel"], path: "examples/EmbedReel",
      swiftSettings: [.treatAllWarnings(as: .error)]),

    tests("ReelAudioTests", ["ReelAudio", "ReelTesting"]),
    tests("ReelHouseTests", []),
    tests("ReelRealtimeTests", ["ReelRealtime", "ReelTesting"]),
    tests("ReelFilesTests", ["ReelAudio", "ReelCore", "ReelFiles", "ReelTesting"]),
    tests("ReelOfflineTests", ["ReelAudio", "ReelCore", "ReelFiles", "ReelOffline", "ReelTesting"]),
    tests("ReelBenchTests", ["ReelAudio", "ReelBench", "ReelCore", "ReelOffline", "ReelRealtime", "ReelTesting"]),
    tests(
      "ReelServerTests",
      ["Reel", "ReelAudio", "ReelCore", "ReelFiles", "ReelOffline", "ReelRealtime", "ReelServer", "ReelTesting"]),
    tests("ReelTests", ["CAllocationCounter", "Reel", "ReelCore", "ReelRealtime", "ReelTesting"]),
    // It calls C all through, so that to mark what is unsafe would mark every line.
    .testTarget(
      name: "ReelCTests", dependencies: ["CReel", "Reel", "ReelC", "ReelTesting"],
      swiftSettings: [.treatAllWarnings(as: .error)]),
    tests(
      "ReelSimulationTests",
      ["CFaultyDisk", "Reel", "ReelAudio", "ReelCore", "ReelFiles", "ReelRealtime", "ReelTesting"]),
    tests(
      "ReelEndToEndTests",
      [
        "EmbedReel", "FaultTest", "InstructionProbe", "PushProbe", "ReelCLI", "ReelCore", "ReelFiles", "ReelTesting",
        "ServiceTest",
      ]),
    tests("ReelCoreTests", ["CAllocationCounter", "ReelAudio", "ReelCore", "ReelTesting"]),
  ],
  swiftLanguageModes: [.v6]
)

if isFuzzing {
  package.targets.append(
    .executableTarget(
      name: "Fuzz", dependencies: ["ReelCore", "ReelFiles"], path: "benchmarks/Fuzz",
      swiftSettings: houseSettings + [.unsafeFlags(fuzzFlags)],
      linkerSettings: [.unsafeFlags(fuzzFlags + ["-use-ld=lld"])]))
}
