internal import CSndfile

/// An open sound file of libsndfile.
///
/// The wall round the library: it reads through a window on the file, which this type keeps alive for as long as the
/// library may call back, and its pointer is this type's alone and closed once.
@safe
final class SndfileHandle {
  let window: FileWindow
  let format: SndfileFormat
  let hz: Int
  let channels: Int
  /// Nil when the library doesn't know.
  let frameCount: Int?
  private let pointer: OpaquePointer

  /// Opens a file by its header, or as `raw` states; nil when the library refuses.
  init?(_ window: FileWindow, _ raw: RawLayout? = nil) {
    var info = SF_INFO()
    if let raw {
      info.samplerate = Int32(clamping: raw.hz)
      info.channels = Int32(clamping: raw.channels)
      info.format = Int32(SF_FORMAT_RAW) | raw.encoding.format
    }
    var callbacks = unsafe SF_VIRTUAL_IO(
      get_filelen: { unsafe sf_count_t(fileWindow(at: $0).byteCount) },
      seek: { offset, origin, context in unsafe seek(fileWindow(at: context), by: Int(offset), from: origin) },
      read: { bytes, count, context in
        let buffer = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: max(0, Int(count)))
        return unsafe sf_count_t(fileWindow(at: context).read(into: buffer) ?? 0)
      },
      write: nil,
      tell: { unsafe sf_count_t(fileWindow(at: $0).position) })
    // Sound: the library copies the callbacks; the context is the window that this object holds.
    let context = unsafe Unmanaged.passUnretained(window).toOpaque()
    guard let pointer = unsafe sf_open_virtual(&callbacks, Int32(SFM_READ), &info, context) else { return nil }
    self.window = window
    unsafe self.pointer = unsafe pointer
    format = SndfileFormat(info.format)
    hz = Int(info.samplerate)
    channels = Int(info.channels)
    frameCount = info.frames == Int64.max ? nil : Int(info.frames)
  }

  deinit {
    unsafe sf_close(pointer)
  }

  /// What went wrong in the last call, if anything did.
  var error: String? {
    unsafe sf_error(pointer) == 0 ? nil : String(cString: sf_strerror(pointer))
  }

  var tags: [AudioTag] {
    let names = [
      (SF_STR_TITLE, "title"), (SF_STR_ARTIST, "artist"), (SF_STR_DATE, "date"), (SF_STR_COMMENT, "comment"),
      (SF_STR_SOFTWARE, "software"),
    ]
    return names.compactMap { key, name in
      guard let text = unsafe sf_get_string(pointer, Int32(key)) else { return nil }
      return unsafe AudioTag(name, String(cString: text))
    }
  }

  /// Reads at most `frames`, for which `samples` has room.
  func read(_ frames: Int, into samples: inout [Int16]) -> Int {
    precondition(frames * channels <= samples.count)
    // Sound: the array has room for that many frames for the time of the call.
    return unsafe samples.withUnsafeMutableBufferPointer { buffer in
      unsafe Int(sf_readf_short(pointer, buffer.baseAddress, sf_count_t(frames)))
    }
  }

  /// Reads at most `frames`, for which `samples` has room; 1 is full scale.
  func read(_ frames: Int, into samples: inout [Float]) -> Int {
    precondition(frames * channels <= samples.count)
    // Sound: as above.
    return unsafe samples.withUnsafeMutableBufferPointer { buffer in
      unsafe Int(sf_readf_float(pointer, buffer.baseAddress, sf_count_t(frames)))
    }
  }
}

/// The window that a callback was given the address of.
private func fileWindow(at context: UnsafeMutableRawPointer?) -> FileWindow {
  // Sound: it is what the handle passed, and the handle holds it until it has closed the file.
  unsafe Unmanaged<FileWindow>.fromOpaque(context!).takeUnretainedValue()
}

private func seek(_ window: FileWindow, by offset: Int, from origin: Int32) -> sf_count_t {
  let base: Int
  switch Int(origin) {
  case SF_SEEK_SET: base = 0
  case SF_SEEK_CUR: base = window.position
  default:
    if window.hidesEnd { return -1 }
    base = window.byteCount
  }
  let (target, overflow) = base.addingReportingOverflow(offset)
  return !overflow && window.seek(to: target) ? sf_count_t(target) : -1
}
