internal import CSpeexDSP

/// Changes the sample rate of one signal: streaming, aligned in time, exact in length.
///
///     let resampler = Resampler(from: .narrowband, to: .wideband)
///     let written = resampler.process(samples, into: &output)
///     …
///     let last = resampler.finish(into: &output)
///
/// - `n` samples in give `ceil(n · to / from)` samples out by the time ``finish(into:)`` has run. The filter's
///   delay is taken out: sample `i` of the output is the sound of the instant `i / to`.
/// - However the input is cut up, the output is the same.
/// - ``process(_:into:)``, ``finish(into:)`` and ``reset()`` allocate nothing. Making a resampler does.
///
/// The wall round libspeexdsp: its state is a pointer that this type alone holds and frees once. A class and not
/// `Sendable`: it has one owner, on one thread at a time.
@safe
package final class Resampler {
  package let from: SampleRate
  package let to: SampleRate
  private let state: OpaquePointer
  private var consumed = 0
  private var produced = 0

  /// libspeexdsp's quality, of 0…10. From 6 on the noise in the speech band is that of rounding to 16 bits; 8 passes
  /// 92 % of the lower rate's band whole, which 6 does not (tests hold both). More costs time and gives nothing.
  private static let quality: Int32 = 8

  package init(from: SampleRate, to: SampleRate) {
    var status: Int32 = 0
    let state = unsafe speex_resampler_init(1, UInt32(from.hz), UInt32(to.hz), Self.quality, &status)
    // Rates are from a fixed list and the quality is a constant, so what is left is memory running out.
    guard let state = unsafe state else { preconditionFailure("libspeexdsp gave no resampler (\(status))") }
    self.from = from
    self.to = to
    unsafe self.state = unsafe state
    unsafe speex_resampler_skip_zeros(state)
  }

  deinit {
    unsafe speex_resampler_destroy(state)
  }

  /// No call of ``process(_:into:)`` with `count` samples writes more than this.
  package func mostOutput(of count: Int) -> Int {
    SampleRate.converted(count, fromHz: from.hz, toHz: to.hz) + 1
  }

  /// Takes all of `input` and writes what it makes of it to the front of `output`; gives how many.
  ///
  /// `output` has room for ``mostOutput(of:)`` samples.
  package func process(_ input: Span<Int16>, into output: inout MutableSpan<Int16>) -> Int {
    precondition(output.count >= mostOutput(of: input.count), "no room for the resampled sound")
    let (taken, made) = convert(input, into: &output, atMost: output.count)
    precondition(taken == input.count, "libspeexdsp left input behind")
    consumed += taken
    produced += made
    return made
  }

  /// Writes what the filter still holds, as though silence followed; gives how many samples.
  ///
  /// At most `output.count` are written; call again while that many came. Once it gives 0, the output is of
  /// exact length and only ``reset()`` may follow.
  package func finish(into output: inout MutableSpan<Int16>) -> Int {
    let due = SampleRate.converted(consumed, fromHz: from.hz, toHz: to.hz)
    var written = 0
    let silence = InlineArray<64, Int16>(repeating: 0)
    while produced < due && written < output.count {
      let limit = min(due - produced, output.count - written, Self.finishBlock)
      var block = InlineArray<64, Int16>(repeating: 0)
      var span = block.mutableSpan
      let (_, made) = convert(silence.span, into: &span, atMost: limit)
      for index in 0..<made { output[written + index] = block[index] }
      written += made
      produced += made
    }
    return written
  }

  private static let finishBlock = 64

  /// Forgets the signal, as though new.
  package func reset() {
    unsafe speex_resampler_reset_mem(state)
    unsafe speex_resampler_skip_zeros(state)
    consumed = 0
    produced = 0
  }

  private func convert(
    _ input: Span<Int16>, into output: inout MutableSpan<Int16>, atMost limit: Int
  ) -> (taken: Int, made: Int) {
    var taken = UInt32(input.count)
    var made = UInt32(limit)
    // Sound: both buffers outlive the call, and the library is told their true sizes.
    let status = unsafe input.withUnsafeBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { target in
        unsafe speex_resampler_process_int(
          state, 0, source.baseAddress, &taken, target.baseAddress, &made)
      }
    }
    precondition(status == 0, "libspeexdsp refused: \(status)")
    return (Int(taken), Int(made))
  }
}
