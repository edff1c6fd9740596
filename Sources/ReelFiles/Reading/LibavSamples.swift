#if MP4
  internal import CLibav

  /// Writes some of a decoded frame's samples to `samples` from `place` on, channels interleaved. A form that is no
  /// PCM of these kinds, which no audio decoder has, gives silence.
  ///
  /// Sound: libav's frames have `nb_samples` samples of their format in each channel's plane, or in one plane one after
  /// the other; `frames` lies within, and the array's bounds are checked.
  func interleave(
    _ frame: UnsafeMutablePointer<AVFrame>, _ frames: Range<Int>, into samples: inout [Int16], at place: Int
  ) {
    let slice = unsafe FrameSlice(frame: frame, frames: frames, place: place)
    switch unsafe av.av_get_packed_sample_fmt(AVSampleFormat(rawValue: frame.pointee.format)) {
    case AV_SAMPLE_FMT_S16: unsafe slice.copy(Int16.self, to: &samples) { $0 }
    case AV_SAMPLE_FMT_FLT: unsafe slice.copy(Float.self, to: &samples) { Int16(fullScale: $0) }
    case AV_SAMPLE_FMT_S32: unsafe slice.copy(Int32.self, to: &samples) { Int16(fullScale: Float($0) / 0x1p31) }
    case AV_SAMPLE_FMT_DBL: unsafe slice.copy(Double.self, to: &samples) { Int16(fullScale: Float($0)) }
    case AV_SAMPLE_FMT_U8: unsafe slice.copy(UInt8.self, to: &samples) { (Int16($0) - 128) << 8 }
    default: unsafe slice.copy(UInt8.self, to: &samples) { _ in 0 }
    }
  }

  /// Some of a decoded frame, and where it goes.
  @unsafe
  private struct FrameSlice {
    let frame: UnsafeMutablePointer<AVFrame>
    let frames: Range<Int>
    let place: Int

    func copy<Sample>(_ type: Sample.Type, to samples: inout [Int16], _ convert: (Sample) -> Int16) {
      let channels = Int(unsafe frame.pointee.ch_layout.nb_channels)
      let isPlanar = unsafe av.av_sample_fmt_is_planar(AVSampleFormat(rawValue: frame.pointee.format)) != 0
      for channel in 0..<channels {
        let plane = unsafe UnsafeRawPointer(frame.pointee.extended_data[isPlanar ? channel : 0]!)
        let source = unsafe plane.assumingMemoryBound(to: type)
        let (step, offset) = isPlanar ? (1, 0) : (channels, channel)
        var target = unsafe place + channel
        for index in unsafe frames {
          samples[target] = unsafe convert(source[index * step + offset])
          target += channels
        }
      }
    }
  }

  /// Makes a frame of silence, in the form that a decoder's frames have; false when the decoder has not said yet.
  ///
  /// Sound: the library allocates the planes for the form that is set here, and silence fills them.
  func makeSilence(
    _ codec: UnsafeMutablePointer<AVCodecContext>, _ frame: UnsafeMutablePointer<AVFrame>, frames: Int32
  ) -> Bool {
    unsafe av.av_frame_unref(frame)
    unsafe frame.pointee.format = unsafe codec.pointee.sample_fmt.rawValue
    unsafe frame.pointee.sample_rate = unsafe codec.pointee.sample_rate
    unsafe frame.pointee.nb_samples = frames
    guard unsafe av.av_channel_layout_copy(&frame.pointee.ch_layout, &codec.pointee.ch_layout) >= 0,
      unsafe av.av_frame_get_buffer(frame, 0) >= 0
    else { return false }
    let channels = unsafe frame.pointee.ch_layout.nb_channels
    return unsafe av.av_samples_set_silence(
      frame.pointee.extended_data, 0, frames, channels, codec.pointee.sample_fmt) >= 0
  }

  /// What people call a codec.
  func codecName(_ codec: AVCodecID) -> String {
    switch codec {
    case AV_CODEC_ID_AAC: "AAC"
    case AV_CODEC_ID_MP3: "MP3"
    case AV_CODEC_ID_MP2: "MP2"
    case AV_CODEC_ID_MP1: "MP1"
    case AV_CODEC_ID_AMR_NB: "AMR-NB"
    case AV_CODEC_ID_AMR_WB: "AMR-WB"
    case AV_CODEC_ID_OPUS: "Opus"
    case AV_CODEC_ID_VORBIS: "Vorbis"
    case AV_CODEC_ID_SPEEX: "Speex"
    case AV_CODEC_ID_PCM_MULAW: "µ-law"
    case AV_CODEC_ID_PCM_ALAW: "A-law"
    default: unsafe String(cString: av.avcodec_get_name(codec)!).uppercased()
    }
  }
#endif
