internal import CSndfile

/// libsndfile's number for a kind of file, taken apart.
struct SndfileFormat {
  private let container: Int32
  private let codec: Int32

  init(_ format: Int32) {
    container = format & Int32(SF_FORMAT_TYPEMASK)
    codec = format & Int32(SF_FORMAT_SUBMASK)
  }

  /// MP3, and the older layers of MPEG.
  var isMPEG: Bool { container == Int32(SF_FORMAT_MPEG) }

  var isOgg: Bool { container == Int32(SF_FORMAT_OGG) }

  /// Whether samples are wider than 16 bits, or of floating point.
  var isWide: Bool {
    switch Int(codec) {
    case Int(SF_FORMAT_PCM_S8), Int(SF_FORMAT_PCM_U8), Int(SF_FORMAT_PCM_16), Int(SF_FORMAT_ULAW),
      Int(SF_FORMAT_ALAW), Int(SF_FORMAT_IMA_ADPCM), Int(SF_FORMAT_MS_ADPCM), Int(SF_FORMAT_GSM610),
      Int(SF_FORMAT_ALAC_16):
      false
    default: true
    }
  }

  var containerName: String {
    switch Int(container) {
    case Int(SF_FORMAT_WAV), Int(SF_FORMAT_WAVEX): "WAV"
    case Int(SF_FORMAT_RF64): "RF64"
    case Int(SF_FORMAT_W64): "W64"
    case Int(SF_FORMAT_FLAC): "FLAC"
    case Int(SF_FORMAT_OGG): "Ogg"
    case Int(SF_FORMAT_AIFF): "AIFF"
    case Int(SF_FORMAT_AU): "AU"
    case Int(SF_FORMAT_CAF): "CAF"
    case Int(SF_FORMAT_MPEG): codecName
    case Int(SF_FORMAT_RAW): "raw"
    default: libraryName(of: container)
    }
  }

  var codecName: String {
    switch Int(codec) {
    case Int(SF_FORMAT_PCM_S8), Int(SF_FORMAT_PCM_U8): isFLAC ? "FLAC 8 bit" : "PCM 8 bit"
    case Int(SF_FORMAT_PCM_16): isFLAC ? "FLAC 16 bit" : "PCM 16 bit"
    case Int(SF_FORMAT_PCM_24): isFLAC ? "FLAC 24 bit" : "PCM 24 bit"
    case Int(SF_FORMAT_PCM_32): "PCM 32 bit"
    case Int(SF_FORMAT_FLOAT): "float 32 bit"
    case Int(SF_FORMAT_DOUBLE): "float 64 bit"
    case Int(SF_FORMAT_ULAW): "µ-law"
    case Int(SF_FORMAT_ALAW): "A-law"
    case Int(SF_FORMAT_GSM610): "GSM 06.10"
    case Int(SF_FORMAT_IMA_ADPCM), Int(SF_FORMAT_MS_ADPCM): "ADPCM"
    case Int(SF_FORMAT_VORBIS): "Vorbis"
    case Int(SF_FORMAT_OPUS): "Opus"
    case Int(SF_FORMAT_MPEG_LAYER_I): "MP1"
    case Int(SF_FORMAT_MPEG_LAYER_II): "MP2"
    case Int(SF_FORMAT_MPEG_LAYER_III): "MP3"
    default: libraryName(of: codec)
    }
  }

  private var isFLAC: Bool { container == Int32(SF_FORMAT_FLAC) }

  /// What the library calls a rarer kind.
  private func libraryName(of format: Int32) -> String {
    var info = unsafe SF_FORMAT_INFO()
    unsafe info.format = format
    // Sound: the library fills the structure it is told the size of; its names are constants.
    let status = unsafe sf_command(
      nil, Int32(SFC_GET_FORMAT_INFO), &info, Int32(MemoryLayout<SF_FORMAT_INFO>.size))
    guard status == 0, let name = unsafe info.name else { return "unknown" }
    return unsafe String(cString: name)
  }
}

extension RawLayout.Encoding {
  /// What libsndfile calls it.
  var format: Int32 {
    switch self {
    case .pcm8: Int32(SF_FORMAT_PCM_S8)
    case .pcm16: Int32(SF_FORMAT_PCM_16) | Int32(SF_ENDIAN_LITTLE)
    case .pcm16BigEndian: Int32(SF_FORMAT_PCM_16) | Int32(SF_ENDIAN_BIG)
    case .pcm24: Int32(SF_FORMAT_PCM_24) | Int32(SF_ENDIAN_LITTLE)
    case .pcm32: Int32(SF_FORMAT_PCM_32) | Int32(SF_ENDIAN_LITTLE)
    case .float32: Int32(SF_FORMAT_FLOAT) | Int32(SF_ENDIAN_LITTLE)
    case .muLaw: Int32(SF_FORMAT_ULAW)
    case .aLaw: Int32(SF_FORMAT_ALAW)
    }
  }
}
