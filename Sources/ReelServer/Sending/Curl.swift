internal import CCurl

/// libcurl's functions, under their own names: `curl.curl_easy_init()`. For who knows that ``Curl/failure`` is nil.
var curl: reel_curl {
  guard let functions = unsafe Curl.loading.functions else { preconditionFailure("libcurl is not there to be used") }
  // Sound: the table lives as long as the process, and nobody writes to it once it was handed out.
  return unsafe functions.pointee
}

enum Curl {
  /// The functions, or why there are none. The first who asks waits while libcurl is loaded with all that it brings.
  ///
  /// Sound: made once, by whichever thread is first; never written to again.
  fileprivate nonisolated(unsafe) static let loading: (functions: UnsafePointer<reel_curl>?, failure: String) = {
    var text = [CChar](repeating: 0, count: 512)
    // Sound: the array has room for as many as the function is told.
    let functions = unsafe reel_curl_load(&text, text.count)
    let words = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return unsafe (functions, words)
  }()

  /// What is missing here and why, as in `sending needs …`; nil when all is there. Loads libcurl.
  static var failure: String? { unsafe loading.functions == nil ? loading.failure : nil }
}
