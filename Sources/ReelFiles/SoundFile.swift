internal import CSndfile

/// An open sound file of libsndfile, to read from or to write to.
///
/// The wall round the library: the handle is this type's alone, is closed once, and can't be copied.
@safe
package struct SoundFile: ~Copyable {
  package let path: String
  package let hz: Int
  package let channels: Int
  private let handle: OpaquePointer

  /// Opens a file to read: WAV, FLAC, Ogg, AIFF and whatever else libsndfile knows.
  package init(reading path: String) throws(FileError) {
    var info = SF_INFO()
    guard let handle = unsafe sf_open(path, Int32(SFM_READ), &info) else {
      throw FileError(path, unsafe String(cString: sf_strerror(nil)))
    }
    self.path = path
    hz = Int(info.samplerate)
    channels = Int(info.channels)
    unsafe self.handle = unsafe handle
  }

  /// Makes a WAV file of 16-bit samples. One that was there is replaced.
  package init(writingWAV path: String, hz: Int, channels: Int) throws(FileError) {
    var info = SF_INFO()
    info.samplerate = Int32(hz)
    info.channels = Int32(channels)
    info.format = Int32(SF_FORMAT_WAV | SF_FORMAT_PCM_16)
    guard let handle = unsafe sf_open(path, Int32(SFM_WRITE), &info) else {
      throw FileError(path, unsafe String(cString: sf_strerror(nil)))
    }
    self.path = path
    self.hz = hz
    self.channels = channels
    unsafe self.handle = unsafe handle
  }

  deinit {
    unsafe sf_close(handle)
  }

  /// Reads frames to the front of `samples`, as many as there are and fit; gives how many, 0 at the end.
  package func readFrames(into samples: inout [Int16]) throws(FileError) -> Int {
    let most = samples.count / channels
    // Sound: the array holds that many frames for the time of the call.
    let count = unsafe samples.withUnsafeMutableBufferPointer { buffer in
      unsafe sf_readf_short(handle, buffer.baseAddress, sf_count_t(most))
    }
    guard unsafe sf_error(handle) == 0 else { throw failure() }
    return Int(count)
  }

  /// Writes all of `samples`, which are whole frames.
  package func write(_ samples: Span<Int16>) throws(FileError) {
    let frames = sf_count_t(samples.count / channels)
    // Sound: the span holds that many frames for the time of the call.
    let count = unsafe samples.withUnsafeBufferPointer { buffer in
      unsafe sf_writef_short(handle, buffer.baseAddress, frames)
    }
    guard count == frames else { throw failure() }
  }

  private func failure() -> FileError {
    FileError(path, unsafe String(cString: sf_strerror(handle)))
  }
}
