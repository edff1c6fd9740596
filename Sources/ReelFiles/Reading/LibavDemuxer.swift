#if MP4
  internal import CLibav

  /// Packets of the best audio stream of a file, by libavformat.
  ///
  /// The wall round the library: it reads through a window on the file, which this type keeps alive for as long as the
  /// library may call back; its pointers are this type's alone and freed once.
  @safe
  final class LibavDemuxer {
    /// The containers that Reel promises: what carries audio on its own, and nothing that is a list of other files.
    private static let containers = "mov,matroska,mp3,aac,amr,ogg,flac,wav,w64,aiff,caf,au"
    /// How much of a file is looked at to find out what it is.
    private static let probeBytes = 1 << 20
    /// More streams than any recording has.
    private static let mostStreams = 64
    private static let bufferBytes: Int32 = 32_768

    let window: FileWindow
    private let context: UnsafeMutablePointer<AVFormatContext>
    private let io: UnsafeMutablePointer<AVIOContext>
    let decoder: UnsafePointer<AVCodec>
    private let stream: UnsafeMutablePointer<AVStream>

    /// Opens a file; nil when it is of no kind that is allowed, has no audio, or libav isn't there. An MP4's list of
    /// edits, which say what of its sound to play, can be ignored.
    init?(_ window: FileWindow, ignoresEdits: Bool = false) {
      guard Libav.failure == nil, let io = unsafe Self.makeIO(window) else { return nil }
      guard let context = unsafe Self.open(io, ignoresEdits) else {
        unsafe Self.free(io)
        return nil
      }
      unsafe Self.discard(context) { unsafe $0.pointee.codecpar.pointee.codec_type != AVMEDIA_TYPE_AUDIO }
      // Of AAC and MP3 the form is known only when some of it was decoded, and the choice needs it.
      _ = unsafe av.avformat_find_stream_info(context, nil)
      var decoder: UnsafePointer<AVCodec>?
      let index = unsafe av.av_find_best_stream(context, AVMEDIA_TYPE_AUDIO, -1, -1, &decoder, 0)
      guard index >= 0, let decoder = unsafe decoder else {
        var unused: UnsafeMutablePointer<AVFormatContext>? = unsafe context
        unsafe av.avformat_close_input(&unused)
        unsafe Self.free(io)
        return nil
      }
      self.window = window
      unsafe self.io = unsafe io
      unsafe self.context = unsafe context
      unsafe self.decoder = unsafe decoder
      unsafe stream = unsafe context.pointee.streams[Int(index)]!
      unsafe Self.discard(context) { unsafe $0 != stream }
    }

    deinit {
      var context: UnsafeMutablePointer<AVFormatContext>? = unsafe context
      unsafe av.avformat_close_input(&context)
      unsafe Self.free(io)
    }

    /// Tells a decoder of the stream's form.
    func setUp(_ codec: UnsafeMutablePointer<AVCodecContext>) -> Bool {
      unsafe codec.pointee.pkt_timebase = unsafe stream.pointee.time_base
      return unsafe av.avcodec_parameters_to_context(codec, stream.pointee.codecpar) >= 0
    }

    /// Puts the stream's next packet into `packet`; false at the end, or where the file is too damaged to go on.
    func read(_ packet: UnsafeMutablePointer<AVPacket>) -> Bool {
      while unsafe av.av_read_frame(context, packet) >= 0 {
        if unsafe packet.pointee.stream_index == stream.pointee.index { return true }
        unsafe av.av_packet_unref(packet)
      }
      return false
    }

    /// Lets the library skip streams that nobody wants.
    private static func discard(
      _ context: UnsafeMutablePointer<AVFormatContext>, where isUseless: (UnsafeMutablePointer<AVStream>) -> Bool
    ) {
      // Sound: the context has so many streams.
      for index in 0..<Int(unsafe context.pointee.nb_streams) {
        let stream = unsafe context.pointee.streams[index]!
        if unsafe isUseless(stream) { unsafe stream.pointee.discard = AVDISCARD_ALL }
      }
    }

    private static func makeIO(_ window: FileWindow) -> UnsafeMutablePointer<AVIOContext>? {
      guard let buffer = unsafe av.av_malloc(Int(bufferBytes)) else { return nil }
      // Sound: the context is the window that the demuxer holds until it has freed this.
      let io = unsafe av.avio_alloc_context(
        buffer.assumingMemoryBound(to: UInt8.self), bufferBytes, 0, Unmanaged.passUnretained(window).toOpaque(),
        { context, bytes, count in
          let buffer = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: max(0, Int(count)))
          guard let count = unsafe fileWindow(at: context).read(into: buffer) else { return -EIO }
          return count == 0 ? reel_averror_eof : Int32(count)
        }, nil, { context, offset, origin in unsafe seek(fileWindow(at: context), by: offset, from: origin) })
      if unsafe io == nil { unsafe av.av_free(buffer) }
      return unsafe io
    }

    private static func free(_ io: UnsafeMutablePointer<AVIOContext>) {
      unsafe av.av_free(io.pointee.buffer)
      var unused: UnsafeMutablePointer<AVIOContext>? = unsafe io
      unsafe av.avio_context_free(&unused)
    }

    private static func open(
      _ io: UnsafeMutablePointer<AVIOContext>, _ ignoresEdits: Bool
    ) -> UnsafeMutablePointer<AVFormatContext>? {
      var context: UnsafeMutablePointer<AVFormatContext>? = unsafe av.avformat_alloc_context()
      guard unsafe context != nil else { return nil }
      unsafe context!.pointee.pb = unsafe io
      // Whatever a header names, another file or an address, it isn't opened.
      unsafe context!.pointee.io_open = { _, _, _, _, _ in -EACCES }
      var options: OpaquePointer?
      let settings = [
        "format_whitelist": containers, "protocol_whitelist": "none", "probesize": "\(probeBytes)",
        "formatprobesize": "\(probeBytes)", "max_streams": "\(mostStreams)",
        "ignore_editlist": ignoresEdits ? "1" : "0",
      ]
      for (name, value) in settings { _ = unsafe av.av_dict_set(&options, name, value, 0) }
      defer { unsafe av.av_dict_free(&options) }
      // No name is given, so that a file is judged by what it holds. On failure the library frees the context.
      return unsafe av.avformat_open_input(&context, nil, nil, &options) < 0 ? nil : context
    }
  }

  // What the stream's header states.
  extension LibavDemuxer {
    var tags: [AudioTag] {
      let names = [
        ("title", "title"), ("artist", "artist"), ("date", "date"), ("comment", "comment"), ("encoder", "software"),
      ]
      return names.compactMap { key, name in
        // Ogg has them with the stream, others with the file.
        let entry =
          unsafe av.av_dict_get(context.pointee.metadata, key, nil, 0)
          ?? av.av_dict_get(stream.pointee.metadata, key, nil, 0)
        guard let entry = unsafe entry else { return nil }
        return unsafe AudioTag(name, String(cString: entry.pointee.value))
      }
    }

    /// The first of libav's names for the container: `mov`.
    private var container: String {
      let names = unsafe String(cString: context.pointee.iformat.pointee.name)
      return String(names.prefix { $0 != "," })
    }

    /// MP4 and its kin: M4A, MOV, 3GP.
    var isMP4: Bool { container == "mov" }

    var containerName: String {
      switch container {
      case "mov": "MP4"
      case "matroska": "Matroska"
      case "ogg": "Ogg"
      default: container.uppercased()
      }
    }

    /// The length that is known so far, in the stream's unit of time; nil when none is. Of an MP4 in fragments it grows
    /// with each that is read.
    var duration: Int64? {
      let duration = unsafe stream.pointee.duration
      return duration > 0 ? duration : nil
    }

    /// Whether an MP3 says how much of its beginning is not to be heard; libav leaves that out.
    var statesDelay: Bool { unsafe stream.pointee.start_time > 0 }

    /// How much of the first packets is not to be heard, in the stream's unit of time.
    var priming: Int64 {
      guard let first = unsafe av.avformat_index_get_entry(stream, 0) else { return 0 }
      let time = unsafe first.pointee.timestamp
      return time < 0 && time != reel_av_nopts_value ? 0 - time : 0
    }

    /// A time in the stream's unit as a number of frames; 0 for one before the start, or beyond all measure.
    func frames(_ time: Int64, hz: Int) -> Int {
      max(0, Int(unsafe av.av_rescale_q(time, stream.pointee.time_base, AVRational(num: 1, den: Int32(clamping: hz)))))
    }
  }

  /// The window that a callback was given the address of.
  private func fileWindow(at context: UnsafeMutableRawPointer?) -> FileWindow {
    // Sound: it is what the demuxer passed, and the demuxer holds it until the library is done.
    unsafe Unmanaged<FileWindow>.fromOpaque(context!).takeUnretainedValue()
  }

  private func seek(_ window: FileWindow, by offset: Int64, from origin: Int32) -> Int64 {
    let base: Int
    switch origin & ~AVSEEK_FORCE {
    case AVSEEK_SIZE: return Int64(window.byteCount)
    case 0: base = 0
    case 1: base = window.position
    default: base = window.byteCount
    }
    let (target, overflow) = base.addingReportingOverflow(Int(offset))
    return !overflow && window.seek(to: target) ? Int64(target) : Int64(-EINVAL)
  }
#endif
