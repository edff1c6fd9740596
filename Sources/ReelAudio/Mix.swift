/// Joining and parting signals: the mono mix and the stereo layout.
///
/// Every function works on as many samples as its first argument has and traps when another is too short.
/// Stereo is handled as one 32-bit word a frame, left in the lower half: loops over every second sample
/// don't become vector code.
package enum Mix {
  /// `output[i] = clamp(a[i] + b[i])`: both voices at full strength, clipped and never wrapped round.
  package static func saturating(_ a: Span<Int16>, _ b: Span<Int16>, into output: inout MutableSpan<Int16>) {
    precondition(b.count >= a.count && output.count >= a.count)
    for index in a.indices {
      output[index] = Int16(
        clamping: Int32(a[index]) &+ Int32(b[index]))
    }
  }

  /// `left[0], right[0], left[1], right[1], …`
  package static func interleave(
    left: Span<Int16>, right: Span<Int16>, into output: inout MutableSpan<Int16>
  ) {
    precondition(right.count >= left.count && output.count / 2 >= left.count)
    // Sound: the words lie within `output`, which has two samples for each, and need no alignment.
    let count = left.count
    unsafe output.withUnsafeMutableBytes { bytes in
      guard let words = bytes.baseAddress else { return }
      for index in 0..<count {
        let frame = UInt32(UInt16(bitPattern: left[index])) | UInt32(UInt16(bitPattern: right[index])) << 16
        unsafe words.storeBytes(of: frame.littleEndian, toByteOffset: 4 &* index, as: UInt32.self)
      }
    }
  }

  /// The opposite of ``interleave(left:right:into:)``: `frames` pairs are parted.
  package static func split(
    _ frames: Span<Int16>, left: inout MutableSpan<Int16>, right: inout MutableSpan<Int16>
  ) {
    precondition(frames.count % 2 == 0, "interleaved stereo comes in pairs")
    let count = frames.count / 2
    precondition(left.count >= count && right.count >= count)
    // Sound: the words lie within `frames`, which has two samples for each, and need no alignment.
    unsafe frames.withUnsafeBytes { bytes in
      guard let words = bytes.baseAddress else { return }
      for index in 0..<count {
        let frame = unsafe UInt32(
          littleEndian: words.loadUnaligned(fromByteOffset: 4 &* index, as: UInt32.self))
        left[index] = Int16(truncatingIfNeeded: frame)
        right[index] = Int16(truncatingIfNeeded: frame >> 16)
      }
    }
  }

  /// One side of a stereo signal.
  package enum Channel: Int, Sendable {
    case left, right
  }

  /// Puts `samples` on one side of interleaved stereo and digital silence on the other.
  package static func place(
    _ samples: Span<Int16>, on channel: Channel, into output: inout MutableSpan<Int16>
  ) {
    precondition(output.count >= 2 * samples.count)
    let side = channel.rawValue
    for index in samples.indices {
      output[2 * index + side] = samples[index]
      output[2 * index + 1 - side] = 0
    }
  }
}
