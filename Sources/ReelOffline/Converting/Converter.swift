internal import ReelAudio
internal import ReelCore
internal import ReelFiles

/// Makes one file of another, or of two, whole or not at all.
///
/// Memory is bounded by a block and what the libraries keep, whatever the length.
package struct Converter {
  private let conversion: Conversion
  /// How many threads may work on one file.
  private let threads: Int

  package init(_ conversion: Conversion, threads: Int) {
    self.conversion = conversion
    self.threads = threads
  }

  /// - `tell` hears which share of the sound, 0 to 1, was dealt with, and says whether to go on.
  package func run(_ job: ConversionJob, tell: (_ share: Double) -> Bool) throws -> ConversionJob.Outcome {
    let own = FileIdentity(of: job.output)
    if own?.isFolder == true { throw FileError(job.output, "is a folder") }
    if own?.isPlain == false { throw FileError(job.output, "is a pipe or a device; allowed: a file") }
    if let own, let input = job.inputs.first(where: { FileIdentity(of: $0) == own }) {
      throw FileError(job.output, "is the input \(input) itself; allowed: another file")
    }
    let source = try source(job)
    let rendition = Rendition(job.output, conversion.codec, layout(source), rate: conversion.rate)
    try rendition.validate(recordingRate: source.rate)
    let encoder = try RenditionEncoder(
      rendition, channels: source.channels, rate: source.rate, Tags(source.tags), threads: threads)
    let file = try NewFile(job.output, rendition.codec.format)
    let frames = try encode(source, encoder, into: file, tell)
    let rate = conversion.rate ?? source.rate
    let samples = SampleRate.converted(frames, fromHz: source.rate.hz, toHz: rate.hz)
    let byteCount = try file.finish(samples: samples)
    return .made(seconds: rate.seconds(of: samples), byteCount: byteCount, notes: source.notes)
  }

  private func source(_ job: ConversionJob) throws -> any ConversionSource {
    if job.inputs.count == 2 { return try PairSource(caller: job.inputs[0], agent: job.inputs[1]) }
    guard case .only(let side) = conversion.sides else { return try FileSource(job.inputs[0]) }
    return try FileSource(job.inputs[0], side: side)
  }

  private func layout(_ source: any ConversionSource) -> Rendition.Layout {
    switch conversion.sides {
    case .same: source.channels == 2 ? .stereo : .mono
    case .mono, .only: .mono
    case .stereo: .stereo
    }
  }

  /// Gives how many frames there were.
  private func encode(
    _ source: any ConversionSource, _ encoder: RenditionEncoder, into file: NewFile, _ tell: (Double) -> Bool
  ) throws -> Int {
    var frames = 0
    while true {
      let block = try source.next()
      guard !block.isEmpty else { break }
      encoder.write(block.span)
      frames += block.count / source.channels
      try file.apply(encoder.take())
      let share = source.frameCount.map { min(1, Double(frames) / Double(max($0, 1))) } ?? 0
      guard tell(share) else { throw OfflineCall.Interrupted() }
    }
    try file.apply(encoder.finish())
    return frames
  }
}

extension Tags {
  /// Of a file that is made anew in another form.
  fileprivate init(_ tags: [AudioTag]) {
    func value(_ name: String) -> String? { tags.first { $0.name.lowercased() == name }?.value }
    self.init(title: value("title"), artist: value("artist"), date: value("date"), comment: value("comment"))
  }
}
