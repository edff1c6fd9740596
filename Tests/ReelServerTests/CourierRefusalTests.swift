// Strategy: hostile answers and addresses: each is refused by name, counts as a failure, and harms nothing else. Which
// addresses are private is checked against the tables of the registries.
import Foundation
import ReelCore
import ReelFiles
import ReelRealtime
import ReelServer
import ReelTesting
import Testing

@Suite(.serialized) struct CourierRefusalTests {
  /// What the first attempt at an address ends with.
  private func firstError(
    _ place: CourierPlace, _ url: String, _ change: (inout CourierSettings) -> Void = { _ in }
  ) throws -> EventRow {
    try place.enqueue(["x"], to: url)
    let courier = try place.courier {
      $0.firstPauseSeconds = 60
      $0.longestPauseSeconds = 60
      change(&$0)
    }
    #expect(try comes { try place.catalogue.events(recordingID: "r0", limit: 1)[0].attempts > 0 })
    courier.stop(drainingUntil: .now())
    return try place.catalogue.events(recordingID: "r0", limit: 1)[0]
  }

  @Test(arguments: [301, 302, 307, 308]) func redirectsAreFollowedAsPosts(status: Int) throws {
    let place = try CourierPlace()
    let event = try firstError(
      place, "http://user:word@127.0.0.1:\(place.receiver.port)/redirect/\(status)?/ok")
    #expect(event.state == .delivered)
    let requests = try place.receiver.requests
    #expect(requests.map(\.path) == ["/redirect/\(status)?/ok", "/ok"])
    #expect(requests.map(\.body) == ["x", "x"])
    #expect(requests.allSatisfy { $0.json["method"]?.text == "POST" && $0.json["signed"] == .bool(true) })
    #expect(requests.map { $0.json["authorization"]?.text != nil } == [true, false])
  }

  @Test(arguments: ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "127.1"])
  func aRedirectToThisMachineIsRefusedWhateverItIsCalled(host: String) throws {
    let place = try CourierPlace()
    let target = "http://\(host):\(place.receiver.port)/ok"
    let event = try firstError(place, place.receiver.url("/redirect/307?\(target)")) {
      $0.allowsPrivateRedirects = false
    }
    #expect(event.state == .pending)
    #expect(event.lastError?.contains("an address of a private network") == true, "\(event.lastError ?? "")")
    #expect(try place.receiver.requests.count == 1)
  }

  @Test func aRedirectIsRefusedThoughAConnectionToThePlaceIsOpenAlready() throws {
    let place = try CourierPlace(recordings: 2)
    try place.enqueue(["y"], to: place.receiver.url("/ok"), recording: "r1")
    let event = try firstError(place, place.receiver.url("/redirect/307?\(place.receiver.url("/ok"))")) {
      $0.allowsPrivateRedirects = false
    }
    #expect(event.lastError?.contains("127.0.0.1") == true, "\(event.lastError ?? "")")
    #expect(try place.receiver.bodies("/ok") == ["y"])
  }

  @Test(arguments: [
    ("file:///etc/passwd", "has the scheme file"), ("gopher://example.org/", "has the scheme gopher"),
    ("ftp://127.0.0.1/", "has the scheme ftp"),
  ]) func aRedirectToWhatIsNoHTTPIsRefused(target: String, words: String) throws {
    let place = try CourierPlace()
    let event = try firstError(place, place.receiver.url("/redirect/302?\(target)"))
    #expect(event.state == .pending)
    #expect(event.lastError?.contains(words) == true, "\(event.lastError ?? "")")
  }

  @Test func aCircleOfRedirectsEnds() throws {
    let place = try CourierPlace()
    let url = place.receiver.url("/redirect/307?/redirect/307?/redirect/307?/redirect/307?/ok")
    let event = try firstError(place, url)
    #expect(event.lastError == "it was redirected more than 3 times")
    #expect(try place.receiver.requests.count == 4)
  }

  @Test(arguments: [
    ("/status/204", "delivered"), ("/status/404", "the receiver answered 404"),
    ("/status/304", "the receiver answered 304"), ("/redirect/303?/ok", "the receiver answered 303"),
    ("/close", "no data"), ("/endless", "delivered"),
  ]) func anAnswerMeansWhatItsStatusSays(path: String, words: String) throws {
    let place = try CourierPlace()
    let event = try firstError(place, place.receiver.url(path))
    let told = event.state == .delivered ? "delivered" : event.lastError ?? ""
    #expect(told.contains(words), "\(told)")
  }

  @Test func aReceiverThatHangsIsLeft() throws {
    let place = try CourierPlace()
    let event = try firstError(place, place.receiver.url("/hang")) { $0.totalSeconds = 0.5 }
    #expect(event.lastError?.lowercased().contains("timeout") == true, "\(event.lastError ?? "")")
  }

  @Test func proxiesOfTheEnvironmentAreIgnored() throws {
    // Sound: the system copies both texts; nobody here asks for a proxy.
    unsafe setenv("http_proxy", "http://127.0.0.1:9", 1)
    defer { unsafe unsetenv("http_proxy") }
    let place = try CourierPlace()
    #expect(try firstError(place, place.receiver.url("/ok")).state == .delivered)
  }

  // MARK: Addresses

  @Test(arguments: [
    ("ftp://a/", "scheme ftp"), ("file:///etc/passwd", "scheme file"), ("javascript:alert(1)", "scheme javascript"),
    ("", "no scheme"), ("example.org/x", "no scheme"), ("http:/a", "names no host"), ("http://", "names no host"),
    ("http:///a", "names no host"), ("http://user@/a", "names no host"), ("http://a:0/", "port 0"),
    ("http://a:65536/", "port 65536"), ("http://a:b/", "port b"), ("http://a b/", "a space"),
    ("http://a/\r\nX: y", "a control character"), ("http://ä/", "beyond ASCII"),
    ("http://a/" + String(repeating: "x", count: 2_048), "more than 2048"),
  ]) func anAddressThatNoEventCanGoToIsRefusedByName(url: String, words: String) throws {
    let refusal = #expect(throws: ServiceRefusal.self) { try Courier.check(url: url) }
    #expect(refusal?.code == .badRequest)
    #expect(refusal?.message.contains(words) == true, "\(refusal?.message ?? "")")
    #expect(refusal?.message.contains("allowed: http") == true)
  }

  @Test(arguments: ["http://a", "HTTPS://A:8443/x?y#z", "http://u:p@a/", "http://[::1]:80/", "https://1.2.3.4"])
  func otherAddressesAreTaken(url: String) throws {
    try Courier.check(url: url)
  }

  @Test func anEventWhoseAddressWasNeverCheckedIsGivenUpAtOnce() throws {
    let place = try CourierPlace()
    let event = try firstError(place, "gopher://example.org/")
    #expect(event.state == .givenUp)
    #expect(event.lastError?.contains("scheme gopher") == true)
  }

  @Test(arguments: [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.255", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.168.0.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "fc00::1", "fdff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1",
    "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1",
    "2002:7f00:1::", "100::1", "::ffff:0:10.0.0.1", "no address", "",
  ]) func aPrivateAddressIsKnown(address: String) {
    #expect(PrivateAddress.contains(address))
  }

  @Test(arguments: [
    "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
    "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.0.1", "198.20.0.0",
    "223.255.255.255", "2606:4700::1", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::",
    "fbff::1", "fe7f::1",
  ]) func aPublicAddressIsNone(address: String) {
    #expect(!PrivateAddress.contains(address))
  }

  @Test func whatIsNeitherFourNorSixteenBytesIsNoPublicAddress() {
    #expect(PrivateAddress.contains([UInt8]()))
    #expect(PrivateAddress.contains([8, 8, 8]))
    #expect(!PrivateAddress.contains([8, 8, 8, 8]))
  }
}
