internal import CWebSockets
internal import Glibc

/// Where connections arrive. The descriptor is its owner's to close.
struct ListeningSocket {
  let descriptor: Int32
  let port: Int

  /// Who is at the other side of a connection.
  struct Arrival {
    let descriptor: Int32
    let peer: String
    var isLoopback: Bool { PeerAddress.isLoopback(peer) }
  }

  enum Acceptance {
    case arrival(Arrival)
    case nobody
    /// The system gives no more descriptors.
    case full
  }

  /// Sound, here and below: the system fills and reads values of ours, for the time of the call.
  init(_ host: String, _ port: Int) throws(WebFailure) {
    guard (0...65_535).contains(port) else { throw WebFailure("port \(port): allowed are 0 to 65535") }
    var hints = unsafe addrinfo()
    unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    unsafe hints.ai_socktype = Int32(REEL_SOCK_STREAM)
    var found: UnsafeMutablePointer<addrinfo>?
    let failure = unsafe getaddrinfo(host, "\(port)", &hints, &found)
    guard failure == 0, let address = unsafe found else {
      throw WebFailure("host '\(host)': \(unsafe String(cString: gai_strerror(failure)))")
    }
    defer { unsafe freeaddrinfo(address) }
    let descriptor = unsafe socket(
      address.pointee.ai_family, Int32(REEL_SOCK_STREAM | REEL_SOCK_CLOEXEC | REEL_SOCK_NONBLOCK), 0)
    guard descriptor >= 0 else { throw Self.failure(host, port) }
    var on: Int32 = 1
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    guard unsafe bind(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0,
      listen(descriptor, WebPace.backlog) == 0
    else {
      let failure = Self.failure(host, port)
      close(descriptor)
      throw failure
    }
    self.descriptor = descriptor
    self.port = Self.port(of: descriptor)
  }

  private static func failure(_ host: String, _ port: Int) -> WebFailure {
    WebFailure("\(host):\(port): \(unsafe String(cString: strerror(errno)))")
  }

  private static func port(of descriptor: Int32) -> Int {
    var address = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    _ = unsafe withUnsafeMutableBytes(of: &address) { bytes in
      unsafe getsockname(descriptor, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), &size)
    }
    return unsafe withUnsafeBytes(of: &address) { bytes in
      // The port is at the same place in both families.
      Int(UInt16(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
    }
  }

  static func accept(_ descriptor: Int32) -> Acceptance {
    var address = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let arrived = unsafe withUnsafeMutableBytes(of: &address) { bytes in
      let pointer = unsafe bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
      return unsafe accept4(descriptor, pointer, &size, Int32(REEL_SOCK_CLOEXEC | REEL_SOCK_NONBLOCK))
    }
    guard arrived < 0 else { return .arrival(Arrival(descriptor: arrived, peer: PeerAddress.text(&address, size))) }
    return [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) ? .full : .nobody
  }
}

/// The other side's address.
package enum PeerAddress {
  static func text(_ address: inout sockaddr_storage, _ size: socklen_t) -> String {
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    // Sound: the system is told how much there is of both.
    let failure = unsafe withUnsafeBytes(of: &address) { bytes in
      let pointer = unsafe bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
      return unsafe getnameinfo(pointer, size, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
    }
    guard failure == 0 else { return "unknown" }
    let name = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return name.hasPrefix("::ffff:") ? String(name.dropFirst(7)) : name
  }

  /// Of an address as text, IPv4's as itself.
  package static func isLoopback(_ address: String) -> Bool {
    address == "::1" || address.hasPrefix("127.")
  }
}
