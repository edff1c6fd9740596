internal import Glibc

/// Which addresses are no public ones: this machine's, a local network's, many receivers', or nobody's. A stranger's
/// redirect shall not reach through this service into the network that it stands in.
package enum PrivateAddress {
  /// Of IPv4, in network order; the first so many bits count.
  private static let fourBytes: [(prefix: [UInt8], bits: Int)] = [
    ([0, 0, 0, 0], 8),  // this network
    ([10, 0, 0, 0], 8),  // private
    ([100, 64, 0, 0], 10),  // carriers' (CGNAT)
    ([127, 0, 0, 0], 8),  // loopback
    ([169, 254, 0, 0], 16),  // link-local, where clouds tell machines their secrets
    ([172, 16, 0, 0], 12),  // private
    ([192, 0, 0, 0], 24),  // protocol assignments
    ([192, 168, 0, 0], 16),  // private
    ([198, 18, 0, 0], 15),  // benchmarks
    ([224, 0, 0, 0], 4),  // multicast
    ([240, 0, 0, 0], 4),  // reserved, and broadcast
  ]

  /// Of IPv6, as far as it holds no address of IPv4.
  private static let sixteenBytes: [(prefix: [UInt8], bits: Int)] = [
    ([0xFC], 7),  // unique-local
    ([0xFE, 0x80], 10),  // link-local
    ([0xFE, 0xC0], 10),  // site-local, as it was once
    ([0xFF], 8),  // multicast
    ([0x01, 0x00], 16),  // discard
  ]

  /// Where an address of IPv6 holds one of IPv4: after which bits it comes.
  private static let embedding: [(prefix: [UInt8], bits: Int, place: Int)] = [
    ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96, 12),  // mapped
    ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 96, 12),  // compatible; with it nobody's and loopback
    ([0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0], 96, 12),  // translated
    ([0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0], 96, 12),  // NAT64
    ([0x20, 0x02], 16, 2),  // 6to4
  ]

  /// Of 4 or 16 bytes in network order. What is neither is no public address.
  package static func contains(_ address: [UInt8]) -> Bool {
    switch address.count {
    case 4: fourBytes.contains { begins(address, with: $0.prefix, bits: $0.bits) }
    case 16:
      if let inner = embedding.first(where: { begins(address, with: $0.prefix, bits: $0.bits) }) {
        contains(Array(address[inner.place..<inner.place + 4]))
      } else {
        sixteenBytes.contains { begins(address, with: $0.prefix, bits: $0.bits) }
      }
    default: true
    }
  }

  /// As text; what is no address is no public one.
  package static func contains(_ text: String) -> Bool {
    // Sound: the system writes as many bytes as an address of the family has.
    var (four, six) = ([UInt8](repeating: 0, count: 4), [UInt8](repeating: 0, count: 16))
    if unsafe inet_pton(AF_INET, text, &four) == 1 { return contains(four) }
    if unsafe inet_pton(AF_INET6, text, &six) == 1 { return contains(six) }
    return true
  }

  private static func begins(_ address: [UInt8], with prefix: [UInt8], bits: Int) -> Bool {
    (0..<bits).allSatisfy { bit in
      (address[bit / 8] ^ prefix[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
    }
  }
}
