internal import CSndfile

#if MP3
  internal import CLame
#endif

#if MP4
  internal import CLibav
#endif

/// The libraries that files are read and written with, as they are found here: what figures depend on.
package enum CodecLibraries {
  /// Each with its version. Loads libav; where it can't be loaded, it is not among them.
  package static var versions: [(name: String, version: String)] {
    var all: [(name: String, version: String)] = []
    #if MP3
      // Sound: the library's own text, which stays.
      all.append(("libmp3lame", unsafe String(cString: get_lame_version())))
    #endif
    #if MP4
      if Libav.failure == nil {
        let version = av.avcodec_version()
        all.append(("libavcodec", "\(version >> 16).\(version >> 8 & 0xFF).\(version & 0xFF)"))
      }
    #endif
    // Sound: the library's own text, which stays.
    let sndfile = unsafe String(cString: sf_version_string())
    all.append(("libsndfile", String(sndfile.drop { !$0.isNumber })))
    return all
  }
}
