internal import CCurl

/// Transfers that go on at once on one thread, and share connections.
///
/// The wall round libcurl's multi interface: the handle is this object's, made and ended here, and a transfer stays in
/// the group as long as it is in its handle. For one thread, but for ``wake()``.
@safe final class TransferGroup: @unchecked Sendable {
  private let handle: UnsafeMutableRawPointer
  /// By their handles, each with what its owner calls it.
  private var transfers: [UInt: (transfer: Transfer, name: Int64)] = [:]

  /// `connections`: how many are kept open for the next transfer.
  init(connections: Int) throws(ServiceRefusal) {
    if let failure = Curl.failure { throw ServiceRefusal(.notSupported, "HTTP needs \(failure)") }
    guard let handle = unsafe curl.curl_multi_init() else { throw ServiceRefusal(.failed, "no memory for transfers") }
    unsafe self.handle = handle
    // Where it is not taken, the library has a limit of its own.
    _ = unsafe reel_curl_set_limit(handle, CURLMOPT_MAXCONNECTS, connections)
  }

  deinit {
    for (transfer, _) in transfers.values { _ = unsafe curl.curl_multi_remove_handle(handle, transfer.handle) }
    _ = unsafe curl.curl_multi_cleanup(handle)
  }

  /// Begins a transfer; false where the library does not take it.
  func add(_ transfer: Transfer, name: Int64) -> Bool {
    guard unsafe curl.curl_multi_add_handle(handle, transfer.handle) == CURLM_OK else { return false }
    transfers[transfer.place] = (transfer, name)
    return true
  }

  /// Goes on with all of them as far as that is possible without waiting; gives those that came to their end.
  func advance() -> [(name: Int64, outcome: TransferOutcome)] {
    var running: Int32 = 0
    _ = unsafe curl.curl_multi_perform(handle, &running)
    var ended: [(name: Int64, outcome: TransferOutcome)] = []
    var left: Int32 = 0
    while let message = unsafe curl.curl_multi_info_read(handle, &left) {
      guard unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle else { continue }
      // The message is gone with the handle.
      let result = unsafe message.pointee.data.result
      let place = UInt(bitPattern: easy)
      guard let (transfer, name) = transfers[place] else { continue }
      ended.append((name, transfer.outcome(result)))
      _ = unsafe curl.curl_multi_remove_handle(handle, easy)
      transfers[place] = nil
    }
    return ended
  }

  /// Waits until something can go on, somebody calls ``wake()``, or so much time has passed.
  func wait(milliseconds: Int) {
    _ = unsafe curl.curl_multi_poll(handle, nil, 0, Int32(clamping: milliseconds), nil)
  }

  /// Ends a wait, or the next one. Any thread may call it.
  func wake() {
    _ = unsafe curl.curl_multi_wakeup(handle)
  }
}
