// Strategy: sound is fetched from a real server: what comes is there as a whole, and what is refused leaves no file.
import Foundation
import ReelServer
import ReelTesting
import Testing

@Suite struct CourierFetchTests {
  private let folder = TestFolder()

  private func fetch(
    _ url: String, limit: Int = 1 << 20, seconds: Double = 5, allowsPrivate: Bool = true,
    allowsRedirects: Bool = true
  ) throws {
    try HTTPFetch.get(
      url, to: folder["sound"], limitBytes: limit, timeoutSeconds: seconds, allowsPrivate: allowsPrivate,
      allowsPrivateRedirects: allowsRedirects)
  }

  @Test func aFileComesAsAWhole() throws {
    let server = try FailingReceiver(folder)
    try fetch(server.url("/redirect/302?/bytes/500000"))
    #expect(try Data(contentsOf: URL(filePath: folder["sound"])) == Data(repeating: 0x79, count: 500_000))
    // One that is there is nobody's to write over.
    #expect(throws: ServiceRefusal.self) { try fetch(server.url("/bytes/1")) }
    #expect(try Data(contentsOf: URL(filePath: folder["sound"])).count == 500_000)
  }

  @Test(arguments: [
    ("/bytes/1001", ServiceRefusal.Code.tooLarge, "more than 1000 bytes"), ("/endless", .tooLarge, "more than 1000"),
    ("/status/404", .unprocessable, "answered 404"), ("/hang", .unprocessable, "imeout"),
    ("/redirect/302?file:///etc/passwd", .badRequest, "scheme file"),
    ("/redirect/302?/redirect/302?/redirect/302?/redirect/302?/ok", .unprocessable, "more than 3 times"),
    ("/close", .unprocessable, "no data"),
  ]) func whatIsRefusedLeavesNoFile(path: String, code: ServiceRefusal.Code, words: String) throws {
    let server = try FailingReceiver(folder)
    let refusal = #expect(throws: ServiceRefusal.self) { try fetch(server.url(path), limit: 1_000, seconds: 0.7) }
    #expect(refusal?.code == code)
    #expect(refusal?.message.contains(words) == true, "\(refusal?.message ?? "")")
    #expect(!folder.names.contains("sound"))
  }

  @Test func aPrivateAddressIsRefusedUnlessAllowed() throws {
    let server = try FailingReceiver(folder)
    let refusal = #expect(throws: ServiceRefusal.self) { try fetch(server.url("/ok"), allowsPrivate: false) }
    #expect(refusal?.message.contains("an address of a private network") == true)
    #expect(try server.requests.isEmpty)
    #expect(throws: ServiceRefusal.self) { try fetch("ftp://example.org/x") }
    // Nor by a redirect of one that is.
    let redirect = server.url("/redirect/302?/ok")
    #expect(throws: ServiceRefusal.self) { try fetch(redirect, allowsRedirects: false) }
    #expect(try server.requests.count == 1)
  }
}
