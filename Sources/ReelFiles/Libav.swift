#if MP4
  internal import CLibav

  /// What libav's functions share.
  enum Libav {
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
      unsafe av_strerror(error, &text, text.count - 1)
      return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The library writes to standard error unless told not to. For the whole process, and the one thing here that is.
    static let isQuiet: Void = av_log_set_level(AV_LOG_QUIET)

    /// Puts tags into a list of the library's, which the caller frees.
    static func set(_ tags: Tags?, in list: inout OpaquePointer?) {
      guard let tags else { return }
      let entries = [
        ("title", tags.title), ("artist", tags.artist), ("date", tags.date), ("comment", tags.comment),
      ]
      // Sound: the library copies both texts.
      for case (let name, let text?) in entries { unsafe av_dict_set(&list, name, text, 0) }
    }
  }
#endif
