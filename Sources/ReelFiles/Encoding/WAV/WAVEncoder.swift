internal import ReelAudio

/// Writes samples as they are, or as G.711.
package final class WAVEncoder: AudioEncoder {
  private let head: WAVHead
  private var dataBytes = 0

  package init(_ head: WAVHead) {
    self.head = head
  }

  package func begin(into change: inout FileChange) {
    change.tail += head.bytes(dataBytes: 0)
  }

  package func encode(_ samples: Span<Int16>, into change: inout FileChange) {
    let before = change.tail.count
    switch head.encoding {
    case .pcm16: Self.append(samples, to: &change.tail)
    case .muLaw: for index in samples.indices { change.tail.append(G711.encodeMuLaw(samples[index])) }
    case .aLaw: for index in samples.indices { change.tail.append(G711.encodeALaw(samples[index])) }
    }
    dataBytes += change.tail.count - before
  }

  package func settle(into change: inout FileChange) {
    change.patch = FileChange.Patch(offset: 0, bytes: head.bytes(dataBytes: dataBytes))
  }

  package func finish(into change: inout FileChange) {
    if dataBytes % 2 == 1 { change.tail.append(0) }
    settle(into: &change)
  }

  private static func append(_ samples: Span<Int16>, to bytes: inout [UInt8]) {
    #if _endian(little)
      // Sound: the span's bytes are read while it is there, and a sample is two of them in the file's own order.
      unsafe samples.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    #else
      for index in samples.indices { bytes.appendLittle(samples[index]) }
    #endif
  }
}
