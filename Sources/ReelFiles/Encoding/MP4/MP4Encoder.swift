#if MP4
  internal import CLibav

  /// AAC-LC by libavcodec in MP4 by libavformat, as fragments.
  ///
  /// A file of fragments plays at any moment but seeks badly in some players; ``MP4File`` makes a plain one of it when
  /// it is over. Left and right are coded apart, so that no leg is ever heard on the other's side.
  ///
  /// The wall round the encoding half of libav: every pointer is this object's alone and is freed once.
  @safe
  package final class MP4Encoder: AudioEncoder {
    private let channels: Int
    private let codec: UnsafeMutablePointer<AVCodecContext>
    private let muxer: UnsafeMutablePointer<AVFormatContext>
    private let frame: UnsafeMutablePointer<AVFrame>
    private let packet: UnsafeMutablePointer<AVPacket>
    /// Samples in the frame so far, and before it.
    private var filled = 0
    private var position = 0
    private var hasPackets = false

    /// AAC's own delay in libavcodec's encoder: the block before the first.
    static let priming = frameSamples
    private static let frameSamples = 1_024

    package init(hz: Int, channels: Int, kilobits: Int, tags: Tags?, coder: String = "fast") throws(EncodingError) {
      try Libav.load()
      guard let kind = unsafe av.avcodec_find_encoder_by_name("aac"),
        let codec = unsafe av.avcodec_alloc_context3(kind), let muxer = unsafe av.avformat_alloc_context(),
        let frame = unsafe av.av_frame_alloc(), let packet = unsafe av.av_packet_alloc()
      else { throw EncodingError(reason: "libav has no AAC encoder or no memory") }
      unsafe self.codec = unsafe codec
      unsafe self.muxer = unsafe muxer
      unsafe self.frame = unsafe frame
      unsafe self.packet = unsafe packet
      self.channels = channels
      try open(hz: hz, kilobits: kilobits, coder: coder)
      try unsafe Libav.check(
        av.avcodec_open2(codec, kind, nil), "the AAC encoder refused \(hz) Hz, \(channels) channels, \(kilobits) kbit/s"
      )
      guard unsafe codec.pointee.initial_padding == Self.priming, unsafe codec.pointee.frame_size == Self.frameSamples
      else {
        throw EncodingError(reason: "this AAC encoder's delay is not \(Self.priming) samples")
      }
      try prepareFrame(hz: hz)
      try prepareMuxer(hz: hz, tags)
    }

    deinit {
      var (codec, frame, packet) = unsafe (Optional(codec), Optional(frame), Optional(packet))
      unsafe av.avcodec_free_context(&codec)
      unsafe av.av_frame_free(&frame)
      unsafe av.av_packet_free(&packet)
      _ = closeBytes()
      unsafe av.avformat_free_context(muxer)
    }

    private func open(hz: Int, kilobits: Int, coder: String) throws(EncodingError) {
      unsafe codec.pointee.sample_rate = Int32(hz)
      unsafe codec.pointee.sample_fmt = AV_SAMPLE_FMT_FLTP
      unsafe codec.pointee.bit_rate = Int64(kilobits) * 1_000
      unsafe codec.pointee.time_base = AVRational(num: 1, den: Int32(hz))
      unsafe codec.pointee.flags |= Int32(AV_CODEC_FLAG_GLOBAL_HEADER) | Int32(AV_CODEC_FLAG_BITEXACT)
      unsafe codec.pointee.thread_count = 1
      unsafe av.av_channel_layout_default(&codec.pointee.ch_layout, Int32(channels))
      // Neither one side for both nor a sum and a difference: the sides stay apart.
      for (option, value) in [("aac_coder", coder), ("aac_ms", "0"), ("aac_is", "0")] {
        try unsafe Libav.check(av.av_opt_set(codec.pointee.priv_data, option, value, 0), "option \(option)")
      }
    }

    private func prepareFrame(hz: Int) throws(EncodingError) {
      unsafe frame.pointee.nb_samples = Int32(Self.frameSamples)
      unsafe frame.pointee.format = AV_SAMPLE_FMT_FLTP.rawValue
      unsafe frame.pointee.sample_rate = Int32(hz)
      unsafe av.av_channel_layout_default(&frame.pointee.ch_layout, Int32(channels))
      try unsafe Libav.check(av.av_frame_get_buffer(frame, 0), "no memory for a frame")
    }

    private func prepareMuxer(hz: Int, _ tags: Tags?) throws(EncodingError) {
      unsafe muxer.pointee.oformat = av.av_guess_format("mp4", nil, nil)
      unsafe muxer.pointee.flags |= AVFMT_FLAG_BITEXACT
      unsafe Libav.set(tags, in: &muxer.pointee.metadata)
      guard let stream = unsafe av.avformat_new_stream(muxer, nil) else {
        throw EncodingError(reason: "libav has no memory for a stream")
      }
      unsafe stream.pointee.time_base = AVRational(num: 1, den: Int32(hz))
      try unsafe Libav.check(
        av.avcodec_parameters_from_context(stream.pointee.codecpar, codec), "no memory for a stream")
    }

    package func begin(into change: inout FileChange) throws(EncodingError) {
      try unsafe Libav.check(av.avio_open_dyn_buf(&muxer.pointee.pb), "no memory for a head")
      var options: OpaquePointer?
      _ = unsafe av.av_dict_set(&options, "movflags", "frag_custom+empty_moov+default_base_moof+skip_trailer", 0)
      defer { unsafe av.av_dict_free(&options) }
      try unsafe Libav.check(av.avformat_write_header(muxer, &options), "no head")
      change.tail += try takeBytes()
    }

    package func encode(_ samples: Span<Int16>, into change: inout FileChange) throws(EncodingError) {
      var place = 0
      while place < samples.count {
        let count = min(Self.frameSamples - filled, (samples.count - place) / channels)
        fill(samples.extracting(place..<place + count * channels))
        place += count * channels
        if filled == Self.frameSamples { try sendFrame() }
      }
    }

    package func settle(into change: inout FileChange) throws(EncodingError) {
      guard hasPackets else { return }
      hasPackets = false
      // No packet: an end to the fragment.
      try unsafe Libav.check(av.av_write_frame(muxer, nil), "no fragment")
      change.tail += try takeBytes()
    }

    package func finish(into change: inout FileChange) throws(EncodingError) {
      if filled > 0 {
        unsafe frame.pointee.nb_samples = Int32(filled)
        try sendFrame()
      }
      try unsafe Libav.check(av.avcodec_send_frame(codec, nil), "the AAC encoder can't be emptied")
      try takePackets()
      try settle(into: &change)
      try unsafe Libav.check(av.av_write_trailer(muxer), "no end")
      change.tail += try takeBytes()
    }

    /// Puts samples into the frame, each side in a plane of its own.
    private func fill(_ samples: Span<Int16>) {
      let count = samples.count / channels
      for channel in 0..<channels {
        // Sound: the frame has a plane for each channel, of `frameSamples` floats; `filled + count` is no more.
        guard let plane = unsafe frame.pointee.extended_data[channel] else { continue }
        unsafe plane.withMemoryRebound(to: Float.self, capacity: Self.frameSamples) { values in
          for index in 0..<count { unsafe values[filled + index] = Float(samples[index * channels + channel]) / 32_768 }
        }
      }
      filled += count
    }

    private func sendFrame() throws(EncodingError) {
      unsafe frame.pointee.pts = Int64(position)
      position += filled
      filled = 0
      try unsafe Libav.check(av.avcodec_send_frame(codec, frame), "the AAC encoder failed")
      // The encoder may hold the frame's memory still.
      try unsafe Libav.check(av.av_frame_make_writable(frame), "no memory for a frame")
      try takePackets()
    }

    private func takePackets() throws(EncodingError) {
      while true {
        let result = unsafe av.avcodec_receive_packet(codec, packet)
        if result == reel_averror_eagain || result == reel_averror_eof { return }
        try Libav.check(result, "the AAC encoder failed")
        unsafe packet.pointee.stream_index = 0
        try unsafe Libav.check(av.av_write_frame(muxer, packet), "no packet")
        unsafe av.av_packet_unref(packet)
        hasPackets = true
      }
    }

    /// What the muxer has written since the last time.
    private func takeBytes() throws(EncodingError) -> [UInt8] {
      let bytes = closeBytes()
      try unsafe Libav.check(av.avio_open_dyn_buf(&muxer.pointee.pb), "no memory for a fragment")
      return bytes
    }

    /// The same, and nowhere for the muxer to write to afterwards.
    private func closeBytes() -> [UInt8] {
      guard unsafe muxer.pointee.pb != nil else { return [] }
      var memory: UnsafeMutablePointer<UInt8>?
      let count = unsafe av.avio_close_dyn_buf(muxer.pointee.pb, &memory)
      unsafe muxer.pointee.pb = nil
      // Sound: the library gave so many bytes, which are ours until freed.
      let bytes = unsafe Array(UnsafeBufferPointer(start: memory, count: Int(count)))
      unsafe av.av_free(memory)
      return bytes
    }
  }
#endif
