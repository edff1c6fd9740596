#if MP4
  internal import CLibav
  internal import Glibc

  /// Closes MP4 files of ours, whether they were finished or left by a crash.
  enum MP4File {
    /// Makes a plain file, whose head comes first, of one of fragments: packets are copied as they are, up to a torn
    /// one. A file that is plain already stays as it is, and so does one of which not all can be read.
    ///
    /// `scratch` is the name of a file beside it that may be used. Where the disk has no room for a second file, and
    /// where there is nothing to copy, the first stays, which plays too.
    static func seal(_ path: String, scratch: String) throws(FileError) -> SealedAudio {
      if let failure = Libav.failure { throw FileError(path, "can't be closed: MP4 needs \(failure)") }
      let firstFragment = try cutTornBox(path)
      do {
        let source = try MP4Source(path)
        if source.isPlain { return try source.plainAudio() }
        let audio = try source.fragmentedAudio()
        guard audio.samples > 0 else { return try empty(path, firstFragment, audio) }
        return try plain(path, audio, scratch: scratch)
      } catch {
        throw FileError(path, error.reason, errorNumber: error.errorNumber)
      }
    }

    private static func plain(
      _ path: String, _ audio: SealedAudio, scratch: String
    ) throws(EncodingError) -> SealedAudio {
      do throws(EncodingError) {
        // A crash may have left the scratch file, or the part itself under a second name.
        try remove(scratch)
        let copied = try MP4Source(path).copy(to: scratch)
        guard copied == audio else { throw EncodingError(reason: "can't be copied whole") }
        try install(scratch, as: path)
        return copied
      } catch {
        try? remove(scratch)
        guard let number = error.errorNumber, [ENOSPC, EDQUOT, EFBIG].contains(number) else { throw error }
        var audio = audio
        audio.tellsDelay = false
        return audio
      }
    }

    private static func remove(_ path: String) throws(EncodingError) {
      do { try Disk.remove(path) } catch { throw EncodingError(error) }
    }

    /// A plain file can't say what a sound of no length would be like; a head without fragments can.
    private static func empty(
      _ path: String, _ firstFragment: Int?, _ audio: SealedAudio
    ) throws(EncodingError) -> SealedAudio {
      do {
        if let firstFragment { try DiskFile(path, .updating).truncate(to: firstFragment) }
      } catch {
        throw EncodingError(error)
      }
      return SealedAudio(hz: audio.hz, channels: audio.channels, samples: 0, delay: 0, padding: 0)
    }

    /// Cuts off what is left of a last box that a write did not finish, for libav opens no file that ends so. Sound
    /// (`mdat`) may be torn: its whole packets are kept. Gives where the first fragment begins.
    private static func cutTornBox(_ path: String) throws(FileError) -> Int? {
      let file = try DiskFile(path, .updating)
      let byteCount = try file.byteCount
      var firstFragment: Int?
      var hasHead = false
      var place = 0
      while place < byteCount {
        let head = try file.bytes(at: place, atMost: 8)
        let size = head.big(4, at: 0) ?? 0
        let isFragment = head.has(ascii: "moof", at: 4)
        let isWhole = size >= 8 && size <= byteCount - place
        guard isWhole else {
          if hasHead { try cutTail(file, from: place, isSound: head.has(ascii: "mdat", at: 4)) }
          return firstFragment
        }
        hasHead = hasHead || head.has(ascii: "moov", at: 4)
        if isFragment { firstFragment = firstFragment ?? place }
        place += size
      }
      return firstFragment
    }

    private static func cutTail(_ file: DiskFile, from place: Int, isSound: Bool) throws(FileError) {
      let rest = try file.byteCount - place
      let isTorn = try rest <= mostFragmentBytes ? true : file.holdsOnlyZeros(from: place)
      guard isTorn else {
        throw FileError(file.path, "is damaged at byte \(place), and \(rest) bytes follow")
      }
      if !isSound { try file.truncate(to: place) }
    }

    /// Fragments are a quarter of a second. What does not end within so much was not torn by a write, but damaged.
    private static let mostFragmentBytes = 1 << 18

    private static func install(_ scratch: String, as path: String) throws(EncodingError) {
      do {
        let file = try DiskFile(scratch, .updating)
        file.takeAfter(try DiskFile(path, .reading))
        try file.sync()
        try Disk.rename(scratch, to: path, replacing: true)
      } catch {
        throw EncodingError(error)
      }
    }
  }

  /// A file of ours that is read by packets. The wall round libav's demuxer and its plain muxer: the pointers are this
  /// object's alone and are freed once.
  @safe
  private final class MP4Source {
    private let demuxer: UnsafeMutablePointer<AVFormatContext>
    private let packet: UnsafeMutablePointer<AVPacket>
    private let stream: UnsafeMutablePointer<AVStream>

    init(_ path: String) throws(EncodingError) {
      var options: OpaquePointer?
      _ = unsafe av.av_dict_set(&options, "protocol_whitelist", "file", 0)
      defer { unsafe av.av_dict_free(&options) }
      var demuxer: UnsafeMutablePointer<AVFormatContext>?
      let result = unsafe av.avformat_open_input(&demuxer, "file:" + path, av.av_find_input_format("mov"), &options)
      try Libav.check(result, "is no MP4 file of Reel's")
      guard let demuxer = unsafe demuxer, let packet = unsafe av.av_packet_alloc() else {
        throw EncodingError(reason: "no memory")
      }
      guard unsafe demuxer.pointee.nb_streams == 1, let stream = unsafe demuxer.pointee.streams[0],
        unsafe stream.pointee.codecpar.pointee.codec_id == AV_CODEC_ID_AAC
      else { throw EncodingError(reason: "is no MP4 file of Reel's") }
      unsafe self.demuxer = unsafe demuxer
      unsafe self.packet = unsafe packet
      unsafe self.stream = unsafe stream
    }

    /// Whether its head knows its packets.
    var isPlain: Bool { unsafe stream.pointee.nb_frames > 0 }

    /// What a plain file's head says: its duration is without priming and padding.
    func plainAudio() throws(EncodingError) -> SealedAudio {
      let frames = unsafe min(stream.pointee.nb_frames, Int64(SealedAudio.mostSamples))
      return try audio(samples: unsafe Int(stream.pointee.duration), end: Int(frames) * MP4Encoder.priming)
    }

    /// What a file of fragments holds.
    func fragmentedAudio() throws(EncodingError) -> SealedAudio {
      var end = 0
      try unsafe forEachPacket { packet throws(EncodingError) in
        end = unsafe Int(packet.pointee.pts + packet.pointee.duration)
      }
      return try audio(samples: max(0, end - MP4Encoder.priming), end: end)
    }

    private func audio(samples: Int, end: Int) throws(EncodingError) -> SealedAudio {
      let impossible = EncodingError(reason: "tells of sound that can't be Reel's")
      let possible = 0...SealedAudio.mostSamples
      guard possible.contains(samples), possible.contains(end) else { throw impossible }
      let coded = (end + MP4Encoder.priming - 1) / MP4Encoder.priming * MP4Encoder.priming
      let audio = unsafe SealedAudio(
        hz: Int(stream.pointee.codecpar.pointee.sample_rate),
        channels: Int(stream.pointee.codecpar.pointee.ch_layout.nb_channels), samples: samples,
        delay: min(MP4Encoder.priming, end), padding: max(0, coded - MP4Encoder.priming - samples))
      guard audio.isPossible else { throw impossible }
      return audio
    }

    /// Copies its packets to a plain file.
    func copy(to path: String) throws(EncodingError) -> SealedAudio {
      var muxer: UnsafeMutablePointer<AVFormatContext>?
      _ = unsafe av.avformat_alloc_output_context2(&muxer, nil, "mp4", path)
      guard let muxer = unsafe muxer, let target = unsafe av.avformat_new_stream(muxer, nil) else {
        throw EncodingError(reason: "no memory")
      }
      defer {
        _ = unsafe av.avio_closep(&muxer.pointee.pb)
        unsafe av.avformat_free_context(muxer)
      }
      try unsafe Libav.check(av.avcodec_parameters_copy(target.pointee.codecpar, stream.pointee.codecpar), "no memory")
      unsafe target.pointee.codecpar.pointee.codec_tag = 0
      unsafe target.pointee.time_base = unsafe stream.pointee.time_base
      unsafe muxer.pointee.flags |= AVFMT_FLAG_BITEXACT
      _ = unsafe av.av_dict_copy(&muxer.pointee.metadata, demuxer.pointee.metadata, 0)
      try unsafe Libav.check(av.avio_open(&muxer.pointee.pb, "file:" + path, AVIO_FLAG_WRITE), "can't be created")
      return try unsafe write(to: muxer)
    }

    private func write(to muxer: UnsafeMutablePointer<AVFormatContext>) throws(EncodingError) -> SealedAudio {
      var options: OpaquePointer?
      _ = unsafe av.av_dict_set(&options, "movflags", "faststart", 0)
      // The edit list counts in units of the movie's clock: at the sound's own rate it is exact.
      _ = unsafe av.av_dict_set_int(&options, "movie_timescale", Int64(stream.pointee.codecpar.pointee.sample_rate), 0)
      defer { unsafe av.av_dict_free(&options) }
      try unsafe Libav.check(av.avformat_write_header(muxer, &options), "can't be written")
      var end = 0
      try unsafe forEachPacket { packet throws(EncodingError) in
        // Before zero: the edit list then tells players to leave the priming out.
        unsafe packet.pointee.pts -= Int64(MP4Encoder.priming)
        unsafe packet.pointee.dts = unsafe packet.pointee.pts
        unsafe packet.pointee.pos = -1
        end = unsafe Int(packet.pointee.pts + packet.pointee.duration) + MP4Encoder.priming
        try unsafe Libav.check(av.av_write_frame(muxer, packet), "can't be written")
      }
      try unsafe Libav.check(av.av_write_trailer(muxer), "can't be written")
      try unsafe Libav.check(av.avio_closep(&muxer.pointee.pb), "can't be written")
      return try audio(samples: max(0, end - MP4Encoder.priming), end: end)
    }

    /// Reads up to the end, or the first packet that is not all there.
    private func forEachPacket(
      _ body: (UnsafeMutablePointer<AVPacket>) throws(EncodingError) -> Void
    ) throws(EncodingError) {
      while true {
        let result = unsafe av.av_read_frame(demuxer, packet)
        if result == reel_averror_eof { break }
        try Libav.check(result, "can't be read")
        defer { unsafe av.av_packet_unref(packet) }
        guard unsafe packet.pointee.flags & AV_PKT_FLAG_CORRUPT == 0,
          unsafe (0...Int64(SealedAudio.mostSamples)).contains(packet.pointee.pts)
        else { return }
        // The demuxer leaves it open. The stream's length so far, by the fragment's table, cuts the last packet.
        let left = unsafe max(stream.pointee.duration, packet.pointee.pts) - packet.pointee.pts
        unsafe packet.pointee.duration = min(Int64(MP4Encoder.priming), left)
        try unsafe body(packet)
      }
      // A failed read may look like the end.
      let failure = unsafe demuxer.pointee.pb.pointee.error
      if failure != reel_averror_eof { try Libav.check(failure, "can't be read") }
    }

    deinit {
      var (packet, demuxer) = unsafe (Optional(packet), Optional(demuxer))
      unsafe av.av_packet_free(&packet)
      unsafe av.avformat_close_input(&demuxer)
    }
  }
#endif
