internal import ReelAudio
internal import ReelCore

/// A message on its way out.
package enum MediaMessage: Hashable, Sendable {
  case text(String)
  case binary([UInt8])

  package func send(to socket: any WebSocket) {
    switch self {
    case .text(let text): socket.send(text: text)
    case .binary(let bytes): socket.send(binary: bytes)
    }
  }
}

/// Makes what a stream is sent, in its own form: what the parties shall hear, in the stream's encoding and at the
/// caller's rate.
///
///     let writer = MediaWriter(hello)
///     writer.media(samples.span).send(to: socket)
package struct MediaWriter: Sendable {
  private let form: MediaForm
  private let encoding: MediaEncoding
  private let mediaHead: [UInt8]

  package init(_ hello: MediaHello) {
    form = hello.form
    encoding = hello.encoding
    let id = JSON.string(hello.streamID).description
    mediaHead = Array(#"{"event":"media","streamSid":\#(id),"media":{"payload":""#.utf8)
  }

  package func media(_ samples: Span<Int16>) -> MediaMessage {
    guard form == .json else { return .binary(BinaryFrame.message(samples, from: .caller)) }
    var codes: [UInt8] = []
    codes.reserveCapacity(samples.count * encoding.bytesPerSample)
    switch encoding {
    case .muLaw: for index in samples.indices { codes.append(G711.encodeMuLaw(samples[index])) }
    case .aLaw: for index in samples.indices { codes.append(G711.encodeALaw(samples[index])) }
    case .linear16: BinaryFrame.append(samples, to: &codes)
    }
    var text = mediaHead
    text.reserveCapacity(text.count + codes.count * 4 / 3 + 8)
    Base64.encode(codes.span, into: &text)
    text.append(contentsOf: #""}}"#.utf8)
    return .text(String(decoding: text, as: UTF8.self))
  }
}
