// Strategy: files are fetched by curl and by a slow reader, in whole and in part, with and without TLS, and compared
// with what was written; the certificate is judged by OpenSSL, curl and Python.
import Foundation
import ReelServer
import Testing

@Suite struct WebFileTests {
  @Test func aFileAndItsRanges() throws {
    let host = try MirrorHost()
    let data = try host.file("some", 1_000)
    let url = "\(host.http)/file/some"
    func get(_ arguments: String...) throws -> (head: String, body: Data) {
      let place = host.folder.appending(path: "got")
      try Data().write(to: place)
      let all = ["-s", "-D", "-", "-o", place.path, url] + arguments
      return (try run("/usr/bin/curl", all).output, try Data(contentsOf: place))
    }
    let whole = try get()
    #expect(whole.body == data && whole.head.contains(" 200 ") && whole.head.contains("content-length: 1000\r\n"))
    #expect(whole.head.contains("accept-ranges: bytes\r\n") && whole.head.contains("etag: \"tag-1\"\r\n"))
    #expect(whole.head.contains("content-type: audio/wav\r\n"))
    #expect(whole.head.contains("content-disposition: attachment; filename=\"a _b_.wav\"\r\n"))
    let parts: [(String, Range<Int>)] = [
      ("0-0", 0..<1), ("10-19", 10..<20), ("990-", 990..<1_000), ("-7", 993..<1_000), ("-5000", 0..<1_000),
      ("999-99999999999999999999", 999..<1_000),
    ]
    for (range, places) in parts {
      let part = try get("-H", "Range: bytes=\(range)")
      #expect(part.body == data[places] && part.head.contains(" 206 "), "\(range)")
      #expect(part.head.contains("content-range: bytes \(places.lowerBound)-\(places.upperBound - 1)/1000\r\n"))
    }
    for range in ["1000-", "-0", "5000-6000"] {
      let none = try get("-H", "Range: bytes=\(range)")
      #expect(none.head.contains(" 416 ") && none.head.contains("content-range: bytes */1000\r\n"), "\(range)")
    }
    for range in ["bytes=0-1,5-6", "bytes=5-1", "bytes=x", "lines=0-1", "bytes=-", "bytes"] {
      #expect(try get("-H", "Range: \(range)").body == data, "\(range)")
    }
    #expect(try get("-H", "Range: bytes=0-9", "-H", "If-Range: \"tag-1\"").body.count == 10)
    #expect(try get("-H", "Range: bytes=0-9", "-H", "If-Range: \"tag-2\"").body == data)
    let known = try get("-H", "If-None-Match: \"x\", W/\"tag-1\"")
    #expect(known.head.contains(" 304 ") && known.body.isEmpty)
    #expect(try get("-H", "If-None-Match: \"x\"").body == data)
    #expect(try get("-I").head.contains("content-length: 1000\r\n"))
  }

  @Test func whatIsNoFileIsNotFound() throws {
    let host = try MirrorHost()
    try host.file("some", 10)
    try host.file("nothing", 0)
    try FileManager.default.createSymbolicLink(
      atPath: "\(host.folder.path)/link", withDestinationPath: "\(host.folder.path)/some")
    for name in ["none", "link", "."] {
      #expect(
        try host.curl("-i", "\(host.http)/file/\(name == "." ? "..." : name)").contains(#""code":"404""#), "\(name)")
    }
    #expect(try host.curl("-i", "\(host.http)/file/nothing").contains("content-length: 0\r\n"))
  }

  @Test(arguments: [false, true]) func aSlowReaderGetsAllOfIt(_ isSecure: Bool) throws {
    let host = try MirrorHost(isSecure: isSecure)
    let data = try host.file("big", 12_345_678)
    let said = try host.peer("slow", secure: isSecure).split(separator: " ")
    let sum = try run("/usr/bin/sha256sum", ["\(host.folder.path)/big"]).output
    #expect(said.first == "\(data.count)")
    #expect(sum.hasPrefix(said.last ?? "nothing"))
  }

  @Test func oneCertificateForOwnUse() throws {
    let host = try MirrorHost(isSecure: true)
    #expect(try host.curl("--cacert", host.authority, "\(host.https)/later", "\(host.http)/later") == "latelate")
    let address = "https://127.0.0.1:\(host.host.port)/mirror"
    #expect(try host.curl("--cacert", host.authority, address).contains(#""secure":true"#))
    #expect(try run("/usr/bin/curl", ["-s", address]).status == 60)
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(host.folder.path)/key.pem")
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let before = try Data(contentsOf: URL(filePath: host.authority))
    _ = try OwnCertificate.kept(in: host.folder.path)
    #expect(try Data(contentsOf: URL(filePath: host.authority)) == before)
    #expect(throws: WebFailure.self) { try OwnCertificate.kept(in: "/no/such/folder") }
  }

  @Test func withoutTLSOnlyThisMachineIsAnswered() {
    #expect(PeerAddress.isLoopback("127.0.0.1") && PeerAddress.isLoopback("::1"))
    #expect(!PeerAddress.isLoopback("10.0.0.1") && !PeerAddress.isLoopback("::2"))
  }
}
