internal import CCurl
internal import Glibc
internal import ReelFiles

/// What a transfer is to do.
struct TransferRequest {
  var url: String
  /// What is posted; without it something is fetched.
  var body: String?
  /// Each as `name: value`.
  var headers: [String] = []
  var userAgent: String
  var connectSeconds: Double
  var totalSeconds: Double
  /// Whether an address of a private network is refused, whatever name led to it.
  var refusesPrivate: Bool
  /// What is taken of the answer.
  var mostBytes: Int
  /// Where the answer's body goes; nowhere without one. It stays the caller's.
  var file: Int32?
}

/// How a transfer ended.
struct TransferOutcome {
  /// What was answered; 0 where nothing was.
  var status: Int
  /// Where the answer leads on to.
  var redirect: String?
  /// Why the transfer did not come to its end; nil where it did.
  var failure: String?
  var isTooLong = false
}

/// One request of HTTP and its answer, by libcurl: no proxy, no cookies, no credentials of a file, HTTP 1.1, redirects
/// not followed.
///
/// The wall round libcurl's easy interface: the handle is this object's, made and ended here; texts and body are copied
/// by the library, the headers live as long as the handle, and so does what its callbacks are given. Used by one thread
/// at a time, which is also where the callbacks come.
@safe final class Transfer {
  let handle: UnsafeMutableRawPointer
  private let headers: UnsafeMutablePointer<curl_slist>?
  private let taker: Taker

  /// What libcurl's callbacks need to know.
  private final class Taker {
    var bytesLeft: Int
    let file: Int32?
    var isTooLong = false
    var fileFailure: Int32?
    var refusedAddress: String?

    init(bytesLeft: Int, file: Int32?) {
      self.bytesLeft = bytesLeft
      self.file = file
    }
  }

  /// Throws where libcurl is not there, or does not take an option that the transfer would be unsafe without.
  init(_ request: TransferRequest) throws(ServiceRefusal) {
    if let failure = Curl.failure { throw ServiceRefusal(.notSupported, "HTTP needs \(failure)") }
    guard let handle = unsafe curl.curl_easy_init() else { throw ServiceRefusal(.failed, "no memory for a transfer") }
    var list: UnsafeMutablePointer<curl_slist>?
    for header in request.headers { unsafe list = curl.curl_slist_append(list, header) ?? list }
    unsafe self.handle = handle
    unsafe headers = list
    taker = Taker(bytesLeft: request.mostBytes, file: request.file)
    guard setUp(request) else {
      throw ServiceRefusal(.notSupported, "HTTP needs a libcurl of version 7.85 or later, or the URL is none")
    }
  }

  deinit {
    unsafe curl.curl_easy_cleanup(handle)
    unsafe curl.curl_slist_free_all(headers)
  }

  private func setUp(_ request: TransferRequest) -> Bool {
    func number(_ option: CURLoption, _ value: Int) -> Bool { unsafe reel_curl_set_number(handle, option, value) }
    func text(_ option: CURLoption, _ value: String) -> Bool { unsafe reel_curl_set_text(handle, option, value) }
    func milliseconds(_ seconds: Double) -> Int { Int(min(max(seconds, 0.001), 1e6) * 1_000) }
    let isPlain =
      text(CURLOPT_URL, request.url) && text(CURLOPT_PROTOCOLS_STR, "http,https") && text(CURLOPT_PROXY, "")
      && text(CURLOPT_NOPROXY, "*") && text(CURLOPT_USERAGENT, request.userAgent)
      && number(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1) && number(CURLOPT_FOLLOWLOCATION, 0)
      && number(CURLOPT_NOSIGNAL, 1)
    let hasTimes =
      number(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(request.connectSeconds))
      && number(CURLOPT_TIMEOUT_MS, milliseconds(request.totalSeconds))
    let context = unsafe Unmanaged.passUnretained(taker).toOpaque()
    let isHeard = unsafe reel_curl_set_taker(handle, Self.take, context) && reel_curl_set_headers(handle, headers)
    guard isPlain && hasTimes && isHeard else { return false }
    if request.refusesPrivate {
      // A connection that is there already was opened unasked, perhaps.
      let isGuarded = unsafe reel_curl_set_opener(handle, Self.openSocket, context)
      guard isGuarded && number(CURLOPT_FRESH_CONNECT, 1) else { return false }
    }
    guard let body = request.body else { return true }
    let bytes = Array(body.utf8)
    return unsafe bytes.withUnsafeBufferPointer { unsafe reel_curl_set_body(handle, $0.baseAddress, $0.count) }
  }

  /// A number by which it is told from others.
  var place: UInt { unsafe UInt(bitPattern: handle) }

  // MARK: Callbacks

  private static let take: reel_curl_taker = { bytes, _, count, context in
    // Sound: the taker lives as long as the handle; the bytes are there for the time of the call.
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let taker = unsafe Unmanaged<Taker>.fromOpaque(context).takeUnretainedValue()
    guard count <= taker.bytesLeft else {
      taker.isTooLong = true
      return 0
    }
    taker.bytesLeft -= count
    guard let file = taker.file else { return count }
    var done = 0
    while done < count {
      let some = unsafe write(file, bytes + done, count - done)
      guard some > 0 || (some < 0 && errno == EINTR) else {
        taker.fileFailure = errno
        return 0
      }
      done += max(0, some)
    }
    return count
  }

  /// Opens a socket to a public address. It is asked with the address that is really connected to, so that what a name
  /// server said before, or says next, is of no matter.
  private static let openSocket: reel_curl_opener = { context, _, address in
    guard let context = unsafe context else { return CURL_SOCKET_BAD }
    let taker = unsafe Unmanaged<Taker>.fromOpaque(context).takeUnretainedValue()
    let bytes = unsafe addressBytes(address)
    guard !PrivateAddress.contains(bytes) else {
      taker.refusedAddress = bytes.map { "\($0)" }.joined(separator: bytes.count == 4 ? "." : " ")
      return CURL_SOCKET_BAD
    }
    return unsafe socket(
      address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), address.pointee.protocol)
  }

  /// Those of the address proper, without family and port; none where it is of no family known here.
  private static func addressBytes(_ address: UnsafeMutablePointer<curl_sockaddr>) -> [UInt8] {
    let place: Int? =
      switch unsafe address.pointee.family {
      case AF_INET: MemoryLayout<sockaddr_in>.offset(of: \.sin_addr)
      case AF_INET6: MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr)
      default: nil
      }
    guard let place, let start = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return [] }
    let count = unsafe address.pointee.family == AF_INET ? 4 : 16
    guard unsafe place + count <= Int(address.pointee.addrlen) else { return [] }
    // Sound: behind the address there are as many bytes as the library says, of which these are some.
    let bytes = unsafe UnsafeRawPointer(address).advanced(by: start + place)
    return unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))
  }

  // MARK: The end

  /// What came of it, when libcurl is through.
  func outcome(_ result: CURLcode) -> TransferOutcome {
    var outcome = TransferOutcome(status: unsafe reel_curl_status(handle))
    // Sound: the text is the handle's, and is copied at once.
    outcome.redirect = unsafe reel_curl_redirect(handle).map { unsafe String(cString: $0) }
    outcome.isTooLong = taker.isTooLong
    if let address = taker.refusedAddress {
      outcome.failure = "it leads to \(address), an address of a private network"
    } else if let number = taker.fileFailure {
      outcome.failure = FileError("the file", cannotBe: "written", errno: number).description
    } else if result != CURLE_OK {
      outcome.failure =
        unsafe curl.curl_easy_strerror(result).map { unsafe String(cString: $0) } ?? "error \(result.rawValue)"
    }
    return outcome
  }

  /// Does it, and waits for its end.
  func perform() -> TransferOutcome {
    outcome(unsafe curl.curl_easy_perform(handle))
  }
}
