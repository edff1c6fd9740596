#if MP4
  internal import CLibav

  /// Sound decoded by libavformat and libavcodec.
  ///
  /// One decoded frame of the library's is held back: only when no other follows is it the last, whose padding is cut.
  ///
  /// The wall round libavcodec: its pointers are this type's alone and freed once.
  @safe
  final class LibavSource: AudioSource {
    private(set) var facts: AudioFacts
    private let demuxer: LibavDemuxer
    /// The time in the file, in the stream's unit, at which the sound to be heard begins.
    private let start: Int64
    private let codec: UnsafeMutablePointer<AVCodecContext>
    private let packet: UnsafeMutablePointer<AVPacket>
    /// The frame that is handed out, and the one after it.
    private var current: UnsafeMutablePointer<AVFrame>
    private var upcoming: UnsafeMutablePointer<AVFrame>
    /// What of the current frame is still to be handed out.
    private var rest = 0..<0
    private var hasUpcoming = false
    private var isDraining = false
    private var framesDecoded = 0
    /// What ended the sound early; thrown when all that came before it was handed out.
    private var failure: FileError?
    private var hasDecoded = false
    /// How many frames of silence stand in for the last packet, which could not be decoded.
    private var owed = 0
    /// Packets that could not be decoded, and in whose place is silence.
    private var silentPackets = 0
    /// Packets that could not be decoded, and whose length is not known.
    private var lostPackets = 0

    /// No codec of these containers makes a frame of more samples.
    private static let mostSamples: Int64 = 1 << 18

    /// Opens a file; nil when libav can't. `stated` is how many frames its header states, where libav does not know.
    init?(_ file: InputFile, _ patches: [FileWindow.Patch], stated: Int?) throws(FileError) {
      let length: Int64?
      guard let opened = try Self.open(file, patches) else { return nil }
      (demuxer, start, length) = opened
      // Sound: memory for these few small things is there, or the process is beyond help. deinit frees them.
      unsafe codec = unsafe av.avcodec_alloc_context3(demuxer.decoder)!
      unsafe packet = unsafe av.av_packet_alloc()!
      unsafe current = unsafe av.av_frame_alloc()!
      unsafe upcoming = unsafe av.av_frame_alloc()!
      facts = AudioFacts(hz: 0, channels: 0, container: demuxer.containerName, codec: "", tags: demuxer.tags)
      unsafe codec.pointee.max_samples = Self.mostSamples
      unsafe codec.pointee.thread_count = 1
      guard unsafe demuxer.setUp(codec), unsafe av.avcodec_open2(codec, demuxer.decoder, nil) >= 0 else { return nil }
      // The first frame tells the true form; headers lie, and those of AAC state half the rate.
      hasUpcoming = try decode()
      // A file of nothing has its form in its head: an MP4 without packets, an MP3 that is delay and padding only.
      let isEmpty = unsafe lostPackets == 0 && codec.pointee.sample_rate > 0
      guard hasUpcoming || isEmpty else { return nil }
      facts.hz = Int(unsafe hasUpcoming ? upcoming.pointee.sample_rate : codec.pointee.sample_rate)
      facts.channels = Int(
        unsafe hasUpcoming ? upcoming.pointee.ch_layout.nb_channels : codec.pointee.ch_layout.nb_channels)
      facts.codec = unsafe codecName(codec.pointee.codec_id)
      // An MP3 that states its packets but no delay is played whole here; libsndfile would take its own delay off.
      let counted = stated == nil || demuxer.statesDelay ? length : demuxer.duration
      facts.frameCount = counted.map { demuxer.frames($0, hz: facts.hz) } ?? stated
    }

    deinit {
      var (codec, packet) = unsafe (Optional(codec), Optional(packet))
      unsafe av.avcodec_free_context(&codec)
      unsafe av.av_packet_free(&packet)
      var (current, upcoming) = unsafe (Optional(current), Optional(upcoming))
      unsafe av.av_frame_free(&current)
      unsafe av.av_frame_free(&upcoming)
    }

    var note: String? {
      let silent = "\(silentPackets) packets \(isAMR ? "of comfort noise" : "that are damaged") were read as silence"
      let lost = "\(lostPackets) packets that are damaged or cut off were left out"
      let notes = (silentPackets > 0 ? [silent] : []) + (lostPackets > 0 ? [lost] : [])
      return notes.isEmpty ? nil : notes.joined(separator: "; ")
    }

    /// In AMR a pause is packets of comfort noise or of nothing, which libav does not decode.
    private var isAMR: Bool {
      unsafe [AV_CODEC_ID_AMR_NB, AV_CODEC_ID_AMR_WB].contains(codec.pointee.codec_id)
    }

    func readFrames(_ most: Int, into samples: inout [Int16]) throws(FileError) -> Int {
      var written = 0
      while written < most {
        if rest.isEmpty {
          guard advance() else { break }
        }
        let taken = rest.prefix(most - written)
        // Sound: taken lies within the frame, and the array has room for that many, by the protocol's contract.
        unsafe interleave(current, taken, into: &samples, at: written * facts.channels)
        rest.removeFirst(taken.count)
        written += taken.count
      }
      if written == 0, let failure { throw failure }
      return written
    }

    /// Goes on to the next frame; false at the end.
    private func advance() -> Bool {
      while rest.isEmpty {
        guard hasUpcoming, failure == nil else { return false }
        unsafe swap(&current, &upcoming)
        let form = unsafe (Int(current.pointee.sample_rate), Int(current.pointee.ch_layout.nb_channels))
        guard form == (facts.hz, facts.channels) else {
          let change = "changes to \(form.0) Hz and \(form.1) channels after \(framesDecoded) samples a channel"
          failure = FileError(demuxer.window.file.path, change)
          return false
        }
        do { hasUpcoming = try decode() } catch {
          failure = error
          hasUpcoming = false
        }
        rest = 0..<Int(unsafe current.pointee.nb_samples)
        if demuxer.isMP4 { cut() } else { cutLast() }
        framesDecoded += rest.count
      }
      return true
    }

    /// Cuts what an MP4 states to be no sound at its ends, and libav hands out nevertheless: priming, and what is after
    /// the last packet's stated end.
    private func cut() {
      let time = unsafe current.pointee.pts
      if time < start && time != reel_av_nopts_value {
        rest = rest.dropFirst(demuxer.frames(start &- time, hz: facts.hz))
      }
      if let stated = facts.frameCount {
        rest = rest.prefix(max(0, stated - framesDecoded))
      } else if !hasUpcoming, let length = demuxer.duration {
        // The last of the fragments was read, and with it the length of all.
        let sound = demuxer.frames(length - demuxer.priming, hz: facts.hz) - framesDecoded
        if sound > 0 { rest = rest.prefix(sound) }
      }
    }

    /// Of an MP3 of a few samples libav hands out the last frame's padding too.
    private func cutLast() {
      guard !hasUpcoming, let stated = facts.frameCount, framesDecoded <= stated else { return }
      rest = rest.prefix(stated - framesDecoded)
    }

    /// Decodes the next frame that has samples; false at the end.
    private func decode() throws(FileError) -> Bool {
      while true {
        let status = unsafe av.avcodec_receive_frame(codec, upcoming)
        if status >= 0 {
          hasDecoded = true
          if unsafe upcoming.pointee.nb_samples > 0 { return true }
        } else if status == reel_averror_eof || isDraining {
          return false
        } else if owed > 0 {
          silentPackets += 1
          let silence = owed
          owed = 0
          if unsafe makeSilence(codec, upcoming, frames: Int32(silence)) { return true }
        } else {
          try feed()
        }
      }
    }

    /// Gives the decoder its next packet, or the end.
    private func feed() throws(FileError) {
      guard unsafe demuxer.read(packet) else {
        if let failure = demuxer.window.file.failure { throw failure }
        isDraining = true
        _ = unsafe av.avcodec_send_packet(codec, nil)
        return
      }
      defer { unsafe av.av_packet_unref(packet) }
      guard unsafe av.avcodec_send_packet(codec, packet) < 0 else { return }
      let length = demuxer.frames(unsafe packet.pointee.duration, hz: Int(unsafe codec.pointee.sample_rate))
      let isUseless = unsafe packet.pointee.flags & (AV_PKT_FLAG_CORRUPT | AV_PKT_FLAG_DISCARD) != 0
      // A file that begins with what can't be decoded has not shown yet that it is sound; what is cut off is no packet.
      if isAMR || hasDecoded, !isUseless, length <= Int(Self.mostSamples) { owed = length }
      if owed == 0 { lostPackets += 1 }
    }

    /// Opens a file, and finds where the sound that an MP4 wants to be heard begins and how long it is.
    ///
    /// An MP4 says so in a list of edits, in a unit of time of its own that mostly is milliseconds; libav cuts by that
    /// and loses samples. If the edits do no more than leave out the first packets' priming, the lengths of the packets
    /// say it exactly: then the file is read without the edits, and cut here.
    private static func open(
      _ file: InputFile, _ patches: [FileWindow.Patch]
    ) throws(FileError) -> (LibavDemuxer, start: Int64, length: Int64?)? {
      guard let edited = LibavDemuxer(FileWindow(file, patches: patches)) else { return nil }
      guard edited.isMP4, let length = edited.duration, try !MP4Boxes.holdFragments(in: file) else {
        return (edited, 0, nil)
      }
      guard let whole = LibavDemuxer(FileWindow(file), ignoresEdits: true), let duration = whole.duration else {
        return (edited, 0, length)
      }
      let exact = duration - edited.priming
      let difference = whole.frames(exact, hz: million) - edited.frames(length, hz: million)
      return abs(difference) <= mostRounding ? (whole, edited.priming, exact) : (edited, 0, length)
    }

    private static let million = 1_000_000
    /// Lists of edits count in milliseconds, or finer; in microseconds.
    private static let mostRounding = 1_001
  }
#endif
