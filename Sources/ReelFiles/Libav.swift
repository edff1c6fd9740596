#if MP4
  internal import CLibav

  /// libav's functions, under their own names: `av.avcodec_open2(…)`. For who knows that ``Libav/failure`` is nil.
  var av: reel_libav {
    guard let functions = unsafe Libav.loading.functions else { preconditionFailure("libav is not there to be used") }
    // Sound: the table lives as long as the process, and nobody writes to it once it was handed out.
    return unsafe functions.pointee
  }

  /// What libav's functions share.
  enum Libav {
    /// The functions, or why there are none. The first who asks waits for some 50 ms, while libav is loaded with all
    /// that it brings.
    ///
    /// Sound: made once, by whichever thread is first; never written to again.
    fileprivate nonisolated(unsafe) static let loading: (functions: UnsafePointer<reel_libav>?, failure: String) = {
      var text = [CChar](repeating: 0, count: 512)
      // Sound: the array has room for as many as the function is told.
      let functions = unsafe reel_libav_load(&text, text.count)
      // The library writes to standard error unless told not to. For the whole process, and the one thing here that is.
      unsafe functions?.pointee.av_log_set_level(AV_LOG_QUIET)
      return unsafe (functions, string(text))
    }()

    /// Which library is missing here and why, as in `MP4 needs …`; nil when all is there. Loads libav.
    static var failure: String? { unsafe loading.functions == nil ? loading.failure : nil }

    /// Comes before the first call of whatever writes MP4.
    static func load() throws(EncodingError) {
      if let failure { throw EncodingError(reason: "MP4 needs \(failure)") }
    }

    /// A negative result is an error.
    static func check(_ result: Int32, _ what: String) throws(EncodingError) {
      guard result < 0 else { return }
      // The system's numbers are small; the library's own are made of four letters.
      throw EncodingError(reason: "\(what): \(words(of: result))", errorNumber: result > -4_096 ? -result : nil)
    }

    /// The library's words for its error.
    static func words(of error: Int32) -> String {
      var text = [CChar](repeating: 0, count: 128)
      // Sound: the array has room for as many as the library is told, the last of them zero.
      _ = unsafe av.av_strerror(error, &text, text.count - 1)
      return string(text)
    }

    private static func string(_ text: [CChar]) -> String {
      String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Puts tags into a list of the library's, which the caller frees.
    static func set(_ tags: Tags?, in list: inout OpaquePointer?) {
      guard let tags else { return }
      let entries = [
        ("title", tags.title), ("artist", tags.artist), ("date", tags.date), ("comment", tags.comment),
      ]
      // Sound: the library copies both texts.
      for case (let name, let text?) in entries { _ = unsafe av.av_dict_set(&list, name, text, 0) }
    }
  }
#endif
