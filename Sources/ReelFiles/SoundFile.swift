internal import CSndfile

/// An open sound file of libsndfile, to write to.
///
/// The wall round the library: the handle is this type's alone, is closed once, and can't be copied.
@safe
package struct SoundFile: ~Copyable {
  package let path: String
  package let hz: Int
  package let channels: Int
  private let handle: OpaquePointer

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
